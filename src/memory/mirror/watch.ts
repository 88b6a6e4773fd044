// Looks at the mirror when its files or the blocks change: soon after the last change, and now and then where nothing tells.
import { type FSWatcher, watch } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { MirrorReport } from './types.ts';
import { skillPathsIn } from './walk.ts';

export interface Timers {
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  /** Milliseconds. */
  now(): number;
}

export interface MirrorWatchOptions {
  folder: string;
  sync: () => Promise<MirrorReport>;
  onReport: (report: MirrorReport) => void;
  /** A look that failed, e.g. MirrorError `locked`; it is tried again. */
  onError: (error: unknown) => void;
  /** What the blocks hold now, as a text to compare: other windows and programs write them too. Absent: not asked. */
  memory?: () => Promise<string>;
  /** How often it is asked, in milliseconds. */
  memoryEvery?: number;
  timers?: Timers;
  /** Tells of changes in a folder; returns how to stop it. Throws where that is not possible. */
  watchFolder?: (folder: string, changed: () => void) => () => void;
}

/** An editor writes a file in several steps, and a pull writes many, in milliseconds. */
const QUIET = 400;
/** However long the changes go on. */
const LONGEST_WAIT = 3_000;
/** Network folders and some containers tell nothing, in milliseconds. */
const POLL = 5_000;
/** Of what others write to a block, in milliseconds: it is in the files within two seconds. */
const MEMORY_POLL = 1_000;
const RETRY = 2_000;
const MOST_RETRY = 60_000;

const REAL: Timers = {
  setTimeout: (run, ms) => setTimeout(run, ms).unref(),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
  now: () => performance.now(),
};

function watchWithNode(folder: string, changed: () => void): () => void {
  const watcher: FSWatcher = watch(folder, { persistent: false }, (_, name) => {
    // Temporary files of writes in one step, the lock among them.
    if (!name || !/\.(tmp|lock)$/.test(name)) changed();
  });
  watcher.on('error', () => watcher.close());
  return () => watcher.close();
}

export class MirrorWatch {
  private readonly options: MirrorWatchOptions;
  private readonly timers: Timers;
  private readonly stops: (() => void)[] = [];
  private disposed = false;
  private soon: unknown;
  private poll: unknown;
  private memoryPoll: unknown;
  private remembered: string | null = null;
  private firstAsked: number | null = null;
  private running: Promise<void> | null = null;
  private again = false;
  private retry = RETRY;
  private seen: string | null = null;

  constructor(options: MirrorWatchOptions) {
    this.options = options;
    this.timers = options.timers ?? REAL;
  }

  /** Looks at once, then whenever something changes. Resolves after the first look. */
  async start(): Promise<void> {
    await this.run();
    if (this.disposed) return;
    for (const folder of [this.options.folder, join(this.options.folder, '.git')]) {
      try {
        this.stops.push((this.options.watchFolder ?? watchWithNode)(folder, () => this.changed()));
      } catch {
        // Polled instead.
      }
    }
    this.pollLater();
    if (this.options.memory) this.memoryLater(this.options.memory);
  }

  /** Something changed, here or in a block: look soon. */
  changed(): void {
    if (this.disposed) return;
    this.firstAsked ??= this.timers.now();
    if (this.soon !== undefined) {
      if (this.timers.now() - this.firstAsked >= LONGEST_WAIT) return;
      this.timers.clearTimeout(this.soon);
    }
    this.later(QUIET);
  }

  /** Ends it; a look that runs comes to its end. */
  async dispose(): Promise<void> {
    this.disposed = true;
    for (const stop of this.stops.splice(0)) stop();
    if (this.soon !== undefined) this.timers.clearTimeout(this.soon);
    for (const timer of [this.poll, this.memoryPoll]) if (timer !== undefined) this.timers.clearTimeout(timer);
    await this.running;
  }

  private later(ms: number): void {
    this.soon = this.timers.setTimeout(() => {
      this.soon = undefined;
      this.firstAsked = null;
      void this.run();
    }, ms);
  }

  private run(): Promise<void> {
    if (this.disposed) return Promise.resolve();
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.running = this.once().finally(() => {
      this.running = null;
      if (this.again) {
        this.again = false;
        this.changed();
      }
    });
    return this.running;
  }

  private async once(): Promise<void> {
    try {
      this.options.onReport(await this.options.sync());
      this.retry = RETRY;
    } catch (error) {
      this.options.onError(error);
      if (!this.disposed && this.soon === undefined) this.later(this.retry);
      this.retry = Math.min(this.retry * 2, MOST_RETRY);
    }
    this.seen = await signature(this.options.folder);
  }

  private memoryLater(memory: () => Promise<string>): void {
    if (this.disposed) return;
    this.memoryPoll = this.timers.setTimeout(() => {
      void this.compare(memory).finally(() => this.memoryLater(memory));
    }, this.options.memoryEvery ?? MEMORY_POLL);
  }

  private async compare(memory: () => Promise<string>): Promise<void> {
    // A server that does not answer is asked again; the look itself says what is wrong.
    const now = await memory().catch(() => this.remembered);
    if (now === this.remembered) return;
    // The first one too: something may have been written since the first look.
    this.remembered = now;
    this.changed();
  }

  private pollLater(): void {
    if (this.disposed) return;
    this.poll = this.timers.setTimeout(() => {
      void this.look().finally(() => this.pollLater());
    }, POLL);
  }

  private async look(): Promise<void> {
    if (this.running) return;
    const now = await signature(this.options.folder);
    if (!this.running && now !== this.seen) {
      this.seen = now;
      this.changed();
    }
  }
}

/** Changes with every file of the folder and every commit. */
async function signature(folder: string): Promise<string> {
  const parts: string[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    if (name.endsWith('.md')) parts.push(await mark(join(folder, name)));
  }
  for (const path of await skillPathsIn(folder, []).catch(() => [])) parts.push(await mark(join(folder, path)));
  for (const name of ['HEAD', 'index', 'logs/HEAD', 'MERGE_HEAD']) parts.push(await mark(join(folder, '.git', name)));
  return parts.join('\n');
}

async function mark(path: string): Promise<string> {
  const found = await lstat(path).catch(() => null);
  return found ? `${path} ${found.size} ${found.mtimeMs} ${found.ino}` : '';
}
