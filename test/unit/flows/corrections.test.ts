// What a correction teaches, and above all what it does not: no guess is ever put up for review.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { folded, isLasting, rewritten, TurnCorrections, tookBack } from '../../../src/flows/corrections.ts';
import { memoryEvent } from './memory-event.ts';

describe('a refusal', () => {
  it('becomes a line in the person’s words, with what was refused as evidence', () => {
    const turn = new TurnCorrections();
    turn.refused('Edit src/money.ts', 'money is counted in cents,\n never as a float');
    expect(turn.proposal).toEqual({
      label: 'lessons',
      line: 'Money is counted in cents, never as a float. (the person, declining: Edit src/money.ts)',
      gist: 'money is counted in cents, never as a float',
      reason: 'You declined “Edit src/money.ts” and said: “money is counted in cents, never as a float”',
    });
  });

  it('is proposed once a turn, the last one', () => {
    const turn = new TurnCorrections();
    turn.refused('Edit a.ts', 'use tabs here please');
    turn.refused('Edit b.ts', 'tests are written in German');
    turn.refused('Edit c.ts', 'no');
    expect(turn.proposal?.gist).toBe('tests are written in german');
  });

  it.each(['no', 'not now', 'Wait a moment please', 'nope nope', 'later today maybe', 'ちがう'])(
    'teaches nothing by “%s”',
    (words) => expect(isLasting(words)).toBe(false),
  );

  it.each(['use pnpm, not npm', 'Now that we have the new API nothing calls the old one', '値段は必ずセントで数える'])(
    'teaches by “%s”',
    (words) => expect(isLasting(words)).toBe(true),
  );

  it('is left to the agent where that has written, or tried to write, memory since', () => {
    for (const event of [memoryEvent('done'), memoryEvent('denied', 'held')]) {
      const turn = new TurnCorrections();
      turn.refused('Edit a.ts', 'use tabs here please');
      turn.event(event);
      expect(turn.proposal).toBeUndefined();
    }
    const turn = new TurnCorrections();
    turn.event(memoryEvent('done'));
    turn.refused('Edit a.ts', 'use tabs here please');
    turn.event(memoryEvent('failed'));
    expect(turn.proposal?.gist).toBe('use tabs here please');
  });
});

it('what was taken back teaches by the reason alone', () => {
  expect(tookBack({ label: 'conventions', after: 'Tests use tabs.' }, 'only the Makefile uses tabs')).toMatchObject({
    label: 'conventions',
    line: 'Only the Makefile uses tabs.',
    reason: 'You took back “Tests use tabs.” in conventions and said: “only the Makefile uses tabs”',
  });
});

describe('files that the person wrote otherwise', () => {
  const before = 'import { x } from "y";\n\nexport const old = getUser(1);\n';
  const after = `${before}\nexport const a = getUser(2);\nexport const b = [getUser(3), 4];\n`;
  const file = (now: string, more: object = {}) => ({ name: 'src/a.ts', before, after, now, ...more });

  it('teach one word for another, with the places', () => {
    const now = after.replace('a = getUser', 'a = fetchUser').replace('[getUser', '[fetchUser');
    expect(rewritten([file(now)])).toEqual({
      label: 'conventions',
      line: 'Write `fetchUser`, not `getUser` (the person corrected it in src/a.ts:5).',
      gist: 'write `fetchuser`, not `getuser`',
      reason: 'You changed `getUser` to `fetchUser` 2 times in what the agent had just written: src/a.ts:5, src/a.ts:6',
    });
    // In the agent's lines one, the other in a line that was there before: a slip, for all one can tell.
    const elsewhere = after.replace('a = getUser', 'a = fetchUser').replace('old = getUser', 'old = fetchUser');
    expect(rewritten([file(elsewhere)])).toBeUndefined();
  });

  it('teach over several files together', () => {
    const once = after.replace('a = getUser', 'a = fetchUser');
    expect(rewritten([file(once)])).toBeUndefined();
    expect(rewritten([file(once), file(once, { name: 'src/b.ts' })])?.reason).toContain('src/a.ts:5, src/b.ts:5');
    const other = after.replace('a = getUser', 'a = loadUser');
    expect(rewritten([file(once), file(other, { name: 'src/b.ts' })])).toBeUndefined();
  });

  it('teach which quotes to use', () => {
    const wrote = `const a = 'one';\nconst b = 'two';\n`;
    const found = rewritten([{ name: 'a.ts', before: '', after: wrote, now: wrote.replaceAll("'", '"') }]);
    expect(found?.line).toBe('Write double quotes, not single ones (the person corrected it in a.ts:1).');
  });

  it.each<[string, string]>([
    ['nothing when nothing was changed', after],
    ['nothing when all was undone', before],
    ['nothing when lines were only added', `${after}export const c = 1;\n`],
    ['nothing when lines were taken out', before.concat('\nexport const a = getUser(2);\n')],
    ['nothing when numbers differ: that was this task', after.replace('(2)', '(20)').replace('(3)', '(20)')],
    ['nothing when the lines were written anew', after.replace('a = getUser(2)', 'a = await load(2, true)')],
    [
      'nothing when two words were changed in two ways',
      after.replace('a = getUser', 'a = fetchUser').replace('[getUser', '[loadUser'),
    ],
  ])('teach %s', (_, now) => {
    expect(rewritten([file(now)])).toBeUndefined();
  });

  it('teach a word whatever else the person wrote around it', () => {
    const lines = fc.array(fc.constantFrom('alpha();', 'beta(1);', '', '}'), { maxLength: 5 });
    fc.assert(
      fc.property(lines, lines, lines, (head, middle, tail) => {
        const made = (word: string, more: string[]) =>
          [...head, `const one = ${word}(1);`, ...middle, ...more, `const two = ${word}(2);`, ...tail].join('\n');
        const base = [...head, ...middle, ...tail].join('\n');
        const found = rewritten([
          { name: 'a.ts', before: base, after: made('getUser', []), now: made('fetchUser', []) },
        ]);
        expect(found?.gist).toBe('write `fetchuser`, not `getuser`');
      }),
    );
  });

  it('never say a word that was not put in place of another', () => {
    const texts = fc.array(fc.constantFrom('get(a)', 'get(b)', 'load(a)', 'x = 1', 'x = y', '"s"', "'s'", ''), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(texts, texts, texts, (a, b, c) => {
        const [first, wrote, now] = [a.join('\n'), b.join('\n'), c.join('\n')];
        const found = rewritten([{ name: 'f', before: first, after: wrote, now }]);
        const words = /write `(.+)`, not `(.+)`/.exec(found?.gist ?? '');
        if (!words) return;
        expect(folded(now)).toContain(words[1] ?? '?');
        expect(folded(wrote)).toContain(words[2] ?? '?');
      }),
    );
  });
});
