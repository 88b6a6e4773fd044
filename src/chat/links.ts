// Opens the links of messages: web pages through VS Code's own question, files of the workspace at line and column.
import { posix } from 'node:path';
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.ts';
import { insideFolder, linkTarget } from './link-target.ts';

/** Follows symlinks of what exists of a path. */
type RealPath = (path: string) => string;

/** @throws Error for anything but http(s), mailto and files inside the workspace. */
export async function openLink(href: string, realPath: RealPath): Promise<void> {
  const target = linkTarget(href);
  if (target.kind === 'page') {
    await vscode.env.openExternal(vscode.Uri.parse(target.href, true));
    return;
  }
  const uri = await findFile(target.path, realPath);
  if (!uri) throw new Error(t('There is no file {0} in this workspace.', target.path));
  if (target.line === undefined) {
    // Whatever it is: a picture has an editor of its own.
    await vscode.commands.executeCommand('vscode.open', uri, { preview: true });
    return;
  }
  const start = new vscode.Position(target.line - 1, (target.column ?? 1) - 1);
  const end = target.endLine === undefined ? start : new vscode.Position(target.endLine - 1, Number.MAX_SAFE_INTEGER);
  await vscode.window.showTextDocument(uri, { selection: new vscode.Range(start, end), preview: true });
}

/** @returns which of them name a file of the workspace. What is no address of a file is none. */
export function findLinks(hrefs: readonly string[], realPath: RealPath): Promise<boolean[]> {
  const there = async (href: string) => {
    const target = linkTarget(href);
    return target.kind === 'file' && (await findFile(target.path, realPath)) !== undefined;
  };
  return Promise.all(hrefs.map((href) => there(href).catch(() => false)));
}

/** @returns a file or folder of the workspace; undefined where there is none, or it lies outside */
export async function findFile(path: string, realPath: RealPath): Promise<vscode.Uri | undefined> {
  for (const folder of vscode.workspace.workspaceFolders ?? []) {
    const uri = within(folder.uri, path, realPath);
    if (!uri) continue;
    try {
      await vscode.workspace.fs.stat(uri);
      return uri;
    } catch {
      // Not in this folder: try the next.
    }
  }
  return undefined;
}

function within(folder: vscode.Uri, path: string, realPath: RealPath): vscode.Uri | undefined {
  if (folder.scheme === 'file') {
    const found = insideFolder(folder.fsPath, path, realPath);
    return found === undefined ? undefined : vscode.Uri.file(found);
  }
  const full = posix.resolve(folder.path, path);
  return full === folder.path || full.startsWith(`${folder.path}/`) ? folder.with({ path: full }) : undefined;
}
