// A lock between processes: a folder that only one of them can make. For short work that must not happen twice.
import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Longer than any work done under it; whoever held it then was killed. */
const STALE_MS = 30_000;
const POLL_MS = 50;

const ageOf = async (path: string): Promise<number> => {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch {
    return 0;
  }
};

/**
 * Runs the work while no other process runs work under the same path. Where no lock can be made (a read-only folder)
 * the work runs all the same.
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  let held = false;
  try {
    await mkdir(dirname(path), { recursive: true });
    while (!held) held = await take(path);
  } catch {
    // No lock to be had: doing the work twice is mended by its callers, not doing it is not.
  }
  try {
    return await work();
  } finally {
    if (held) await rm(path, { recursive: true, force: true }).catch(() => {});
  }
}

async function take(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    if ((await ageOf(path)) > STALE_MS) await rm(path, { recursive: true, force: true });
    else await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    return false;
  }
}
