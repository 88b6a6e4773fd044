// *Add to Chat*, *Explain* and *Fix*: what they are run on, wherever they are run from, becomes text in the composer. Nothing is sent.
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.ts';
import { excerptText, filesText, GivenProblem, type Wish } from './ask-text.ts';
import { terminalNote } from './remember.ts';

/** More problems than that bury the code. */
const MOST_PROBLEMS = 20;
/** More files than that are no longer a question. */
const MOST_FILES = 50;

/**
 * @param args as the surface hands them over: a problem of the light bulb, the explorer's selection, changes in Source Control,
 *   or whatever else, which means the active editor
 * @throws Error saying what to do
 */
export function askText(wish: Wish, args: readonly unknown[]): string {
  const problem = GivenProblem.safeParse(args[0]);
  if (problem.success) return excerptText(wish, problem.data);
  const changed = changedFiles(args);
  if (changed.length > 0) return filesText(wish, named(changed), true);
  const picked = pickedFiles(args);
  if (picked.length > 0) return filesText(wish, named(picked));
  return selectionText(wish);
}

/** What is selected in the terminal. @throws Error saying what to do */
export async function terminalText(wish: Wish): Promise<string> {
  const { text } = await terminalNote();
  return excerptText(wish, { text });
}

/** The explorer hands over the file under the pointer and all that are selected; an editor's menu only its own file. */
function pickedFiles([, selected]: readonly unknown[]): vscode.Uri[] {
  return Array.isArray(selected) ? selected.filter((each) => each instanceof vscode.Uri) : [];
}

/** Source Control hands over its rows. */
function changedFiles(args: readonly unknown[]): vscode.Uri[] {
  return args.flatMap((each) =>
    typeof each === 'object' && each !== null && 'resourceUri' in each && each.resourceUri instanceof vscode.Uri
      ? [each.resourceUri]
      : [],
  );
}

function named(files: readonly vscode.Uri[]): string[] {
  if (files.length > MOST_FILES) throw new Error(t('Choose at most {0} files.', MOST_FILES));
  return [...new Set(files.map((file) => vscode.workspace.asRelativePath(file)))];
}

function selectionText(wish: Wish): string {
  const editor = vscode.window.activeTextEditor;
  if (!editor) throw new Error(t('Open a file and select what the agent should see.'));
  const { document, selection } = editor;
  const whole = new vscode.Range(0, 0, document.lineCount, 0);
  const range = selection.isEmpty ? document.validateRange(whole) : selection;
  const problems =
    wish === 'fix'
      ? vscode.languages.getDiagnostics(document.uri).filter((each) => range.intersection(each.range) !== undefined)
      : [];
  return excerptText(wish, {
    text: document.getText(range),
    place: {
      path: vscode.workspace.asRelativePath(document.uri),
      ...(selection.isEmpty ? {} : { startLine: range.start.line + 1, endLine: range.end.line + 1 }),
    },
    language: document.languageId,
    problems: problems
      .slice(0, MOST_PROBLEMS)
      .map(({ range: { start }, message }) => `line ${start.line + 1}: ${message}`),
  });
}
