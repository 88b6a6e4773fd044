// Titles of threads.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { titleFrom, UNTITLED } from '../../../src/threads/threads.ts';

describe('titleFrom', () => {
  it.each([
    ['Fix the login', 'Fix the login'],
    ['\n\n  ## Fix   the login\nmore', 'Fix the login'],
    ['```\nconst a = 1\n```', 'const a = 1'],
    ['???', '???'],
    ['   ', UNTITLED],
    ['日本語の質問', '日本語の質問'],
  ])('%j → %j', (text, title) => expect(titleFrom(text)).toBe(title));

  it('is one line of at most 80 characters that cuts no character in two', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        const title = titleFrom(text);
        expect([...title].length).toBeLessThanOrEqual(80);
        expect(title).not.toMatch(/\n/);
        expect(title.length).toBeGreaterThan(0);
        expect(title.isWellFormed()).toBe(true);
      }),
    );
  });
});
