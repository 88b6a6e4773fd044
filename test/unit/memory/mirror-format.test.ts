// Blocks as files: what goes in comes out, byte for byte, and every label has a path of its own that is safe everywhere.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { FormatError, fromFile, toFile } from '../../../src/memory/mirror/format.ts';
import { maskedText, unmasked } from '../../../src/memory/mirror/masked.ts';
import { merge3 } from '../../../src/memory/mirror/merge.ts';
import { labelOf, pathOf } from '../../../src/memory/mirror/paths.ts';

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }).filter((s) => s.isWellFormed()),
  fc
    .array(
      fc.constantFrom(
        '---',
        '\n',
        '\r\n',
        '\r',
        ': ',
        ' #',
        '"',
        "'",
        '|',
        '>',
        'name: x',
        '\u2028',
        '\ufeff',
        'a',
        ' ',
        '\\',
      ),
    )
    .map((parts) => parts.join('')),
);
const label = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1 }),
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.string({
    unit: fc.constantFrom(
      'a',
      'A',
      'é',
      'É',
      'e\u0301',
      'ß',
      'ſ',
      's',
      'K',
      'k',
      '%',
      '/',
      '.',
      '~',
      ' ',
      'İ',
      'i',
      '4',
      '1',
    ),
    minLength: 1,
    maxLength: 6,
  }),
  fc.constantFrom(
    'con',
    'CON',
    'nul.x',
    'com1',
    'memory',
    'MEMORY',
    'Memory',
    'skills',
    'conflicts',
    '..',
    '.',
    '../x',
    'a/b',
    'a\\b',
    '-rf',
    'x'.repeat(400),
    'system/persona',
  ),
);

