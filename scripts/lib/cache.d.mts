// Types of cache.mjs, which is plain JavaScript because it runs before anything is installed.
export function cacheDir(): string;
