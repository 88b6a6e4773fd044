// What the evidence gathering offers: planted conventions found, every claim with lines that are there.
import { describe, expect, it } from 'vitest';
import type { Evidence, Facts } from '../../../src/memory/evidence/evidence.ts';
import { gather, gatherEvidence } from '../../../src/memory/evidence/gather.ts';
import { diskWorkspace, type WorkspaceFiles } from '../../../src/memory/evidence/workspace.ts';
import { surestHold } from '../../bench/hold.ts';
import { type Planted, plant } from '../../support/planted.ts';
import { CLINIC } from '../../support/planted-clinic.ts';
import { LEDGER } from '../../support/planted-ledger.ts';
import { SHOP } from '../../support/planted-shop.ts';

const inMemory = (files: Record<string, string>): WorkspaceFiles => ({
  list: async () => Object.entries(files).map(([path, text]) => ({ path, bytes: text.length })),
  read: async (path) => files[path] ?? null,
});

const evidenceOf = (files: Record<string, string>, more: Partial<Facts> = {}): Promise<Evidence[]> =>
  gatherEvidence({ files: inMemory(files), ...more });

const many = (count: number, make: (i: number) => [string, string]): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => make(i)));

async function offered(planted: Planted) {
  await using repository = await plant(planted.files);
  const evidence = await gatherEvidence({ files: diskWorkspace(repository.root), gitLog: async () => planted });
  const found = planted.plants.filter((p) => evidence.some((e) => p.claim.test(e.claim)));
  return { evidence, found };
}

/** Lines of files, commits and branches that are cited but not there. */
function invented(planted: Planted, evidence: readonly Evidence[]): string[] {
  return evidence.flatMap((e) =>
    e.evidence.flatMap(({ path, line, text }) => {
      const commit = planted.commits.find((c) => path === `commit ${c.sha.slice(0, 7)}`);
      const there = commit ? commit.subject : planted.files[path]?.split('\n')[line - 1]?.trim().slice(0, 160);
      return text !== '' && there === text ? [] : [`${e.claim}: ${path}:${line} ${text}`];
    }),
  );
}

