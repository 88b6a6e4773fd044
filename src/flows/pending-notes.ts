// Notes on their way into memory, on disk until they have arrived: a kill or a reload in between loses none.
import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { StateFile } from '../agent/state-file.ts';
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
 * One small file a workspace; windows without a folder share one. Of two windows that share it a second one that opens in the seconds that a note
 * takes would file that note as well, which is better than losing it.
 */
export class PendingNotes {
  private readonly file: StateFile<readonly PendingNote[]>;
  /** Added by this process: they are being seen to. */
  private readonly own = new Set<string>();

  constructor(path: string) {
    const parse = (text: string) => z.array(NoteSchema).safeParse(JSON.parse(text)).data;
    this.file = new StateFile<readonly PendingNote[]>(path, parse, () => []);
  }

  /** @returns its id, once it is on disk. @throws Error when it cannot be written */
  async add(agentId: string, text: string, from: Pick<PendingNote, 'review' | 'sources'> = {}): Promise<string> {
    const id = randomUUID();
    this.own.add(id);
    await this.file.change((notes) => [...notes, { id, agentId, text, ...from }]);
    return id;
  }

  /** It has arrived. */
  async done(id: string): Promise<void> {
    await this.file.change((notes) => notes.filter((note) => note.id !== id));
    this.own.delete(id);
  }

  /** It did not arrive, and nobody sees to it any more: it counts as left behind. */
  leave(id: string): void {
    this.own.delete(id);
  }

  /** Notes for an agent that nobody sees to, oldest first: an earlier process did not bring them home, or this one left them. */
  async leftBehind(agentId: string): Promise<PendingNote[]> {
    return (await this.file.read()).filter((note) => isFor(agentId)(note) && !this.own.has(note.id));
  }

  async any(agentId: string): Promise<boolean> {
    return (await this.file.read()).some(isFor(agentId));
  }
}
