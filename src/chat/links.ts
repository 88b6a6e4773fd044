// Opens the links of messages: web pages through VS Code's own question, files of the workspace at line and column.
import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';

const LINE = /(?:#L(\d+)(?:-L?\d+)?|:(\d+)(?::(\d+))?)$/;

/** @throws Error for anything but http(s), mailto and files inside the workspace. */
export async function openLink(href: string): Promise<void> {
  if (/^(https?|mailto):/i.test(href)) {
    await vscode.env.openExternal(vscode.Uri.parse(href, true));
    return;
  }
  // A letter and a colon is a Windows drive; any longer scheme (command:, vscode:, file:, …) is refused.
  if (/^[a-z][a-z0-9+.-]+:/i.test(href) && !LINE.test(href)) throw new Error('Links of this kind are not opened.');
  const match = LINE.exec(href);
  const path = decodeURI(match ? href.slice(0, match.index) : href);
  if (/^[a-z][a-z0-9+.-]+:/i.test(path)) throw new Error('Links of this kind are not opened.');
  const uri = await find(path);
  if (!uri) throw new Error(`There is no file ${path} in this workspace.`);
  if (!match) {
    // Whatever it is: a picture has an editor of its own.
    await vscode.commands.executeCommand('vscode.open', uri, { preview: true });
    return;
  }
  const line = Math.max(0, Number(match[1] ?? match[2] ?? 1) - 1);
  const column = Math.max(0, Number(match[3] ?? 1) - 1);
  const at = new vscode.Position(line, column);
  await vscode.window.showTextDocument(uri, { selection: new vscode.Range(at, at), preview: true });
}

async function find(path: string): Promise<vscode.Uri | undefined> {
  for (const folder of vscode.workspace.workspaceFolders ?? []) {
    const uri = isAbsolute(path) ? folder.uri.with({ path }) : vscode.Uri.joinPath(folder.uri, path);
    const inside = uri.path === folder.uri.path || uri.path.startsWith(`${folder.uri.path}/`);
    if (!inside) continue;
    try {
      await vscode.workspace.fs.stat(uri);
      return uri;
    } catch {
      // Not in this folder: try the next.
    }
  }
  return undefined;
}
