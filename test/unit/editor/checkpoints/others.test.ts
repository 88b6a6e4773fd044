// What is neither tracked nor ignored is found by looking at folders: after any changes the same as git finds.
import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tellsNames } from '../../../../src/editor/checkpoints/disk.ts';
import { GitFolder } from '../../../../src/editor/checkpoints/git.ts';
import { Others } from '../../../../src/editor/checkpoints/others.ts';

let top: string;
let spied: string[];

beforeEach(async () => {
  top = realpathSync(await mkdtemp(join(tmpdir(), 'others-')));
  spied = [];
  vi.stubEnv('HOME', top);
  vi.stubEnv('XDG_CONFIG_HOME', join(top, '.xdg'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(top, { recursive: true, force: true });
});

const git = (cwd: string, ...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
const others = (root: string) => git(root, 'ls-files', '-o', '--exclude-standard', '-z').split('\0').slice(0, -1);

function repository(path = 'repo'): string {
  const root = join(top, path);
  mkdirSync(root, { recursive: true });
  git(root, 'init', '-q');
  return root;
}
function put(root: string, path: string, content = path): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}
/** As git lists them, of the folder that is read over and over. */
async function found(folder: GitFolder): Promise<string[]> {
  const { untracked, nested } = await folder.read();
  return [...untracked, ...nested.map((path) => `${path}/`)].toSorted();
}
const RUNS = Number(process.env.LETTA_PROPERTY_RUNS ?? 5);

/** As if everything had been written long ago: what was read of it counts until it looks otherwise. */
function settled(): void {
  const now = Date.now;
  vi.spyOn(Date, 'now').mockImplementation(() => now() + 60_000);
}

type Step =
  | { do: 'write' | 'remove' | 'add' | 'untrack' | 'nest' | 'link'; path: string }
  | { do: 'ignore'; in: string; lines: string[] }
  | { do: 'move'; path: string; to: string };

const names = ['a', 'b.log', 'build', 'src', ':(top)x', ' sp ace', 'ü', '!not', '[g]'];
const path = fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const rule = fc.constantFrom(
  '*.log',
  'build/',
  '/a',
  '!a',
  'src/*',
  '!src/b.log',
  '**/ü',
  '\\!not',
  '[g]',
  'src/**/a',
  '#x',
  '',
);
const where = fc.constantFrom('.gitignore', 'src/.gitignore', 'a/src/.gitignore', '.git/info/exclude');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 18, arbitrary: fc.record({ do: fc.constant('write' as const), path }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom('remove' as const, 'add' as const, 'untrack' as const), path }),
  },
  {
    weight: 9,
    arbitrary: fc.record({ do: fc.constant('ignore' as const), in: where, lines: fc.array(rule, { maxLength: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('nest' as const, 'link' as const), path }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('move' as const), path, to: path }) },
);

const literally = (root: string, ...args: string[]) => git(root, '--literal-pathspecs', ...args);

/** What cannot be done is not done. */
function take(root: string, step: Step): void {
  try {
    if (step.do === 'write') put(root, step.path);
    else if (step.do === 'remove') rmSync(join(root, step.path), { recursive: true, force: true });
    else if (step.do === 'add') literally(root, 'add', '-f', step.path);
    else if (step.do === 'untrack') literally(root, 'rm', '-r', '-q', '--cached', step.path);
    else if (step.do === 'link') symlinkSync('a', join(root, step.path));
    else if (step.do === 'ignore') put(root, step.in, step.lines.join('\n'));
    else if (step.do === 'move') renameSync(join(root, step.path), join(root, step.to));
    else {
      mkdirSync(join(root, step.path), { recursive: true });
      git(join(root, step.path), 'init', '-q');
    }
  } catch {}
}

