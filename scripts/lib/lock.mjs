// A lock between processes: a folder that only one can make, kept fresh by its holder, taken over when it has gone stale.
import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname } from 'node:path';

/** The holder touches the folder this often … */
const BEAT_MS = 2_000;
/** … and after this long without a touch it is dead. No pid is asked: containers share folders but not pids. */
const STALE_MS = 15_000;
const POLL_MS = 150;

const ageOf = (path) => Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());

/** @param {string} path @returns {boolean} */
function take(path) {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (ageOf(path) > STALE_MS) bury(path);
    return false;
  }
}

/** Moves a dead lock away. Two may see it dead and one of them come late: what is moved is looked at again. */
function bury(path) {
  const grave = `${path}.${randomUUID()}`;
  try {
    renameSync(path, grave);
    if (ageOf(grave) > STALE_MS) rmSync(grave, { recursive: true, force: true });
    else renameSync(grave, path);
  } catch {
    // Another one was faster.
  }
}

/**
 * Runs `work` while no other process holds the lock at `path`.
 * `onWait` is called once if somebody else holds it.
 */
export async function withLock(path, work, onWait = () => {}) {
  mkdirSync(dirname(path), { recursive: true });
  let told = false;
  while (!take(path)) {
    if (!told) onWait();
    told = true;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  const beat = setInterval(() => {
    const now = new Date();
    try {
      utimesSync(path, now, now);
    } catch {
      // Being looked at by `bury`; it comes back.
    }
  }, BEAT_MS);
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    rmSync(path, { recursive: true, force: true });
  }
}
