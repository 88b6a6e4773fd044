// @vitest-environment happy-dom
// The Memory panel as a whole: the context, the search over everything, and what a home may lack.
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import axe from 'axe-core';
import { describe, expect, it } from 'vitest';
import { BLOCKS, manyItems, snapshotOf } from '../../../webview-ui/dev/fixtures.ts';
import { passages, REVIEWS } from '../../../webview-ui/dev/memory-fixtures.ts';
import { openMemory, page, said } from './memory-view.tsx';
import { openView } from './view.tsx';

describe('the context', () => {
  it('is shown part by part, with what it costs and what is new', async () => {
    const { press, asked, list } = await openMemory();
    expect(asked('context.show')).toEqual([]);
    await press(page(), 'Context');
    expect(asked('context.show')).toEqual([{ threadId: 'conv-1' }]);
    expect(screen.getByRole('meter', { name: 'Context' }).getAttribute('aria-valuetext')).toBe(
      '7,412 of 32,000 tokens',
    );
    const parts = list('Context').getAllByRole('listitem');
    expect(parts).toHaveLength(6);
    expect(within(parts[2] ?? document.body).getByText('Changed')).toBeTruthy();
    expect(within(parts[0] ?? document.body).queryByText('Changed')).toBeNull();
    await press(list('Context'), /Base instructions/);
    within(parts[0] ?? document.body).getByText(/You are a coding agent/);
  });
});

describe('the search over everything', () => {
  async function search(text: string) {
    const memory = await openMemory({ snapshot: snapshotOf(manyItems(20)), passages: passages(20) });
    fireEvent.change(screen.getByRole('searchbox', { name: 'Search memory' }), { target: { value: text } });
    await waitFor(() => expect(memory.asked('memory.search')).toEqual([{ query: text }]));
    await memory.view.settle();
    return memory;
  }

  it('groups what it finds, and opens a block', async () => {
    const { list, press, block } = await search('retry');
    expect(said()).toContain('10 hits.');
    expect(list('Matching messages').getAllByRole('listitem')).toHaveLength(5);
    await press(page(), 'Show all 8');
    expect(list('Matching messages').getAllByRole('listitem')).toHaveLength(8);
    await press(list('Matching blocks'), /Retry transient/);
    expect(document.activeElement).toBe(block('conventions').getByRole('textbox', { name: 'Value' }));
  });

  it('opens an entry of the archive where it stands', async () => {
    const { list, press, asked, view } = await search('retry');
    await press(page(), 'Archive');
    await press(list('Matching entries'), /The retry loop/);
    await view.settle();
    expect(asked('archive.list').at(-1)).toEqual({ query: 'retry' });
    expect(screen.getByRole<HTMLInputElement>('searchbox', { name: 'Search archive' }).value).toBe('retry');
    await waitFor(() => expect(document.activeElement?.textContent).toContain('Post-mortem 3'));
  });

  it('opens a message in its thread and gives it the keyboard', async () => {
    const { list, press, view } = await search('retry');
    await press(list('Matching messages'), /Retry 2/);
    await view.settle();
    expect(screen.getByRole('tab', { name: 'Chat' }).getAttribute('aria-selected')).toBe('true');
    await waitFor(() => expect(document.activeElement?.textContent).toContain('Question 1:'));
  });

  it('says when nothing matches, and ends with Escape', async () => {
    const { view } = await search('zebra');
    screen.getByText('Nothing in blocks, archive or conversations matches.');
    fireEvent.keyDown(screen.getByRole('searchbox', { name: 'Search memory' }), { key: 'Escape' });
    await view.settle();
    expect(screen.queryByText('Nothing in blocks, archive or conversations matches.')).toBeNull();
  });
});

it('a message further back is found by asking for older pages', async () => {
  const items = manyItems(100);
  const view = await openView({
    snapshot: snapshotOf(items.slice(60), { hasMore: true }),
    handlers: {
      older: async ({ before }) => {
        const at = items.findIndex(({ id }) => id === before);
        return { items: items.slice(Math.max(0, at - 20), at), hasMore: at > 20 };
      },
    },
  });
  act(() => view.host.end.send('show', { panel: 'chat', focus: 'message:user-24' }));
  // This DOM lays nothing out, so that the list does not scroll: what is asked for, and no more, is what can be seen here.
  const asked = () => view.host.asked.filter((a) => a.method === 'older').map((a) => a.params);
  await waitFor(() => expect(asked()).toHaveLength(2));
  for (let i = 0; i < 3; i++) await view.settle();
  expect(asked()).toEqual([
    { threadId: 'conv-1', before: 'user-60' },
    { threadId: 'conv-1', before: 'user-40' },
  ]);
});

it('axe finds nothing in the panel with everything open', async () => {
  const { press, block } = await openMemory({ reviews: REVIEWS, passages: passages(20) });
  for (const name of ['Lines', 'History', 'Edit details']) await press(block('conventions'), name);
  for (const name of ['New block', 'Filter', 'Add entry', 'Context']) await press(page(), name);
  await press(within(screen.getByRole('list', { name: 'Waiting for review' })), 'Edit');
  const off = ['document-title', 'html-has-lang', 'color-contrast', 'page-has-heading-one'];
  const rules = Object.fromEntries(off.map((id) => [id, { enabled: false }]));
  const { violations } = await axe.run(document.body, { rules });
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 120)).join(' | ')}`)).toEqual([]);
});

it('a home without any of it shows the blocks all the same', async () => {
  const { block } = await openMemory({
    blocks: BLOCKS,
    passages: [],
    handlers: { 'review.list': async () => Promise.reject(new Error('Not here.')) },
  });
  block('inbox').getByText('0 / 8000 characters');
  screen.getByText('Nothing is in the archive yet.');
  expect(screen.queryByText('Not here.')).toBeNull();
});