describe('toFile and fromFile', () => {
  it('give back any value and description, and Letta Code’s and YAML’s reading agree', () => {
    fc.assert(
      fc.property(label, text, text, (name, description, value) => {
        fc.pre(name !== 'MEMORY');
        const file = toFile({ label: name, description, value });
        const back = fromFile(file, name);
        expect(back.value).toBe(value);
        expect(back.description).toBe(description);
        expect(back.name).toBe(name);
        const lines = file.split('\n');
        // Letta's MemFS v2: exactly these two, each on one line, neither empty.
        expect(lines[0]).toBe('---');
        expect(lines[1]).toMatch(/^name: ./);
        expect(lines[2]).toMatch(/^description: ./);
        expect(lines[3]).toBe('---');
        if (name.isWellFormed()) {
          const yaml = parseDocument(lines.slice(1, 3).join('\n'));
          expect(yaml.errors).toEqual([]);
          expect(yaml.get('name')).toBe(name);
          if (description !== '') expect(yaml.get('description')).toBe(description);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('keeps every line end of a value', () => {
    for (const value of ['', '\n', 'a', 'a\n', 'a\n\n', 'a\r\nb\r\n', '---\nname: y\n---\n']) {
      expect(fromFile(toFile({ label: 'x', description: 'd', value }), 'x').value).toBe(value);
    }
  });

  it('reads a file that an editor turned to CRLF or that has no last line end', () => {
    const file = toFile({ label: 'x', description: 'd', value: 'one\ntwo' });
    expect(fromFile(file.replaceAll('\n', '\r\n'), 'x').value).toBe('one\ntwo');
    expect(fromFile(file.slice(0, -1), 'x').value).toBe('one\ntwo');
    expect(fromFile(`\ufeff${file}`, 'x').value).toBe('one\ntwo');
  });

  it('reads what Letta Code writes', () => {
    const file = '---\nname: Persona\ndescription: Who I am: the "agent"\n---\nI am.';
    expect(fromFile(file, 'persona')).toMatchObject({
      name: 'Persona',
      description: 'Who I am: the "agent"',
      value: 'I am.',
    });
  });

  it.each([
    ['no frontmatter', 'text only', /no frontmatter/],
    ['an open one', '---\nname: a\n', /not closed/],
    ['another key', '---\nname: a\ndescription: b\nlimit: 5\n---\n', /not ‘limit’/],
    ['a key twice', '---\nname: a\nname: a\ndescription: b\n---\n', /two lines for name/],
    ['no description', '---\nname: a\n---\n', /no description/],
    ['an empty name', '---\nname: ""\ndescription: b\n---\n', /name is empty/],
    ['a broken quote', '---\nname: a\ndescription: "b\n---\n', /quotes of description/],
    ['a block scalar', '---\nname: a\ndescription: |\n---\n', /one line/],
  ])('refuses %s', (_, file, why) => {
    expect(() => fromFile(file, 'a')).toThrow(FormatError);
    expect(() => fromFile(file, 'a')).toThrow(why);
  });

  it('refuses a value that a file would change', () => {
    expect(() => toFile({ label: 'a', description: '', value: '\ud800' })).toThrow(/lone surrogate/);
    expect(() => toFile({ label: 'MEMORY', description: '', value: '---\nx' })).toThrow(/frontmatter/);
  });
});

describe('pathOf', () => {
  it('leads back to the label, and nowhere else', () => {
    // Two letters that file systems compose into one.
    const jamo = '\u1100\u1161';
    expect(labelOf(pathOf(jamo), jamo)).toBe(jamo);
    expect(pathOf(jamo)).not.toBe(pathOf(jamo.normalize('NFC')));
    fc.assert(
      fc.property(label, (name) => {
        const path = pathOf(name);
        expect(labelOf(path, name)).toBe(name);
        expect(path).not.toMatch(/[/\\:*?"<>|]|\p{Cc}/u);
        expect(path).not.toMatch(/^[.\- ]|[. ]\.md$/);
        expect(path).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)\./i);
        expect(Buffer.byteLength(path)).toBeLessThanOrEqual(123);
      }),
      { numRuns: 1000 },
    );
  });

  it('gives two labels two files, also where case and accents are folded', () => {
    const fold = (path: string) => path.normalize('NFKD').toUpperCase().toLowerCase();
    fc.assert(
      fc.property(label, label, (a, b) => {
        fc.pre(a !== b);
        expect(fold(pathOf(a))).not.toBe(fold(pathOf(b)));
      }),
      { numRuns: 3000 },
    );
    for (const [a, b] of [
      ['Project', 'project'],
      ['memory', 'MEMORY'],
      ['é', 'e\u0301'],
      ['a/b', 'a%2Fb'],
      ['K', 'k'],
    ] as const) {
      expect(fold(pathOf(a))).not.toBe(fold(pathOf(b)));
    }
  });

  it('keeps plain labels plain', () => {
    expect(pathOf('project')).toBe('project.md');
    expect(pathOf('coding-style v2')).toBe('coding-style v2.md');
    expect(pathOf('日本語')).toBe('日本語.md');
    expect(pathOf('system/persona')).toBe('system%2Fpersona.md');
    expect(labelOf('Notes.md')).toBe('Notes');
  });
});

describe('merge3', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 7 }).map((l) => l.join('\n'));

  it('is exact when one side did nothing, loses no line of either, and says the same again', () => {
    fc.assert(
      fc.property(lines, lines, lines, (base, ours, theirs) => {
        expect(merge3(base, base, theirs)).toEqual({ outcome: 'clean', text: theirs });
        expect(merge3(base, ours, base)).toEqual({ outcome: 'clean', text: ours });
        expect(merge3(base, ours, ours)).toEqual({ outcome: 'clean', text: ours });
        const merged = merge3(base, ours, theirs);
        if (merged.outcome === 'conflict') return;
        const now = new Set(merged.text.split('\n'));
        const old = new Set(base.split('\n'));
        for (const line of [...ours.split('\n'), ...theirs.split('\n')]) {
          if (line !== '' && !old.has(line)) expect(now).toContain(line);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps what both added at one place, once', () => {
    expect(merge3('a', 'a\nours', 'a\ntheirs')).toEqual({ outcome: 'clean', text: 'a\nours\ntheirs' });
    expect(merge3('a', 'a\nours\ntheirs', 'a\ntheirs')).toEqual({ outcome: 'clean', text: 'a\nours\ntheirs' });
    expect(merge3('', 'ours', 'theirs')).toEqual({ outcome: 'clean', text: 'ours\ntheirs' });
  });

  it('does not choose between two versions of a line', () => {
    expect(merge3('a\nb\nc', 'a\nB\nc', 'a\nβ\nc')).toEqual({ outcome: 'conflict' });
    expect(merge3('a\nb\nc', 'a\nc', 'a\nβ\nc')).toEqual({ outcome: 'conflict' });
  });
});

describe('masked lines', () => {
  const mask = (value: string) => value.replace(/sk-\w+/g, '[secret]').replace(/BEGIN[\s\S]*?END/g, '[key]');

  it('never show the secret and come back as the real line', () => {
    const value = 'a\ntoken: sk-abc\nb\nBEGIN\nx\nEND\ntoken: sk-def\n';
    const masked = maskedText(value, mask);
    expect(masked.text).not.toMatch(/sk-|BEGIN/);
    expect(masked.text.match(/letta:masked/g)).toHaveLength(2);
    expect(unmasked(masked.text, masked.real)).toBe(value);
    expect(unmasked(`new line\n${masked.text}`, masked.real)).toBe(`new line\n${value}`);
  });

  it('are refused when edited', () => {
    const masked = maskedText('token: sk-abc', mask);
    expect(unmasked(masked.text.replace('token', 'my token'), masked.real)).toBeNull();
  });

  it('round-trip for any value', () => {
    const part = fc.constantFrom('a', '\n', 'sk-1', 'sk-2', 'BEGIN', 'END', ' ', '<!-- letta:masked 1 -->');
    fc.assert(
      fc.property(
        fc.array(part).map((p) => p.join('')),
        (value) => {
          const masked = maskedText(value, mask);
          expect(mask(masked.text)).toBe(masked.text);
          expect(unmasked(masked.text, masked.real)).toBe(value);
        },
      ),
    );
  });
});
