// The timeline over a real server: several threads, the person and another client write the same block.
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AGENT_BLOCKS } from '../../../src/agent/prompt.ts';
import type { Connection } from '../../../src/letta/connection.ts';
import { readEvent } from '../../../src/letta/wire.ts';
import { listBlocks, saveBlock } from '../../../src/memory/blocks.ts';
import { ChangeLog } from '../../../src/memory/change-log.ts';
import { undoEdits } from '../../../src/memory/edit-blocks.ts';
import { memoryCalls } from '../../../src/memory/memory-calls.ts';
import { MemoryTimeline } from '../../../src/memory/memory-timeline.ts';
import { MemoryStore } from '../../../src/memory/store/memory-store.ts';
import type { Revision } from '../../../src/memory/store/types.ts';
import { Threads } from '../../../src/threads/threads.ts';
import { type ScriptedModel, text, toolCalls } from '../../support/scripted-model.ts';
import { OwnHome } from '../agent/own-home.ts';
import { turn, type Workspace } from '../agent/turn-harness.ts';
import { proxied } from './support.ts';

let home: OwnHome;
let workspace: Workspace;
let model: ScriptedModel;
let connection: Connection;
let agentId: string;
let changes: ChangeLog;
let stores: MemoryStore[];

beforeEach(async () => {
  home = await OwnHome.open();
  ({ workspace, model, connection, agentId } = home);
  changes = new ChangeLog(join(workspace.folder, 'changes.jsonl'));
  stores = [];
});
afterEach(async () => {
  for (const store of stores) store.close();
  await home.close();
});

const timelineIn = (folder: string): MemoryTimeline => {
  const store = new MemoryStore({ dataDir: join(workspace.folder, folder) });
  stores.push(store);
  return new MemoryTimeline({
    connection,
    agentId,
    store: proxied(store),
    changes,
    log: (line) => workspace.logged.push(line),
  });
};
const newThread = (title: string) => new Threads(connection, agentId).create({ title });
const conventions = async () => {
  const block = (await listBlocks(connection, agentId)).find((each) => each.label === 'conventions');
  if (!block) throw new Error('The agent has no conventions.');
  return block;
};
/** A turn whose model stores one line. */
const teach = async (threadId: string, said: string, line: string, tool = 'memory_insert') => {
  const args = tool === 'memory_insert' ? { label: 'conventions', new_string: line } : JSON.parse(line);
  model.script(toolCalls([{ name: tool, args }]), text('Noted.'));
  await turn(workspace.deps(connection), said, { agentId, threadId });
};
const person = async (change: (value: string) => string) => {
  const block = await conventions();
  await saveBlock(connection, changes, { blockId: block.id, value: change(block.value), base: block.value });
};
const told = (revisions: Revision[]) => revisions.map((r) => [r.author, r.by, r.threadId, r.cause?.text, r.excerpt]);

