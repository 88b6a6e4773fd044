// Cards of commands after a reload: what still runs is shown as it is, what ran in a window that is gone runs no more.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AgentItem, Item, ToolPart } from '../../../src/protocol/transcript-views.ts';
import { commandBody, commandLine, freshCards } from '../../../src/tools/command-body.ts';
import { makeWorld, type World } from '../terminal/support.ts';

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.remove());

const itemWith = (...bodies: ToolPart['body'][]): AgentItem => ({
  kind: 'agent',
  id: 'a',
  state: 'done',
  date: '2026-01-01T00:00:00Z',
  parts: bodies.map((body, n) => ({
    type: 'tool',
    id: `part-${n}`,
    name: 'Bash',
    title: 'Bash',
    state: 'done',
    input: '',
    ...(body ? { body } : {}),
  })),
});

const statesOf = ([item]: Item[]) =>
  item?.kind === 'agent'
    ? item.parts.map((part) => (part.type === 'tool' && part.body?.kind === 'command' ? part.body.state : undefined))
    : [];

it('says what became of each', async () => {
  const run = await world.start('sleep 30', { background: true });
  const shown = commandBody(run);
  expect(shown.state).toBe('background');
  const items = [
    itemWith(shown, { ...shown, callId: 'of another window' }, { ...shown, callId: 'gone', state: 'ended' }, undefined),
  ];
  const runOf = (callId: string) => world.runs.byCall(callId);
  expect(statesOf(freshCards(items, runOf))).toEqual(['background', 'lost', 'ended', undefined]);
  run.kill('person');
  await run.whenEnded();
  expect(statesOf(freshCards(items, runOf))).toEqual(['stopped', 'lost', 'ended', undefined]);
});

it('is named in one line', () => {
  expect(commandLine('  a\n\tb  ')).toBe('a b');
  expect(commandLine('x'.repeat(200))).toHaveLength(80);
});
