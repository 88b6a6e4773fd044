// Background commands, noted while the agent does not know of their end: a window that goes ends them, and the next one tells of it.
// A window that lives touches its notes, so that another one on the same workspace does not take its commands for ended.
import { utimesSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as z from 'zod/mini';
import { leftIn as outputLeftIn } from './excerpt.ts';
import type { LogFolder } from './log-folder.ts';
import type { Run } from './run.ts';

/** How often a window shows that it lives, and after how long without it is gone, in milliseconds. */
const HEARTBEAT_MS = 2_000;
const EXPIRED_MS = 10_000;
/** As long as outputs are kept. */
const WEEK_MS = 7 * 24 * 60 * 60 * 1_000;

const LeftSchema = z.object({
  id: z.string(),
  threadId: z.string(),
  callId: z.string(),
  command: z.string(),
  /** How it ended, where it did before its window went. */
  standing: z.optional(z.string()),
});

/** A background command that ended with its window, or before it and was not told. */
export interface LeftRun extends z.infer<typeof LeftSchema> {
  /** Where all it wrote is kept, and how that ends; absent: nothing is kept any more. */
  output?: { path: string; end: string };
  /** Where this is noted. */
  note: string;
}

const notesIn = (folder: string): string => join(folder, 'background');
const isOpen = (run: Run): boolean => run.background && !run.told;

/** Notes the background commands of this window. */
export class RunNotes {
  private readonly logs: LogFolder;
  private readonly standingOf: (run: Run) => string;
  private readonly noted = new Map<Run, { path: string; text: string }>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  /** Set once the window goes: as old as notes of a window that is gone. */
  private gone: Date | undefined;

  constructor(logs: LogFolder, standingOf: (run: Run) => string) {
    this.logs = logs;
    this.standingOf = standingOf;
  }

  /** Something about the run has changed. */
  update(run: Run): void {
    if (this.gone || (!isOpen(run) && !this.noted.has(run))) return;
    const standing = run.ended ? this.standingOf(run) : undefined;
    this.writing = this.writing.then(() => this.write(run, standing)).catch(() => {});
    this.timer ??= setInterval(() => this.beat(), HEARTBEAT_MS).unref();
  }

  /** The window goes: the next one need not wait until it is sure of that. Most of it is done when this returns. */
  leave(): Promise<void> {
    clearInterval(this.timer);
    this.gone = new Date(Date.now() - EXPIRED_MS);
    for (const [run, { path }] of this.noted) {
      try {
        if (isOpen(run)) utimesSync(path, this.gone, this.gone);
      } catch {
        // It is being written.
      }
    }
    return this.writing;
  }

  private async write(run: Run, standing: string | undefined): Promise<void> {
    const { threadId, callId, command } = run.spec;
    const folder = notesIn(this.logs.folder);
    const path = join(folder, `${basename(this.logs.pathOf(threadId, callId))}.json`);
    if (!isOpen(run)) {
      this.noted.delete(run);
      await rm(path, { force: true });
      return;
    }
    const text = JSON.stringify({ id: run.id, threadId, callId, command, standing });
    if (this.noted.get(run)?.text === text) return;
    this.noted.set(run, { path, text });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // Whole or not there: a window that is killed meanwhile leaves no note that cannot be read.
    const draft = join(this.logs.folder, `${basename(path)}.tmp`);
    await writeFile(draft, text, { mode: 0o600 });
    await rename(draft, path);
    if (this.gone) await utimes(path, this.gone, this.gone);
  }

  private beat(): void {
    const now = new Date();
    for (const [run, { path }] of this.noted) {
      if (isOpen(run)) void utimes(path, now, now).catch(() => {});
      else this.update(run);
    }
  }
}

/** What windows that are gone have left. */
export class LeftRuns {
  private readonly logs: LogFolder;
  private readonly mine: (callId: string) => boolean;
  private found: readonly LeftRun[] = [];

  /** `mine`: whether this window knows the command of a call */
  constructor(logs: LogFolder, mine: (callId: string) => boolean) {
    this.logs = logs;
    this.mine = mine;
  }

  /** Looks what there is. Never rejects. */
  async find(): Promise<void> {
    this.found = await leftIn(this.logs, this.mine);
  }

  of(threadId: string): LeftRun[] {
    return this.found.filter((run) => run.threadId === threadId);
  }

  /** The agent has it for good. */
  told(run: LeftRun): void {
    this.found = this.found.filter((each) => each !== run);
    void rm(run.note, { force: true }).catch(() => {});
  }
}

async function leftIn(logs: LogFolder, mine: (callId: string) => boolean): Promise<LeftRun[]> {
  const folder = notesIn(logs.folder);
  const found: LeftRun[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now());
    if (age < EXPIRED_MS) continue;
    const note = LeftSchema.safeParse(parsed(await readFile(path, 'utf8').catch(() => '')));
    if (!note.success || age > WEEK_MS) await rm(path, { force: true }).catch(() => {});
    else if (!mine(note.data.callId)) {
      const log = logs.pathOf(note.data.threadId, note.data.callId);
      const end = await outputLeftIn(log).catch(() => undefined);
      const output = end === undefined ? {} : { output: { path: log, end } };
      found.push({ ...note.data, ...output, note: path });
    }
  }
  return found;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
