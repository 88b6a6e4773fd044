// The hidden threads of subagents: gone once the result is on disk, and after a kill at the next start; kept where memory leads to them.
import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Pins } from '../../../src/agent/pins.ts';
import type { SubagentDeps } from '../../../src/flows/subagent.ts';
import { SubagentThreads } from '../../../src/flows/subagent-threads.ts';
import { forkPending } from '../../../src/threads/fork-pending.ts';
import { HiddenThreads } from '../../../src/threads/hidden-threads.ts';
import { HIDDEN_TITLE } from '../../../src/threads/threads.ts';
import { taskTool } from '../../../src/tools/task.ts';
import { eventually } from '../../support/eventually.ts';
import { gate, text, toolCalls } from '../../support/scripted-model.ts';
import { AskingWorld } from '../agent/asking-world.ts';
import { turn } from '../agent/turn-harness.ts';

let world: AskingWorld;
const logged: string[] = [];
beforeEach(async () => {
  world = await AskingWorld.make();
  logged.length = 0;
});
afterEach(() => world.close());

const folder = () => join(world.workspace.folder, '.subagents');
const notes = () => readdir(folder()).catch(() => []);
const base = () => world.workspace.deps(world.connection, { decideMemory: () => ({ decision: 'apply', reason: '' }) });
const store = () => {
  const { connection, agentId } = world;
  const pins = new Pins(join(world.workspace.folder, '.pins'));
  const log = (line: string) => logged.push(line);
  const hidden = new HiddenThreads(connection, agentId);
  const home = connection.homeKey;
  return new SubagentThreads({ home, hidden, agentId, journal: base().journal, pins, folder: folder(), log });
};

function go(signal = new AbortController().signal) {
  const { connection, agentId, threadId } = world;
  const deps: SubagentDeps = {
    agentId,
    journal: base().journal,
    fork: (parent, title) => base().context.created(agentId, () => forkPending(connection, agentId, parent, title)),
    inheritPin: async () => {},
    turn: () => ({ ...base(), tools: [] }),
  };
  const threads = store();
  const tool = taskTool({
    tools: () => ['Read'],
    run: (task, progress, aborted) => threads.run(deps, task, progress, aborted, new AbortController().signal),
  });
  return turn({ ...base(), tools: [tool] }, 'Go.', { agentId, threadId, signal });
}
const task = () => toolCalls([{ name: 'Task', args: { description: 'find it', prompt: 'Find it.' }, id: 'task-1' }]);
const all = async () => (await world.threads.all('unarchived')).map(({ title }) => title);
const gone = (count = 0) => eventually(async () => expect(await notes()).toHaveLength(count));

/** The id of a process that has ended. */
const deadPid = () => spawnSync(process.execPath, ['-e', '']).pid;
async function note(more: object = {}): Promise<void> {
  const { connection, agentId } = world;
  await mkdir(folder(), { recursive: true });
  const noted = { home: connection.homeKey, agentId, title: 'find it', at: Date.now(), pid: deadPid(), ...more };
  await writeFile(join(folder(), `${crypto.randomUUID()}.json`), JSON.stringify(noted));
}

test('it is there while the subagent works, and gone with its journal once the result is on disk', async () => {
  const working = gate('I look…', text('There.'));
  world.model.script(task(), working, text('Good.'));
  const running = go();
  await world.model.whenRequest(2, 20_000);
  expect(await all()).toContain(`${HIDDEN_TITLE}find it`);
  expect(await notes()).toHaveLength(1);
  world.model.release(working.id);
  expect((await running).outcome).toEqual({ kind: 'done' });
  await gone();
  expect(await all()).toHaveLength(1);
  // What it led to is in the journal of the thread that it worked for.
  const journals = join(world.workspace.folder, '.journal');
  const files = (await readdir(journals)).filter((name) => name.startsWith('conv'));
  expect(files).toHaveLength(1);
  expect(await readFile(join(journals, files[0] ?? ''), 'utf8')).toContain('There.');
});

test('it goes at once when the turn is stopped', async () => {
  world.model.script(task(), gate('I look…'));
  const stop = new AbortController();
  const running = go(stop.signal);
  await world.model.whenRequest(2, 20_000);
  stop.abort();
  expect((await running).outcome).toEqual({ kind: 'stopped' });
  await gone();
  expect(await all()).toHaveLength(1);
});

test('one that has written memory is put away, so that the history of the line still leads to it', async () => {
  const args = { label: 'project', new_string: 'Uses tabs.' };
  world.model.script(task(), toolCalls([{ name: 'memory_insert', args, id: 'm1' }]), text('Noted.'), text('Good.'));
  expect((await go()).outcome).toEqual({ kind: 'done' });
  await gone();
  expect(await all()).toHaveLength(1);
  const { conversations } = world.connection.client;
  const archived = await conversations.list({ agent_id: world.agentId, archive_status: 'archived' } as never);
  expect(archived.map(({ summary }) => summary)).toEqual([`${HIDDEN_TITLE}find it`]);
});

test('what a killed window left is removed at the next start: noted, and not noted yet', async () => {
  const { threads } = world;
  const at = Date.now();
  const noted = await threads.create({ title: 'find it', hidden: true });
  await note({ threadId: noted, at });
  await threads.create({ title: 'half made', hidden: true });
  await note({ title: 'half made', at });
  // Made by others, or earlier: none of it is touched.
  await threads.create({ title: 'remember', hidden: true });
  await threads.create({ title: 'find it' });
  await note({ title: 'never made' });
  await store().cleanUp();
  expect(await notes()).toEqual([]);
  expect((await all()).sort()).toEqual(['Untitled', 'find it', `${HIDDEN_TITLE}remember`].sort());
  expect(logged).toEqual([]);
});

test('what another window, home or agent has is left to them', async () => {
  const threadId = await world.threads.create({ title: 'find it', hidden: true });
  await note({ threadId, pid: process.ppid });
  await note({ threadId, home: 'https://letta.example' });
  await note({ threadId, agentId: 'agent-other' });
  await writeFile(join(folder(), 'torn.json'), '{"home"');
  await store().cleanUp();
  expect(await notes()).toHaveLength(4);
  expect(await all()).toHaveLength(2);
});

test('a server that cannot be asked is asked again at the next start', async () => {
  const threadId = await world.threads.create({ title: 'find it', hidden: true });
  await note({ threadId });
  const remove = vi.spyOn(world.connection.client.conversations, 'delete').mockRejectedValueOnce(new Error('down'));
  await store().cleanUp();
  expect([await notes(), logged].map((each) => each.length)).toEqual([1, 1]);
  await store().cleanUp();
  expect(remove).toHaveBeenCalledTimes(2);
  expect([await notes(), await all()].map((each) => each.length)).toEqual([0, 1]);
});
