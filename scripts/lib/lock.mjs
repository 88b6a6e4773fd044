// A lock between processes: a folder that only one can make, kept fresh by its holder, taken over when it has gone stale.
import { mkdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname } from 'node:path';

/** The holder touches the folder this often … */
const BEAT_MS = 2_000;
/** … and after this long without a touch it is dead. No pid is asked: containers share folders but not pids. */
const STALE_MS = 15_000;
const POLL_MS = 150;

/** @param {string} path @returns {boolean} */
function take(path) {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > STALE_MS) rmSync(path, { recursive: true, force: true });
    return false;
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
    utimesSync(path, now, now);
  }, BEAT_MS);
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    rmSync(path, { recursive: true, force: true });
  }
}
