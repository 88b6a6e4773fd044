// Shapes that skill folders have in the wild, and those of the format's reference validator: each loads, or is refused with a reason.
import { spawn } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root as repository } from '../../../scripts/lib/package.ts';
import { findSkills } from '../../../src/skills/find-skills.ts';
import { clientSkills, loadSkill } from '../../../src/skills/offer-skills.ts';
import { judgeSkill, type SkillVerdict } from '../../../src/skills/read-folder.ts';
import { makeSandbox, type Sandbox } from './support.ts';

type Files = Readonly<Record<string, string | Uint8Array>>;
/** Folder, files in it, and why it is refused; without a reason it loads. `more` makes what is no plain file. */
interface Shape {
  what: string;
  folder: string;
  files: Files;
  refused?: RegExp;
  /** It is refused as other tools do, and used here by the name of its folder. */
  lenient?: true;
  more?(folder: string): Promise<unknown>;
  /** What the model must read of it. */
  says?: string;
}

const main = (frontmatter: string, body = '# Do it\n\nStep one.\n') => ({
  'SKILL.md': `---\n${frontmatter}\n---\n${body}`,
});
const named = (name: string, more = '', body?: string) =>
  main(`name: ${name}\ndescription: Does it.${more && `\n${more}`}`, body);
const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le');

