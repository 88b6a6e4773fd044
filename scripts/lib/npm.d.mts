// Types of npm.mjs, which is plain JavaScript because it runs before anything is installed.
export function npm(args: string[], cwd: string): Promise<void>;
