// Where skills go that a person deletes, and how they come back.
import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.ts';

/** @returns false: there is no trash, and it is where it was */
async function inTrash(path: string): Promise<boolean> {
  try {
    await vscode.workspace.fs.delete(vscode.Uri.file(path), { recursive: true, useTrash: true });
    return true;
  } catch {
    return false;
  }
}

/** What there is another copy of: gone for good where there is no trash. */
export async function toTrash(path: string): Promise<void> {
  if (!(await inTrash(path))) await rm(path, { recursive: true, force: true });
}

const inTrashMessage = (name: string, path: string): string =>
  t('The skill “{0}” lies in the trash as {1}. Restore it from there.', name, basename(path));

/** @param copy where a copy of it lies; without one it is removed only where there is a trash. @returns where it is now */
export async function throwAway(name: string, path: string, copy: string | undefined): Promise<string> {
  if (await inTrash(path)) return inTrashMessage(name, path);
  if (copy !== undefined) await rm(path, { recursive: true, force: true });
  return t('There is no trash here: the deleted skill “{0}” lies in {1}.', name, copy ?? path);
}

/** @throws Error saying where it lies */
export async function bringBack(name: string, kept: vscode.Uri, uri: vscode.Uri): Promise<void> {
  try {
    await vscode.workspace.fs.rename(kept, uri);
  } catch (error) {
    throw new Error(
      t(
        'The skill “{0}” could not be brought back, and lies in {1}. {2}',
        name,
        kept.fsPath,
        error instanceof Error ? error.message : String(error),
      ),
    );
  }
}
