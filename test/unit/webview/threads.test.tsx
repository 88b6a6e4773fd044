// @vitest-environment happy-dom
// The Threads panel at scale, and a thread that is opened at a message.
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { ThreadView } from '../../../src/protocol/thread-views.ts';
import type { Item } from '../../../src/protocol/transcript-views.ts';
import { snapshotOf } from '../../../webview-ui/dev/fixtures.ts';
import { type Opened, openView } from './view.tsx';

const date = '2026-11-20T10:00:00Z';
const thread = (n: number, more: Partial<ThreadView> = {}): ThreadView => ({
  id: `conv-${n}`,
  title: `Thread ${n}`,
  createdAt: date,
  updatedAt: new Date(Date.parse(date) - n * 1_000).toISOString(),
  running: false,
  waiting: false,
  ...more,
});
const user = (n: number): Item => ({ kind: 'user', id: `user-${n}`, text: `Question ${n}`, date });

async function openThreads(view: Opened) {
  fireEvent.click(screen.getByRole('tab', { name: 'Threads' }));
  await view.settle();
  await screen.findByRole('searchbox', { name: 'Search threads' });
  await view.settle();
}
const list = () => screen.getByRole('list', { name: 'Threads' });
const row = (title: string) => within(screen.getByRole('button', { name: title }).closest('li') as HTMLElement);
const asked = (view: Opened, method: string) =>
  view.host.asked.filter((each) => each.method === method).map(({ params }) => params);

describe('the list of threads', () => {
  it('comes in pages, and asks again only where it is shown', async () => {
    const view = await openView({ threads: Array.from({ length: 70 }, (_, n) => thread(n)) });
    act(() => view.host.end.send('threads', {}));
    await view.settle();
    expect(asked(view, 'threads.list')).toEqual([]);
    await openThreads(view);
    expect(list().children).toHaveLength(50);
    fireEvent.click(screen.getByText('Show more'));
    await view.settle();
    expect(list().children).toHaveLength(70);
    expect(screen.queryByText('Show more')).toBeNull();
    act(() => view.host.end.send('threads', {}));
    await view.settle();
    expect(asked(view, 'threads.list').at(-1)).toEqual({ query: '', archived: false, limit: 100 });
  });

  it('says what was not read, and stops what runs without opening it', async () => {
    const view = await openView({ threads: [thread(1, { unread: true }), thread(2, { running: true })] });
    await openThreads(view);
    row('Thread 1').getByText('Not read yet.');
    expect(row('Thread 1').queryByRole('button', { name: 'Stop' })).toBeNull();
    fireEvent.click(row('Thread 2').getByRole('button', { name: 'Stop' }));
    await view.settle();
    expect(asked(view, 'stop')).toEqual([{ threadId: 'conv-2' }]);
    expect(screen.getByRole('tab', { name: 'Threads' }).getAttribute('aria-selected')).toBe('true');
  });

  it('puts threads away and back', async () => {
    const view = await openView({ threads: [thread(1), thread(2)] });
    await openThreads(view);
    fireEvent.click(row('Thread 1').getByRole('button', { name: 'Archive thread' }));
    await view.settle();
    expect(screen.queryByRole('button', { name: 'Thread 1' })).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Archived threads' }));
    await view.settle();
    expect(screen.getByRole('button', { name: 'Archived threads' }).getAttribute('aria-pressed')).toBe('true');
    expect(screen.queryByRole('button', { name: 'Thread 2' })).toBeNull();
    fireEvent.click(row('Thread 1').getByRole('button', { name: 'Unarchive' }));
    await view.settle();
    screen.getByText(/Nothing is archived/);
  });

  it('says under which day and workspace a thread is, and does not offer to delete the agent’s own', async () => {
    const now = new Date().toISOString();
    const threads = [thread(1, { updatedAt: now, isDefault: true }), thread(2, { updatedAt: now, workspace: 'shop' })];
    const view = await openView({ threads });
    await openThreads(view);
    row('Thread 1').getByRole('heading', { name: 'Today' });
    row('Thread 2').getByRole('heading', { name: 'In shop' });
    expect(row('Thread 1').queryByRole('button', { name: 'Delete' })).toBeNull();
    row('Thread 2').getByRole('button', { name: 'Delete' });
  });

  it('finds messages, and opens the thread at the one that is chosen', async () => {
    const found = {
      threadId: 'conv-9',
      title: 'Old thread',
      messageId: 'message-7',
      text: 'the heron stood still',
      at: date,
    };
    const snapshot = snapshotOf([user(6), user(7), user(8)], { threadId: 'conv-9' });
    const view = await openView({
      threads: [thread(1)],
      hits: [found],
      handlers: { 'threads.open': async () => ({ snapshot, itemId: 'user-7' }) },
    });
    await openThreads(view);
    fireEvent.change(screen.getByRole('searchbox', { name: 'Search threads' }), { target: { value: 'heron' } });
    const hits = await screen.findByRole('list', { name: 'Found in messages' });
    screen.getByText('No title contains “heron”.');
    fireEvent.click(within(hits).getByRole('button'));
    await view.settle();
    expect(asked(view, 'threads.open')).toEqual([{ threadId: 'conv-9', messageId: 'message-7' }]);
    await waitFor(() => expect((document.activeElement as HTMLElement).dataset.item).toBe('user-7'));
  });
});

describe('a page from further back', () => {
  const near = () => snapshotOf([user(1), user(2), user(50), user(51)], { hasMore: true, gap: 'user-2' });
  const questions = () => [...document.querySelectorAll('article .user-text')].map((each) => each.textContent);

  it('goes on where the person asks for it, until the gap is closed', async () => {
    const pages = [
      { items: [user(3), user(4)], hasMore: true },
      { items: [user(5)], hasMore: false },
    ];
    const view = await openView({
      snapshot: near(),
      handlers: { newer: async () => pages.shift() ?? { items: [], hasMore: false } },
    });
    fireEvent.click(screen.getByRole('button', { name: 'Show the next messages' }));
    await view.settle();
    expect(questions()).toEqual([1, 2, 3, 4, 50, 51].map((n) => `Question ${n}`));
    fireEvent.click(screen.getByRole('button', { name: 'Show the next messages' }));
    await view.settle();
    expect(questions()).toEqual([1, 2, 3, 4, 5, 50, 51].map((n) => `Question ${n}`));
    expect(screen.queryByRole('button', { name: 'Show the next messages' })).toBeNull();
    expect(asked(view, 'newer')).toEqual([
      { threadId: view.host.thread.threadId, after: 'user-2' },
      { threadId: view.host.thread.threadId, after: 'user-4' },
    ]);
  });

  it('is asked for again after a reload, at the place where the person was', async () => {
    const first = await openView({ snapshot: near() });
    const { threadId } = first.host.thread;
    act(() => first.app.setAnchor(threadId, { itemId: 'user-1', offset: 3 }));
    const view = await openView({ snapshot: near() }, first.kept);
    expect(view.host.asked[0]?.params).toMatchObject({ threadId, at: 'user-1' });
  });
});
