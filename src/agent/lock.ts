// A lock between processes: a file that only one of them can make. For short work that must not happen twice.
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import * as z from 'zod/mini';
import { isAlive } from './is-alive.ts';

/** Longer than any work done under it; whoever held it then was killed, wherever it ran. */
const STALE_MS = 30_000;
const POLL_MS = 50;

const OwnerSchema = z.object({ host: z.string(), pid: z.number(), token: z.string() });
type Owner = z.infer<typeof OwnerSchema>;

/**
 * Runs the work while no other process runs work under the same path. Where no lock can be made (a read-only folder)
 * the work runs all the same.
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const token = randomUUID();
  let held = false;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    while (!held) held = await take(path, token);
  } catch {
    // No lock to be had: doing the work twice is mended by its callers, not doing it is not.
  }
  try {
    return await work();
  } finally {
    // After a sleep of the computer it may be another's.
    if (held && (await ownerOf(path))?.token === token) await rm(path, { force: true }).catch(() => {});
  }
}

async function take(path: string, token: string): Promise<boolean> {
  if (await make(path, token)) return true;
  if (await isLeft(path)) await clear(path, token);
  else await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  return false;
}

async function make(path: string, token: string): Promise<boolean> {
  const owner: Owner = { host: hostname(), pid: process.pid, token };
  try {
    await writeFile(path, JSON.stringify(owner), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Whoever made it is gone. Of a process of another computer or container, or one that was killed as it wrote, age tells. */
async function isLeft(path: string): Promise<boolean> {
  const owner = await ownerOf(path);
  if (owner?.host === hostname() && !isAlive(owner.pid)) return true;
  return (await ageOf(path)) > STALE_MS;
}

/** Of several that find it left only one removes it, or the second would remove the lock that the first has made by then. */
async function clear(path: string, token: string): Promise<void> {
  const clearing = `${path}.clear`;
  if (!(await make(clearing, token))) {
    if (await isLeft(clearing)) await rm(clearing, { force: true });
    return;
  }
  try {
    // One of an earlier version is a folder.
    if (await isLeft(path)) await rm(path, { recursive: true, force: true });
  } finally {
    await rm(clearing, { force: true });
  }
}

async function ownerOf(path: string): Promise<Owner | undefined> {
  try {
    const owner = OwnerSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return owner.success ? owner.data : undefined;
  } catch {
    return undefined;
  }
}

async function ageOf(path: string): Promise<number> {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch {
    return 0;
  }
}
