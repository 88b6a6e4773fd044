// A subagent on the embedded server: what it is asked, what comes back, what it leaves alone.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AskRequest } from '../../../src/agent/calls.ts';
import { seenBy } from '../../../src/agent/seen.ts';
import type { TurnDeps } from '../../../src/agent/turn.ts';
import { runSubagent, type SubagentDeps } from '../../../src/flows/subagent.ts';
import { forkPending } from '../../../src/threads/fork-pending.ts';
import { type Subagents, taskTool } from '../../../src/tools/task.ts';
import type { AnyTool } from '../../../src/tools/tool.ts';
import { gate, httpError, text, toolCalls } from '../../support/scripted-model.ts';
import { AskingWorld } from '../agent/asking-world.ts';
import { tools, turn } from '../agent/turn-harness.ts';

let world: AskingWorld;
let asked: AskRequest[];
beforeEach(async () => {
  world = await AskingWorld.make();
  asked = [];
});
afterEach(() => world.close());

const fileTools = (): AnyTool[] => tools(world.workspace.folder, world.workspace.ran, world.workspace.hooks);

function subagents(more: Partial<SubagentDeps> = {}, stop?: AbortSignal): Subagents {
  const { workspace, connection, agentId } = world;
  const base = workspace.deps(connection);
  const deps: SubagentDeps = {
    agentId,
    journal: base.journal,
    fork: (threadId, title) => base.context.created(agentId, () => forkPending(connection, agentId, threadId, title)),
    inheritPin: async () => {},
    turn: (names) => {
      const ask: TurnDeps['ask'] = async (request) => {
        asked.push(request);
        return { allow: true };
      };
      const own = fileTools().flatMap((tool) =>
        names.includes(tool.name) ? [{ ...tool, source: 'web' as const }] : [],
      );
      return { ...workspace.deps(connection), tools: own, ask };
    },
    ...more,
  };
  return {
    tools: () => ['Read', 'Write', 'Task', 'AskUserQuestion', 'TodoWrite'],
    run: (task, progress, signal) => runSubagent(deps, task, progress, signal, stop),
  };
}

const go = (
  message: string,
  more: Partial<SubagentDeps> = {},
  signal = new AbortController().signal,
  stop?: AbortSignal,
) => {
  const { workspace, connection, agentId, threadId } = world;
  const deps = workspace.deps(connection, { tools: [...fileTools(), taskTool(subagents(more, stop))] });
  return turn(deps, message, { agentId, threadId, signal });
};
const task = (args: object = {}) =>
  toolCalls([{ name: 'Task', args: { description: 'find it', prompt: 'Find the needle.', ...args }, id: 'task-1' }]);

it('knows the conversation, does its task with its tools, and only its last message comes back', async () => {
  await writeFile(join(world.workspace.folder, 'a.txt'), 'needle');
  world.model.script(
    text('Blue.'),
    task(),
    toolCalls([{ name: 'Read', args: { path: 'a.txt' } }], { text: 'I look around.' }),
    text('It is in a.txt.'),
    text('Found it.'),
  );
  await go('What colour?');
  const { outcome, cards } = await go('Find the needle, please.');
  expect(outcome).toEqual({ kind: 'done' });
  const [, parent, first, second, back] = world.model.requests;
  // The fork holds what was said before, not the call that made it; then its role and its task.
  expect(JSON.stringify(first?.body.messages)).toContain('What colour?');
  expect(JSON.stringify(first?.body.messages)).not.toContain('task-1');
  expect(world.userTexts(2).at(-1)).toMatch(/You are a subagent now[\s\S]*Find the needle\.$/);
  expect(first?.body.tools?.map((tool) => tool.function.name)).not.toContain('Task');
  expect(parent?.body.tools?.map((tool) => tool.function.name)).toContain('Task');
  expect(second?.body.messages.at(-1)?.role).toBe('tool');
  expect(world.results(4)).toEqual(['It is in a.txt.']);
  expect(JSON.stringify(back?.body.messages)).not.toContain('I look around.');
  expect(cards['task-1']).toMatchObject({ state: 'done', title: 'Task', target: 'find it', output: 'It is in a.txt.' });
  const body = cards['task-1']?.body;
  expect(body).toMatchObject({ kind: 'subagent', earlier: 0 });
  expect(body?.kind === 'subagent' && body.steps).toMatchObject([
    { kind: 'text', text: 'I look around.' },
    { kind: 'call', title: 'Read a.txt', state: 'done' },
    { kind: 'text', text: 'It is in a.txt.' },
  ]);
  expect(body?.kind === 'subagent' && body.tokens).toBeGreaterThan(0);
  // No list shows its thread.
  expect((await world.threads.list()).map(({ id }) => id)).toEqual([world.threadId]);
  expect(await world.threads.all()).toHaveLength(2);
});

