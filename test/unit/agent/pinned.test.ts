// Threads with pinned memory, on a home of our own and on one that was made elsewhere: what the model is asked, what a write is told.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pinnedSystem } from '../../../src/agent/pinned.ts';
import { type Pin, Pins } from '../../../src/agent/pins.ts';
import type { Connection } from '../../../src/letta/connection.ts';
import { listBlocks, saveBlock } from '../../../src/memory/blocks.ts';
import { ChangeLog } from '../../../src/memory/change-log.ts';
import { Threads } from '../../../src/threads/threads.ts';
import { messageText, type ScriptedModel, text, toolCalls } from '../../support/scripted-model.ts';
import { ArchivedLetta, type ScriptedStep } from './archived-letta.ts';
import { OwnHome } from './own-home.ts';
import { turn, Workspace } from './turn-harness.ts';

const AT = '2026-11-20T09:30:00.000Z';
const block = (label: string, value: string) => ({
  id: `block-${label}`,
  label,
  value,
  description: `About ${label}.`,
  limit: 5_000,
  readOnly: false,
});
const PIN: Pin = { kind: 'then', at: AT, blocks: [block('project', 'We deploy on Fridays.')] };

let workspace: Workspace;
let pins: Pins;
beforeEach(async () => {
  workspace = await Workspace.make();
  pins = new Pins(join(workspace.folder, '.pins'));
});
afterEach(() => workspace.remove());

describe('pins', () => {
  it('are on disk, for other windows too, until they are taken away', async () => {
    expect(await pins.read('conv-1')).toBeUndefined();
    await pins.set('conv-1', PIN);
    const others = new Pins(join(workspace.folder, '.pins'));
    expect(await others.read('conv-1')).toEqual(PIN);
    expect(['conv-1', 'conv-2'].map(await others.all())).toEqual([true, false]);
    await others.remove('conv-1');
    expect(await pins.read('conv-1')).toBeUndefined();
    await pins.remove('conv-1');
  });

  it('are inherited by a fork, and only where there is one', async () => {
    await pins.set('conv-1', PIN);
    await pins.inherit('conv-1', 'conv-2');
    await pins.inherit('conv-3', 'conv-4');
    expect(await pins.read('conv-2')).toEqual(PIN);
    expect(await pins.read('conv-4')).toBeUndefined();
  });

  it('that cannot be read are no reason to write memory: the turn fails, and the message is kept', async () => {
    await pins.set('conv-1', PIN);
    await writeFile(join(workspace.folder, '.pins', 'conv-1.json'), '{"kind":');
    const server = new ArchivedLetta([{ text: 'hi' }]);
    const deps = workspace.deps(server.connection, { pins });
    const { outcome } = await turn(deps, 'Hello');
    expect(outcome).toMatchObject({ kind: 'failed', failure: { retry: true } });
    expect(server.sends).toEqual([]);
    expect((await deps.journal.read('conv-1')).outgoing).toMatchObject({ text: 'Hello', answered: false });
  });
});

describe('the system prompt of a pinned thread', () => {
  it('holds each block’s value whole, and none where it runs without memory', () => {
    const value = fc.string({ unit: 'grapheme', maxLength: 60 });
    fc.assert(
      fc.property(fc.array(value, { maxLength: 4 }), value, (values, system) => {
        const blocks = values.map((text, i) => block(`b${i}`, `«${text}»`));
        const shown = pinnedSystem(system, { kind: 'pinned', at: AT, blocks }, []);
        for (const { value: held } of blocks) expect(shown).toContain(held);
        const none = pinnedSystem('You help.', { kind: 'none', at: AT, blocks }, []);
        for (const { value: held } of blocks) expect(none).not.toContain(held);
      }),
    );
  });

  it('takes the place of the memory that the agent’s own text names', () => {
    const shown = pinnedSystem('Before.\n{CORE_MEMORY}\nAfter.', PIN, [
      { name: 'release', description: 'Makes releases.\nMore.', location: '/s/release/SKILL.md' },
    ]);
    expect(shown).toMatch(
      /^Before\.\n<memory_blocks>[\s\S]*We deploy on Fridays\.[\s\S]*\nAfter\.\n\n<available_skills>/,
    );
    expect(shown).toContain('- release (/s/release/SKILL.md): Makes releases.\n');
    expect(shown).not.toContain('{CORE_MEMORY}');
  });
});

