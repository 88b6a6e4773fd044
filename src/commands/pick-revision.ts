// Asks which of several revisions of a skill is meant.
import * as vscode from 'vscode';
import type { Revision } from '../skills/revisions.ts';

/** @param revisions newest first. @returns undefined: the person backed out */
export async function pickRevision<R extends Revision>(name: string, revisions: readonly R[]): Promise<R | undefined> {
  const items = revisions.map((revision) => ({
    label: new Date(revision.at).toLocaleString(),
    description: revision.discarded ? 'discarded' : 'waits for you',
    revision,
  }));
  const title = `Revisions of the skill “${name}”`;
  return (await vscode.window.showQuickPick(items, { title, placeHolder: 'Which one? It is shown as a diff' }))
    ?.revision;
}