it('asks about its calls, and hands on where what it has read came from', async () => {
  world.model.script(
    task({ tools: ['Write'] }),
    toolCalls([
      { name: 'Write', args: { path: 'a.txt', content: 'new' } },
      { name: 'Read', args: { path: 'a.txt' } },
    ]),
    text('Written.'),
    text('Good.'),
  );
  await go('Write it.');
  expect(asked.map(({ title, target }) => `${title} ${target}`)).toEqual(['Write a.txt']);
  expect(await world.workspace.file('a.txt')).toBe('new');
  // A tool that it was not given is none that it has.
  expect(world.results(2)).toContainEqual(expect.stringContaining('there is no tool named Read'));
  const journal = world.workspace.deps(world.connection).journal;
  expect(await seenBy(journal, world.threadId)).toContain('web');
});

it('gets no tools that a subagent cannot have, and says which it can', async () => {
  world.model.script(task({ tools: ['Task', 'Nope'] }), text('I see.'));
  await go('Nest.');
  expect(world.results(1)).toEqual(['Error: A subagent cannot have Task, Nope. It can have: Read, Write.']);
  expect(world.model.requests).toHaveLength(2);
});

it('that runs out of rounds is asked for a report', async () => {
  world.model.script(
    task(),
    ...Array.from({ length: 2 }, () => toolCalls([{ name: 'Read', args: { path: 'a.txt' } }])),
    text('Half of it.'),
    text('Thanks.'),
  );
  const { outcome } = await go('Go.', { rounds: 2 });
  expect(outcome).toEqual({ kind: 'done' });
  expect(world.userTexts(3).at(-1)).toContain('Report now');
  expect(world.model.requests[3]?.body.tools?.map((tool) => tool.function.name)).not.toContain('Read');
  expect(world.results(4)).toEqual(['Half of it.']);
});

it('works with the model that it was given, and the one who gave it goes on with its own', async () => {
  world.model.setModels(['scripted', 'small'].map((id) => ({ id, object: 'model', created: 0 })));
  world.model.script(
    task({ model: 'scripted/small' }),
    toolCalls([{ name: 'Read', args: { path: 'a.txt' } }]),
    text('Nothing there.'),
    text('A pity.'),
  );
  const { outcome } = await go('Look.');
  expect(outcome).toEqual({ kind: 'done' });
  expect(world.model.requests.map(({ body }) => body.model)).toEqual(['scripted', 'small', 'small', 'scripted']);
});

it('that fails says why, with its last words', async () => {
  world.model.script(task({ model: 'scripted/none' }), httpError(400), text('A pity.'));
  await go('Try.');
  expect(world.results(world.model.requests.length - 1)[0]).toMatch(/^Error: The subagent did not finish: .+/);
});

it('ends with the turn that it works for', async () => {
  const waiting = gate('I begin…');
  world.model.script(task(), waiting);
  const stop = new AbortController();
  const running = go('Go.', {}, stop.signal);
  const request = await world.model.whenRequest(2, 20_000);
  stop.abort();
  const { outcome, cards } = await running;
  expect(outcome).toEqual({ kind: 'stopped' });
  await world.model.whenSettled(2);
  expect(request.outcome).toBe('aborted');
  expect(cards['task-1']?.state).toBe('interrupted');
  expect(cards['task-1']?.output).toContain('do not repeat it blindly');
});

it('that the person stops reports what it has said, and the turn goes on', async () => {
  const waiting = gate('I begin…');
  world.model.script(task(), waiting, text('As you like.'));
  const stop = new AbortController();
  const running = go('Go.', {}, new AbortController().signal, stop.signal);
  const request = await world.model.whenRequest(2, 20_000);
  stop.abort();
  const { outcome, cards } = await running;
  expect(outcome).toEqual({ kind: 'done' });
  expect(request.outcome).toBe('aborted');
  expect(world.results(2)[0]).toMatch(/^Error: The person stopped this subagent before it was done\./);
  expect(cards['task-1']).toMatchObject({ state: 'stopped', body: { kind: 'subagent' } });
});

it('that is stopped before it has begun asks no model', async () => {
  world.model.script(task(), text('As you like.'));
  const { outcome } = await go('Go.', {}, new AbortController().signal, AbortSignal.abort());
  expect(outcome).toEqual({ kind: 'done' });
  expect(world.model.requests).toHaveLength(2);
  expect(world.results(1)[0]).toContain('The person stopped this subagent');
});

it('settles the call that made it, where a server takes the whole thread along', async () => {
  await world.close();
  world = await AskingWorld.make({ forksWhole: true });
  world.model.script(task(), text('Nothing there.'), text('A pity.'));
  const { outcome } = await go('Find the needle.');
  expect(outcome).toEqual({ kind: 'done' });
  expect(world.results(1)[0]).toContain('There is no tool named Task here');
  expect(world.userTexts(1).at(-1)).toMatch(/Find the needle\.$/);
  expect(world.results(2)).toEqual(['Nothing there.']);
});