const SHAPES: readonly Shape[] = [
  { what: 'the least there can be', folder: 'minimal', files: named('minimal') },
  {
    what: 'all fields of the format',
    folder: 'all-fields',
    files: main(
      'name: all-fields\ndescription: x\nlicense: MIT\ncompatibility: needs git\nallowed-tools: Bash(git:*) Read\nmetadata:\n  author: me\n  version: "1.0"',
    ),
  },
  {
    what: 'fields of other agents',
    folder: 'others-fields',
    files: named(
      'others-fields',
      'model: opus\nargument-hint: "[file]"\nhooks: {}\ncontext: fork\nversion: 2\ntags: [a, b]\nwhen_to_use: now',
    ),
  },
  {
    what: 'allowed tools as a list',
    folder: 'tools-list',
    files: named('tools-list', 'allowed-tools:\n  - Read\n  - Bash'),
  },
  {
    what: 'a folded description',
    folder: 'folded',
    files: main('name: folded\ndescription: >-\n  Does it\n  over two lines.'),
    says: 'Step one',
  },
  {
    what: 'a literal description',
    folder: 'literal',
    files: main('name: literal\ndescription: |\n  Does it.\n  And more.'),
  },
  {
    what: 'quoted values',
    folder: 'quoted',
    files: main('name: "quoted"\ndescription: \'It\'\'s: "fine" # no comment\''),
  },
  {
    what: 'comments and blank lines',
    folder: 'comments',
    files: main('# first\n\nname: comments # here\n\ndescription: x\n'),
  },
  {
    what: 'Windows line ends',
    folder: 'crlf',
    files: { 'SKILL.md': '---\r\nname: crlf\r\ndescription: x\r\n---\r\n# A\r\n\r\nStep one.\r\n' },
    says: 'Step one',
  },
  {
    what: 'a byte order mark',
    folder: 'bom',
    files: { 'SKILL.md': `\uFEFF---\nname: bom\ndescription: x\n---\nStep one.\n` },
    says: 'Step one',
  },
  {
    what: 'no line end at the end',
    folder: 'no-eol',
    files: { 'SKILL.md': '---\nname: no-eol\ndescription: x\n---\nStep one.' },
  },
  {
    what: 'spaces behind the fences',
    folder: 'fence-spaces',
    files: { 'SKILL.md': '---  \nname: fence-spaces\ndescription: x\n--- \nStep one.\n' },
  },
  {
    what: 'a rule of hyphens in the body',
    folder: 'rules',
    files: named('rules', '', 'One\n\n---\n\nTwo, and ---js.\n'),
    says: 'Two',
  },
  {
    what: 'emoji and other scripts in the text',
    folder: 'unicode',
    files: main('name: unicode\ndescription: 整理する 🧹 — ça va', '# 手順\n'),
    says: '手順',
  },
  {
    what: 'the file name in small letters',
    folder: 'lower-file',
    files: { 'skill.md': named('lower-file')['SKILL.md'] },
  },
  {
    what: 'nested files and folders',
    folder: 'nested',
    files: {
      ...named('nested'),
      'scripts/a/b/c.py': 'x',
      'references/deep/er/file.md': 'x',
      'assets/logo.png': new Uint8Array([137, 80, 78, 71]),
      '.hidden': 'x',
    },
    says: 'scripts/a/b/c.py',
  },
  {
    what: 'another SKILL.md further down',
    folder: 'inner',
    files: { ...named('inner'), 'examples/other/SKILL.md': 'no frontmatter' },
  },
  {
    what: 'names with spaces and signs among its files',
    folder: 'odd-names',
    files: { ...named('odd-names'), 'my file (1).md': 'x', 'ä$`\'".txt': 'x' },
  },
  {
    what: 'a link within',
    folder: 'link-within',
    files: { ...named('link-within'), 'a.md': 'x' },
    more: (at) => symlink('a.md', join(at, 'b.md')),
    says: 'b.md',
  },
  { what: 'a number for a name', folder: '2048', files: named('2048') },
  { what: 'a name of 64', folder: 'n'.repeat(64), files: named('n'.repeat(64)) },
  { what: 'a description of 1,024', folder: 'long-ok', files: main(`name: long-ok\ndescription: ${'d'.repeat(1024)}`) },
  {
    what: 'a compatibility of 500',
    folder: 'compat-ok',
    files: named('compat-ok', `compatibility: ${'c'.repeat(500)}`),
  },
  {
    what: 'an anchor and an alias',
    folder: 'anchors',
    files: main('name: anchors\ndescription: &d x\nmetadata: { again: *d }'),
  },
  {
    what: 'a fence of code that looks like a frontmatter',
    folder: 'fenced',
    files: named('fenced', '', '```yaml\n---\nname: other\n---\n```\n'),
    says: 'name: other',
  },

  { what: 'no frontmatter', folder: 'bare', files: { 'SKILL.md': '# Just text\n' }, refused: /no frontmatter/ },
  { what: 'an empty file', folder: 'empty-file', files: { 'SKILL.md': '' }, refused: /no frontmatter/ },
  { what: 'an empty folder', folder: 'empty-folder', files: {}, refused: /no SKILL\.md/ },
  { what: 'a README alone', folder: 'readme', files: { 'README.md': '# Skill' }, refused: /no SKILL\.md/ },
  {
    what: 'an open frontmatter',
    folder: 'unclosed',
    files: { 'SKILL.md': '---\nname: unclosed\ndescription: x\n' },
    refused: /not closed/,
  },
  { what: 'an empty frontmatter', folder: 'no-fields', files: { 'SKILL.md': '---\n---\nx\n' }, refused: /no fields/ },
  { what: 'a list for a frontmatter', folder: 'list', files: main('- name\n- description'), refused: /no fields/ },
  { what: 'a text for a frontmatter', folder: 'scalar', files: main('just words'), refused: /no fields/ },
  { what: 'no name', folder: 'no-name', files: main('description: x'), refused: /no name/, lenient: true },
  { what: 'no description', folder: 'no-description', files: main('name: no-description'), refused: /no description/ },
  {
    what: 'an empty description',
    folder: 'empty-description',
    files: main('name: empty-description\ndescription: ""'),
    refused: /no description/,
  },
  {
    what: 'a description that is a map',
    folder: 'map-description',
    files: main('name: map-description\ndescription: { a: b }'),
    refused: /no description/,
  },
  {
    what: 'a colon without quotes',
    folder: 'colon',
    files: main('name: colon\ndescription: Use when: always'),
    refused: /no valid YAML/,
  },
  {
    what: 'tabs for indentation',
    folder: 'tabs',
    files: main('name: tabs\ndescription: x\nmetadata:\n\ta: b'),
    refused: /no valid YAML/,
  },
  {
    what: 'a field twice',
    folder: 'double',
    files: main('name: double\nname: other\ndescription: x'),
    refused: /no valid YAML/,
  },
  {
    what: 'nothing below',
    folder: 'no-body',
    files: { 'SKILL.md': '---\nname: no-body\ndescription: x\n---\n\n' },
    refused: /nothing below/,
  },
  { what: 'capitals in the name', folder: 'PDF-Tools', files: named('PDF-Tools'), refused: /only a-z/ },
  { what: 'a space in the name', folder: 'pdf tools', files: named('pdf tools'), refused: /only a-z/ },
  { what: 'an underscore in the name', folder: 'pdf_tools', files: named('pdf_tools'), refused: /only a-z/ },
  { what: 'letters of other scripts in the name', folder: 'навык', files: named('навык'), refused: /only a-z/ },
  { what: 'a hyphen before the name', folder: '-pdf', files: named('-pdf'), refused: /hyphen/ },
  { what: 'a hyphen behind the name', folder: 'pdf-', files: named('pdf-'), refused: /hyphen/ },
  { what: 'two hyphens in the name', folder: 'pdf--tools', files: named('pdf--tools'), refused: /hyphen/ },
  { what: 'a name of 65', folder: 'n'.repeat(65), files: named('n'.repeat(65)), refused: /65 characters/ },
  {
    what: 'another name than the folder',
    folder: 'this-one',
    files: named('that-one'),
    refused: /not that of its folder/,
    lenient: true,
  },
  { what: 'a path for a name', folder: 'path', files: named('../path'), refused: /only a-z/, lenient: true },
  {
    what: 'a description of 1,025',
    folder: 'long',
    files: main(`name: long\ndescription: ${'d'.repeat(1025)}`),
    refused: /1,025 characters/,
  },
  {
    what: 'a compatibility of 501',
    folder: 'compat',
    files: named('compat', `compatibility: ${'c'.repeat(501)}`),
    refused: /501 characters/,
  },
  {
    what: 'a compatibility that is a list',
    folder: 'compat-list',
    files: named('compat-list', 'compatibility: [a]'),
    refused: /no text/,
  },
  {
    what: 'JavaScript for a frontmatter',
    folder: 'js',
    files: { 'SKILL.md': '---js\n{ name: "js", description: process.exit(1) }\n---\nx\n' },
    refused: /names a language/,
  },
  {
    what: 'JSON for a frontmatter',
    folder: 'json',
    files: { 'SKILL.md': '---json\n{"name":"json"}\n---\nx\n' },
    refused: /names a language/,
  },
  {
    what: 'TOML for a frontmatter',
    folder: 'toml',
    files: { 'SKILL.md': '+++\nname = "toml"\n+++\nx\n' },
    refused: /no frontmatter/,
  },
  {
    what: 'text before the frontmatter',
    folder: 'late',
    files: { 'SKILL.md': '<!-- licence -->\n---\nname: late\ndescription: x\n---\nx\n' },
    refused: /no frontmatter/,
  },
  { what: 'UTF-16', folder: 'utf16', files: { 'SKILL.md': utf16(named('utf16')['SKILL.md']) }, refused: /not UTF-8/ },
  {
    what: 'Latin-1',
    folder: 'latin',
    files: { 'SKILL.md': Buffer.from(named('latin', '', 'caf\xe9\n')['SKILL.md'], 'latin1') },
    refused: /not UTF-8/,
  },
  { what: 'a huge file', folder: 'huge', files: named('huge', '', 'x'.repeat(200_000)), refused: /KB/ },
  {
    what: 'too many files',
    folder: 'many',
    files: { ...named('many'), ...Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`f${i}`, ''])) },
    refused: /500 files/,
  },
  {
    what: 'an alias that explodes',
    folder: 'laughs',
    files: main(
      `name: laughs\ndescription: x\na: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
        .split('')
        .map((k, i) => `${k}: &${k} [${Array(9).fill(`*${'abcdefg'[i]}`)}]`)
        .join('\n')}`,
    ),
    refused: /can't be read/,
  },
  {
    what: 'a link that leads out',
    folder: 'link-out',
    files: named('link-out'),
    more: (at) => symlink('../minimal/SKILL.md', join(at, 'other.md')),
    refused: /leaves the skill's folder/,
  },
  {
    what: 'a link to nothing',
    folder: 'link-nowhere',
    files: named('link-nowhere'),
    more: (at) => symlink('gone', join(at, 'x')),
    refused: /points to nothing/,
  },
  {
    what: 'a SKILL.md that is a link out',
    folder: 'main-link',
    files: {},
    more: (at) => symlink('../minimal/SKILL.md', join(at, 'SKILL.md')),
    refused: /link that leaves/,
  },
  { what: 'a folder called SKILL.md', folder: 'main-folder', files: { 'SKILL.md/a': 'x' }, refused: /no file/ },
];