describe('on a home that was made elsewhere, whose agent writes without asking', () => {
  const go = async (pin: Pin | undefined, ...script: ScriptedStep[]) => {
    const server = new ArchivedLetta(script);
    server.blocks.project = 'We deploy on Mondays.';
    if (pin) await pins.set('conv-1', pin);
    const done = await turn(workspace.deps(server.connection, { pins }), 'Remember it');
    return { server, ...done };
  };
  const call = (name: string, args: object) => ({ calls: [{ id: 'c1', name, args: JSON.stringify(args) }] });

  it('the request brings the pinned memory and takes the writing tools over', async () => {
    const { server, outcome } = await go(PIN, { text: 'ok' });
    expect(outcome).toEqual({ kind: 'done' });
    const [sent] = server.sends;
    expect(sent?.override_system).toContain('We deploy on Fridays.');
    expect(sent?.override_system).toContain('Memory is pinned in this thread.');
    expect(JSON.stringify(sent)).not.toContain('Mondays');
    expect(sent?.client_tools.map(({ name }) => name)).toEqual([
      'Write',
      'Read',
      'archival_memory_search',
      'memory_insert',
      'core_memory_append',
    ]);
    // Its stored prompt is left alone: nobody waits for it, and other clients use it.
    expect(server.asked.filter((asked) => asked.endsWith('/recompile'))).toEqual([]);
  });

  it.each([
    ['memory_insert', { label: 'project', new_string: 'new line' }],
    ['core_memory_append', { label: 'project', content: 'new line' }],
    ['memory', { command: 'rename', old_path: 'a', new_path: 'b' }],
  ])('%s is refused, and the agent is told why', async (name, args) => {
    const decided: string[] = [];
    const server = new ArchivedLetta([call(name, args), { text: 'It is pinned.' }]);
    await pins.set('conv-1', { ...PIN, kind: 'pinned' });
    const deps = workspace.deps(server.connection, {
      pins,
      decideMemory: ({ label }) => {
        decided.push(label);
        return { decision: 'apply', reason: '' };
      },
    });
    const { cards, outcome } = await turn(deps, 'Remember it');
    expect(outcome).toEqual({ kind: 'done' });
    const [answer] = server.sends[1]?.messages.flatMap((m) => m.approvals ?? []) ?? [];
    expect(answer).toMatchObject({ type: 'tool', status: 'error' });
    expect(answer?.tool_return).toContain('Memory is pinned in this thread');
    expect(server.sends[1]?.override_system).toBe(server.sends[0]?.override_system);
    expect(cards.c1?.state).toBe('denied');
    expect(decided).toEqual([]);
  });

  it('without memory nothing is shown and nothing can be searched', async () => {
    const search = call('archival_memory_search', { query: 'deploy' });
    const { server } = await go({ kind: 'none', at: AT, blocks: [] }, search, { text: 'I do not know.' });
    expect(JSON.stringify(server.sends)).not.toMatch(/Mondays|Fridays|memory_blocks/);
    const [answer] = server.sends[1]?.messages.flatMap((m) => m.approvals ?? []) ?? [];
    expect(answer).toMatchObject({ status: 'error', tool_return: expect.stringContaining('without memory') });
  });

  it('says with what memory each message was answered', async () => {
    const pinned = await go(PIN, { text: 'ok' });
    const given = pinned.events.flatMap((event) => (event.type === 'given' ? [event.given.blocks] : []));
    expect(given).toEqual([[{ id: 'block-project', label: 'project', value: 'We deploy on Fridays.' }]]);
    await pins.remove('conv-1');
    const free = await go(undefined, { text: 'ok' });
    expect(free.server.sends[0]?.override_system).toBeUndefined();
    const [now] = free.events.flatMap((event) => (event.type === 'given' ? [event.given] : []));
    expect(now?.blocks).toContainEqual({ id: 'block-project', label: 'project', value: 'We deploy on Mondays.' });
    expect(now?.messageIds).toEqual([expect.stringMatching(/^[\da-f-]{36}$/)]);
  });
});

