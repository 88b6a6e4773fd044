// @vitest-environment happy-dom
// A write that nobody has reviewed can be taken back, from its card and from its block.
import { fireEvent, screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { ChatHome } from '../../../src/chat/home.ts';
import { memoryRequests } from '../../../src/chat/memory-requests.ts';
import { Projection } from '../../../src/chat/projection.ts';
import type { AgentItem } from '../../../src/protocol/transcript-views.ts';
import { snapshotOf } from '../../../webview-ui/dev/fixtures.ts';
import { RICH_BLOCKS } from '../../../webview-ui/dev/memory-fixtures.ts';
import { openMemory, said } from './memory-view.tsx';
import { openView } from './view.tsx';

const answer = (review: 'unreviewed' | 'undone' | 'held'): AgentItem => ({
  kind: 'agent',
  id: 'answer-1',
  date: '2026-11-20T10:00:05Z',
  state: 'done',
  parts: [
    {
      type: 'tool',
      id: 'call-1',
      name: 'memory_insert',
      title: 'Remember',
      target: 'conventions',
      state: 'done',
      input: '',
      memory: { label: 'conventions', before: '', after: 'Tests live beside the code.', review },
    },
  ],
});
const card = () => within(screen.getByRole('group', { name: 'Remember conventions' }));

describe('the card of an unreviewed write', () => {
  it('is asked to be undone by the call that made it', async () => {
    const view = await openView({ snapshot: snapshotOf([answer('unreviewed')]), blocks: RICH_BLOCKS });
    fireEvent.click(card().getByRole('button', { name: 'Undo' }));
    await view.settle();
    const asked = view.host.asked.filter(({ method }) => method === 'memory.undo');
    expect(asked.map(({ params }) => params)).toEqual([
      { label: 'conventions', call: { threadId: 'conv-1', id: 'call-1' } },
    ]);
    expect(said()).toContain('Undone in conventions.');
  });

  it('says why when the host refuses, and keeps its buttons', async () => {
    const view = await openView({
      snapshot: snapshotOf([answer('unreviewed')]),
      handlers: { 'memory.undo': () => Promise.reject(new Error('conventions was changed again since then.')) },
    });
    fireEvent.click(card().getByRole('button', { name: 'Undo' }));
    await view.settle();
    screen.getByText('conventions was changed again since then.');
    card().getByRole('button', { name: 'Undo' });
    expect(said()).not.toContain('Undone');
  });

  it('says so once it is undone; what is held has nothing to undo', async () => {
    await openView({ snapshot: snapshotOf([answer('undone')]) });
    card().getByText('Undone: it is not in memory any more.');
    expect(card().queryByRole('button', { name: 'Undo' })).toBeNull();
    expect(card().queryByRole('button', { name: 'Show in Memory' })).toBeNull();
  });

  it('has nothing to undo where the write is held', async () => {
    await openView({ snapshot: snapshotOf([answer('held')]) });
    card().getByRole('button', { name: 'Review' });
    expect(card().queryByRole('button', { name: 'Undo' })).toBeNull();
  });
});

describe('the card of an unreviewed entry of the archive', () => {
  const entry = (): AgentItem => {
    const item = answer('unreviewed');
    const [part] = item.parts;
    if (part?.type !== 'tool') throw new Error('There is no card.');
    const after = 'Releases are cut on Fridays at noon.\nNot before holidays.';
    return {
      ...item,
      parts: [{ ...part, target: 'archive', memory: { label: 'archive', before: '', after, review: 'unreviewed' } }],
    };
  };
  const entryCard = () => within(screen.getByRole('group', { name: 'Remember archive' }));

  it('is undone by its call', async () => {
    const view = await openView({ snapshot: snapshotOf([entry()]), handlers: { 'memory.undo': async () => null } });
    fireEvent.click(entryCard().getByRole('button', { name: 'Undo' }));
    await view.settle();
    expect(view.host.asked.find(({ method }) => method === 'memory.undo')?.params).toEqual({
      label: 'archive',
      call: { threadId: 'conv-1', id: 'call-1' },
    });
    expect(said()).toContain('Undone in archive.');
  });

  it('leads to the archive, searched for its first words', async () => {
    const view = await openView({ snapshot: snapshotOf([entry()]), blocks: RICH_BLOCKS });
    fireEvent.click(entryCard().getByRole('button', { name: 'Show in Memory' }));
    await view.settle();
    const searched = view.host.asked.filter(({ method }) => method === 'archive.list').at(-1)?.params;
    expect(searched).toEqual({ query: 'Releases are cut on Fridays at' });
  });
});

it('a block with an unreviewed change offers Undo beside Confirm; the keyboard goes to its value', async () => {
  const { block, press, asked } = await openMemory();
  expect(block('persona').queryByRole('button', { name: 'Undo' })).toBeNull();
  await press(block('project'), 'Undo');
  expect(asked('memory.undo')).toEqual([{ label: 'project' }]);
  expect(block('project').queryByRole('button', { name: 'Undo' })).toBeNull();
  expect(document.activeElement).toBe(block('project').getByRole('textbox', { name: 'Value' }));
});

it('the host marks the card of the call, wherever the person pressed it', async () => {
  const ops: unknown[] = [];
  const projection = new Projection((op) => ops.push(op));
  projection.reset([answer('unreviewed')]);
  const [project] = RICH_BLOCKS;
  if (!project) throw new Error('There are no blocks.');
  const home = {
    memory: async () => ({ undo: async () => ({ threadId: 'conv-1', id: 'call-1' }) }),
    blocks: { list: async () => [project] },
  } as unknown as ChatHome;
  const requests = memoryRequests({
    home: async () => home,
    nothingWaits: () => true,
    undone: ({ id }) => projection.undone(id),
  });
  expect(await requests['memory.undo']({ label: project.label })).toEqual(project);
  expect(ops).toEqual([{ op: 'part', itemId: 'answer-1', part: answer('undone').parts[0] }]);
  // What was taken out of the archive has no block to show.
  expect(await requests['memory.undo']({ label: 'archive', call: { threadId: 'conv-1', id: 'call-1' } })).toBeNull();
});
