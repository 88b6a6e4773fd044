// What stands in a terminal in the end, whatever the pieces in which it came.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScreenText } from '../../../src/editor/terminal/screen-text.ts';

function shown(...pieces: string[]): string {
  let done = '';
  const screen = new ScreenText((text) => {
    done += text;
  });
  for (const piece of pieces) screen.write(piece);
  return done + screen.open;
}

describe('what stands there', () => {
  it.each([
    ['plain lines', 'one\ntwo\n', 'one\ntwo\n'],
    ['lines of a terminal', 'one\r\ntwo\r\n', 'one\ntwo\n'],
    ['an unfinished line', 'Name? ', 'Name? '],
    ['progress that overwrites itself', '10%\r55%\r100%\ndone\n', '100%\ndone\n'],
    ['a shorter text over a longer one', 'downloading\rdone\n', 'doneloading\n'],
    ['a line that is erased first', 'downloading\r\x1b[Kdone\n', 'done\n'],
    ['a line erased as a whole', 'downloading\x1b[2K\rdone\n', 'done\n'],
    ['the erased beginning of a line', 'abcdef\x1b[3D\x1b[1Kx', '   xef'],
    ['colours', '\x1b[1;31mred\x1b[0m and \x1b[38;2;1;2;3mmore\x1b[m', 'red and more'],
    ['a title and a link', '\x1b]0;title\x07\x1b]8;;http://a.b\x1b\\link\x1b]8;;\x1b\\', 'link'],
    ['marks of shell integration', '\x1b]633;C\x07out\n\x1b]633;D;0\x07', 'out\n'],
    ['backspaces', 'ab\b\bxy', 'xy'],
    ['several lines of progress', 'a 1\nb 1\n\x1b[2Aa 2\x1b[K\nb 2\x1b[K\n', 'a 2\nb 2\n'],
    ['lines erased below', 'a\nb\nc\n\x1b[3A\x1b[Jdone\n', 'done\n'],
    ['a cleared screen', 'page 1\n\x1b[H\x1b[2Jpage 2\n', 'page 1\npage 2\n'],
    ['a column', 'abc\x1b[2Gx\x1b[5Gy', 'axc y'],
    ['bells and zeros', 'a\x07b\0c', 'abc'],
    ['a sequence that is none', '\x1b[\nx', '[\nx'],
    ['a character set', '\x1b(B\x1b=text', 'text'],
  ])('%s', (_name, written, expected) => {
    expect(shown(written)).toBe(expected);
  });

  it('breaks a line that never ends, and loses nothing of it', () => {
    const text = shown('x'.repeat(500_000), '\rover');
    expect(text.split('\n').map((line) => line.length)).toEqual([200_000, 200_000, 100_000]);
    expect(text.split('\n')[2]?.startsWith('overx')).toBe(true);
  });

  it('says that something was no text', () => {
    const screen = new ScreenText(() => {});
    screen.write('ELF\0\0');
    expect(screen.binary).toBe(true);
  });
});

const written = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.stringMatching(/^[ -~]{0,12}$/) },
      { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 6 }) },
      { weight: 6, arbitrary: fc.constantFrom('\n', '\r\n', '\r', '\n\n\n') },
      {
        weight: 5,
        arbitrary: fc.constantFrom(
          ...[
            '\x1b[2K',
            '\x1b[K',
            '\x1b[1K',
            '\x1b[A',
            '\x1b[3A',
            '\x1b[99A',
            '\x1b[B',
            '\x1b[2B',
            '\x1b[5C',
            '\x1b[D',
          ],
          ...[
            '\x1b[4G',
            '\x1b[J',
            '\x1b[2J',
            '\x1b[31m',
            '\x1b[0m',
            '\x1b]0;t\x07',
            '\x1b]8;;u\x1b\\',
            '\b',
            '\t',
            '\0',
          ],
          ...['\x1b', '\x1b[', '\x1b]', '\x1bP', '\x1b[1;', '\x9b'],
        ),
      },
      { weight: 1, arbitrary: fc.nat({ max: 300 }).map((n) => 'line\n'.repeat(n)) },
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));

describe('in whatever pieces it comes', () => {
  it('is the same text', () => {
    fc.assert(
      fc.property(written, fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 200 }), (text, sizes) => {
        const pieces: string[] = [];
        for (let at = 0, n = 0; at < text.length; n += 1) {
          const size = 1 + (sizes[n % sizes.length] ?? 0);
          pieces.push(text.slice(at, at + size));
          at += size;
        }
        expect(shown(...pieces)).toBe(shown(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is plain text as it is', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[ -~]{0,30}$/), { maxLength: 400 }), (lines) => {
        expect(shown(lines.join('\n'))).toBe(lines.join('\n'));
      }),
      { numRuns: 200 },
    );
  });
});
