// "Letta: Learn Skill from Selection": the agent drafts, the person reads, and only then something is saved.
import * as vscode from 'vscode';
import type { SkillDraft } from '../flows/draft-skill.ts';
import type { SkillSource } from '../flows/learn-skill.ts';
import { t } from '../protocol/l10n.ts';

/** `file`: the document around it, by its absolute path. */
export interface SelectedSource extends Omit<SkillSource, 'file'> {
  file?: { path: string; text: string };
}

/** `talk`: where it was drafted. */
export interface LearnSkillCommandDeps<Talk> {
  draft(source: SelectedSource, signal: AbortSignal): Promise<{ draft: SkillDraft; talk: Talk }>;
  /** Opens the draft as the active editor, and says what can be done with it. */
  opened(draft: SkillDraft, talk: Talk): Promise<void>;
}

/** Work that a person can cancel while a notification says what is done; nothing comes of it then. */
export function cancellable<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Thenable<T | undefined> {
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress({ location, title, cancellable: true }, (_, token) => {
    const abort = new AbortController();
    token.onCancellationRequested(() => abort.abort());
    return work(abort.signal).then(
      (done) => (abort.signal.aborted ? undefined : done),
      (error: unknown) => {
        if (abort.signal.aborted) return undefined;
        throw error;
      },
    );
  });
}

export async function learnSkillCommand<Talk>(deps: LearnSkillCommandDeps<Talk>): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor || editor.selection.isEmpty) {
    void vscode.window.showInformationMessage(
      t('Select the code the skill should be learned from, then run this again.'),
    );
    return;
  }
  const { document, selection } = editor;
  const source: SelectedSource = {
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
    ...(document.uri.scheme === 'file' ? { file: { path: document.uri.fsPath, text: document.getText() } } : {}),
  };
  const drafted = await cancellable(t('Letta is drafting a skill…'), (signal) => deps.draft(source, signal));
  if (drafted) await deps.opened(drafted.draft, drafted.talk);
}