describe('the timeline of an agent', () => {
  it('names thread, message and author of every change, from history alone, and the same when made anew', async () => {
    const timeline = timelineIn('live');
    await timeline.observe();
    const one = await newThread('One');
    const two = await newThread('Two');
    await teach(one, 'We use tabs here.', 'Use tabs.');
    await teach(two, 'No default exports, please.', 'No default exports.');
    await person((value) => `${value}\nWritten by hand.`);
    await teach(
      one,
      'Two spaces now.',
      '{"label":"conventions","old_string":"Use tabs.","new_string":"Use two spaces."}',
      'memory_replace',
    );
    const { id } = await conventions();
    await connection.client.blocks.update(id, { value: `${(await conventions()).value}\nFrom another program.` });

    const observed = await timeline.observe();
    expect(observed.unexplained).toEqual([id]);
    const { revisions } = await timeline.history(id);
    expect(told(revisions)).toEqual([
      ['elsewhere', 'unknown', undefined, undefined, 'From another program.'],
      ['agent', 'memory_replace', one, 'Two spaces now.', 'Use two spaces.'],
      ['person', 'person', undefined, undefined, 'Written by hand.'],
      ['agent', 'memory_insert', two, 'No default exports, please.', 'No default exports.'],
      ['agent', 'memory_insert', one, 'We use tabs here.', 'Use tabs.'],
      ['elsewhere', 'first seen', undefined, undefined, ''],
    ]);
    for (const revision of revisions.filter((r) => r.author === 'agent')) {
      expect(revision).toMatchObject({
        runId: expect.stringMatching(/^run-/),
        messageId: expect.stringMatching(/^message-/),
      });
    }
    const lines = await timeline.lines(id);
    expect(lines.map((line) => [line.text, line.revision.threadId ?? line.revision.author])).toEqual([
      ['Use two spaces.', one],
      ['No default exports.', two],
      ['Written by hand.', 'person'],
      ['From another program.', 'elsewhere'],
    ]);

    // An agent that was at work before this computer looked.
    const again = timelineIn('anew');
    await again.observe();
    expect(told((await again.history(id)).revisions.filter((r) => r.by !== 'first seen'))).toEqual(
      told(revisions.filter((r) => r.by !== 'first seen')),
    );
    await timeline.rebuild();
    expect((await timeline.history(id)).revisions).toEqual(revisions);
  });

  it('takes the calls that a turn watched without reading any history', async () => {
    const timeline = timelineIn('live');
    await timeline.observe();
    const threadId = await newThread('One');
    model.script(
      toolCalls([{ name: 'memory_insert', args: { label: 'conventions', new_string: 'Use tabs.' } }]),
      text('Noted.'),
    );
    await turn(workspace.deps(connection), 'Tabs!', { agentId, threadId });
    await timeline.noteCall({
      label: 'conventions',
      threadId,
      callId: 'call-1',
      tool: 'memory_insert',
      args: { label: 'conventions', new_string: 'Use tabs.' },
      at: Date.now(),
    });
    connection.client.conversations.list = () => {
      throw new Error('No history is needed.');
    };
    expect(await timeline.observe()).toMatchObject({ unexplained: [] });
    expect((await timeline.history((await conventions()).id)).revisions[0]).toMatchObject({
      author: 'agent',
      threadId,
    });
  });

  it('restores any revision, itself a revision, and keeps what it replaced', async () => {
    const timeline = timelineIn('live');
    await person(() => 'one');
    await timeline.observe();
    await person(() => 'two');
    await timeline.observe();
    const { id } = await conventions();
    const [, first] = (await timeline.history(id)).revisions;
    await timeline.restore(first?.id ?? '');
    expect((await conventions()).value).toBe('one');
    const { revisions } = await timeline.history(id);
    expect(revisions[0]).toMatchObject({ author: 'person', by: 'restore' });
    expect(await timeline.revision(revisions[1]?.id ?? '')).toMatchObject({ value: 'two', before: 'one' });
    await expect(timeline.restore('rev-none')).rejects.toMatchObject({ reason: 'gone' });
  });

  it('empties blocks with a backup that can be restored', async () => {
    const timeline = timelineIn('live');
    await person(() => 'precious');
    const { id } = await conventions();
    const [done] = (await timeline.reset([id])).written;
    expect((await conventions()).value).toBe('');
    await timeline.restore(done?.backup ?? '');
    expect((await conventions()).value).toBe('precious');
  });

  it('puts all blocks back to how a new agent has them, each with a backup that can be restored', async () => {
    const timeline = timelineIn('live');
    await person(() => 'precious');
    const blocks = await listBlocks(connection, agentId);
    const before = new Map(blocks.map(({ label, value }) => [label, value]));
    const first = Object.fromEntries(AGENT_BLOCKS.map(({ label, value }) => [label, value]));
    const { written: done } = await timeline.reset(
      blocks.map(({ id }) => id),
      first,
    );
    const values = async () =>
      new Map((await listBlocks(connection, agentId)).map(({ label, value }) => [label, value]));
    expect(await values()).toEqual(new Map(blocks.map(({ label }) => [label, first[label] ?? ''])));
    expect(done.map(({ backup }) => backup)).not.toContain(null);
    for (const { backup } of done) await timeline.restore(backup ?? '');
    expect(await values()).toEqual(before);
  });

  it('says which block could not be reset; the others are, with what it takes to undo that', async () => {
    const timeline = timelineIn('live');
    await person(() => 'precious');
    const { id } = await conventions();
    const { written, problems } = await timeline.reset(['block-00000000-0000-4000-8000-000000000000', id]);
    expect((await conventions()).value).toBe('');
    expect(problems).toEqual(['A block is no longer there.']);
    expect(written).toMatchObject([{ label: 'conventions', before: 'precious', after: '' }]);
    await timeline.restore(written[0]?.backup ?? '');
    expect((await conventions()).value).toBe('precious');
  });

  it('takes back what a thread taught, keeps what came later, and names what it cannot take back', async () => {
    const timeline = timelineIn('live');
    await timeline.observe();
    const wrong = await newThread('Wrong');
    const right = await newThread('Right');
    await teach(wrong, 'a', 'Deploy on Fridays.');
    await teach(right, 'b', 'Test before a deploy.');
    await teach(wrong, 'c', 'Skip the tests.');
    await person((value) => value.replace('Skip the tests.', 'Never skip the tests.'));

    const [preview] = await timeline.taughtBy(wrong);
    expect(preview).toMatchObject({
      label: 'conventions',
      lines: ['Deploy on Fridays.'],
      after: 'Test before a deploy.\nNever skip the tests.',
    });
    const undone = await timeline.undoThread(wrong);
    expect(undone.conflicts).toEqual([
      { label: 'conventions', wrote: ['Skip the tests.'], now: ['Never skip the tests.'], before: [] },
    ]);
    expect((await conventions()).value).toBe('Test before a deploy.\nNever skip the tests.');
    const { id } = await conventions();
    expect((await timeline.history(id)).revisions[0]).toMatchObject({ author: 'person', by: 'undo' });
    expect(await timeline.lines(id)).toMatchObject([
      { revision: { threadId: right } },
      { revision: { author: 'person' } },
    ]);
    // Once is enough.
    expect((await timeline.undoThread(wrong)).written).toEqual([]);
  });

  it('tells what it replaced, so that Undo brings back what came in between', async () => {
    const timeline = timelineIn('live');
    await timeline.observe();
    const wrong = await newThread('Wrong');
    await teach(wrong, 'a', 'Deploy on Fridays.');
    const shown = await timeline.taughtBy(wrong);
    expect(shown).toHaveLength(1);
    // Another window writes while the list is shown.
    await person((value) => `${value}\nWritten in between.`);
    const { written } = await timeline.undoThread(wrong);
    expect((await conventions()).value).toBe('Written in between.');
    expect((await undoEdits(connection, changes, agentId, written)).problems).toEqual([]);
    expect((await conventions()).value).toBe('Deploy on Fridays.\nWritten in between.');

    const [reset] = (await timeline.reset([(await conventions()).id])).written;
    expect(reset).toMatchObject({ label: 'conventions', before: 'Deploy on Fridays.\nWritten in between.', after: '' });
  });

  it('names a block that changes meanwhile, or is gone, and takes the others back', async () => {
    const timeline = timelineIn('live');
    await timeline.observe();
    const wrong = await newThread('Wrong');
    const blocks = ['conventions', 'lessons', 'project'];
    for (const label of blocks) {
      model.script(
        toolCalls([{ name: 'memory_insert', args: { label, new_string: `Wrong in ${label}.` } }]),
        text('Noted.'),
      );
      await turn(workspace.deps(connection), label, { agentId, threadId: wrong });
    }
    await timeline.observe();
    const { update, retrieve } = connection.client.blocks;
    const ids = new Map((await listBlocks(connection, agentId)).map(({ id, label }) => [id, label]));
    const spy = vi.spyOn(connection.client.blocks, 'retrieve').mockImplementation((id, options) => {
      const asked = () => retrieve.call(connection.client.blocks, id, options);
      if (ids.get(id) === 'project') throw new Error('The line is cut.');
      if (ids.get(id) !== 'conventions') return asked();
      return update.call(connection.client.blocks, id, { value: 'Written by others.' }).then(asked) as ReturnType<
        typeof asked
      >;
    });
    const { written, problems } = await timeline.undoThread(wrong);
    spy.mockRestore();
    expect(written).toMatchObject([{ label: 'lessons', before: 'Wrong in lessons.', after: '' }]);
    expect(problems.toSorted()).toEqual([
      'conventions was changed meanwhile and stays as it is: try again.',
      expect.stringMatching(/^project could not be written: .*The line is cut/),
    ]);
    expect((await conventions()).value).toBe('Written by others.');
  });
});

