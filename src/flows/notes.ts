// All that becomes of notes: kept on disk at once, filed by the agent, brought home after a break, taken back.
import { MemoryConflict } from '../memory/changes.ts';
import type { PendingNotes } from './pending-notes.ts';
import {
  type Note,
  type RememberBackend,
  type RememberOutcome,
  remember,
  type StoredChange,
  wordForWord,
} from './remember.ts';

export interface NotesDeps extends RememberBackend {
  agentId: string;
  pending: PendingNotes;
  /** Before a note goes anywhere: to the disk, to the model, into memory. */
  maskSecrets(text: string): Promise<string>;
  /** @throws MemoryConflict when what was written was changed again */
  undo(change: StoredChange): Promise<unknown>;
  /** Puts other words in place of what was written. @throws MemoryConflict when that was changed again */
  reword(change: StoredChange, text: string): Promise<unknown>;
  /** Memory was changed from here. */
  changed(undone: readonly string[]): Promise<void>;
}

export class Notes {
  private readonly deps: NotesDeps;
  private recovering: Promise<unknown> = Promise.resolve();

  constructor(deps: NotesDeps) {
    this.deps = deps;
  }

  /** From here on the note is on disk until it is `done` there, whatever happens. @returns its id */
  async hold(note: Note): Promise<string> {
    const text = await this.deps.maskSecrets(wordForWord(note));
    return this.deps.pending.add(this.deps.agentId, text);
  }

  /** Whether notes are on their way. */
  pending(): Promise<boolean> {
    return this.deps.pending.any(this.deps.agentId);
  }

  /** @throws Error only when memory itself cannot be written */
  async remember(note: Note): Promise<RememberOutcome> {
    const { maskSecrets } = this.deps;
    const why = note.why === undefined ? {} : { why: await maskSecrets(note.why) };
    const masked = { ...note, text: await maskSecrets(note.text), ...why };
    return remember(this.deps, masked, new AbortController().signal);
  }

  /**
   * Puts notes into the inbox, word for word, that a kill or a reload cut off or that found no home. @returns what the
   * person is to be told
   */
  recover(): Promise<RememberOutcome[]> {
    // One after the other: the same note must not be found twice.
    const done = this.recovering.then(() => this.bringHome());
    this.recovering = done.catch(() => {});
    return done;
  }

  private async bringHome(): Promise<RememberOutcome[]> {
    const { agentId, pending, maskSecrets, keepInInbox, changed } = this.deps;
    const outcomes: RememberOutcome[] = [];
    for (const { id, text } of await pending.leftBehind(agentId)) {
      const kept = await keepInInbox(await maskSecrets(text));
      await pending.done(id);
      outcomes.push({ kind: 'kept', ...kept, noModel: false, reason: 'It was interrupted.' });
    }
    if (outcomes.length > 0) await changed([]);
    return outcomes;
  }

  /** @returns what became of it, for the person */
  async reword(change: StoredChange, text: string): Promise<string> {
    try {
      await this.deps.reword(change, await this.deps.maskSecrets(text));
    } catch (error) {
      if (!(error instanceof MemoryConflict)) throw error;
      return error.message;
    }
    await this.deps.changed([change.label]);
    return `Changed in ${change.label}.`;
  }

  /** @returns what became of it, for the person */
  async undo(changes: readonly StoredChange[]): Promise<string> {
    const done: string[] = [];
    const refused: string[] = [];
    for (const change of changes.toReversed()) {
      try {
        await this.deps.undo(change);
        done.push(change.label);
      } catch (error) {
        if (!(error instanceof MemoryConflict)) throw error;
        refused.push(error.message);
      }
    }
    await this.deps.changed(done);
    return [...(done.length > 0 ? [`Undone in ${done.join(', ')}.`] : []), ...refused].join(' ');
  }
}
