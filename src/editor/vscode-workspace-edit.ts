// A workspace edit of some extension as what it would make of whole files; nothing is applied here.
import * as vscode from 'vscode';
import { EditorError, type FileChange } from './editor.ts';
import { resolveInside } from './paths.ts';
import { loadDocument, realOf, workspaceFolders } from './vscode-documents.ts';
import { nameOf } from './vscode-prepare.ts';

/** The document of an existing file, as it is on disk or with its unsaved text. @throws EditorError */
export async function documentOf(path: string): Promise<vscode.TextDocument> {
  const loaded = await loadDocument(path);
  if (loaded === null) throw new EditorError('missing', `${nameOf(path)} does not exist.`);
  return loaded.document;
}

/**
 * The texts of all files an edit speaks of, before and after it.
 * @throws EditorError `outside` where one lies outside the workspace or is no file; `unsupported` where it is more than text
 */
export async function changesOf(edit: vscode.WorkspaceEdit): Promise<FileChange[]> {
  if (movesFiles(edit))
    throw new EditorError('unsupported', 'It also moves, makes or deletes files. Use Files for that.');
  const changes: FileChange[] = [];
  for (const [uri, edits] of edit.entries()) {
    const change = await changeOf(uri, edits);
    if (change.before !== change.after) changes.push(change);
  }
  return changes;
}

function isInside(path: string): boolean {
  try {
    return resolveInside(path, workspaceFolders()).path === path;
  } catch {
    return false;
  }
}

/** The text of one file before and after edits of it. */
export async function changeOf(uri: vscode.Uri, edits: readonly vscode.TextEdit[]): Promise<FileChange> {
  const path = realOf(uri.fsPath);
  if (uri.scheme !== 'file' || !isInside(path)) {
    throw new EditorError('outside', `It would change ${uri.toString(true)}, which is outside the workspace.`);
  }
  const document = await documentOf(path);
  const before = document.getText();
  return { path, before, after: editedText(document, before, edits) };
}

function editedText(document: vscode.TextDocument, before: string, edits: readonly vscode.TextEdit[]): string {
  const placed = edits
    .map(({ range, newText }, index) => {
      const valid = document.validateRange(range);
      return { start: document.offsetAt(valid.start), end: document.offsetAt(valid.end), newText, index };
    })
    .sort((a, b) => a.start - b.start || a.end - b.end || a.index - b.index);
  let after = '';
  let from = 0;
  for (const { start, end, newText } of placed) {
    if (start < from) throw new EditorError('unsupported', `The edits of ${nameOf(document.uri.fsPath)} overlap.`);
    after += before.slice(from, start) + inserted(newText, document.eol);
    from = end;
  }
  return after + before.slice(from);
}

function inserted(text: unknown, eol: vscode.EndOfLine): string {
  // A snippet has places to be filled in by a person, and no plain text.
  if (typeof text !== 'string') throw new EditorError('unsupported', 'It is a snippet that a person must fill in.');
  return text.replace(/\r\n|\r|\n/g, eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n');
}

/** VS Code does not tell of the files that an edit moves; where it can be seen nevertheless, half an edit is not taken for all. */
function movesFiles(edit: vscode.WorkspaceEdit): boolean {
  const parts: unknown = Reflect.get(edit, '_edits');
  if (!Array.isArray(parts)) return false;
  return parts.some((part: unknown) => typeof part === 'object' && part !== null && ('to' in part || 'from' in part));
}
