// All that becomes of notes: kept on disk at once, filed by the agent, brought home after a break, taken back.
import { MemoryConflict } from '../memory/changes.ts';
import { t } from '../protocol/l10n.ts';
import type { MemorySource } from '../protocol/sources.ts';
import { type PendingNotes, sourcesOf } from './pending-notes.ts';
import { type HeldOutcome, type Proposals, type PutUp, putUp } from './put-up.ts';
import {
  heldNote,
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
  /** Of the review list what notes of others need. */
  reviews(): Promise<Proposals>;
}

const ASKED_BY_OTHERS = t('Another agent in VS Code asked to remember it.');

export class Notes {
  private readonly deps: NotesDeps;
  private tail: Promise<unknown> = Promise.resolve();

  constructor(deps: NotesDeps) {
    this.deps = deps;
  }

  /** From here on the note is on disk until it is `done` there, whatever happens. @returns its id */
  async hold(note: Note): Promise<string> {
    const text = await this.deps.maskSecrets(wordForWord(note));
    return this.deps.pending.add(this.deps.agentId, text, sourcesOf(note));
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
   * A note that somebody else gave: it enters no prompt before the person has accepted it. @returns what became of it
   * @throws Error when it cannot be put up: then it stays on disk, and is as soon as the home is open again
   */
  async putUp(note: Note, sources: readonly MemorySource[]): Promise<HeldOutcome> {
    const { agentId, maskSecrets, pending } = this.deps;
    const text = await maskSecrets(wordForWord(note));
    const id = await pending.add(agentId, text, { review: [...sources] });
    try {
      const outcome = await this.inTurn(() => this.propose({ id, text, sources }));
      await pending.done(id);
      return outcome;
    } catch (error) {
      pending.leave(id);
      throw error;
    }
  }

  private async propose(note: Omit<PutUp, 'reason'>): Promise<HeldOutcome> {
    const [blocks, reviews] = await Promise.all([this.deps.blocks(), this.deps.reviews()]);
    return putUp({ blocks, reviews }, { ...note, reason: ASKED_BY_OTHERS });
  }

  /**
   * Puts notes into the inbox, word for word, that a kill or a reload cut off or that found no home; those of others, and
   * those that may not stand there unseen, up for review. @returns what the person is to be told
   */
  recover(): Promise<RememberOutcome[]> {
    return this.inTurn(() => this.bringHome());
  }

  /** One after the other: of two alike the second must find the first. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.tail.then(work);
    this.tail = done.catch(() => {});
    return done;
  }

  private async bringHome(): Promise<RememberOutcome[]> {
    const { agentId, pending, maskSecrets, keepInInbox, changed } = this.deps;
    const outcomes: RememberOutcome[] = [];
    for (const { id, text: given, review, sources } of await pending.leftBehind(agentId)) {
      const text = await maskSecrets(given);
      if (review) {
        const outcome = await this.propose({ id, text, sources: review });
        if (outcome.kind === 'held') outcomes.push({ ...outcome, kind: 'held' });
      } else {
        const kept = await keepInInbox(text, sources);
        outcomes.push(
          'held' in kept ? heldNote(kept) : { kind: 'kept', ...kept, noModel: false, reason: t('It was interrupted.') },
        );
      }
      await pending.done(id);
    }
    if (outcomes.some(({ kind }) => kind === 'kept')) await changed([]);
    return outcomes;
  }

  /** @returns what became of it, for the person. @throws Error where it could not be put there: the text is in the message */
  async reword(change: StoredChange, text: string): Promise<string> {
    try {
      await this.deps.reword(change, await this.deps.maskSecrets(text));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(`${why} ${t('Your words: {0}', text)}`, { cause: error });
    }
    await this.deps.changed([change.label]);
    return t('Changed in {0}.', change.label);
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
    return [...(done.length > 0 ? [t('Undone in {0}.', done.join(', '))] : []), ...refused].join(' ');
  }
}
