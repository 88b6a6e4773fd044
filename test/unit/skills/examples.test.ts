import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { examplesIn, examplesOf } from '../../../src/skills/examples.ts';

const skill = (body: string) => `---\nname: a\ndescription: b\n---\n\n${body}`;

describe('examplesIn', () => {
  it.each([
    ['a list', '# A\n\n## Examples\n\n- Add a route\n- Add another\n', ['Add a route', 'Add another']],
    ['numbers', '## Examples\n1. One\n2) Two\n', ['One', 'Two']],
    ['one example', '### Example\n* Only\n', ['Only']],
    ['until the next heading of its level', '## Examples\n- One\n## Check\n- Not this\n', ['One']],
    ['deeper headings stay inside', '## Examples\n### Small\n- One\n', ['One']],
    ['a Windows file', '## Examples\r\n\r\n- One\r\n- Two\r\n', ['One', 'Two']],
    ['no section', '## Steps\n- One\n', []],
    ['a word in a sentence', 'Examples\n- One\n', []],
    ['a heading inside a fence', '```md\n## Examples\n- One\n```\n', []],
  ])('%s', (_what, body, titles) => {
    expect(examplesIn(skill(body)).map(({ title }) => title)).toEqual(titles);
  });

  it('keeps what belongs to an item', () => {
    const body = '## Examples\n- Add a route:\n  ```ts\n  - get("/a")\n  ```\n- Another\n';
    const [first, second] = examplesIn(skill(body));
    expect(first?.prompt).toBe('Add a route:\n```ts\n- get("/a")\n```');
    expect(second?.prompt).toBe('Another');
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => examplesIn(skill(`## Examples\n- ${text}`)).length <= 20));
  });
});

describe('examplesOf', () => {
  it('adds the files of examples/, without their frontmatter, and leaves out what cannot be read', async () => {
    const texts: Record<string, string> = { 'examples/a.md': '---\nx: 1\n---\n\n# Small\nDo it.\n' };
    const read = async (path: string) => {
      const text = texts[path];
      if (text === undefined) throw new Error('gone');
      return text;
    };
    const files = ['SKILL.md', 'examples/a.md', 'examples/gone.md', 'examples/deep/b.md', 'examples/c.txt'];
    const found = await examplesOf(skill('## Examples\n- One\n'), files, read);
    expect(found).toEqual([
      { title: 'One', prompt: 'One' },
      { title: 'Small', prompt: '# Small\nDo it.' },
    ]);
  });
});
