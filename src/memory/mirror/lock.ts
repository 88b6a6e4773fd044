// One mirror at a time works in a folder, whichever window or process it belongs to.
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A holder that showed no life for this long, in milliseconds, is gone. Never a test of process ids: containers share folders. */
const EXPIRED = 10_000;
const HEARTBEAT = 2_000;

/**
 * Runs `work` while this process holds the file `path`.
 * @returns undefined, without running it, when another one holds it.
 */
export async function withLock<T>(path: string, work: () => Promise<T>, expired = EXPIRED): Promise<T | undefined> {
  const owner = randomUUID();
  const mine = `${path}.${owner.slice(0, 8)}`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(mine, owner);
  try {
    if (!(await take(path, mine, owner, expired))) return undefined;
  } finally {
    await rm(mine, { force: true });
  }
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, HEARTBEAT);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    if ((await readFile(path, 'utf8').catch(() => '')) === owner) await rm(path, { force: true });
  }
}

async function take(path: string, mine: string, owner: string, expired: number): Promise<boolean> {
  const linked = (): Promise<boolean> =>
    link(mine, path).then(
      () => true,
      () => false,
    );
  if (await linked()) return true;
  const found = await stat(path).catch(() => null);
  if (found === null) return linked();
  if (Date.now() - found.mtimeMs < expired) return false;
  // Of several that see it expired, the one whose rename moves that very file goes on.
  const aside = `${path}.${owner.slice(0, 8)}.old`;
  const before = await readFile(path, 'utf8').catch(() => null);
  await rename(path, aside).catch(() => {});
  const moved = await readFile(aside, 'utf8').catch(() => null);
  if (moved !== null && moved !== before) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
  return moved !== null && moved === before && linked();
}
