// "Letta: Remember This": the selection, or what the person types, goes into memory; says where, offers View and Undo.
import * as vscode from 'vscode';
import type { Note, RememberOutcome, StoredChange } from '../flows/remember.ts';

export interface RememberCommandDeps {
  /** Puts the note on disk, so that nothing that happens from here on loses it. @returns its id */
  hold(note: Note): Promise<string>;
  /** The note with that id is in memory. */
  arrived(id: string): Promise<void>;
  remember(note: Note): Promise<RememberOutcome>;
  /** Takes the changes back; the text says what became of it. */
  undo(changes: readonly StoredChange[]): Promise<string>;
  /** Shows the Memory panel at a block. */
  viewMemory(label: string): Promise<void>;
}

/** One toast must stay readable. */
const TOAST_CHARS = 300;
const short = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > TOAST_CHARS ? `${line.slice(0, TOAST_CHARS - 1)}…` : line;
};

/** Several at once queue, so that each sees what the one before it stored. */
let queue: Promise<unknown> = Promise.resolve();

async function takeNote(): Promise<Note | undefined> {
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
    };
  }
  const text = await vscode.window.showInputBox({
    title: 'Remember This',
    prompt: 'What should I remember?',
    placeHolder: 'What should I remember?',
    ignoreFocusOut: true,
  });
  return text?.trim() ? { text } : undefined;
}

/** @param said what is to be remembered; absent: the selection, or what the person is asked for */
export async function rememberCommand(said: string | undefined, deps: RememberCommandDeps): Promise<void> {
  const note = said === undefined ? await takeNote() : { text: said };
  if (!note) return;
  const id = await deps.hold(note);
  const work = queue.then(() =>
    vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: 'Letta: remembering…' }, async () => {
      const outcome = await deps.remember(note);
      await deps.arrived(id);
      return outcome;
    }),
  );
  queue = work.catch(() => {});
  // Not awaited: the command is done once the note is on its way, the notification follows.
  void work.then(
    (outcome) => tellRemembered(deps, outcome),
    (error: unknown) => vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error)),
  );
}

/** The notification: what was stored and where, with View and Undo. */
export async function tellRemembered(
  deps: Pick<RememberCommandDeps, 'undo' | 'viewMemory'>,
  outcome: RememberOutcome,
): Promise<void> {
  if (outcome.kind === 'known') {
    const answer = await vscode.window.showInformationMessage(
      `Already in ${outcome.label}: ${short(outcome.text)}`,
      'View',
    );
    if (answer === 'View') await deps.viewMemory(outcome.label);
    return;
  }
  const changes: readonly StoredChange[] =
    outcome.kind === 'stored' ? outcome.changes : [{ label: 'inbox', before: '', after: outcome.text }];
  const first = changes[0];
  if (!first) return;
  const more = changes.length > 1 ? ` (and ${changes.length - 1} more)` : '';
  const message =
    outcome.kind === 'stored'
      ? `Remembered in ${first.label}: ${short(first.after)}${more}`
      : `${outcome.noModel ? 'No model reachable. Kept' : 'Kept'} word for word in inbox: ${short(outcome.text)}`;
  const answer = await vscode.window.showInformationMessage(message, 'View', 'Undo');
  if (answer === 'View') await deps.viewMemory(first.label);
  if (answer === 'Undo') void vscode.window.showInformationMessage(await deps.undo(changes));
}
