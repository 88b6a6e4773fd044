// Which window works on a thread. A server knows that only while a run goes; between its runs a window asks the person and
// runs tools, and another one that answered the same calls would run them twice. Kept as one small file a thread, shared
// by all windows of this computer.
import { randomUUID } from 'node:crypto';
import {
  type FSWatcher,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileNameFor } from './files.ts';
import { isAlive } from './is-alive.ts';

const BEAT_MS = 2_000;
/** A window that has not renewed its hold for so long is gone, or will find it taken. */
const STALE_MS = 10_000;
const STOP = '.stop';
/** Names this process's window. */
const WINDOW = randomUUID();

interface Owner {
  window: string;
  host: string;
  pid: number;
}

/** Work on a thread that no other window does. */
export interface Hold {
  release(): void;
}

export class TurnHolds {
  private readonly folder: string;
  private readonly window: string;
  private readonly log: (line: string) => void;

  constructor(folder: string, log: (line: string) => void = () => {}, window: string = WINDOW) {
    this.folder = folder;
    this.log = log;
    this.window = window;
  }

  /**
   * @param stop called when another window wants the work to end
   * @returns undefined while another window works on the thread. Where nothing can be written every window gets its hold.
   */
  take(threadId: string, stop: () => void): Hold | undefined {
    const path = this.path(threadId);
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      if (!this.make(path)) {
        if (this.elsewhere(threadId)) return undefined;
        this.clear(path);
        // Another window may have been quicker.
        if (!this.make(path)) return undefined;
      }
    } catch (error) {
      this.log(`A thread could not be held: ${error instanceof Error ? error.message : String(error)}`);
      return { release: () => {} };
    }
    rmSync(path + STOP, { force: true });
    return this.keep(path, stop);
  }

  /** Whether another window works on the thread now. */
  elsewhere(threadId: string): boolean {
    const path = this.path(threadId);
    const owner = readOwner(path);
    if (!owner || owner.window === this.window) return false;
    try {
      if (Date.now() - statSync(path).mtimeMs > STALE_MS) return false;
    } catch {
      return false;
    }
    // A killed window of this computer need not be waited for. One that only looks gone (a container) has its calls journaled.
    return owner.host !== hostname() || isAlive(owner.pid);
  }

  /** Tells the window that works on the thread to stop; it hears that at once. */
  askToStop(threadId: string): void {
    try {
      writeFileSync(this.path(threadId) + STOP, '');
    } catch (error) {
      this.log(`Another window could not be told to stop: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private path(threadId: string): string {
    return join(this.folder, fileNameFor(threadId));
  }

  private make(path: string): boolean {
    const owner: Owner = { window: this.window, host: hostname(), pid: process.pid };
    try {
      writeFileSync(path, JSON.stringify(owner), { flag: 'wx', mode: 0o600 });
      return true;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
      throw error;
    }
  }

  /** Removes what a window left behind. Of several that do so only one gets hold of it. */
  private clear(path: string): void {
    const aside = `${path}.${randomUUID().slice(0, 8)}`;
    try {
      renameSync(path, aside);
    } catch {
      return;
    }
    rmSync(aside, { force: true });
  }

  private keep(path: string, stop: () => void): Hold {
    const beat = setInterval(() => {
      try {
        const now = new Date();
        utimesSync(path, now, now);
      } catch {
        // Taken away by somebody; the next turn makes a new one.
      }
    }, BEAT_MS);
    beat.unref();
    const wanted = `${path.slice(this.folder.length + 1)}${STOP}`;
    let watcher: FSWatcher | undefined;
    try {
      watcher = watch(this.folder, { persistent: false }, (_, name) => {
        if (name === wanted && isThere(path + STOP)) stop();
      });
      watcher.on('error', () => {});
    } catch {
      // Without watching, Stop in another window ends what runs on the server only.
    }
    return {
      release: () => {
        clearInterval(beat);
        watcher?.close();
        rmSync(path + STOP, { force: true });
        if (readOwner(path)?.window === this.window) rmSync(path, { force: true });
      },
    };
  }
}

const isThere = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;

function readOwner(path: string): Owner | undefined {
  try {
    const owner: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const { window, host, pid } = owner as Partial<Owner>;
    return typeof window === 'string' && typeof host === 'string' && typeof pid === 'number'
      ? { window, host, pid }
      : undefined;
  } catch {
    return undefined;
  }
}
