// @vitest-environment happy-dom
// What stands behind an answer, and pinned memory, as a person and a screen reader meet them.
import { fireEvent, screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { ITEMS, snapshotOf, THREADS } from '../../../webview-ui/dev/fixtures.ts';
import { openView } from './view.tsx';

const answers = () => screen.getAllByRole('article', { name: 'Letta' });
const last = () => {
  const found = answers().at(-1);
  if (!found) throw new Error('There is no answer.');
  return found;
};

async function about(options: Parameters<typeof openView>[0] = {}) {
  const opened = await openView({ snapshot: snapshotOf(ITEMS), ...options });
  const button = within(last()).getByRole('button', { name: 'About this answer' });
  expect(button.getAttribute('aria-expanded')).toBe('false');
  fireEvent.click(button);
  await opened.settle();
  expect(button.getAttribute('aria-expanded')).toBe('true');
  return { ...opened, button, region: within(screen.getByRole('group', { name: 'About this answer' })) };
}

describe('about an answer', () => {
  it('shows model, memory block by block with what became of it, and skills', async () => {
    const { host, region } = await about();
    expect(host.asked.at(-1)).toEqual({
      method: 'answer.about',
      params: { threadId: 'conv-1', itemId: last().dataset.item },
    });
    region.getByText('ollama/qwen3:8b');
    const blocks = within(region.getByRole('list', { name: 'Memory of this answer' })).getAllByRole('listitem');
    expect(blocks.map((block) => block.textContent)).toEqual([
      expect.stringMatching(/^conventions 120 characters of 19 Nov 2026, \d\d:\d\d, changed 2 times since/),
      'inbox empty',
      expect.stringMatching(/^old 40 characters, deleted since/),
    ]);
    region.getByText('Not there yet: decisions');
    region.getByText('release-notes');
  });

  it('opens a block, and compares what was with what is', async () => {
    const { host, region, settle } = await about();
    fireEvent.click(region.getByRole('button', { name: 'Compare conventions' }));
    await settle();
    expect(host.asked.at(-1)).toMatchObject({ method: 'answer.compare', params: { blockId: 'block-conventions' } });
    expect(region.queryByRole('button', { name: 'Compare inbox' })).toBeNull();
    fireEvent.click(region.getByRole('button', { name: 'conventions' }));
    await settle();
    expect(screen.getByRole('tab', { name: 'Memory' }).getAttribute('aria-selected')).toBe('true');
  });

  it.each([
    ['Ask again with today’s memory', 'today', /Asked again with today’s memory/],
    ['Ask again with that day’s memory', 'then', /Asked again with the memory of 20 Nov 2026/],
    ['Ask again with no memory', 'none', /Asked again with no memory/],
  ])('%s shows the new thread, marked', async (name, memory, mark) => {
    const { host, region, settle } = await about();
    const { item } = last().dataset;
    fireEvent.click(region.getByRole('button', { name }));
    await settle();
    expect(host.asked).toContainEqual({
      method: 'answer.askAgain',
      params: { threadId: 'conv-1', itemId: item, memory },
    });
    within(screen.getByRole('region', { name: 'Pinned memory' })).getByText(mark);
    expect(screen.queryAllByRole('article')).toHaveLength(0);
  });

  it('asks why', async () => {
    const { host, region, settle } = await about();
    fireEvent.click(region.getByRole('button', { name: 'Why did you do that?' }));
    await settle();
    expect(host.asked.at(-1)?.method).toBe('answer.why');
  });

  it('says where nothing was kept, and offers what is possible without', async () => {
    const { region } = await about({ handlers: { 'answer.about': async () => ({}) } });
    region.getByText(/Nothing was kept/);
    const button = (name: string) => region.getByRole<HTMLButtonElement>('button', { name });
    expect(button('Ask again with that day’s memory').disabled).toBe(true);
    expect(button('Ask again with today’s memory').disabled).toBe(false);
    expect(button('Ask again with no memory').disabled).toBe(false);
  });

  it('is not offered while the answer is still coming', async () => {
    const { host, settle } = await openView({ snapshot: snapshotOf(ITEMS.slice(0, 1)) });
    host.patch(
      { op: 'item', item: { kind: 'agent', id: 'live', parts: [], state: 'streaming', date: '' } },
      { op: 'running', running: true },
    );
    await settle();
    expect(within(last()).queryByRole('button', { name: 'About this answer' })).toBeNull();
    host.patch({ op: 'state', itemId: 'live', state: 'done' }, { op: 'running', running: false });
    await settle();
    within(last()).getByRole('button', { name: 'About this answer' });
  });
});

describe('pinned memory', () => {
  it('is switched on and off in the composer, and marked', async () => {
    const { host, app, settle } = await openView({ snapshot: snapshotOf(ITEMS) });
    const button = screen.getByRole('button', { name: 'Pin memory' });
    expect(button.getAttribute('aria-pressed')).toBe('false');
    expect(screen.queryByRole('region', { name: 'Pinned memory' })).toBeNull();
    fireEvent.click(button);
    await settle();
    expect(host.asked.at(-1)).toEqual({ method: 'threads.pin', params: { threadId: 'conv-1', pinned: true } });
    expect(button.getAttribute('aria-pressed')).toBe('true');
    const mark = within(screen.getByRole('region', { name: 'Pinned memory' }));
    mark.getByText(/Memory is pinned in this thread, as of 21 Nov 2026/);
    expect(app.store.getState().announcement?.text).toBe('Memory is pinned in this thread.');
    fireEvent.click(mark.getByRole('button', { name: 'Unpin memory' }));
    await settle();
    expect(host.asked.at(-1)).toEqual({ method: 'threads.pin', params: { threadId: 'conv-1', pinned: false } });
    expect(button.getAttribute('aria-pressed')).toBe('false');
    expect(screen.queryByRole('region', { name: 'Pinned memory' })).toBeNull();
  });

  it('is refused while the agent answers', async () => {
    const { host, settle } = await openView({ snapshot: snapshotOf(ITEMS) });
    host.patch({ op: 'running', running: true });
    await settle();
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Pin memory' }).disabled).toBe(true);
  });

  it('shows in the list of threads', async () => {
    const [first, ...others] = THREADS;
    if (!first) throw new Error('There is no thread.');
    const { settle } = await openView({ threads: [{ ...first, pinned: true }, ...others] });
    fireEvent.click(screen.getByRole('tab', { name: 'Threads' }));
    await settle();
    const rows = within(screen.getByRole('list', { name: 'Threads' })).getAllByRole('listitem');
    const marked = rows.filter((row) => within(row).queryByText('Memory is pinned.') !== null);
    expect(marked.map((row) => within(row).getAllByRole('button')[0]?.textContent)).toEqual([first.title]);
  });
});
