// @vitest-environment happy-dom
// A proposal of a reflection: what it rests on, what it cost, and its diff.
import { within } from '@testing-library/react';
import axe from 'axe-core';
import { expect, it } from 'vitest';
import type { ReviewView } from '../../../src/protocol/memory-views.ts';
import { openMemory } from './memory-view.tsx';

const REVIEW: ReviewView = {
  id: 'review-9',
  kind: 'reflection',
  label: 'conventions',
  before: '',
  after: 'Use pnpm, never npm.',
  reason: 'The person said so.',
  sources: [],
  at: '2026-11-21T10:00:00.000Z',
  threadId: 'conv-1',
  threadTitle: 'Packages',
  messageId: 'message-1',
  cites: [
    { threadId: 'conv-1', messageId: 'message-1', who: 'person', quote: 'We use pnpm here.' },
    { threadId: 'conv-2', who: 'tool', quote: 'Bash failed: npm is not allowed' },
  ],
  tokens: 2_140,
};

it('shows the messages that it rests on, each opens its thread; its cost; and its diff', async () => {
  const { list, press, asked } = await openMemory({ reviews: [REVIEW] });
  const item = within(list('Waiting for review').getByRole('listitem', { name: /conventions/ }));
  item.getByText(/took 2,140 tokens/);
  const cites = within(item.getByRole('list', { name: 'Rests on' }));
  expect(cites.getAllByRole('listitem').map((li) => li.textContent)).toEqual([
    'You: We use pnpm here.',
    'A tool: Bash failed: npm is not allowed',
  ]);
  const rules = { 'color-contrast': { enabled: false }, region: { enabled: false } };
  expect((await axe.run(document.body, { rules })).violations).toEqual([]);
  await press(item, 'Compare');
  expect(asked('review.compare')).toEqual([{ id: 'review-9' }]);
  await press(cites, 'We use pnpm here.');
  expect(asked('memory.showTurn')).toEqual([{ threadId: 'conv-1', messageId: 'message-1' }]);
});
