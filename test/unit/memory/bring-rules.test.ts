// Rules and memories of other tools: what is found, what it would become, what is left out and why.
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BringError, proposalsOf } from '../../../src/memory/bring/bring.ts';
import { readRules } from '../../../src/memory/bring/markdown.ts';
import { rulesFileChanged } from '../../../src/memory/bring/rules-changed.ts';
import { findRules, type RulesDeps, resolveImport, rulesTool } from '../../../src/memory/bring/rules-files.ts';
import { diskWorkspace } from '../../../src/memory/evidence/workspace.ts';
import { plant } from '../../support/planted.ts';
import { worked } from '../../support/worked.ts';

const KEY = 'sk-live-0123456789abcdef';
const deps = (files: Record<string, string>, more: Partial<RulesDeps> = {}): RulesDeps => ({
  files: {
    list: async () => Object.entries(files).map(([path, text]) => ({ path, bytes: text.length })),
    read: async (path) => files[path] ?? null,
  },
  maskSecrets: (text) => text.replaceAll(KEY, '[secret]'),
  ...more,
});
const texts = async (files: Record<string, string>) =>
  (await findRules(deps(files))).found.map((item) => `${item.from} ${item.text}`);

describe('a file of rules', () => {
  it('gives one piece a bullet or paragraph, with its line and heading; nested bullets and code stay with theirs', () => {
    const text = [
      '# Rules',
      '',
      'Read this first,',
      'all of it.',
      '',
      '## Tests',
      '',
      '- Run `npm test`',
      '  before every commit.',
      '  - with coverage',
      '- Then:',
      '  ```sh',
      '  - not a bullet',
      '',
      '  npm run check',
      '  ```',
      '',
      '<!-- - a comment',
      '- is no rule -->',
      '1. First',
      '---',
      'End',
    ].join('\n');
    expect(readRules(text).pieces).toEqual([
      { heading: 'Rules', line: 3, text: 'Read this first,\nall of it.' },
      { heading: 'Tests', line: 8, text: 'Run `npm test`\nbefore every commit.\n  - with coverage' },
      { heading: 'Tests', line: 11, text: 'Then:\n  ```sh\n  - not a bullet\n\n  npm run check\n  ```' },
      { heading: 'Tests', line: 20, text: 'First' },
      { heading: 'Tests', line: 22, text: 'End' },
    ]);
  });

  it('cites lines that are really there, behind frontmatter and with Windows line ends too', async () => {
    const text =
      '---\r\ndescription: x\r\nglobs: *.ts,src/**/*.tsx\r\nalwaysApply: false\r\n---\r\n\r\n- Use tabs.\r\n- No any.\r\n';
    expect(await texts({ '.cursor/rules/style.mdc': text })).toEqual([
      '.cursor/rules/style.mdc:7 For *.ts, src/**/*.tsx: Use tabs.',
      '.cursor/rules/style.mdc:8 For *.ts, src/**/*.tsx: No any.',
    ]);
  });
});

