// Which skills the person has read and saved: by what they say, wherever they lie.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type * as vscode from 'vscode';

const KEY = 'letta.skills.reviewed';
const MAX = 1_000;

const fingerprint = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

/** @throws Error where the file cannot be read */
export async function isRead(state: vscode.Memento, file: string): Promise<boolean> {
  return state.get<string[]>(KEY, []).includes(await fingerprint(file));
}

/** @throws Error where the file cannot be read */
export async function noteRead(state: vscode.Memento, file: string): Promise<void> {
  const known = state.get<string[]>(KEY, []);
  await state.update(KEY, [...known, await fingerprint(file)].slice(-MAX));
}
