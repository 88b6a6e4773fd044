// Types of lock.mjs, which is plain JavaScript because it runs before anything is installed.
export function withLock<T>(path: string, work: () => Promise<T> | T, onWait?: () => void): Promise<T>;