describe('the workspace', () => {
  it.each([
    ['AGENTS.md', ''],
    ['packages/api/AGENTS.md', 'In packages/api/: '],
    ['CLAUDE.md', ''],
    ['.claude/CLAUDE.md', ''],
    ['.cursorrules', ''],
    ['.github/copilot-instructions.md', ''],
    ['.windsurfrules', ''],
    ['.clinerules', ''],
    ['.clinerules/style.md', ''],
    ['.roo/rules/style.md', ''],
    ['GEMINI.md', ''],
    ['memory-bank/systemPatterns.md', ''],
  ])('%s is read', async (path, scope) => {
    expect(await texts({ [path]: 'Use tabs everywhere.\n' })).toEqual([`${path}:1 ${scope}Use tabs everywhere.`]);
  });

  it('says for which files a rule of Copilot is', async () => {
    const path = '.github/instructions/py.instructions.md';
    expect(await texts({ [path]: '---\napplyTo: "**/*.py"\n---\nUse black.\n' })).toEqual([
      `${path}:4 For **/*.py: Use black.`,
    ]);
  });

  it('does not take other Markdown for rules', async () => {
    expect(await texts({ 'README.md': 'x y z\n', 'docs/agents.md': 'x y z\n', 'src/AGENTS.md.bak': 'x' })).toEqual([]);
  });

  it('puts what is about the project, about code, about the moment and about the person where they belong', async () => {
    const { found } = await findRules(
      deps({
        'AGENTS.md': '# Architecture\n\n- Two services.\n\n# Style\n\n- Use tabs.\n',
        'CLAUDE.local.md': '- Answer me in German.\n',
        'memory-bank/activeContext.md': 'Working on the cart.\n',
        'memory-bank/projectbrief.md': 'Sells books.\n',
      }),
    );
    expect(found.map((i) => [i.text, i.target.kind === 'block' ? i.target.label : i.target.kind])).toEqual([
      ['Two services.', 'project'],
      ['Use tabs.', 'conventions'],
      ['Answer me in German.', 'human'],
      ['Working on the cart.', 'archive'],
      ['Sells books.', 'project'],
    ]);
  });

  it('masks secrets in what is shown and in what is proposed', async () => {
    const preview = await findRules(deps({ 'AGENTS.md': `- The key is ${KEY}.\n` }));
    expect(preview.found).toMatchObject([{ text: 'The key is [secret].', masked: true }]);
    expect(
      JSON.stringify([
        preview,
        proposalsOf(
          preview,
          preview.found.map((i) => i.id),
        ),
      ]),
    ).not.toContain(KEY);
  });

  it('shows what stands in two files, or in memory, once, and says where', async () => {
    const preview = await findRules(
      deps(
        { 'AGENTS.md': '- Use tabs.\n- No any.\n', 'CLAUDE.md': '* use **tabs**\n' },
        { known: (text) => text === 'No any.' },
      ),
    );
    expect(preview.found.map((i) => i.text)).toEqual(['Use tabs.']);
    expect(preview.skipped).toEqual([
      { path: 'AGENTS.md:2', why: 'It stands in memory already.' },
      { path: 'CLAUDE.md:1', why: 'The same stands in AGENTS.md:1.' },
    ]);
  });

  it('names files that can’t be read or are empty', async () => {
    const files = deps({ 'AGENTS.md': '' });
    files.files.list = async () => [
      { path: 'AGENTS.md', bytes: 0 },
      { path: 'CLAUDE.md', bytes: 9_000_000 },
    ];
    expect((await findRules(files)).skipped).toEqual([
      { path: 'AGENTS.md', why: 'It is empty.' },
      { path: 'CLAUDE.md', why: 'It is not there, may not be read, is larger than 256 KB, or is no text.' },
    ]);
  });
});

