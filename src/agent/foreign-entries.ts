// The archive for what others wrote. A search brings it back into any thread, so it counts as read before it is there.
import type { Archive, EntryFacts } from '../memory/archive.ts';
import type { PassageView } from '../protocol/memory-views.ts';
import type { Journal } from './journal.ts';
import { noteAnywhere } from './seen.ts';

export class ForeignEntries {
  private readonly archive: Pick<Archive, 'add'>;
  private readonly journal: Journal;
  private noted: Promise<void> | undefined;

  constructor(archive: Pick<Archive, 'add'>, journal: Journal) {
    this.archive = archive;
    this.journal = journal;
  }

  /** @throws JournalError: then nothing is added; LettaError */
  async add(text: string, tags: readonly string[], facts: EntryFacts = {}): Promise<PassageView> {
    this.noted ??= noteAnywhere(this.journal, ['tool']);
    try {
      await this.noted;
    } catch (error) {
      this.noted = undefined;
      throw error;
    }
    return this.archive.add(text, tags, facts);
  }
}
