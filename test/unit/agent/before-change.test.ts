// What stands before a change: it is awaited before anything is noted or done, for changing calls alone.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { text, toolCalls } from '../../support/scripted-model.ts';
import { OwnHome } from './own-home.ts';
import { turn } from './turn-harness.ts';

let home: OwnHome;

beforeEach(async () => {
  home = await OwnHome.open();
});
afterEach(() => home.close());

async function journaled(): Promise<string> {
  const folder = join(home.workspace.folder, '.journal');
  const names = await readdir(folder).catch(() => []);
  return (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join('\n');
}

async function run(before: (targets: readonly string[]) => Promise<void>, signal?: AbortSignal) {
  const beforeChange = (targets: readonly string[]) => before(targets).then(() => undefined);
  const { agentId, connection } = home;
  const threadId = await home.newThread();
  return turn(home.workspace.deps(connection, { beforeChange }), 'Go', {
    agentId,
    threadId,
    ...(signal ? { signal } : {}),
  });
}

const write = { name: 'Write', args: { path: 'a.txt', content: 'new' }, id: 'w1' };

test('before the intent and the change, with its targets; not for what only reads', async () => {
  home.model.script(
    toolCalls([{ name: 'Read', args: { path: 'a.txt' }, id: 'r1' }]),
    toolCalls([write]),
    text('Done.'),
  );
  const calls: { targets: readonly string[]; intent: boolean; there: string | null }[] = [];
  await run(async (targets) => {
    const intent = (await journaled()).includes('"callId":"w1"');
    calls.push({ targets, intent, there: await home.workspace.file('a.txt') });
  });
  expect(calls).toEqual([{ targets: [join(home.workspace.folder, 'a.txt')], intent: false, there: null }]);
  expect(await home.workspace.file('a.txt')).toBe('new');
});

test('stopped meanwhile, nothing is changed', async () => {
  home.model.script(toolCalls([write]), text('Done.'));
  const abort = new AbortController();
  const { outcome } = await run(async () => abort.abort(), abort.signal);
  expect(outcome.kind).toBe('stopped');
  expect(home.workspace.ran.Write).toBe(0);
  expect(await journaled()).not.toContain('"kind":"intent"');
});