let box: Sandbox;
const at = (folder: string) => join(box.root, 'project/.agents/skills', folder);
beforeAll(async () => {
  box = await makeSandbox();
  for (const { folder, files, more } of SHAPES) {
    await mkdir(at(folder), { recursive: true });
    for (const [path, content] of Object.entries(files))
      await box.write(join('project/.agents/skills', folder, path), content);
    await more?.(at(folder));
  }
});
afterAll(() => box[Symbol.asyncDispose]());

test('there are at least 30 of them, told apart by what they are', () => {
  expect(SHAPES.length).toBeGreaterThanOrEqual(60);
  expect(new Set(SHAPES.map(({ what }) => what)).size).toBe(SHAPES.length);
});

describe('a folder with', () => {
  test.each(SHAPES.map((shape) => [shape.what, shape] as const))('%s', async (_, { folder, refused }) => {
    const verdict = await judgeSkill(at(folder));
    if (!refused) expect(verdict).toMatchObject({ ok: true, name: folder, reasons: [] });
    else {
      expect(verdict.ok).toBe(false);
      expect(verdict.reasons.join('\n')).toMatch(refused);
    }
  });
});

test('beside each other: the good ones are offered and loaded, the others are listed with the reason and neither', async () => {
  const skills = await findSkills({ folders: [box.project], home: box.home, disabled: new Set() });
  const { list, omitted } = clientSkills(skills);
  const offered = new Set([...list.map(({ name }) => name), ...omitted]);
  for (const { folder, refused, says, lenient } of SHAPES) {
    const listed = skills.find((skill) => skill.folder === at(folder));
    if (refused) expect((lenient ? listed?.hints : listed?.problems)?.join(' '), folder).toMatch(refused);
    if (refused && !lenient) expect(offered.has(folder), folder).toBe(false);
    else {
      expect(offered.has(folder), folder).toBe(true);
      expect(await loadSkill(skills, folder, 'model'), folder).toContain(says ?? 'Skill directory');
    }
  }
});

