// What the composer is given to explain or fix: the person has to be able to read it, and nothing in it may close its fence.
import fc from 'fast-check';
import { marked } from 'marked';
import { expect, test } from 'vitest';
import { excerptText, filesText } from '../../../src/commands/ask-text.ts';

const place = { path: 'src/a.ts', startLine: 3, endLine: 4 };

test('a selection comes with its place, and what is to be done with it first', () => {
  const excerpt = { text: 'const a = b;\nlet c;', place, language: 'typescript' };
  expect(excerptText('add', excerpt)).toBe('src/a.ts:3-4\n```typescript\nconst a = b;\nlet c;\n```\n');
  expect(excerptText('explain', excerpt)).toBe(
    'Explain this code:\n\nsrc/a.ts:3-4\n```typescript\nconst a = b;\nlet c;\n```\n',
  );
});

test('problems are listed, each on a line of its own', () => {
  const problems = ['line 3: Cannot find name b.\nDid you mean a?'];
  const one = { text: 'x', place: { ...place, endLine: 3 }, problems };
  expect(excerptText('fix', one)).toBe(
    'Fix this problem:\n\n- line 3: Cannot find name b. Did you mean a?\n\nsrc/a.ts:3\n```\nx\n```\n',
  );
  expect(excerptText('fix', { ...one, problems: [...problems, 'line 4: c'] })).toMatch(/^Fix these problems:/);
  expect(excerptText('fix', { ...one, problems: [] })).toMatch(/^Fix this code:/);
});

test('a whole file has no lines, and what is from the terminal says so', () => {
  expect(excerptText('add', { text: 'x', place: { path: 'a.md' } })).toBe('a.md\n```\nx\n```\n');
  expect(excerptText('fix', { text: 'exit 1' })).toBe('Fix this output of the terminal:\n\n```\nexit 1\n```\n');
});

test('files are named, so that the agent reads them itself; their changes are called that', () => {
  expect(filesText('add', ['a.ts', 'b c.ts'])).toBe('`a.ts` `b c.ts` ');
  expect(filesText('explain', ['a.ts', 'b.ts', 'c.ts'])).toBe('Explain `a.ts`, `b.ts` and `c.ts`.');
  expect(filesText('explain', ['a.ts'], true)).toBe('Explain the uncommitted changes in `a.ts`.');
  expect(filesText('add', ['a`b.ts'], true)).toBe('The uncommitted changes in `` a`b.ts ``: ');
});

test('whatever is selected stands in one block of code, whole', () => {
  const parts = fc.array(fc.constantFrom('`', '```', '````', '~~~', '\n', 'a', '  '), { minLength: 1 });
  fc.assert(
    fc.property(parts, (parts) => {
      const text = `${parts.join('')}.`;
      const blocks = marked.lexer(excerptText('explain', { text, place })).filter(({ type }) => type === 'code');
      expect(blocks).toHaveLength(1);
      expect(blocks[0]).toMatchObject({ text });
    }),
  );
});