describe('the calls in a history', () => {
  const events = (raw: object[]) => raw.map(readEvent).filter((event) => event !== undefined);
  const date = '2026-01-01T00:00:00Z';
  const asked = (id: string, name: string, args: object | string, message_type = 'tool_call_message') => ({
    message_type,
    id: `message-${id}`,
    date,
    run_id: 'run-1',
    tool_call: { tool_call_id: id, name, arguments: typeof args === 'string' ? args : JSON.stringify(args) },
  });
  const returned = (id: string, text: string, status = 'success') => ({
    message_type: 'tool_return_message',
    id: `message-r${id}`,
    date: '2026-01-01T00:00:01Z',
    tool_call_id: id,
    tool_return: text,
    status,
  });

  it('are those of memory tools that succeeded, with the message that led to them', () => {
    const found = memoryCalls(
      events([
        {
          message_type: 'user_message',
          id: 'message-u',
          date,
          content: '<system-reminder>\nx\n</system-reminder>\nRemember it.',
        },
        asked('1', 'memory_insert', { label: 'human', new_string: 'a' }, 'approval_request_message'),
        asked('1', 'memory_insert', { label: 'human', new_string: 'a' }),
        returned('1', 'a'),
        asked('2', 'memory_replace', { label: 'human', old_string: 'no', new_string: 'b' }),
        returned('2', 'not found', 'error'),
        asked('3', 'archival_memory_insert', { content: 'x' }),
        returned('3', 'None'),
        asked('4', 'memory', { command: 'str_replace', path: '/memories/project', old_string: 'a', new_string: 'b' }),
        asked('5', 'memory_insert', '{"label": "hu'),
        { message_type: 'user_message', id: 'message-u2', date, content: '{"type":"heartbeat"}' },
      ]),
      'agent-1',
      'conv-1',
    );
    expect(found).toMatchObject([
      {
        label: 'human',
        callId: '1',
        messageId: 'message-1',
        runId: 'run-1',
        at: Date.parse('2026-01-01T00:00:01Z'),
        returned: 'a',
        cause: { messageId: 'message-u', text: 'Remember it.' },
      },
      { label: 'project', callId: '4', maybe: true },
    ]);
    expect(found[0]).not.toHaveProperty('maybe');
    expect(found).toHaveLength(2);
  });
});
