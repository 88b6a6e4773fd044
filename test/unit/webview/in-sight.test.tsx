// @vitest-environment happy-dom
// What a person sees at a glance: nothing is covered, nothing is called what it is not, a link leads to what it names.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { act, fireEvent, screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { lineWish } from '../../../src/protocol/wishes.ts';
import { snapshotOf } from '../../../webview-ui/dev/fixtures.ts';
import { RICH_BLOCKS } from '../../../webview-ui/dev/memory-fixtures.ts';
import { openMemory, page } from './memory-view.tsx';
import { openView } from './view.tsx';

const CONVENTIONS = RICH_BLOCKS.find(({ label }) => label === 'conventions')?.value ?? '';
const LINES = CONVENTIONS.split('\n');
const SECOND = LINES[1] ?? '';

const card = (id: string, state: 'denied' | 'done', review: 'held' | 'unreviewed', after: string) => ({
  type: 'tool' as const,
  id,
  name: 'memory_insert',
  title: 'Remember',
  target: id,
  state,
  input: '',
  memory: { label: 'conventions', before: '', after, review },
});

const answer = {
  kind: 'agent' as const,
  id: 'answer-1',
  date: '2026-11-20T10:00:05Z',
  state: 'done' as const,
  parts: [
    card('first', 'denied', 'held', 'Always run it.'),
    card('second', 'done', 'unreviewed', SECOND),
    { type: 'text' as const, id: 't', text: 'Noted.' },
  ],
};

/** The text that is selected in the value of a block. */
function selected(label: string): string {
  const box = within(screen.getByRole('region', { name: label })).getByRole<HTMLTextAreaElement>('textbox', {
    name: 'Value',
  });
  expect(document.activeElement).toBe(box);
  return box.value.slice(box.selectionStart, box.selectionEnd);
}

describe('an answer', () => {
  it('has its bookmark under it, beside what is known of it, and not over its first card', async () => {
    await openView({ snapshot: snapshotOf([answer]) });
    const article = screen.getAllByRole('article').at(-1) as HTMLElement;
    const bookmark = within(article).getByRole('button', { name: 'Remember this' });
    const about = within(article).getByRole('button', { name: 'About this answer' });
    expect(bookmark.closest('.answer-row')).toBe(about.closest('.answer-row'));
    // What lies over the message is its own child only.
    expect(bookmark.closest('.message-actions')?.parentElement).not.toBe(article);
    const css = readFileSync(join(import.meta.dirname, '../../../webview-ui/src/styles/chat.css'), 'utf8');
    expect(css).toMatch(/\.message > \.message-actions \{\s*position: absolute/);
  });

  it('says held of a write that waits, and not denied', async () => {
    await openView({ snapshot: snapshotOf([answer]) });
    const held = within(screen.getByRole('group', { name: 'Remember first' }));
    held.getByText('held', { exact: true });
    held.getByText('Held for review: not in memory yet.');
    expect(held.queryByText('denied')).toBeNull();
    within(screen.getByRole('group', { name: 'Remember second' })).getByText('done', { exact: true });
  });

  it('leads from what nobody has reviewed to that line of the block', async () => {
    const view = await openView({ snapshot: snapshotOf([answer]), blocks: RICH_BLOCKS });
    fireEvent.click(screen.getByRole('button', { name: 'Show in Memory' }));
    await view.settle();
    await screen.findByRole('region', { name: 'conventions' });
    await view.settle();
    expect(selected('conventions')).toBe(SECOND);
  });
});

describe('a block', () => {
  const [seed] = RICH_BLOCKS;
  const seen = {
    author: 'elsewhere' as const,
    by: 'first seen',
    at: '2026-11-20T10:00:00Z',
    sources: [],
    unreviewed: false,
  };

  it('that nobody has written to says so; one that was there before says when it was seen', async () => {
    if (!seed) throw new Error('There are no blocks.');
    const blocks = [
      { ...seed, id: 'a', label: 'lessons', value: '', changed: seen },
      { ...seed, id: 'b', label: 'persona', value: 'I am terse.', changed: seen },
    ];
    const { block } = await openMemory({ blocks });
    block('lessons').getByText('Not written yet');
    expect(block('persona').queryByText('Not written yet')).toBeNull();
    block('persona').getByText('First seen');
    expect(page().queryByText(/Elsewhere/)).toBeNull();
  });

  it('shows the line that was searched for, and the one that the host names', async () => {
    const { view, press } = await openMemory();
    fireEvent.change(screen.getByRole('searchbox', { name: 'Search memory' }), { target: { value: 'retry' } });
    await view.settle();
    const hits = within(await screen.findByRole('list', { name: 'Matching blocks' }));
    await press(hits, /Retry transient errors/);
    expect(selected('conventions')).toContain('Retry transient errors');

    const project = RICH_BLOCKS.find(({ label }) => label === 'project')?.value.split('\n') ?? [];
    for (const line of [project[2] ?? '', project[0] ?? '']) {
      act(() => view.host.end.send('show', { panel: 'memory', focus: lineWish('project', line) }));
      await view.settle();
      expect(selected('project')).toBe(line);
    }
    // A line that is gone: the block is shown all the same.
    act(() => view.host.end.send('show', { panel: 'memory', focus: lineWish('human', 'No such line.') }));
    await view.settle();
    expect(selected('human')).toBe('');
  });
});
