// Entries of the archive that were deleted: kept on this computer for a while, so that they can be restored after a reload too.
import * as z from 'zod/mini';
import { StateFile } from '../agent/state-file.ts';
import type { Archive } from '../memory/archive.ts';
import type { PassageView } from '../protocol/memory-views.ts';

const EntrySchema = z.object({
  id: z.string(),
  text: z.string(),
  tags: z.array(z.string()),
  /** When it was made, ISO 8601. */
  at: z.string(),
  localOnly: z.optional(z.boolean()),
  /** Milliseconds since the epoch. */
  deleted: z.number(),
});
export type DeletedEntry = z.infer<typeof EntrySchema>;
type State = readonly DeletedEntry[];

/** What is deleted can be restored for a week, blocks too. */
export const KEPT_MS = 7 * 24 * 60 * 60_000;

/** One file an agent. */
export class DeletedEntries {
  private readonly archive: Pick<Archive, 'add' | 'remove'>;
  private readonly now: () => number;
  private readonly file: StateFile<State>;

  constructor(path: string, archive: Pick<Archive, 'add' | 'remove'>, now: () => number = Date.now) {
    this.archive = archive;
    this.now = now;
    const parse = (text: string) => z.array(EntrySchema).safeParse(JSON.parse(text)).data;
    this.file = new StateFile<State>(path, parse, () => []);
  }

  /** Deletes an entry of the archive. On disk before it goes. @throws LettaError, or Error when it cannot be kept: it stays then */
  async remove({ id, text, tags, at, localOnly }: PassageView): Promise<void> {
    const entry = { id, text, tags, at, ...(localOnly ? { localOnly } : {}), deleted: this.now() };
    await this.file.change((state) => [...this.fresh(state).filter((each) => each.id !== id), entry]);
    try {
      await this.archive.remove(id);
    } catch (error) {
      await this.drop(id);
      throw error;
    }
  }

  /** Newest first. @throws Error when the file cannot be read */
  async list(): Promise<DeletedEntry[]> {
    return this.fresh(await this.file.read()).toReversed();
  }

  /** Adds an entry again, with its date. @throws LettaError */
  async putBack(entry: Pick<PassageView, 'id' | 'text' | 'tags' | 'at' | 'localOnly'>): Promise<void> {
    await this.archive.add(entry.text, entry.tags, entry);
    await this.drop(entry.id);
  }

  /** Lets go of what was kept long enough. */
  async sweep(): Promise<void> {
    await this.file.change((state) => {
      const left = this.fresh(state);
      return left.length < state.length ? left : null;
    });
  }

  private async drop(id: string): Promise<void> {
    await this.file.change((state) => state.filter((each) => each.id !== id));
  }

  private fresh(state: State): DeletedEntry[] {
    return state.filter(({ deleted }) => this.now() - deleted < KEPT_MS);
  }
}