describe('on the embedded home', () => {
  let home: OwnHome;
  let model: ScriptedModel;
  let connection: Connection;
  let agentId: string;
  let threadId: string;

  beforeEach(async () => {
    home = await OwnHome.in(workspace);
    ({ model, connection, agentId } = home);
    threadId = await workspace
      .deps(connection)
      .context.created(agentId, () => new Threads(connection, agentId).create());
  });
  afterEach(() => home.close());

  const go = (message: string) => turn(workspace.deps(connection, { pins }), message, { agentId, threadId });
  const asked = () => model.requests.at(-1)?.body.messages ?? [];
  const system = () => messageText(asked().find(({ role }) => role === 'system'));
  const write = async (value: string) => {
    const found = (await listBlocks(connection, agentId)).find(({ label }) => label === 'project');
    if (!found) throw new Error('There is no such block.');
    const changes = new ChangeLog(join(workspace.folder, 'changes.jsonl'));
    await saveBlock(connection, changes, { blockId: found.id, value, base: found.value });
  };
  const pinNow = async () => {
    const blocks = await listBlocks(connection, agentId);
    await pins.set(threadId, { kind: 'pinned', at: AT, blocks: blocks.map((each) => ({ ...block('', ''), ...each })) });
  };

  it('the model sees memory as it was pinned, byte for byte in every request, and what it writes is refused', async () => {
    await write('We deploy on Fridays.');
    await pinNow();
    await write('We deploy on Mondays.');
    model.script(
      toolCalls([{ name: 'memory_insert', args: { label: 'project', new_string: 'And on Tuesdays.' } }]),
      text('It is pinned.'),
    );
    const { outcome } = await go('When do we deploy?');
    expect(outcome).toEqual({ kind: 'done' });
    expect(system()).toContain('We deploy on Fridays.');
    expect(JSON.stringify(asked())).not.toContain('Mondays');
    const result = asked().find(({ role }) => role === 'tool');
    expect(messageText(result)).toContain('Memory is pinned in this thread');
    expect(new Set(model.requests.map(({ body }) => messageText(body.messages[0]))).size).toBe(1);
    const stored = (await listBlocks(connection, agentId)).find(({ label }) => label === 'project');
    expect(stored?.value).toBe('We deploy on Mondays.');

    // Let go, the thread hears what has changed, and writes again.
    await pins.remove(threadId);
    model.script(
      toolCalls([{ name: 'memory_insert', args: { label: 'project', new_string: 'And on Tuesdays.' } }]),
      text('Noted.'),
    );
    await go('And now?');
    expect(JSON.stringify(asked())).toContain('We deploy on Mondays.');
    const now = (await listBlocks(connection, agentId)).find(({ label }) => label === 'project');
    expect(now?.value).toContain('And on Tuesdays.');
  });

  it('a search as of that day does not bring back what was put into the archive later', async () => {
    const keep = (text: string, year: number) =>
      connection.client.agents.passages.create(agentId, { text, created_at: `${year}-06-01T12:00:00Z` });
    await keep('The deploy key lies in the old safe.', 2020);
    await keep('The deploy key lies in the new safe.', 2022);
    const at = '2021-06-01T12:00:00.000Z';
    await pins.set(threadId, { kind: 'then', at, blocks: [] });
    model.script(
      toolCalls([{ name: 'archival_memory_search', args: { query: 'deploy key safe' } }]),
      text('In the old one.'),
    );
    await go('Where is the deploy key?');
    const result = messageText(asked().find(({ role }) => role === 'tool'));
    expect(result).toContain('old safe');
    expect(result).not.toContain('new safe');
  });
});
