// A database that cannot be used: the view says which file and what to do, and the file stays as it is.
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { text } from '../../support/scripted-model.ts';
import { fingerprint } from '../harness/database.ts';
import { withVsCode } from '../harness/with-vscode.ts';

/** For what takes a moment on a busy machine. */
const WAIT = { timeout: 45_000 };

const vscode = withVsCode();

test('a damaged and a newer database are refused by name and left as they are; without them one can start', async () => {
  const file = join(vscode().lettaDir, 'letta.db');
  await mkdir(vscode().lettaDir, { recursive: true });
  await writeFile(file, `Not a database at all. ${'x'.repeat(5_000)}`);
  const damaged = fingerprint(file);

  const window = await vscode().open();
  const { letta } = window;
  await window.command('Letta: Open Chat');
  const alert = letta.frame.getByRole('alert').filter({ hasText: 'Letta could not start' });
  await alert.filter({ hasText: file }).waitFor(WAIT);
  expect(await alert.textContent()).toContain('is damaged and was left untouched');
  expect(fingerprint(file)).toBe(damaged);

  await rename(file, `${file}.damaged`);
  const db = new DatabaseSync(file);
  db.exec('PRAGMA journal_mode = WAL; CREATE TABLE agents (future TEXT); PRAGMA user_version = 9999');
  db.close();
  const newer = fingerprint(file);
  await letta.button('Retry').click();
  await alert.filter({ hasText: 'was written by a newer version' }).waitFor(WAIT);
  expect(await alert.textContent()).toContain(file);
  expect(fingerprint(file)).toBe(newer);

  await rename(file, `${file}.newer`);
  await letta.button('Retry').click();
  await letta.composer.waitFor(WAIT);
  vscode().model.script(text('A fresh start.'));
  expect(await (await letta.ask('Hello.')).textContent()).toContain('A fresh start.');
  expect([fingerprint(`${file}.damaged`), fingerprint(`${file}.newer`)]).toEqual([damaged, newer]);
});