describe('what is neither tracked nor ignored', () => {
  it('is what git finds, after any changes', async () => {
    settled();
    const reads = vi.spyOn(Others.prototype, 'read');
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { maxLength: 8 }), async (rounds) => {
        const root = repository(`run-${run++}`);
        const folder = new GitFolder(root);
        for (const steps of rounds) {
          for (const each of steps) take(root, each);
          // Some systems count time in steps of that length.
          await new Promise((resolve) => setTimeout(resolve, 10));
          expect(await found(folder)).toEqual(others(root).toSorted());
        }
        rmSync(root, { recursive: true, force: true });
      }),
      { numRuns: RUNS },
    );
    const answers = await Promise.all(reads.mock.results.map(({ value }) => value));
    // Many of them without git's own listing: how many, the rounds decide that chance has made.
    if (tellsNames(top) && answers.length >= 10) expect(answers.filter(Boolean).length).toBeGreaterThan(0);
  }, 120_000);

  it('is found in a part of a repository too, by the rules above it', async () => {
    const root = repository();
    for (const path of ['.gitignore', 'pkg/a.ts', 'pkg/b.log', 'pkg/keep/x.log', 'other/c.ts']) put(root, path);
    put(root, '.gitignore', '*.log\n!pkg/keep/*.log\n');
    settled();
    const folder = new GitFolder(join(root, 'pkg'));
    expect(await found(folder)).toEqual(['a.ts', 'keep/x.log']);
    put(root, '.gitignore', '*.ts\n');
    expect(await found(folder)).toEqual(['b.log', 'keep/x.log']);
  });

  it('follows rules for all of the computer, and another file for them', async () => {
    const root = repository();
    for (const path of ['a.ts', 'b.tmp']) put(root, path);
    settled();
    const folder = new GitFolder(root);
    expect(await found(folder)).toEqual(['a.ts', 'b.tmp']);
    put(top, '.xdg/git/ignore', '*.tmp\n');
    expect(await found(folder)).toEqual(['a.ts']);
    put(top, 'mine', '*.ts\n');
    git(root, 'config', 'core.excludesFile', join(top, 'mine'));
    expect(await found(folder)).toEqual(['b.tmp']);
  });
});

describe('what did not change', () => {
  it('is not asked about again, nor is a folder read whose names are the same', async () => {
    const root = repository();
    for (const path of ['src/a.ts', 'src/new.ts', 'build/out.js', '.gitignore']) put(root, path);
    put(root, '.gitignore', 'build/\n');
    git(root, 'add', 'src/a.ts', '.gitignore');
    const ignored = async (paths: readonly string[]) => {
      spied.push(...paths);
      return new Set(paths.filter((path) => path.startsWith('build')));
    };
    const entries = new Map([
      ['src/a.ts', 'fg1'],
      ['.gitignore', 'fg2'],
    ]);
    const read = (of: Others) => of.read({ entries, links: [] }, '');
    const looked = new Others({ root, ignored });
    settled();
    expect(await read(looked)).toEqual(['src/new.ts']);
    expect(spied.toSorted()).toEqual(['build', 'src/new.ts']);
    expect(await read(looked)).toEqual(['src/new.ts']);
    put(root, 'src/second.ts');
    expect((await read(looked))?.toSorted()).toEqual(['src/new.ts', 'src/second.ts']);
    // Only the new name; and never what lies in an ignored folder.
    expect(spied.slice(2)).toEqual(['src/second.ts']);
  });

  it('git looks itself where a repository lies in it, and where rules have just been written', async () => {
    const root = repository();
    put(root, 'a.ts');
    const looked = new Others({ root, ignored: async () => new Set() });
    const read = () => looked.read({ entries: new Map(), links: [] }, '');
    expect(await read()).toEqual(['a.ts']);
    put(root, '.gitignore', '*.log\n');
    expect(await read()).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect((await read())?.toSorted()).toEqual(['.gitignore', 'a.ts']);
    mkdirSync(join(root, 'sub'));
    git(join(root, 'sub'), 'init', '-q');
    expect(await read()).toBeNull();
  });
});

it('git looks each time where a folder’s times do not tell', () => {
  expect(tellsNames('/proc')).toBe(false);
  expect(tellsNames(join(top, 'nowhere'))).toBe(false);
});
