// What undoing and editing proposals teaches: words, or one and the same substitution; else nothing.
import { expect, it } from 'vitest';
import { rewritten, TurnCorrections, undid } from '../../../src/flows/corrections.ts';

const BASE = 'const a = 1;\nconst b = 2;\nlog(a, b);\n';
const WROTE = 'let a = 1;\nlet b = 2;\nlog(a, b);\n';
const undone = (now: string) => ({ name: 'src/a.ts', before: BASE, after: WROTE, now, undone: true });

it('one word that the agent had put in several places, and the person took back, is a convention', () => {
  expect(rewritten([undone(BASE)])).toMatchObject({ label: 'conventions', gist: 'write `const`, not `let`' });
});

it('taken back once, or brought back since, it is none', () => {
  expect(rewritten([undone('const a = 1;\nlet b = 2;\nlog(a, b);\n')])).toBeUndefined();
  expect(rewritten([undone(WROTE)])).toBeUndefined();
});

it('a file that is as it was for another reason says nothing', () => {
  expect(rewritten([{ name: 'src/a.ts', before: BASE, after: WROTE, now: BASE }])).toBeUndefined();
});

it('words become a lesson, with what was undone as evidence', () => {
  expect(undid({ name: 'src/a.ts', was: WROTE, is: BASE }, 'nothing here is ever\n reassigned')).toEqual({
    label: 'lessons',
    line: 'Nothing here is ever reassigned. (the person, undoing changes in src/a.ts)',
    gist: 'nothing here is ever reassigned',
    reason: 'You undid “let a = 1; let b = 2;” in src/a.ts and said: “nothing here is ever reassigned”',
  });
});

it('a proposal that the person changed teaches as what they rewrite does, once a turn', () => {
  const turn = new TurnCorrections();
  const quotes = { name: 'a.ts', before: '', after: 'f("x");\ng("y");\n', now: "f('x');\ng('y');\n" };
  turn.edited([quotes]);
  expect(turn.proposal?.gist).toBe('write single quotes, not double ones');
  turn.edited([{ name: 'b.ts', before: '', after: 'one\n', now: 'something else entirely\n' }]);
  expect(turn.proposal?.gist).toBe('write single quotes, not double ones');
  turn.refused('Edit c.ts', 'tests are written in German');
  expect(turn.proposal?.gist).toBe('tests are written in german');
});
