// What imports need when a TypeScript or JavaScript file moves: worked out before, so that it is part of the plan.
import { lstat, readFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import { merged } from './changes.ts';
import type { FileChange } from './editor.ts';
import { rebasedImports, specifiers } from './import-text.ts';
import { contains } from './paths.ts';
import { listTree } from './tree.ts';
import { loadDocument, realOf, uriOf } from './vscode-documents.ts';
import { changeOf } from './vscode-workspace-edit.ts';

const MODULES = /\.[cm]?[jt]sx?$/;
const MODULE_GLOB = '**/*.{ts,tsx,js,jsx,mts,cts,mjs,cjs}';
/** More files are not searched for one that imports the moved one; then VS Code's own question after the move remains. */
const MOST_FILES = 3_000;
/** So many places that look like an import of the file are tried. */
const MOST_PLACES = 5;
const AT_ONCE = 16;
/** Of a folder that moves; with more of them VS Code's own question after the move remains. */
const MOST_MODULES = 25;

/** What imports need when a file or a folder moves: edits of texts as they are before. Empty where nobody can tell. */
export async function importChanges(from: string, to: string): Promise<FileChange[]> {
  const stats = await lstat(from);
  return stats.isDirectory() ? folderChanges(from, to) : fileChanges(from, to);
}

/**
 * Asks TypeScript through a file that imports the moved one: renaming the path in an import tells all edits that the move needs.
 * Where none imports it, its own relative imports are all there is.
 */
async function fileChanges(from: string, to: string): Promise<FileChange[]> {
  if (!MODULES.test(from) || !MODULES.test(to)) return [];
  return (await importingChanges(from, to)) ?? ownChanges(from, to);
}

/** Undefined where no file imports it. */
async function importingChanges(from: string, to: string): Promise<FileChange[] | undefined> {
  for (const { uri, position } of await importersOf(from)) {
    const edit = await renamePath(uri, position, from, to);
    if (edit === undefined) continue;
    const changes = await Promise.all(edit.entries().map(([file, edits]) => changeOf(file, edits)));
    return changes.filter(({ before, after }) => before !== after);
  }
  return undefined;
}

/** `along`: the folder that moves, where it is not the file alone. */
async function ownChanges(from: string, to: string, along?: string): Promise<FileChange[]> {
  const loaded = dirname(from) === dirname(to) ? null : await loadDocument(from);
  if (loaded === null) return [];
  const before = loaded.document.getText();
  const after = rebasedImports(before, from, to, along);
  return after === before ? [] : [{ path: from, before, after }];
}

/** Of the files that stay, what TypeScript says for each file that moves; of those, what they import from outside. */
async function folderChanges(from: string, to: string): Promise<FileChange[]> {
  const modules = (await listTree(from, from)).filter((path) => MODULES.test(path));
  if (modules.length > MOST_MODULES) return [];
  const changes = new Map<string, FileChange>();
  for (const path of modules) {
    const target = join(to, relative(from, path));
    for (const change of (await importingChanges(path, target)) ?? []) {
      if (contains(from, change.path)) continue;
      const known = changes.get(change.path)?.after;
      const after = typeof known === 'string' ? merged(change.before ?? '', known, change.after ?? '') : change.after;
      changes.set(change.path, { ...change, after });
    }
    for (const change of await ownChanges(path, target, from)) changes.set(path, change);
  }
  return [...changes.values()];
}

async function renamePath(
  uri: vscode.Uri,
  position: vscode.Position,
  from: string,
  to: string,
): Promise<vscode.WorkspaceEdit | undefined> {
  const target = relative(dirname(uriOf(from).fsPath), uriOf(to).fsPath)
    .split(sep)
    .join('/');
  try {
    return await vscode.commands.executeCommand('vscode.executeDocumentRenameProvider', uri, position, target);
  } catch {
    // TypeScript is not there, or does not take this for a path.
    return undefined;
  }
}

/** Places of import paths that lead to the file. */
async function importersOf(path: string): Promise<{ uri: vscode.Uri; position: vscode.Position }[]> {
  const files = await vscode.workspace.findFiles(MODULE_GLOB, '**/node_modules/**', MOST_FILES);
  const name = moduleName(path);
  const found: { uri: vscode.Uri; position: vscode.Position }[] = [];
  const itself = uriOf(path).toString();
  const waiting = files.filter((uri) => uri.toString() !== itself);
  const unsaved = new Map(
    vscode.workspace.textDocuments.filter((one) => one.isDirty).map((one) => [one.uri.toString(), one.getText()]),
  );
  while (waiting.length > 0 && found.length < MOST_PLACES) {
    const batch = waiting.splice(0, AT_ONCE);
    const places = await Promise.all(batch.map((uri) => candidate(uri, name, unsaved.get(uri.toString()))));
    for (const place of places) if (place !== undefined && (await leadsTo(place, path))) found.push(place);
    if (found.length > 0) break;
  }
  return found;
}

/** What the last part of an import path of it is: the file's name, or that of the folder whose index it is. */
function moduleName(path: string): string {
  const name = basename(path, extname(path));
  return name === 'index' ? basename(dirname(path)) : name;
}

async function candidate(
  uri: vscode.Uri,
  name: string,
  unsaved: string | undefined,
): Promise<{ uri: vscode.Uri; position: vscode.Position } | undefined> {
  const text = unsaved ?? (await readFile(uri.fsPath, 'utf8').catch(() => ''));
  if (!text.includes(name)) return undefined;
  const specifier = specifiers(text).find(({ path }) => {
    const last = path.split('/').at(-1) ?? '';
    return last === name || last.replace(MODULES, '') === name;
  });
  if (specifier === undefined) return undefined;
  const document = await vscode.workspace.openTextDocument(uri);
  return { uri, position: document.positionAt(specifier.start + specifier.path.length - 1) };
}

async function leadsTo(place: { uri: vscode.Uri; position: vscode.Position }, path: string): Promise<boolean> {
  const found = await vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[] | undefined>(
    'vscode.executeDefinitionProvider',
    place.uri,
    place.position,
  );
  return (found ?? []).some((one) => realOf(('targetUri' in one ? one.targetUri : one.uri).fsPath) === path);
}