describe.each([SHOP, LEDGER, CLINIC])('the planted repository $name', (planted) => {
  it('has twenty plants, at least half of them of unusual kinds', () => {
    expect(planted.plants).toHaveLength(20);
    expect(planted.plants.filter((p) => p.heldOut).length).toBeGreaterThanOrEqual(10);
  });

  it('has at least sixteen of them offered, and none without evidence', async () => {
    const { evidence, found } = await offered(planted);
    expect(found.length, JSON.stringify(planted.plants.filter((p) => !found.includes(p)))).toBeGreaterThanOrEqual(16);
    expect(evidence.filter((e) => e.evidence.length === 0)).toEqual([]);
    expect(invented(planted, evidence)).toEqual([]);
  });

  it('is told in few and short sentences that do not repeat each other', async () => {
    const { evidence } = await offered(planted);
    expect(evidence.length).toBeLessThanOrEqual(48);
    expect(evidence.filter((e) => e.claim.length > 200)).toEqual([]);
    expect(new Set(evidence.map((e) => e.claim)).size).toBe(evidence.length);
    const strengths = evidence.map((e) => e.strength);
    expect(strengths).toEqual(strengths.toSorted((a, b) => b - a));
  });

  it('says nothing of a convention that is broken in a third of the files', async () => {
    // Every third source file loses its first line and gets other quotes.
    const broken = Object.fromEntries(
      Object.entries(planted.files).map(([path, text], i) => {
        if ((i + Math.floor(i / 3)) % 3 !== 0 || !/\.(?:ts|py|java)$/.test(path)) return [path, text];
        const swapped = text.replace(/['"]/g, (q) => (q === '"' ? "'" : '"'));
        return [path, swapped.split('\n').slice(1).join('\n')];
      }),
    );
    const evidence = await evidenceOf(broken);
    expect(evidence.filter((e) => /SPDX|__future__|Copyright|single quotes|double quotes/i.test(e.claim))).toEqual([]);
  });
});

describe('a convention', () => {
  const source =
    (quote: string) =>
    (i: number): [string, string] => [
      `src/file-${i}.ts`,
      `import { a } from ${quote}./a.js${quote};\nexport const x${i} = a(${quote}x${quote});\n`,
    ];

  it('needs a few cases without exception, or nine tenths of many', async () => {
    const claims = async (kebab: number, camel: number) => {
      const others = many(camel, (i) => [`src/otherFile${i}.ts`, 'export const x = 1;\n']);
      return (await evidenceOf({ ...many(kebab, source("'")), ...others })).map((e) => e.claim).join('\n');
    };
    expect(await claims(3, 0)).not.toMatch(/kebab-case/);
    expect(await claims(4, 0)).toMatch(/kebab-case \(4 of 4\)/);
    expect(await claims(7, 1)).not.toMatch(/kebab-case/);
    expect(await claims(9, 1)).toMatch(/kebab-case \(9 of 10\)/);
    expect(await claims(16, 3)).not.toMatch(/kebab-case/);
  });

  it('is not one file’s habit', async () => {
    const one = { 'src/strings.ts': Array.from({ length: 40 }, (_, i) => `export const s${i} = 'x';`).join('\n') };
    expect((await evidenceOf(one)).filter((e) => /quotes/.test(e.claim))).toEqual([]);
  });

  it('that the code is split on is left open for the person', async () => {
    const files = {
      ...many(12, source("'")),
      ...Object.fromEntries(Object.entries(many(12, source('"'))).map(([p, t]) => [`lib/${p}`, t])),
    };
    const { evidence, open } = await gather({ files: inMemory(files) });
    expect(evidence.filter((e) => /quotes/.test(e.claim))).toEqual([]);
    expect(open.map((o) => o.id)).toContain('style.quotes');
    expect(open.find((o) => o.id === 'style.quotes')?.options.toSorted()).toEqual(['double', 'single']);
  });

  it('that a formatter settles is said once, from its configuration', async () => {
    const evidence = await evidenceOf({ ...many(12, source("'")), '.prettierrc': '{\n  "singleQuote": true\n}\n' });
    const quotes = evidence.filter((e) => /single quotes/.test(e.claim));
    expect(quotes).toHaveLength(1);
    expect(quotes[0]?.evidence).toEqual([{ path: '.prettierrc', line: 2, text: '"singleQuote": true' }]);
  });
});

describe('what may not be told', () => {
  it('never cites a line that the mask would change', async () => {
    const key = 'sk-proj-1234567890abcdef';
    const evidence = await evidenceOf(
      { 'AGENTS.md': `- Always use the key ${key} for the staging server.\n- Never edit generated files by hand.\n` },
      { maskSecrets: (text) => text.replaceAll(key, '[secret]') },
    );
    expect(JSON.stringify(evidence)).not.toContain(key);
    expect(evidence.map((e) => e.claim)).toEqual(['Never edit generated files by hand.']);
  });

  it('names environment variables and never their values', async () => {
    await using repository = await plant({
      '.env': 'TOKEN=topsecret\nURL=a\nMODE=b\n',
      '.env.example': 'TOKEN=change-me\nURL=\nMODE=\n',
    });
    const evidence = await gatherEvidence({ files: diskWorkspace(repository.root) });
    expect(evidence.map((e) => e.claim)).toEqual([
      'Environment variables are documented in .env.example: TOKEN, URL, MODE.',
    ]);
    expect(JSON.stringify(evidence)).not.toContain('topsecret');
  });
});

describe('package files', () => {
  it.each([
    [
      'Cargo.toml',
      '[package]\nname = "a"\nedition = "2024"\nrust-version = "1.85"\n',
      ['Rust, edition 2024; tests: `cargo test`.', 'Rust 1.85 is required.'],
    ],
    [
      'go.mod',
      'module example.com/a\n\ngo 1.23\n',
      ['Go module example.com/a; tests: `go test ./...`.', 'Go 1.23 is required.'],
    ],
    ['Gemfile', "source 'https://rubygems.org'\ngem 'rspec'\n", ['Ruby with Bundler; tests: `bundle exec rspec`.']],
    [
      'pom.xml',
      '<project>\n<java.version>21</java.version>\n</project>\n',
      ['Build and tests: `mvn verify`.', 'Java 21 is required.'],
    ],
    ['justfile', 'test:\n  cargo nextest run\n', ['Commands in justfile: `just test`.']],
    ['Taskfile.yml', 'tasks:\n  build:\n    cmds: [make]\n', ['Commands in Taskfile.yml: `task build`.']],
    [
      'composer.json',
      '{\n"require": {\n"php": "^8.3"\n},\n"scripts": {\n"test": "phpunit"\n}\n}\n',
      ['Tests: `composer test`.', 'PHP ^8.3 is required.'],
    ],
    ['requirements.txt', 'flask==3\n', ['Python dependencies are in requirements.txt (pip).']],
  ])('%s says its commands and versions', async (path, text, claims) => {
    const evidence = await evidenceOf({ [path]: text });
    expect(evidence.map((e) => e.claim)).toEqual(expect.arrayContaining(claims));
    for (const { evidence: cited } of evidence) {
      for (const c of cited) expect(text.split('\n')[c.line - 1]?.trim()).toBe(c.text);
    }
  });

  it.each([
    ['pnpm-lock.yaml', 'pnpm test'],
    ['yarn.lock', 'yarn test'],
    ['bun.lock', 'bun run test'],
    ['package-lock.json', 'npm test'],
  ])('with %s tests run by %s', async (lock, command) => {
    const evidence = await evidenceOf({ 'package.json': '{\n"scripts": {\n"test": "vitest"\n}\n}', [lock]: 'x\n' });
    expect(evidence[0]).toMatchObject({
      claim: `Tests: \`${command}\` (vitest).`,
      evidence: [{ path: 'package.json', line: 3 }],
    });
  });
});

describe('the work', () => {
  it('never holds the event loop for longer than 25 ms at a time, on 3,000 files', async () => {
    const files = many(3_000, (i) => [
      `src/part${i % 40}/file-${i}.ts`,
      `import { a } from './a.js';\n${`export function f${i}(a: number): number {\n  return a === 1 ? 2 : 'x'.length;\n}\n`.repeat(12)}`,
    ]);
    await gatherEvidence({ files: inMemory(many(50, (i) => [`src/w-${i}.ts`, 'export const warm = 1;\n'])) });
    expect(await surestHold(() => gatherEvidence({ files: inMemory(files) }))).toBeLessThan(25);
  });

  it('ends with the reason of the signal', async () => {
    const stop = new AbortController();
    const files = many(2_000, (i) => [`src/f-${i}.ts`, 'export const a = 1;\n'.repeat(200)]);
    const gathering = gatherEvidence({ files: inMemory(files), signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(gathering).rejects.toThrow('enough');
  });
});

describe('commits and branches', () => {
  const git = (subjects: string[], branches: string[] = [], body = '') => ({
    gitLog: async () => ({ commits: subjects.map((subject, i) => ({ sha: `${i}abcdef0`, subject, body })), branches }),
  });
  const repeat = (subject: string) => Array.from({ length: 10 }, (_, i) => `${subject} ${i}`);

  it.each([
    ['fix(core): mend it', /Conventional Commits/],
    ['ABC-12: mend it', /begin with the ticket, as ABC-123/],
    ['parser: mend it', /begin with the part they touch/],
    [':bug: mend it', /begin with an emoji/],
    ['Mend it', /plain sentences that begin with a capital/],
  ])('%s', async (subject, claim) => {
    const evidence = await evidenceOf({}, git(repeat(subject)));
    expect(evidence).toHaveLength(1);
    expect(evidence[0]?.claim).toMatch(claim);
    expect(evidence[0]?.evidence[0]).toEqual({ path: 'commit 0abcdef', line: 1, text: `${subject} 0` });
  });

  it('cites the sign-off on its own line, and a branch by its name', async () => {
    const branches = Array.from({ length: 6 }, (_, i) => `feat/thing-${i}`);
    const evidence = await evidenceOf({}, git(repeat('Mend it'), branches, 'Why.\nSigned-off-by: A <a@b.c>'));
    expect(evidence.find((e) => /signed off/.test(e.claim))?.evidence[0]).toMatchObject({
      line: 4,
      text: 'Signed-off-by: A <a@b.c>',
    });
    expect(evidence.find((e) => /Branches/.test(e.claim))?.evidence[0]).toEqual({
      path: 'branch feat/thing-0',
      line: 1,
      text: 'feat/thing-0',
    });
  });
});
