import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extractSkill, readSkillReply } from '../../../src/flows/skill-reply.ts';
import { pathProblem } from '../../../src/skills/files-beside.ts';
import { leavesFolder } from '../../../src/skills/skill-name.ts';

const SKILL =
  '---\nname: write-a-test\ndescription: Writes a test. Use for new functions.\n---\n\n# T\n\n```ts\ncode\n```\n';

describe('extractSkill', () => {
  it.each([
    ['whole', SKILL],
    ['after words', `Here it is:\n\n${SKILL}`],
    ['in a fence of four', `Here:\n\n\`\`\`\`markdown\n${SKILL}\`\`\`\`\n`],
    ['in a fence of three with a fence inside', `\`\`\`markdown\n${SKILL}\`\`\``],
    ['CRLF', SKILL.replace(/\n/g, '\r\n')],
  ])('finds it %s', (_how, reply) => {
    expect(extractSkill(reply)).toBe(SKILL);
  });

  it('takes the whole of a skill that quotes a fenced one', () => {
    const skill = `${SKILL}\n\`\`\`markdown\n---\nname: inner\n---\n\`\`\`\n`;
    expect(extractSkill(skill)).toBe(skill);
  });

  it.each(['', 'Sorry, I cannot.', '---\nname: x', '# Title\ntext'])('finds none in %j', (reply) => {
    expect(extractSkill(reply)).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => (extractSkill(text) ?? '---\n').startsWith('---\n')),
    );
  });
});

const block = (path: string, text: string) => `~~~~file ${path}\n${text}\n~~~~\n`;

describe('readSkillReply', () => {
  it.each([
    ['after a naked skill', `${SKILL}\n${block('templates/a.ts', 'const a = 1;')}`],
    ['after a fenced one', `\`\`\`\`markdown\n${SKILL}\`\`\`\`\n\n${block('templates/a.ts', 'const a = 1;')}`],
    ['before it', `${block('templates/a.ts', 'const a = 1;')}\n${SKILL}`],
    ['in a fence of backticks', `${SKILL}\n\`\`\`\`file templates/a.ts\nconst a = 1;\n\`\`\`\`\n`],
    ['cut off at the end', `${SKILL}\n~~~~file templates/a.ts\nconst a = 1;\n`],
    ['with CRLF', `${SKILL}\n${block('templates/a.ts', 'const a = 1;')}`.replace(/\n/g, '\r\n')],
  ])('takes a file %s', (_where, reply) => {
    expect(readSkillReply(reply)).toEqual({
      skillMd: SKILL,
      files: [{ path: 'templates/a.ts', text: 'const a = 1;\n' }],
      leftOut: [],
    });
  });

  it('keeps fences inside a file', () => {
    const text = '# Doc\n```ts\nx\n```\n~~~\ny\n~~~';
    expect(readSkillReply(`${SKILL}\n${block('templates/doc.md', text)}`).files[0]?.text).toBe(`${text}\n`);
  });

  it.each([
    ['../evil.sh', 'files lie below'],
    ['/etc/passwd', 'files lie below'],
    ['templates/../../evil.sh', 'names hold only'],
    ['templates/a\\..\\b', 'names hold only'],
    ['templates/.git/hooks', 'names hold only'],
    ['scripts/CON.txt', 'names hold only'],
    ['SKILL.md', 'files lie below'],
    ['templates', 'files lie below'],
    ['templates/a/b/c/d/e.ts', 'too deep'],
    ['templates/a b.ts', 'names hold only'],
  ])('leaves %s out and says why', (path, why) => {
    const read = readSkillReply(`${SKILL}\n${block(path, 'x')}`);
    expect(read.files).toEqual([]);
    expect(read.leftOut.join()).toContain(why);
    expect(read.skillMd).toBe(SKILL);
  });

  it('leaves out what is too much, too large, twice there, or empty', () => {
    const many = Array.from({ length: 9 }, (_, i) => block(`templates/${i}.ts`, 'x')).join('\n');
    expect(readSkillReply(`${SKILL}\n${many}`).files).toHaveLength(6);
    const others = [block('templates/a.ts', 'x'), block('templates/A.ts', 'y'), block('templates/e.ts', '')];
    const read = readSkillReply(`${SKILL}\n${others.join('\n')}\n${block('scripts/l.sh', 'x'.repeat(70_000))}`);
    expect(read.files.map(({ path }) => path)).toEqual(['templates/a.ts']);
    expect(read.leftOut).toHaveLength(3);
  });

  it('never throws, and no path that passes leaves the folder', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (path, text) => {
        for (const file of readSkillReply(`${SKILL}\n${block(path, text)}`).files) {
          expect(leavesFolder(file.path)).toBe(false);
        }
        if (pathProblem(path) === undefined) expect(leavesFolder(path)).toBe(false);
      }),
    );
  });
});
