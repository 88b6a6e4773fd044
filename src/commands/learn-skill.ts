// "Letta: Learn Skill from Selection": the agent drafts, the person reads, and only then something is saved.
import * as vscode from 'vscode';
import type { SkillDraft, SkillSource } from '../flows/learn-skill.ts';
import { showError } from './show-error.ts';

export interface LearnSkillCommandDeps {
  draft(source: SkillSource, signal: AbortSignal): Promise<SkillDraft>;
  /** Opens the draft as the active editor. */
  open(text: string): Promise<vscode.TextEditor>;
  /** Shows the draft and saves it into the project. @throws Error saying why it was not saved */
  save(uri: vscode.Uri): Promise<void>;
  discard(uri: vscode.Uri): Promise<void>;
}

export async function learnSkillCommand(deps: LearnSkillCommandDeps): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor || editor.selection.isEmpty) {
    void vscode.window.showInformationMessage('Select the code the skill should be learned from, then run this again.');
    return;
  }
  const { document, selection } = editor;
  const source: SkillSource = {
    path: vscode.workspace.asRelativePath(document.uri),
    languageId: document.languageId,
    text: document.getText(selection),
    startLine: selection.start.line + 1,
    endLine: selection.end.line + 1,
    problems: vscode.languages
      .getDiagnostics(document.uri)
      .filter((d) => selection.intersection(d.range) !== undefined)
      .slice(0, 20)
      .map((d) => `line ${d.range.start.line + 1}: ${d.message}`),
  };
  const draft = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Letta is drafting a skill…', cancellable: true },
    (_, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort());
      return deps.draft(source, abort.signal).then((d) => (abort.signal.aborted ? undefined : d));
    },
  );
  if (!draft) return;
  const opened = await deps.open(draft.text);
  const left = draft.masked ? ' What looked like a secret is replaced by [secret].' : '';
  const message = draft.byAgent
    ? `Skill draft “${draft.name}” is open. Nothing is saved yet.`
    : `The agent gave no usable draft (${draft.reason ?? 'unknown reason'}). A template with your selection is open.`;
  // Not awaited: the draft can be read and saved for as long as the person likes.
  void vscode.window.showInformationMessage(message + left, 'Save to project', 'Discard').then(async (answer) => {
    try {
      if (answer === 'Save to project') await deps.save(opened.document.uri);
      if (answer === 'Discard') await deps.discard(opened.document.uri);
    } catch (error) {
      showError(error);
    }
  });
}