describe('imports of CLAUDE.md', () => {
  it('are followed within the workspace, relative to the file that has them', async () => {
    expect(
      await texts({
        'CLAUDE.md': 'See @docs/style.md\n\n- Mail a@b.com, run `npx @scope/tool.js`.\n',
        'docs/style.md': '@more/naming.md\n\n- Use tabs.\n',
        'docs/more/naming.md': '- Names are short.\n',
      }),
    ).toEqual([
      'docs/more/naming.md:1 Names are short.',
      'docs/style.md:3 Use tabs.',
      'CLAUDE.md:3 Mail a@b.com, run `npx @scope/tool.js`.',
    ]);
  });

  it.each(['../../etc/passwd.txt', '/etc/passwd.txt', '~/.claude/me.md', 'a/../../b.md'])(
    'never leave it: %s',
    async (target) => {
      expect(resolveImport('CLAUDE.md', target)).toBeNull();
      const { found, skipped } = await findRules(deps({ 'CLAUDE.md': `Read @${target}\n`, [target]: 'secret' }));
      expect(found).toEqual([]);
      expect(skipped).toEqual([
        { path: 'CLAUDE.md:1', why: `It imports ${target}, which lies outside the workspace.` },
      ]);
    },
  );

  it('do not follow a link out of the workspace', async () => {
    await using outside = await plant({ 'me.md': '- Private.\n' });
    await using repository = await plant({ 'CLAUDE.md': '@linked.md\n' });
    await symlink(join(outside.root, 'me.md'), join(repository.root, 'linked.md'));
    const { found, skipped } = await findRules({ ...deps({}), files: diskWorkspace(repository.root) });
    expect(found).toEqual([]);
    expect(skipped.map((s) => s.path)).toEqual(['linked.md']);
  });

  it('end in a circle and in depth', async () => {
    const files: Record<string, string> = { 'CLAUDE.md': '@a0.md\n', 'b.md': '@b.md\n' };
    for (let i = 0; i < 9; i++) files[`a${i}.md`] = `@a${i + 1}.md\n\n- Rule ${i}.\n`;
    files['a2.md'] += '\n@CLAUDE.md\n';
    const { found, skipped } = await findRules(deps(files));
    expect(found.map((i) => i.text)).toEqual(['Rule 4.', 'Rule 3.', 'Rule 2.', 'Rule 1.', 'Rule 0.']);
    expect(skipped.map((s) => s.why)).toEqual([
      'It imports a5.md more than 5 files deep.',
      'It imports CLAUDE.md in a circle.',
    ]);
  });
});

describe('a file of rules that is a link', () => {
  const read = async (root: string) =>
    findRules({
      ...deps({}),
      files: diskWorkspace(root, {
        links: (path) => rulesTool(path) !== undefined,
        hidden: (path) => path.startsWith('hidden/'),
      }),
    });

  it('is read where it leads into the workspace; what stands in both is taken once', async () => {
    await using repository = await plant({ 'AGENTS.md': '- Use tabs.\n', 'docs/rules.txt': '- Test first.\n' });
    await symlink('AGENTS.md', join(repository.root, 'CLAUDE.md'));
    await symlink('docs/rules.txt', join(repository.root, 'GEMINI.md'));
    const { found, skipped } = await read(repository.root);
    expect(found.map(({ from, text }) => `${from} ${text}`)).toEqual([
      'AGENTS.md:1 Use tabs.',
      'GEMINI.md:1 Test first.',
    ]);
    expect(skipped).toEqual([{ path: 'CLAUDE.md:1', why: 'The same stands in AGENTS.md:1.' }]);
  });

  it('is named as skipped where it leads out of it, to what is hidden or secret, or nowhere; others are not looked at', async () => {
    await using outside = await plant({ 'me.md': '- Private.\n' });
    await using repository = await plant({
      '.env': '- TOKEN=1\n',
      'hidden/a.md': '- Hidden.\n',
      'b.txt': '- No rule.\n',
    });
    const { root } = repository;
    await symlink(join(outside.root, 'me.md'), join(root, 'AGENTS.md'));
    await symlink('.env', join(root, 'CLAUDE.md'));
    await symlink('hidden/a.md', join(root, 'GEMINI.md'));
    await symlink('nowhere.md', join(root, '.cursorrules'));
    await symlink('b.txt', join(root, 'readme.md'));
    const { found, skipped } = await read(root);
    expect(found).toEqual([]);
    expect(skipped.map(({ path }) => path)).toEqual(['.cursorrules', 'AGENTS.md', 'CLAUDE.md', 'GEMINI.md']);
  });
});

it('agents.md and claude.md in lower case are rules at the root', async () => {
  expect(await texts({ 'agents.md': '- Use tabs.\n', 'claude.md': '- Use spaces.\n' })).toEqual([
    'agents.md:1 Use tabs.',
    'claude.md:1 Use spaces.',
  ]);
});

