// The hidden threads of subagents: noted on disk before they are made, gone once the result is, looked for at the next start.
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { writeAtomic } from '../agent/files.ts';
import { isAlive } from '../agent/is-alive.ts';
import type { Journal } from '../agent/journal.ts';
import type { Pins } from '../agent/pins.ts';
import type { ToolBody } from '../protocol/transcript-views.ts';
import type { HiddenThreads } from '../threads/hidden-threads.ts';
import { runSubagent, type SubagentDeps, type SubagentReport, type SubagentTask } from './subagent.ts';

const RecordSchema = z.object({
  /** The server and the agent that have it. */
  home: z.string(),
  agentId: z.string(),
  title: z.string(),
  /** When it was about to be made, in milliseconds. */
  at: z.number(),
  /** The process it works in. */
  pid: z.number(),
  /** Absent: it was not made yet, or nobody lived to note it. */
  threadId: z.optional(z.string()),
});
type Noted = z.infer<typeof RecordSchema>;

/** Notes of this process whose subagents may still work, whichever of its windows' homes they belong to. */
const alive = new Set<string>();
/** A note of a home that is never opened again. */
const MOST_MS = 90 * 24 * 3_600_000;

interface SubagentThread {
  /** @throws Error where it cannot be noted */
  made(threadId: string): Promise<void>;
  /** It is needed no more. Never rejects: what fails now is done at the next start. */
  dismiss(): Promise<void>;
}

interface SubagentThreadsDeps {
  /** Names the server. */
  home: string;
  agentId: string;
  hidden: Pick<HiddenThreads, 'find' | 'remove'>;
  journal: Pick<Journal, 'remove'>;
  pins: Pick<Pins, 'remove'>;
  /** Of the workspace. */
  folder: string;
  log(line: string): void;
}

export class SubagentThreads {
  private readonly deps: SubagentThreadsDeps;

  constructor(deps: SubagentThreadsDeps) {
    this.deps = deps;
  }

  /** A subagent whose thread goes once its result is on disk, or at once where it has none. Rejects as `runSubagent` does. */
  async run(
    deps: SubagentDeps,
    task: SubagentTask,
    progress: (body: ToolBody) => void,
    signal: AbortSignal,
    stop: AbortSignal,
  ): Promise<SubagentReport & { settled(): void }> {
    const thread = await this.begin(task.description);
    const fork = async (threadId: string, title: string) => {
      const made = await deps.fork(threadId, title);
      await thread.made(made);
      return made;
    };
    try {
      const report = await runSubagent({ ...deps, fork }, task, progress, signal, stop);
      return { ...report, settled: () => void thread.dismiss() };
    } catch (error) {
      void thread.dismiss();
      throw error;
    }
  }

  /** @throws Error where it cannot be noted: then none must be made */
  private async begin(title: string): Promise<SubagentThread> {
    const { home, agentId, folder } = this.deps;
    const path = join(folder, `${randomUUID()}.json`);
    const noted: Noted = { home, agentId, title, at: Date.now(), pid: process.pid };
    const write = () => writeAtomic(path, JSON.stringify(noted), false);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await write();
    alive.add(path);
    return {
      made: async (threadId) => {
        noted.threadId = threadId;
        await write();
      },
      dismiss: async () => {
        await this.settle(path, noted);
        alive.delete(path);
      },
    };
  }

  /** Removes what a window that is gone has left behind. Never rejects. */
  async cleanUp(): Promise<void> {
    const { folder, home, agentId } = this.deps;
    for (const name of await readdir(folder).catch(() => [])) {
      const path = join(folder, name);
      const noted = alive.has(path) ? undefined : await readNote(path);
      if (!noted || works(noted.pid)) continue;
      if (noted.home === home && noted.agentId === agentId) await this.settle(path, noted);
      else if (Date.now() - noted.at > MOST_MS) await rm(path, { force: true });
    }
  }

  private async settle(path: string, noted: Noted): Promise<void> {
    try {
      const { hidden, journal, pins } = this.deps;
      const { title, at, threadId } = noted;
      // Made, but not noted before the process ended.
      for (const id of threadId === undefined ? await hidden.find(title, at) : [threadId]) {
        if (await hidden.remove(id, at)) await Promise.all([journal.remove(id), pins.remove(id)]);
      }
      await rm(path, { force: true });
    } catch (error) {
      this.deps.log(`The thread of the subagent “${noted.title}” is kept until the next start: ${String(error)}`);
    }
  }
}

async function readNote(path: string): Promise<Noted | undefined> {
  try {
    return RecordSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    // Written whole or not at all: what cannot be read is nothing of ours.
    return undefined;
  }
}

/** Whether a process is there; one of this id that is us has none but the living. */
const works = (pid: number): boolean => pid !== process.pid && isAlive(pid);
