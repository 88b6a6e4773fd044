// "Letta: Forget…": finds in blocks and archive what the person names, and removes what they tick.
import * as vscode from 'vscode';
import type { Forgettable } from '../flows/forget.ts';
import { t } from '../protocol/l10n.ts';
import { showError } from './show-error.ts';
import { type DoneAct, tellDone } from './tell-done.ts';

export interface ForgetCommandDeps {
  /** `cut`: the archive may hold more. */
  find(query: string): Promise<{ found: Forgettable[]; cut: boolean }>;
  forget(items: readonly Forgettable[]): Promise<DoneAct>;
}

/** A selection is a hint what to look for, not a text to compare whole. */
const MAX_SELECTION = 500;
const MAX_LABEL = 150;

function itemOf(item: Forgettable): vscode.QuickPickItem & { item: Forgettable } {
  const text = (item.kind === 'line' ? item.line.text : item.passage.text).replace(/\s+/g, ' ').trim();
  const label = text.length > MAX_LABEL ? `${text.slice(0, MAX_LABEL - 1)}…` : text;
  if (item.kind === 'passage') {
    const { at, tags } = item.passage;
    return { label, description: [t('archive, {0}', at.slice(0, 10)), tags.join(', ')].join(' ').trim(), item };
  }
  const { line, readOnly } = item;
  const place = t('{0}, line {1}', line.label, String(line.number));
  return { label, description: readOnly ? t('{0} (read-only)', place) : place, item };
}

/** What was said behind the command, else what is selected, else what the person types. */
async function queryOf(given: unknown): Promise<string | undefined> {
  if (typeof given === 'string' && given.trim() !== '') return given;
  const editor = vscode.window.activeTextEditor;
  const selected = editor && !editor.selection.isEmpty ? editor.document.getText(editor.selection) : '';
  if (selected.trim() !== '') return selected.slice(0, MAX_SELECTION);
  return vscode.window.showInputBox({
    title: t('Forget'),
    prompt: t('What should I forget? You see what matches before anything is removed.'),
    placeHolder: t('What should I forget?'),
    ignoreFocusOut: true,
  });
}

/** @param given text of a slash command, or whatever a menu hands to commands */
export async function forgetCommand(given: unknown, deps: ForgetCommandDeps): Promise<void> {
  const query = await queryOf(given);
  if (!query?.trim()) return;
  const location = vscode.ProgressLocation.Window;
  const { found, cut } = await vscode.window.withProgress({ location, title: t('Letta: searching memory…') }, () =>
    deps.find(query),
  );
  if (found.length === 0) {
    void vscode.window.showInformationMessage(t('Nothing in memory matches that. Try other words.'));
    return;
  }
  const picked = await vscode.window.showQuickPick(found.map(itemOf), {
    title: t('Letta: Forget'),
    placeHolder: cut
      ? t('Tick what to forget. Of the archive only the best matches are listed: say more to find others')
      : t('Tick what to forget'),
    canPickMany: true,
    ignoreFocusOut: true,
    matchOnDescription: true,
  });
  if (!picked || picked.length === 0) return;
  const done = await deps.forget(picked.map(({ item }) => item));
  void tellDone(done).catch(showError);
}
