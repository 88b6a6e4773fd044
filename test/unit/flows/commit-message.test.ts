// What a model is told of staged changes, and what is taken of its answer.
import { expect, test } from 'vitest';
import { commitPrompt, messageOf } from '../../../src/flows/commit-message.ts';

const staged = { diff: '+a', left: [], subjects: [], conventions: '', begun: '' };

test('conventions and earlier subjects go along; what is not there is not mentioned', () => {
  expect(commitPrompt(staged)).toBe('<staged_changes>\n+a\n</staged_changes>');
  const full = { ...staged, left: ['.env'], subjects: ['Add a shelf'], conventions: 'Imperative.', begun: 'Fix #3' };
  expect(commitPrompt(full)).toBe(
    [
      '<conventions>\nImperative.\n</conventions>',
      '<earlier_subjects>\nAdd a shelf\n</earlier_subjects>',
      '<begun_by_the_person>\nFix #3\n</begun_by_the_person>',
      '<changed_too>\n.env\n</changed_too>',
      '<staged_changes>\n+a\n</staged_changes>',
    ].join('\n\n'),
  );
});

test('a large diff is cut, and says so', () => {
  const prompt = commitPrompt({ ...staged, diff: '+'.repeat(500_000) });
  expect(prompt.length).toBeLessThan(61_000);
  expect(prompt).toContain('[cut here]');
});

test.each([
  ['as it is', 'Add a shelf\n\nIt holds books.', 'Add a shelf\n\nIt holds books.'],
  ['in a fence', '```text\nAdd a shelf\n```', 'Add a shelf'],
  ['in quotes', '"Add a shelf"', 'Add a shelf'],
  ['with a quote in it', 'Say "no" to shelves', 'Say "no" to shelves'],
  ['as nothing', ' \n', ''],
])('an answer %s becomes the message', (_, answer, expected) => {
  expect(messageOf(answer)).toBe(expected);
});
