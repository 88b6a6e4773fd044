// @vitest-environment happy-dom
// What is kept to local models says so where a person decides on it; a filter says when it does not know all tags.
import { screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { passages, REVIEWS } from '../../../webview-ui/dev/memory-fixtures.ts';
import { openMemory, page } from './memory-view.tsx';

const [review] = REVIEWS;
if (!review) throw new Error('There is no review.');
const WROTE = /A local model wrote it that could read what is kept to local models/;

describe('a proposal that such a model wrote', () => {
  it.each([
    ['archive', 'Accepted, only local models find it.'],
    ['conventions', 'Accepted, every model reads it in conventions.'],
  ])('for %s says what accepting it does', async (label, then) => {
    const { list } = await openMemory({ reviews: [{ ...review, label, localOnly: true }] });
    expect(list('Waiting for review').getByText(WROTE).textContent).toContain(then);
  });

  it('is told from every other one', async () => {
    await openMemory({ reviews: [review] });
    expect(screen.queryByText(WROTE)).toBeNull();
  });
});

it('an entry of the archive is marked', async () => {
  const [first, ...rest] = passages(3);
  if (!first) throw new Error('There is no entry.');
  const { list } = await openMemory({ passages: [{ ...first, localOnly: true }, ...rest] });
  const marks = list('Archive')
    .getAllByRole('listitem')
    .map((entry) => within(entry).queryAllByText('Local models only').length);
  expect(marks).toEqual([1, 0, 0]);
});

it.each([true, false])(
  'the filter by tag offers what the host names, and says where there may be more: all %s',
  async (allTags) => {
    const answer = { passages: passages(3), hasMore: true, tags: ['far-behind', 'parser'], allTags };
    const { press } = await openMemory({ handlers: { 'archive.list': async () => answer } });
    await press(page(), 'Filter');
    const options = within(screen.getByRole('combobox', { name: 'Tag' })).getAllByRole('option');
    const more = allTags ? [] : ['There may be more: shown are those seen so far'];
    expect(options.map((option) => option.textContent)).toEqual(['All', 'far-behind', 'parser', ...more]);
  },
);
