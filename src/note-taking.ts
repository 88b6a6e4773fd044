// Takes the notes of a window, from wherever they come, and keeps those safe whose home does not answer until it does.
import type * as vscode from 'vscode';
import { type AfterDeps, rememberCommand, tellRemembered } from './commands/remember.ts';
import { ANY_AGENT, type PendingNotes, sourcesOf } from './flows/pending-notes.ts';
import { heldInWords } from './flows/put-up.ts';
import { type Note, type RememberOutcome, wordForWord } from './flows/remember.ts';
import type { Home } from './home.ts';
import { AgainLater } from './letta/again-later.ts';
import { LettaError, toLettaError } from './letta/errors.ts';
import { HomeDown } from './letta/home-down.ts';
import { t } from './protocol/l10n.ts';
import type { MemorySource } from './protocol/sources.ts';

/** Of a home what notes need. */
export type NotesHome = Pick<Home, 'notes' | 'parts'>;

export interface NoteTakingDeps {
  /** The open home, or opens it. @throws Error saying what to do */
  home(): Promise<NotesHome>;
  /** The notes on disk, those of `home` too. */
  pending: PendingNotes;
  /** Shows the Memory panel at a block. */
  viewMemory(label: string): Promise<void>;
  log(line: string): void;
}

/** What another agent is told where there is no home. */
const KEPT =
  "The Letta server does not answer. The note is kept on this computer, and waits for the person's review as soon as it does.";

export class NoteTaking implements vscode.Disposable {
  private readonly deps: NoteTakingDeps;
  private readonly again: AgainLater;

  constructor(deps: NoteTakingDeps) {
    this.deps = deps;
    this.again = new AgainLater(() => {
      deps.home().then(
        (home) => this.recover(home),
        (error: unknown) => this.failed(error),
      );
    });
  }

  dispose(): void {
    this.again.dispose();
  }

  /** @param why ask for a reason whatever the note is. @throws Error when the note cannot even be put on disk: it is in the message */
  async remember(given: unknown, why: boolean): Promise<void> {
    const { pending } = this.deps;
    // Whatever is wrong, the note is on disk before it is told.
    const opened = await this.deps.home().catch(() => undefined);
    const home = async () => opened ?? this.deps.home();
    const deps = {
      hold: async (note: Note) =>
        (opened
          ? opened.notes().then((notes) => notes.hold(note))
          : pending.add(ANY_AGENT, await masked(wordForWord(note)), sourcesOf(note))
        ).catch((error: unknown) => {
          throw new Error(t('{0} The note was not stored: {1}', messageOf(error), wordForWord(note)), { cause: error });
        }),
      arrived: (id: string) => pending.done(id),
      left: (id: string) => pending.leave(id),
      remember: (note: Note) => this.bring(home, note),
      ...this.afterwards(home),
    };
    await rememberCommand(given, deps, why);
  }

  /**
   * A note of another agent, which the person has not written: it waits for their review, on this computer where no home can
   * be reached. @returns what became of it, for that agent. @throws Error
   */
  async putUp(note: Note, sources: readonly MemorySource[]): Promise<string> {
    const { pending } = this.deps;
    try {
      const home = await this.deps.home().catch(async (error: unknown) => {
        if (isAway(error))
          pending.leave(await pending.add(ANY_AGENT, await masked(wordForWord(note)), { review: [...sources] }));
        throw error;
      });
      return heldInWords[(await (await home.notes()).putUp(note, sources)).kind];
    } catch (error) {
      if (!isAway(error)) throw error;
      this.again.later();
      return KEPT;
    }
  }

  /** Tells what became of notes that were left behind. Never rejects: what cannot be brought home stays on disk. */
  async recover(home: NotesHome): Promise<void> {
    try {
      const outcomes = await (await home.notes()).recover();
      this.again.answered();
      for (const outcome of outcomes)
        void tellRemembered(
          this.afterwards(async () => home),
          outcome,
        );
    } catch (error) {
      this.failed(error);
    }
  }

  private async bring(home: () => Promise<NotesHome>, note: Note): Promise<RememberOutcome> {
    try {
      return await (await (await home()).notes()).remember(note);
    } catch (error) {
      const text = wordForWord(note);
      // Asking again helps only one that did not answer.
      const why = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      if (!isAway(error)) throw new Error(`${messageOf(why)} ${keptNote(text)}`, { cause: error });
      this.again.later();
      return { kind: 'waits', text };
    }
  }

  /** What a notification about memory offers. */
  private afterwards(home: () => Promise<NotesHome>): AfterDeps {
    return {
      undo: async (changes) => (await (await home()).notes()).undo(changes),
      reword: async (change, text) => (await (await home()).notes()).reword(change, text),
      explain: async (change, why) => (await (await home()).parts.loadCorrecting()).tookBack(change, why),
      viewMemory: (label) => this.deps.viewMemory(label),
    };
  }

  private failed(error: unknown): void {
    if (isAway(error)) this.again.later();
    else this.deps.log(`Notes that wait: ${messageOf(error)}`);
  }
}

const keptNote = (note: string): string =>
  t(
    'Your note is kept on this computer and put into inbox, word for word, when the home is opened the next time: {0}',
    note,
  );
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

// On first use: its tables are large.
const masked = async (text: string) => (await import('./permissions/secrets.ts')).maskSecrets(text);

/** Whether the home did not answer, as opposed to saying no. */
function isAway(error: unknown): boolean {
  if (error instanceof HomeDown) return error.passes;
  const { reason } = toLettaError(error instanceof Error && error.cause instanceof LettaError ? error.cause : error);
  return reason === 'unreachable' || reason === 'timeout';
}
