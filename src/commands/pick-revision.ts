// Asks which of several revisions of a skill is meant.
import * as vscode from 'vscode';
import { language, t } from '../protocol/l10n.ts';
import type { Revision } from '../skills/revisions.ts';

/** @param revisions newest first. @returns undefined: the person backed out */
export async function pickRevision<R extends Revision>(name: string, revisions: readonly R[]): Promise<R | undefined> {
  const items = revisions.map((revision) => ({
    label: new Date(revision.at).toLocaleString(language()),
    description: revision.discarded ? t('discarded') : t('waits for you'),
    revision,
  }));
  const title = t('Revisions of the skill “{0}”', name);
  return (await vscode.window.showQuickPick(items, { title, placeHolder: t('Which one? It is shown as a diff') }))
    ?.revision;
}
