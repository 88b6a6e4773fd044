// Notes on their way into memory, on disk until they have arrived: a kill or a reload in between loses none.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import { writeAtomic } from '../agent/files.ts';
import { type MemorySource, MemorySourceSchema } from '../protocol/sources.ts';

const NoteSchema = z.object({
  id: z.string(),
  agentId: z.string(),
  text: z.string(),
  /** Where it comes from, when a person is to look at it first: it goes to the review list, not to the inbox. */
  review: z.optional(z.array(MemorySourceSchema)),
  /** Who wrote what the person pointed at; absent: the person. */
  sources: z.optional(z.array(MemorySourceSchema)),
});
export type PendingNote = z.infer<typeof NoteSchema>;

export const sourcesOf = ({ sources }: { sources?: readonly MemorySource[] }): Pick<PendingNote, 'sources'> =>
  sources ? { sources: [...sources] } : {};

/** Of a note that was taken while no home could be opened: it is for the agent that the workspace has then. */
export const ANY_AGENT = '';

const isFor = (agentId: string) => (note: PendingNote) => note.agentId === agentId || note.agentId === ANY_AGENT;

/**
 * One small file a workspace. Two windows on one workspace share it: a second one that opens in the seconds that a note
 * takes would file that note as well, which is better than losing it.
 */
export class PendingNotes {
  private readonly path: string;
  /** Added by this process: they are being seen to. */
  private readonly own = new Set<string>();
  private tail: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.path = path;
  }

  /** @returns its id, once it is on disk. @throws Error when it cannot be written */
  async add(agentId: string, text: string, from: Pick<PendingNote, 'review' | 'sources'> = {}): Promise<string> {
    const id = randomUUID();
    this.own.add(id);
    await this.change((notes) => [...notes, { id, agentId, text, ...from }]);
    return id;
  }

  /** It has arrived. */
  async done(id: string): Promise<void> {
    await this.change((notes) => notes.filter((note) => note.id !== id));
    this.own.delete(id);
  }

  /** It did not arrive, and nobody sees to it any more: it counts as left behind. */
  leave(id: string): void {
    this.own.delete(id);
  }

  /** Notes for an agent that nobody sees to, oldest first: an earlier process did not bring them home, or this one left them. */
  async leftBehind(agentId: string): Promise<PendingNote[]> {
    return (await this.read()).filter((note) => isFor(agentId)(note) && !this.own.has(note.id));
  }

  async any(agentId: string): Promise<boolean> {
    return (await this.read()).some(isFor(agentId));
  }

  private change(make: (notes: PendingNote[]) => PendingNote[]): Promise<void> {
    const changing = this.tail.then(async () => writeAtomic(this.path, JSON.stringify(make(await this.read()))));
    this.tail = changing.catch(() => {});
    return changing;
  }

  private async read(): Promise<PendingNote[]> {
    try {
      const parsed = z.array(NoteSchema).safeParse(JSON.parse(await readFile(this.path, 'utf8')));
      return parsed.success ? parsed.data : [];
    } catch {
      return [];
    }
  }
}
