// "Letta: Remember This": a selection, a problem, a message, or what the person types goes into memory; says where, offers more.
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import type { Note, RememberOutcome, StoredChange } from '../flows/remember.ts';
import { t } from '../protocol/l10n.ts';
import { MemorySourceSchema } from '../protocol/sources.ts';
import { entryWish, lineWish } from '../protocol/wishes.ts';
import { showError } from './show-error.ts';

export interface RememberCommandDeps extends AfterDeps {
  /** Puts the note on disk, so that nothing that happens from here on loses it. @returns its id */
  hold(note: Note): Promise<string>;
  /** The note with that id is in memory. */
  arrived(id: string): Promise<void>;
  /** The note with that id is not in memory, and stays on disk. */
  left(id: string): void;
  remember(note: Note): Promise<RememberOutcome>;
}

export interface AfterDeps {
  /** Takes the changes back; the text says what became of it. */
  undo(changes: readonly StoredChange[]): Promise<string>;
  /** Puts other words in place of what was stored; the text says what became of it. */
  reword(change: StoredChange, text: string): Promise<string>;
  /** Shows the Memory panel at a block. */
  viewMemory(label: string): Promise<void>;
  /** Why the person took it back, in their words. */
  explain(change: StoredChange, why: string): Promise<string>;
}

/** What other surfaces (light bulb, terminal, chat) hand over. */
const GivenSchema = z.object({
  text: z.string().check(z.minLength(1)),
  source: z.optional(z.object({ path: z.string(), startLine: z.number(), endLine: z.number() })),
  from: z.optional(z.string()),
  sources: z.optional(z.array(MemorySourceSchema)),
});
/** What comes from elsewhere can be given a reason; what the person types holds it already. */
type Given = Note & { askWhy: boolean };

const TITLE = t('Remember This');
/** One toast must stay readable. */
const TOAST_CHARS = 300;
const short = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > TOAST_CHARS ? `${line.slice(0, TOAST_CHARS - 1)}…` : line;
};

/** Several at once queue, so that each sees what the one before it stored. */
let queue: Promise<unknown> = Promise.resolve();

/** @param given text of a slash command, a note of another surface, or whatever a menu hands to commands */
async function takeNote(given: unknown): Promise<Given | undefined> {
  if (typeof given === 'string') return { text: given, askWhy: false };
  const handed = GivenSchema.safeParse(given);
  // What is left out is absent, not undefined.
  if (handed.success) return { ...(JSON.parse(JSON.stringify(handed.data)) as Note), askWhy: true };
  const editor = vscode.window.activeTextEditor;
  if (editor && !editor.selection.isEmpty) {
    const { start, end } = editor.selection;
    return {
      text: editor.document.getText(editor.selection),
      source: {
        path: vscode.workspace.asRelativePath(editor.document.uri),
        startLine: start.line + 1,
        endLine: end.line + 1,
      },
      // Whoever wrote it, the person only points at it.
      sources: ['workspace'],
      askWhy: false,
    };
  }
  const text = await vscode.window.showInputBox({
    title: TITLE,
    prompt: t('What should I remember?'),
    placeHolder: t('What should I remember?'),
    ignoreFocusOut: true,
  });
  return text?.trim() ? { text, askWhy: false } : undefined;
}

/** @param why ask for a reason whatever the note is */
export async function rememberCommand(given: unknown, deps: RememberCommandDeps, why = false): Promise<void> {
  const taken = await takeNote(given);
  if (!taken) return;
  const { askWhy, ...note } = taken;
  if (askWhy || why) {
    const reason = await vscode.window.showInputBox({
      title: `${TITLE}: ${short(note.text).slice(0, 80)}`,
      prompt: t('Why does it matter? Enter goes on without a reason.'),
      placeHolder: t('Why does it matter? (optional)'),
      ignoreFocusOut: true,
    });
    // Escape: it is not to be remembered after all.
    if (reason === undefined) return;
    if (reason.trim()) note.why = reason.trim();
  }
  const id = await deps.hold(note);
  const work = queue.then(() =>
    vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: t('Letta: remembering…') },
      async () => {
        const outcome = await deps.remember(note).catch((error: unknown) => {
          deps.left(id);
          throw error;
        });
        if (outcome.kind === 'waits') deps.left(id);
        else await deps.arrived(id);
        return outcome;
      },
    ),
  );
  queue = work.catch(() => {});
  // Not awaited: the command is done once the note is on its way, the notification follows.
  void work.then((outcome) => tellRemembered(deps, outcome), showError);
}

/**
 * What is selected in the terminal. VS Code has no stable way to ask for it but to copy it, and gives only the text of the
 * clipboard: what else is there, a picture, stays where nothing is selected, and is replaced by the selection otherwise.
 * @throws Error
 */
