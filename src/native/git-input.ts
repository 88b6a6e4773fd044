// The message box of Source Control, by the API of VS Code's own git extension.
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.ts';

/** The part of its API that is used here: https://github.com/microsoft/vscode/blob/main/extensions/git/src/api/git.d.ts */
interface Repository {
  readonly rootUri: vscode.Uri;
  readonly inputBox: { value: string };
  readonly ui: { readonly selected: boolean };
}
interface GitExtension {
  getAPI(version: 1): {
    readonly repositories: readonly Repository[];
    getRepository(uri: vscode.Uri): Repository | null;
  };
}

/** @param of the source control whose title bar the command was run from; else the selected or only one. @throws Error saying what to do */
export async function gitRepository(of: unknown): Promise<Repository> {
  const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
  if (!extension) throw new Error(t('VS Code’s Git extension is switched off. Switch it on to write commit messages.'));
  const api = (await extension.activate()).getAPI(1);
  const root = typeof of === 'object' && of !== null && 'rootUri' in of && of.rootUri;
  const named = root instanceof vscode.Uri ? api.getRepository(root) : null;
  const repository = named ?? api.repositories.find(({ ui }) => ui.selected) ?? api.repositories[0];
  if (!repository) throw new Error(t('There is no git repository in this window.'));
  return repository;
}
