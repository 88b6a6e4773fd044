// The frontmatter splitter and parser against anything that may lie in a file.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFrontmatter, splitFrontmatter } from '../../../src/skills/frontmatter.ts';
import { readSkillText, validateDraft } from '../../../src/skills/validate.ts';
import { worked } from '../../support/worked.ts';

/** Text with the characters that matter to a splitter far more often than chance would give them. */
const trickyText = fc
  .array(
    fc.constantFrom(
      '---',
      '--',
      '-',
      '\n',
      '\r\n',
      '\r',
      ' ',
      '\t',
      ':',
      'name',
      '&a',
      '*a',
      '[',
      '{',
      '"',
      '|',
      '>',
      '#',
      '\uFEFF',
      '!!js/function',
      'x',
      '\0',
      '💥',
      '\ud800',
    ),
  )
  .map((parts) => parts.join(''));
const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), trickyText);

describe('the splitter', () => {
  test('loses nothing: the parts joined are the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { bom, open, yaml, close, body } = splitFrontmatter(text);
        expect(bom + open + yaml + close + body).toBe(text);
      }),
      { numRuns: 3000 },
    );
  });

  test('finds again what was put together, comments and line ends included', () => {
    const line = fc.stringMatching(/^[a-z#: "'&*!-]{0,20}$/).filter((text) => !/^---[ \t]*$/.test(text));
    fc.assert(
      fc.property(fc.array(line), fc.string(), fc.constantFrom('\n', '\r\n'), fc.boolean(), (lines, body, eol, bom) => {
        const yaml = lines.map((text) => text + eol).join('');
        const text = `${bom ? '\uFEFF' : ''}---${eol}${yaml}---${eol}${body}`;
        expect(splitFrontmatter(text)).toMatchObject({ yaml, body, bom: bom ? '\uFEFF' : '' });
      }),
      { numRuns: 2000 },
    );
  });

  test.for([
    '',
    '---',
    '---\nname: x\n',
    'text\n---\nname: x\n---\n',
    '---js\nx\n---\n',
    ' ---\nname: x\n---\n',
    '--- \n----\n',
  ])('sees no frontmatter in %j', (text) =>
    expect(splitFrontmatter(text)).toMatchObject({ open: '', yaml: '', body: text }),
  );

  test('takes time in proportion to the text', () => {
    const start = worked();
    splitFrontmatter(`---\n${'-- \n'.repeat(500_000)}`);
    splitFrontmatter(`---\n${'---'.repeat(500_000)}`);
    expect(worked() - start).toBeLessThan(2_000);
  });
});

describe('the parser', () => {
  test('never throws, whatever comes; what it gives back is data', () => {
    fc.assert(
      fc.property(anyText, anyText, (yaml, body) => {
        for (const text of [yaml, `---\n${yaml}\n---\n${body}`]) {
          const parsed = parseFrontmatter(text);
          expect(Object.getPrototypeOf(parsed.data)).toBe(Object.prototype);
          const skill = readSkillText(text);
          expect(typeof skill.name).toBe('string');
          expect(Array.isArray(validateDraft(text).problems)).toBe(true);
        }
      }),
      { numRuns: 1500 },
    );
  });

  test('reads back any name and description that YAML can hold', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (name, description) => {
        const text = `---\nname: ${JSON.stringify(name)} # why\ndescription: ${JSON.stringify(description)}\n---\nDo it.\n`;
        expect(parseFrontmatter(text)).toEqual({ data: { name, description }, body: 'Do it.\n', problems: [] });
      }),
      { numRuns: 1000 },
    );
  });

  test('executes nothing and follows no billion laughs', () => {
    const js = '---\nname: !!js/function "function(){ globalThis.pwned = 1 }"\ndescription: x\n---\nb';
    parseFrontmatter(js);
    parseFrontmatter('---js\nglobalThis.pwned = 1\n---\nb');
    expect('pwned' in globalThis).toBe(false);
    const laughs = [
      'a0: &a0 [x,x,x,x,x,x,x,x,x,x]',
      ...Array.from({ length: 20 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(',')}]`),
    ];
    expect(parseFrontmatter(`---\n${laughs.join('\n')}\n---\nb`).problems).not.toEqual([]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    parseFrontmatter('---\n__proto__:\n  polluted: yes\n---\nb');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(parseFrontmatter(`---\nname: ${'['.repeat(20_000)}\n---\nb`).problems).not.toEqual([]);
  });

  test.for([
    ['no frontmatter', '# Title\ntext', /begin with a line of three hyphens/],
    ['not closed', '---\nname: x\ntext', /is not closed/],
    ['JavaScript', '---js\nname: x\n---\n', /Only YAML is read/],
    ['a colon', '---\nname: x\ndescription: Use when: tests fail\n---\nb', /line 3.*quotes/],
    ['a list', '---\n- name\n---\nb', /holds no fields/],
    ['nothing', '---\n---\nb', /holds no fields/],
  ] as const)('says how to mend: %s', ([, text, expected]) => {
    expect(parseFrontmatter(text).problems.join('\n')).toMatch(expected);
  });
});
