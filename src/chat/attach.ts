// "Attach" in the composer: files of the workspace that go along with the message.
import * as vscode from 'vscode';
import { type Attachment, MAX_ATTACHED } from '../protocol/attachments.ts';
import { t } from '../protocol/l10n.ts';

/** A quick pick with more rows than this is no longer quick. */
const MAX_FILES = 5_000;

interface FileItem extends vscode.QuickPickItem {
  path: string;
}

export async function pickFiles(): Promise<Attachment[]> {
  const picked = await vscode.window.showQuickPick(listFiles(), {
    title: t('Attach Files'),
    placeHolder: t('Which files should the agent look at?'),
    canPickMany: true,
    matchOnDescription: true,
  });
  return (picked ?? [])
    .slice(0, MAX_ATTACHED)
    .map(({ path }) => ({ kind: 'file', label: path.slice(-300), ref: path }));
}

/** Open files first, then the others by path. */
async function listFiles(): Promise<FileItem[]> {
  const open = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .flatMap((tab) => (tab.input instanceof vscode.TabInputText ? [tab.input.uri] : []))
    .filter((uri) => vscode.workspace.getWorkspaceFolder(uri) !== undefined);
  // Undefined: what the person's own settings leave out of searches is left out here.
  const found = await vscode.workspace.findFiles('**/*', undefined, MAX_FILES);
  const paths = (uris: readonly vscode.Uri[]): string[] => uris.map((uri) => vscode.workspace.asRelativePath(uri));
  const opened = new Set(paths(open));
  const others = paths(found).filter((path) => !opened.has(path));
  const item = (path: string, description?: string): FileItem => {
    const slash = path.lastIndexOf('/');
    const folder = slash < 0 ? '' : path.slice(0, slash);
    return { label: path.slice(slash + 1), description: [folder, description].filter(Boolean).join(' · '), path };
  };
  return [...[...opened].map((path) => item(path, 'open')), ...others.sort().map((path) => item(path))];
}
