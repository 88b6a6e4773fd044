// Up to when a person has seen each thread. One file an agent, for all windows of this computer.
import { readFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import { writeAtomic } from '../agent/files.ts';

/** Beyond that the threads seen longest ago count as seen altogether. */
const MOST = 500;

const SeenSchema = z.object({
  /** Milliseconds since 1970: all that was said before counts as seen. */
  since: z.number(),
  threads: z.record(z.string(), z.number()),
});
type Seen = z.infer<typeof SeenSchema>;

export class ReadThreads {
  private readonly path: string;
  private readonly log: (line: string) => void;
  private readonly begun = Date.now();
  /** Marks that are not on disk yet. */
  private readonly marks = new Map<string, number>();
  private writing: Promise<void> | undefined;

  constructor(path: string, log: (line: string) => void) {
    this.path = path;
    this.log = log;
  }

  /** @returns whether something was said in a thread, at `updatedAt` (ISO 8601) last, that the person has not seen */
  async unread(): Promise<(thread: { id: string; updatedAt: string }) => boolean> {
    const { since, threads } = await this.read();
    return ({ id, updatedAt }) => Date.parse(updatedAt) > Math.max(since, threads[id] ?? 0, this.marks.get(id) ?? 0);
  }

  /** The person sees the thread as it is now, or as it was at that time (ISO 8601). On disk a moment later. */
  mark(threadId: string, at?: string): void {
    const seen = Math.max(at === undefined ? Date.now() : Date.parse(at), this.marks.get(threadId) ?? 0);
    if (Number.isNaN(seen)) return;
    this.marks.set(threadId, seen);
    this.writing ??= this.write();
  }

  async flush(): Promise<void> {
    await this.writing;
  }

  /** Another window may have written it. A person who had no such file has seen all there is. */
  private async read(): Promise<Seen> {
    try {
      const parsed = SeenSchema.safeParse(JSON.parse(await readFile(this.path, 'utf8')));
      if (parsed.success) return parsed.data;
    } catch {
      // Not there, or not readable: begun anew.
    }
    return { since: this.begun, threads: {} };
  }

  private async write(): Promise<void> {
    try {
      let written: Map<string, number>;
      do {
        const seen = await this.read();
        written = new Map(this.marks);
        for (const [id, at] of written) seen.threads[id] = Math.max(at, seen.threads[id] ?? 0);
        await writeAtomic(this.path, JSON.stringify(shortened(seen)), false);
      } while ([...this.marks].some(([id, at]) => written.get(id) !== at));
    } catch (error) {
      this.log(`What was read is not kept: ${error instanceof Error ? error.message : String(error)}`);
    }
    this.writing = undefined;
  }
}

function shortened(seen: Seen): Seen {
  const newest = Object.entries(seen.threads).sort(([, a], [, b]) => b - a);
  const since = Math.max(seen.since, newest[MOST]?.[1] ?? 0);
  return { since, threads: Object.fromEntries(newest.slice(0, MOST).filter(([, at]) => at > since)) };
}