export async function terminalNote(): Promise<Note> {
  const { clipboard } = vscode.env;
  const before = await clipboard.readText();
  let text = '';
  try {
    // Without a selection nothing is copied: what was there before must not be taken for one.
    if (before !== '') await clipboard.writeText('');
    await vscode.commands.executeCommand('workbench.action.terminal.copySelection');
    text = await clipboard.readText();
  } finally {
    // Nothing is written where there was no text: it would empty a clipboard that held something else.
    if (before !== '') await clipboard.writeText(before);
  }
  if (!text.trim()) throw new Error(t('Select in the terminal what is to be remembered, then try again.'));
  const name = vscode.window.activeTerminal?.name;
  const lines = text.split(/\r?\n/).map((line) => line.trimEnd());
  const from = `It was selected in the terminal${name ? ` “${name}”` : ''}.`;
  return { text: lines.join('\n').trim(), from, sources: ['terminal'] };
}

/** The notification: what was stored and where, with View, Edit and Undo. */
export async function tellRemembered(deps: AfterDeps, outcome: RememberOutcome): Promise<void> {
  if (outcome.kind === 'known' || outcome.kind === 'held') {
    const { label, text } = outcome;
    const held = outcome.kind === 'held';
    const answer = await vscode.window.showInformationMessage(
      held
        ? t('Waits for your review, for {0}: {1}', label, short(text))
        : t('Already in {0}: {1}', label, short(text)),
      t('View'),
    );
    if (answer === t('View')) await deps.viewMemory(held ? 'review:' : label);
    return;
  }
  if (outcome.kind === 'waits') {
    const kept = t(
      'The Letta server does not answer. Your note is kept on this computer and put into inbox, word for word, as soon as it does: {0}',
      short(outcome.text),
    );
    void vscode.window.showWarningMessage(kept);
    return;
  }
  const changes: readonly StoredChange[] = outcome.kind === 'stored' ? outcome.changes : [keptAs(outcome)];
  const first = changes[0];
  if (!first) return;
  const message = outcome.kind === 'stored' ? storedWhere(first, changes.length - 1) : keptWhere(outcome);
  // A whole block, or a line that was taken out, is edited where it stands.
  const canEdit = changes.length === 1 && first.before !== null && first.after !== '' && !first.after.includes('\n');
  const actions = canEdit ? [t('View'), t('Edit'), t('Undo')] : [t('View'), t('Undo')];
  const answer = await vscode.window.showInformationMessage(message, ...actions);
  const [line = ''] = first.after.trim().split('\n');
  if (answer === t('View')) {
    const wish = line === '' ? first.label : lineWish(first.label, line);
    await deps.viewMemory(first.entry === undefined ? wish : entryWish(first.after, first.entry));
  }
  if (answer === t('Edit')) await edit(deps, first);
  if (answer === t('Undo')) await takeBack(deps, changes, first);
}

const storedWhere = ({ label, after }: StoredChange, more: number): string =>
  more > 0
    ? t('Remembered in {0}: {1} (and {2} more)', label, short(after), more)
    : t('Remembered in {0}: {1}', label, short(after));

type KeptNote = Extract<RememberOutcome, { kind: 'kept' }>;

const keptAs = ({ text, archived }: KeptNote): StoredChange =>
  archived === undefined
    ? { label: 'inbox', before: '', after: text }
    : { label: 'archive', before: '', after: text, entry: archived };

function keptWhere({ text, archived, noModel }: KeptNote): string {
  if (archived !== undefined)
    return t('There is no room left in the memory blocks. Kept word for word in the archive: {0}', short(text));
  return noModel
    ? t('No model reachable. Kept word for word in inbox: {0}', short(text))
    : t('Kept word for word in inbox: {0}', short(text));
}

/** @param typed what the person has typed already */
async function edit(deps: AfterDeps, change: StoredChange, typed = change.after): Promise<void> {
  const text = await vscode.window.showInputBox({
    title: t('Edit What {0} Says', change.label),
    prompt: t('Enter stores it.'),
    value: typed,
    ignoreFocusOut: true,
    validateInput: (value) => (value.trim() ? undefined : t('To take it out again use Undo.')),
  });
  if (!text?.trim() || text === change.after) return;
  try {
    void vscode.window.showInformationMessage(await deps.reword(change, text.trim()));
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    if ((await vscode.window.showWarningMessage(said, t('Edit Again'))) === t('Edit Again'))
      await edit(deps, change, text);
  }
}

async function takeBack(deps: AfterDeps, changes: readonly StoredChange[], first: StoredChange): Promise<void> {
  const answer = await vscode.window.showInformationMessage(await deps.undo(changes), t('Say Why…'));
  if (!answer) return;
  const why = await vscode.window.showInputBox({
    title: t('What Was Wrong with It?'),
    prompt: t('“{0}” was taken back. What you say waits in Memory for your review.', short(first.after)),
    placeHolder: t('e.g. only in the tests'),
    ignoreFocusOut: true,
  });
  if (why?.trim()) void vscode.window.showInformationMessage(await deps.explain(first, why.trim()));
}
