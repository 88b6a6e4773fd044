// Files outside the workspace: every mode asks, links lead to the same question, and nothing of them is told before it is answered.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FITS_NOT } from '../../../src/agent/plan-call.ts';
import { decide } from '../../../src/permissions/decide.ts';
import type { Policy } from '../../../src/permissions/decision.ts';
import { editTool } from '../../../src/tools/edit.ts';
import { filesTool } from '../../../src/tools/files.ts';
import { accessOfCall } from '../../../src/tools/plan-access.ts';
import { readTool } from '../../../src/tools/read.ts';
import { writeTool } from '../../../src/tools/write.ts';
import { MODES } from '../permissions/accesses.ts';
import { DiskEditor } from '../tools/disk-editor.ts';
import { callRunner } from './call-runner.ts';

let editor: DiskEditor;
let outside: string;
let asked: string[];
let allow: boolean;

beforeEach(() => {
  editor = new DiskEditor();
  outside = realpathSync(mkdtempSync(join(tmpdir(), 'letta-beyond-')));
  writeFileSync(join(outside, 'secret.txt'), 'the secret word\n');
  symlinkSync(outside, editor.path('link'));
  asked = [];
  allow = false;
});
afterEach(() => {
  editor.dispose();
  rmSync(outside, { recursive: true, force: true });
});

/** @returns what the model is told */
async function call(name: string, input: object, rules: Partial<Policy> = {}): Promise<string> {
  const open = { allow: ['*', 'Edit(**)', 'Read(//**)'], ask: [], deny: [], lettaignore: [], trusted: true };
  const policy: Policy = { mode: 'unrestricted', ...open, workspace: [editor.root], ...rules };
  const hidden = () => false;
  const storage = mkdtempSync(join(tmpdir(), 'letta-beyond-journal-'));
  const { calls } = await callRunner(storage, {
    tools: [
      readTool({ editor, hidden }),
      editTool(editor, hidden),
      writeTool(editor, hidden),
      filesTool(editor, hidden),
    ],
    decide: (tool, given, plan) => decide(accessOfCall(tool, given, plan), tool.name, policy),
    ask: async ({ decision }) => {
      asked.push(decision.reason);
      expect(decision.rule, 'no stored rule opens it').toBeUndefined();
      return { allow };
    },
  });
  const [answer] = await calls.answer([{ callId: 'c', name, arguments: JSON.stringify(input) }], 'run');
  rmSync(storage, { recursive: true, force: true });
  return JSON.stringify(answer);
}

const secret = () => join(outside, 'secret.txt');
const swap = (path: string, old_string = 'secret', new_string = 'open') => ({
  path,
  edits: [{ old_string, new_string }],
});

describe.each(MODES)('in %s mode', (mode) => {
  test.each(['absolute', 'link', 'dots'])('reading is asked about: %s', async (how) => {
    const dots = `../${outside.split('/').at(-1)}/secret.txt`;
    const path = how === 'link' ? 'link/secret.txt' : how === 'dots' ? dots : secret();
    expect(await call('Read', { path }, { mode })).not.toContain('the secret word');
    expect(asked).toEqual([`${secret()} lies outside the workspace.`]);
    allow = true;
    expect(await call('Read', { path }, { mode })).toContain('the secret word');
  });

  test('a change is asked about, and none is made in plan mode', async () => {
    const refused = mode === 'plan';
    for (const [name, input] of [
      ['Edit', swap('link/secret.txt')],
      ['Write', { path: join(outside, 'new.txt'), content: 'x' }],
      ['Files', { operation: 'delete', path: secret() }],
      ['Files', { operation: 'move', path: secret(), to: 'here.txt' }],
    ] as const)
      await call(name, input, { mode });
    expect(asked).toHaveLength(refused ? 0 : 4);
    expect(readFileSync(secret(), 'utf8')).toBe('the secret word\n');
    expect(existsSync(join(outside, 'new.txt'))).toBe(false);
    allow = true;
    await call('Edit', swap('link/secret.txt'), { mode });
    expect(readFileSync(secret(), 'utf8')).toBe(refused ? 'the secret word\n' : 'the open word\n');
  });
});

test('in a workspace that is not trusted nothing outside is changed, and reading is asked about', async () => {
  expect(await call('Edit', swap(secret()), { trusted: false })).toContain('not trusted');
  expect(asked).toEqual([]);
  await call('Read', { path: secret() }, { trusted: false });
  expect(asked).toHaveLength(1);
});

test('what is hidden or refused by either of its names stays so, and nobody is asked', async () => {
  allow = true;
  expect(await call('Read', { path: 'link/secret.txt' }, { lettaignore: ['link/'] })).toContain('.lettaignore hides');
  for (const rule of [`Read(/${secret()})`, 'Read(link/**)'])
    expect(await call('Read', { path: 'link/secret.txt' }, { deny: [rule] })).toContain('refuses it');
  // A link from outside back into the workspace leads to what is there.
  editor.put('hidden.txt', 'hidden words\n');
  symlinkSync(editor.path('hidden.txt'), join(outside, 'back.txt'));
  const back = { path: join(outside, 'back.txt') };
  expect(await call('Read', back, { lettaignore: ['hidden.txt'] })).toContain('.lettaignore hides');
  expect(asked).toEqual([]);
});

test('protected files outside are asked about like all others there', async () => {
  mkdirSync(join(outside, '.git'));
  await call('Write', { path: join(outside, '.git/config'), content: 'x' });
  await call('Write', { path: '~/.bashrc-of-nobody', content: 'x' });
  expect(asked).toEqual([
    expect.stringContaining('.git/config lies outside'),
    expect.stringContaining('bashrc-of-nobody lies outside'),
  ]);
});

test('an edit that does not fit tells nothing of a file that is read with consent only', async () => {
  const answer = await call('Edit', swap(secret(), 'the secret wort'));
  expect(answer).not.toContain('word');
  expect(answer).toContain('declined');
  expect(asked).toEqual([`${secret()} lies outside the workspace. ${FITS_NOT}`]);
  // What is told does not say whether the guess was right: nobody is asked for less.
  expect(await call('Edit', swap(secret(), 'secret'))).toBe(answer);
  expect(asked).toHaveLength(2);
  for (const path of [secret(), join(outside, 'nothing.txt')])
    expect(await call('Files', { operation: 'mkdir', path })).toBe(answer);
  expect(asked).toHaveLength(4);
  allow = true;
  const told = await call('Edit', swap(secret(), 'the secret wort'));
  expect(told).toContain('Call Read first');
  expect(told).not.toContain('word');
  editor.put('.git/config', 'token = abc\n');
  expect(await call('Edit', swap('.git/config', 'token = abd'))).not.toContain('abc');
  editor.put('plain.txt', 'the plain word\n');
  expect(await call('Edit', swap('plain.txt', 'the plain wort'))).toContain('the plain word');
});
