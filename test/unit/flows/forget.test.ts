// What Forget offers for some words, and that removing it leaves all else as it was.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linesOf } from '../../../src/flows/findings.ts';
import { matches, withoutLines } from '../../../src/flows/forget.ts';
import type { BlockView, PassageView } from '../../../src/protocol/memory-views.ts';

const block = (label: string, value: string, readOnly = false): BlockView => ({
  id: `block-${label}`,
  label,
  description: '',
  value,
  limit: 5_000,
  readOnly,
});

const passage = (text: string, why?: string): PassageView => ({
  id: text,
  text,
  tags: [],
  at: '2026-01-01T00:00:00Z',
  ...(why ? { why } : {}),
});

const shown = (found: ReturnType<typeof matches>): string[] =>
  found.map((item) => (item.kind === 'line' ? item.line.text : item.passage.text));

test('lines and entries with most of the words are offered, the best first; others are not', () => {
  const blocks = [
    block('project', '# Servers\nThe staging server is badger.\nMoney is counted in cents.'),
    block('human', 'Works on the server team.', true),
  ];
  const passages = [passage('Staging was moved in May.', 'Words: staging'), passage('Otters swim.', 'Words: swim')];
  const found = matches('the staging servers', blocks, passages);
  expect(shown(found)).toEqual([
    'The staging server is badger.',
    'Works on the server team.',
    'Staging was moved in May.',
  ]);
  expect(found.map((item) => item.kind === 'line' && item.readOnly)).toEqual([false, true, false]);
});

test('an entry found by its meaning is offered behind the rest', () => {
  const found = matches('badger', [block('project', 'A badger.')], [passage('An animal.', 'Similar in meaning')]);
  expect(shown(found)).toEqual(['A badger.', 'An animal.']);
});

test('a long selection finds the line that stands in it whole', () => {
  const selection =
    'We talked for an hour about many things, and that staging server badger belongs to nobody any more.';
  expect(shown(matches(selection, [block('project', 'Staging server: badger\nUnrelated.')], []))).toEqual([
    'Staging server: badger',
  ]);
});

test('words that say nothing find nothing', () => {
  expect(matches('the of and', [block('project', 'The end of the world.')], [])).toEqual([]);
});

test.each(['C++', 'IT', '部署', 'c#', 'the end'])('%s is found where it stands as text', (query) => {
  const value = `Written in C++ and c#.\nIT owns the laptops.\n周五部署，之后休息。\nThe end of the world.`;
  const found = matches(query, [block('project', value)], [passage(`About ${query}`, 'Words: x')]);
  expect(shown(found)).toHaveLength(2);
  expect(shown(found).every((text) => text.toLowerCase().includes(query.toLowerCase()))).toBe(true);
});

test('a short word is not found inside of another', () => {
  expect(shown(matches('IT', [block('project', 'Write with tabs.\nAsk IT.')], []))).toEqual(['Ask IT.']);
});

test('of two lines with the same words the one that was ticked goes', () => {
  const one = block('project', 'a line\nkeep this\na line\n');
  const second = linesOf(one).at(-1);
  expect(second?.number).toBe(3);
  expect(withoutLines([one], second ? [second] : [])).toEqual([
    { blockId: one.id, label: 'project', before: one.value, after: 'a line\nkeep this\n' },
  ]);
});

test('what is not ticked stays in its order, to the character', () => {
  const line = fc.constantFrom('a', 'b', '  a', '', '# head', 'c\r', 'long words here');
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(10)), (rows, ticks) => {
      const one = block('project', rows.join('\n'));
      const lines = linesOf(one);
      const ticked = lines.filter((_, index) => ticks.includes(index));
      const gone = new Set(ticked.map(({ number }) => number));
      const after = rows.filter((_, index) => !gone.has(index + 1)).join('\n');
      const [edit] = withoutLines([one], ticked);
      expect(edit?.after ?? one.value).toBe(after);
    }),
  );
});