describe('a hostile workspace', () => {
  it.each([
    ['CLAUDE.md', '-@'.repeat(100_000)],
    ['CLAUDE.md', '`'.repeat(200_000)],
    ['CLAUDE.md', '@a/'.repeat(60_000)],
    ['AGENTS.md', `---\n${'a:\n'.repeat(60_000)}`],
    ['AGENTS.md', '* - '.repeat(50_000)],
  ])('cannot hang the preview with %s full of one thing', async (path, text) => {
    const start = worked();
    await findRules(deps({ [path]: text }));
    expect(worked() - start).toBeLessThan(2_000);
  });

  it('cannot flood it: what is beyond the cap is named', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 250 }, (_, i) => [`p${i}/AGENTS.md`, `- Rule number ${i} of this package.\n`]),
    );
    const { found, skipped } = await findRules(deps(files));
    expect([found.length, skipped.length]).toEqual([200, 50]);
  });
});

describe('what is chosen', () => {
  it('becomes proposals for review, each once, and nothing else', async () => {
    const preview = await findRules(
      deps({ 'AGENTS.md': '- One rule.\n- Two rules.\n', 'memory-bank/a.md': 'Three.\n' }),
    );
    const [first, , third] = preview.found.map((i) => i.id);
    expect(proposalsOf(preview, [third ?? '', first ?? '', first ?? '']).map((p) => [p.kind, p.text, p.from])).toEqual([
      ['import', 'Three.', 'memory-bank/a.md:1'],
      ['rules-file', 'One rule.', 'AGENTS.md:1'],
    ]);
  });

  it('is refused as a whole when it is not what was shown', async () => {
    const preview = await findRules(deps({ 'AGENTS.md': '- One rule.\n' }));
    expect(() => proposalsOf(preview, [preview.found[0]?.id ?? '', 'gone'])).toThrow(BringError);
  });

  it('keeps its id when lines move', async () => {
    const id = async (text: string) => (await findRules(deps({ 'AGENTS.md': text }))).found.at(-1)?.id;
    expect(await id('- One rule.\n')).toBe(await id('# Moved\n\n\n- One rule.\n'));
    expect(await id('- One rule.\n')).not.toBe(await id('- Another rule.\n'));
  });
});

describe('a changed AGENTS.md', () => {
  const of = (text: string, accepted?: { hash: string; ids: string[] }, known?: RulesDeps['known']) =>
    rulesFileChanged(deps(text === '' ? {} : { 'AGENTS.md': text }, known ? { known } : {}), 'AGENTS.md', accepted);

  it('proposes everything the first time, then only what is new', async () => {
    const first = await of('- Old rule.\n- Gone rule.\n');
    expect(first.changed).toBe(true);
    expect(first.proposals.map((p) => p.text)).toEqual(['Old rule.', 'Gone rule.']);
    const second = await of('- New rule.\n- Old rule.\n', first.now);
    expect(second.proposals).toMatchObject([{ kind: 'rules-file', text: 'New rule.', from: 'AGENTS.md:1' }]);
    expect(await of('- New rule.\n- Old rule.\n', second.now)).toMatchObject({ changed: false, proposals: [] });
  });

  it('proposes no rule a second time: neither one that comes back, nor all of them after the file was away', async () => {
    // Nothing of it stands in memory: the person has refused each.
    const { now: first } = await of('- Refused rule.\n- Another.\n');
    const without = await of('- Another.\n', first);
    expect((await of('- Refused rule.\n- Another.\n', without.now)).proposals).toEqual([]);
    for (const nothing of ['', '\n', '# Only a title\n']) {
      const away = await of(nothing, first);
      expect(away).toEqual({ changed: false, now: first, proposals: [] });
    }
  });

  it('is not changed by white space, and proposes nothing that memory says already', async () => {
    const { now } = await of('- Old rule.\n');
    expect((await of('# Title\n\n* Old   rule.\n', now)).changed).toBe(false);
    expect((await of('- Old rule.\n- New rule.\n', now, (text) => text === 'New rule.')).proposals).toEqual([]);
  });
});
