import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkLine, checkLines } from '../../../src/memory/hygiene/check-line.ts';
import { DiskFacts, lettaIgnore } from '../../../src/memory/hygiene/disk-facts.ts';
import type { WorkspaceFacts } from '../../../src/memory/hygiene/facts.ts';
import { folderFacts } from '../../../src/memory/hygiene/folder-facts.ts';
import { readSettings } from '../../../src/memory/hygiene/read-config.ts';
import { fits } from '../../../src/memory/hygiene/versions.ts';
import { writeRepository } from '../../support/hygiene-repo.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'letta-facts-'));
  await writeRepository(join(folder, 'work'), {
    '.lettaignore': 'secret/\n',
    'secret/keys.ts': 'export const masterKey = 1;\n',
    'src/a.ts': "export const here = 1;\n// gone_name\nconst text = 'gone_name is in a sentence';\n",
    'node_modules/x/index.js': 'export const installed_name = 1;\n',
  });
  await writeRepository(folder, { 'outside.ts': 'export const outsideName = 1;\n' });
  await symlink(join(folder, 'outside.ts'), join(folder, 'work', 'link.ts'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const facts = async () => new DiskFacts(join(folder, 'work'), await lettaIgnore(join(folder, 'work')));

it('sees neither hidden nor installed files, nor what lies outside of the workspace', async () => {
  const disk = await facts();
  expect(await disk.files()).toEqual(['.lettaignore', 'src/a.ts']);
  for (const path of ['secret/keys.ts', 'src/../secret/keys.ts', '../outside.ts', 'src/../../outside.ts', 'link.ts']) {
    expect(await disk.readText(path), path).toBeNull();
    expect(await disk.exists(path), path).toBe(false);
  }
  expect(await disk.gitBranches()).toBeNull();
});

it('says nothing of hidden files', async () => {
  expect((await checkLine('The keys are in secret/keys.ts.', await facts())).verdict).toBe('unknown');
});

it('looks at nothing, and says nothing, where `.lettaignore` is there and cannot be read', async () => {
  const [closed, open] = [join(folder, 'closed'), join(folder, 'work')];
  await writeRepository(closed, { 'src/b.ts': 'export const shown = 1;\n' });
  // Whoever runs this may read every file; no one can read a folder as one.
  await mkdir(join(closed, '.lettaignore'));
  const disk = await folderFacts([closed]);
  expect(await disk.files()).toEqual([]);
  expect(await disk.readText('src/b.ts')).toBeNull();
  expect(await disk.exists('src/b.ts')).toBe(false);
  for (const line of ['`shown` is in src/b.ts.', '`gone_name` does the work.', 'The keys are in src/gone.ts.'])
    for (const roots of [[closed], [open, closed]])
      expect((await checkLine(line, await folderFacts(roots))).verdict, line).toBe('unknown');
});

it('hides what a `.lettaignore` further down names, by the lines of the whole workspace', async () => {
  const root = join(folder, 'deep');
  await writeRepository(root, {
    'packages/api/keys.ts': 'export const key = 1;\n',
    'packages/api/a.ts': 'export {};\n',
  });
  const disk = await folderFacts([root], new Map([[root, ['/packages/api/**/keys.ts']]]));
  expect(await disk.files()).toEqual(['packages/api/a.ts']);
  expect((await checkLine('`key` is in packages/api/keys.ts.', disk)).verdict).toBe('unknown');
});

it('hides a folder by its own name too, and takes the folder itself for no file', async () => {
  const disk = await facts();
  expect([disk.hidden('secret'), disk.hidden('secret/'), disk.hidden('.'), disk.hidden('src')]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

it('takes a name in a comment, in a sentence or in an installed package for no definition', async () => {
  expect((await checkLine('`gone_name` does the work.', await facts())).verdict).toBe('stale');
  expect((await checkLine('`installed_name` does the work.', await facts())).verdict).toBe('stale');
  expect(await checkLine('`here` is in src/a.ts.', await facts())).toMatchObject({
    verdict: 'true',
    evidence: [{ path: 'src/a.ts', line: 1 }],
  });
});

it.each([
  [
    'a.jsonc',
    '{\n  // c\n  "a": { "b": [1, "x",], },\n}',
    [
      ['a.b.0', '1', 3],
      ['a.b.1', 'x', 3],
    ],
  ],
  [
    'a.toml',
    '[t."x y"]\na = "1" # c\nb = [\n  "p", # q\n  "r",\n]\n[[u]]\nc = { d = 1 }\n',
    [
      ['t.x y.a', '1', 2],
      ['t.x y.b.0', 'p', 3],
      ['t.x y.b.1', 'r', 3],
      ['u.0.c.d', '1', 8],
    ],
  ],
  [
    'a.yaml',
    'a:\n  b: on\n  c: [1, 2]\n',
    [
      ['a.b', 'on', 2],
      ['a.c.0', '1', 3],
      ['a.c.1', '2', 3],
    ],
  ],
  ['.editorconfig', '[*]\nindent_size = 2 ; c\n', [['*.indent_size', '2', 2]]],
  [
    'a.ts',
    "const A_MS = 5 * 60 * 1000;\n// B = 2\nlet c: string = 'd';\n",
    [
      ['A_MS', '300000', 1],
      ['c', 'd', 3],
    ],
  ],
])('reads the values of %s with their lines', (path, text, expected) => {
  const found = readSettings(path, text).map(({ key, value, line }) => [key.join('.'), value, line]);
  expect(found).toEqual(
    path === 'a.toml' ? expected.map((each) => expect.arrayContaining([each[0], each[1]])) : expected,
  );
});

it.each([
  ['3', '^3.1.0', 'same'],
  ['2', '^3.1.0', 'different'],
  ['4', '^3.1.0', 'different'],
  ['3.2', '^3.1.0', 'maybe'],
  ['18', '>=20', 'different'],
  ['22', '>=20', 'maybe'],
  ['20', '18 || 20', 'same'],
  ['1.26', '==1.26.4', 'same'],
  ['3.12', 'latest', 'maybe'],
])('compares version %s with %s: %s', (claim, spec, expected) => {
  expect(fits(claim, spec)).toBe(expected);
});

it('calls nothing gone that a file may hold which was not searched, and finds paths wherever they are', async () => {
  const root = join(folder, 'large');
  const deep = Object.fromEntries(
    [...'abcdefgh'].map((name) => [`pkg/${name}/deep/${name}.ts`, `export const ${name}Deep = 1;\n`]),
  );
  await writeRepository(root, {
    'package.json': '{ "name": "large", "engines": { "node": ">=20" } }\n',
    'src/limits.ts': 'export const MAX_RETRIES = 5;\n',
    ...deep,
  });
  const small = (line: string) => checkLine(line, new DiskFacts(root));
  const large = (line: string) => checkLine(line, new DiskFacts(root, undefined, 4));
  expect(await new DiskFacts(root, undefined, 4).files()).toHaveLength(4);
  // It is there, beyond what is searched.
  for (const line of [
    '`hDeep` is in use.',
    'The last one is pkg/h/deep/h.ts.',
    'The last one is h.ts.',
    'We use deep/g.ts.',
  ]) {
    expect((await small(line)).verdict, line).toBe('true');
    expect((await large(line)).verdict, line).not.toBe('stale');
  }
  expect((await large('The last one is h.ts.')).verdict).toBe('true');
  // It is nowhere: of a path that is known, of a name it is not.
  expect((await large('The last one is pkg/h/deep/z.ts.')).verdict).toBe('stale');
  expect((await small('`zDeep()` makes it.')).verdict).toBe('stale');
  expect(await large('`zDeep()` makes it.')).toMatchObject({ verdict: 'unknown', unsearched: true });
  // What stands there is another value, whatever the rest holds.
  expect((await large('`MAX_RETRIES` is 3.')).verdict).toBe('stale');
});

it('costs no more a line where the workspace sets 50,000 values', async () => {
  const paths = Array.from({ length: 500 }, (_, file) => `config/part${file}.json`);
  const texts = new Map(
    paths.map((path, file) => [
      path,
      JSON.stringify(
        Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`option${file}OfPart${n}MaxSize`, n])),
        null,
        1,
      ),
    ]),
  );
  const large: WorkspaceFacts = {
    files: async () => paths,
    exists: async (path) => texts.has(path),
    readText: async (path) => texts.get(path) ?? null,
  };
  const worked = (): number => process.threadCpuUsage().user / 1_000;
  const spent: number[] = [];
  let last = worked();
  const lines = Array.from({ length: 20 }, (_, n) => `The limit of job ${n} holds for option499OfPart${n}MaxSize = 7.`);
  const verdicts = await checkLines(lines, large, () => {
    spent.push(worked() - last);
    last = worked();
  });
  expect(verdicts.map(({ verdict }) => verdict)).toEqual(lines.map((_, n) => (n === 7 ? 'true' : 'stale')));
  // The first one reads the files.
  const [middle = 0] = spent
    .slice(1)
    .sort((a, b) => a - b)
    .slice(9);
  expect(middle).toBeLessThan(30);
});