test('the judge on the command line says the same of folders that it is given', async () => {
  const judge = spawn(process.execPath, [join(repository, 'scripts/judge.ts'), 'skills'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  judge.stdin.end(
    SHAPES.map(({ folder }, id) => (id % 2 ? at(folder) : JSON.stringify({ id, folder: at(folder) }))).join('\n'),
  );
  const verdicts = (await readAll(judge.stdout))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as SkillVerdict & { id: unknown });
  expect(verdicts).toHaveLength(SHAPES.length);
  for (const [i, { folder }] of SHAPES.entries())
    expect(verdicts[i]).toEqual({ id: i % 2 ? at(folder) : i, ...(await judgeSkill(at(folder))) });
});

test('duplicates: of two of one name one is offered, whatever their shape', async () => {
  await box.skill('project/.claude/skills/minimal', { description: 'The other one.' });
  await box.skill('home/.agents/skills/bare', { description: 'Good, while that of the project is broken.' });
  const skills = await findSkills({ folders: [box.project], home: box.home, disabled: new Set() });
  expect(skills.filter(({ name }) => name === 'minimal').map(({ view }) => view.shadowedBy)).toEqual([
    undefined,
    '.agents/skills/minimal',
  ]);
  expect(await loadSkill(skills, 'bare', 'model')).toContain('Do it.');
});
