// A proposal of a reflection is dropped when somebody else has changed its block, and only then.
import { describe, expect, it } from 'vitest';
import { isOutdated, reflected } from '../../../src/memory/reflected.ts';
import type { Review } from '../../../src/memory/store/types.ts';

const BASE = 'One.\nTwo.';
const review = (more: Partial<Review>): Review => ({
  id: 'r1',
  kind: 'reflection',
  agentId: 'agent-1',
  label: 'conventions',
  before: '',
  after: 'Three.',
  base: BASE,
  sources: [],
  reason: '',
  at: '2026-11-21T10:00:00.000Z',
  state: 'waiting',
  ...more,
});
const accepted = (more: Partial<Review>): Review =>
  review({ id: 'r2', state: 'accepted', decidedAt: '2026-11-21T11:00:00.000Z', ...more });

describe('a proposal', () => {
  it('stands while its block is as the model saw it', () => {
    expect(isOutdated(review({}), [], BASE)).toBe(false);
    expect(isOutdated(review({}), [], `${BASE}\nMine.`)).toBe(true);
    expect(isOutdated(review({}), [], undefined)).toBe(true);
  });

  it('stands when others of reflections were accepted, as they were or edited, in their order', () => {
    const first = accepted({ after: 'Four.' });
    const second = accepted({
      before: 'Four.',
      after: 'Five.',
      editedText: 'Five, edited.',
      decidedAt: '2026-11-21T12:00:00.000Z',
    });
    expect(isOutdated(review({}), [first], `${BASE}\nFour.`)).toBe(false);
    expect(isOutdated(review({}), [second, first], `${BASE}\nFive, edited.`)).toBe(false);
    expect(isOutdated(review({}), [second, first], `${BASE}\nFive, edited.\nMine.`)).toBe(true);
  });

  it('is not excused by what was accepted of other kinds, for other blocks, or before it was made', () => {
    const value = `${BASE}\nFour.`;
    const others: Partial<Review>[] = [
      { kind: 'write' },
      { label: 'project' },
      { decidedAt: '2026-11-21T09:00:00.000Z' },
    ];
    for (const other of others)
      expect(isOutdated(review({}), [accepted({ after: 'Four.', ...other })], value)).toBe(true);
  });
});

it('tells the person its citations and its cost, where there are any', () => {
  const cites = [{ threadId: 'conv-1', who: 'person' as const, quote: 'Three.' }];
  expect(reflected({ run: 'r', tokens: 12, cites })).toEqual({ cites, tokens: 12 });
  expect(reflected({ tags: [] })).toEqual({});
});
