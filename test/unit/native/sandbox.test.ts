// Real commands in the real sandbox; where the system allows none, it must say what is missing.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root } from '../../../scripts/lib/package.ts';
import { Sandbox, type SandboxPlace } from '../../../src/native/sandbox.ts';
import { isGuarded } from '../../../src/permissions/paths.ts';
import { sandboxPossible } from '../../support/sandbox-possible.ts';

const possible = sandboxPossible('socat', 'rg');

/** What rules and names guard further down, and at the top where other tools look. */
const NESTED: Record<string, string> = {
  'packages/app/AGENTS.md': 'rules of the app',
  'packages/app/.husky/pre-commit': 'true',
  'packages/app/.github/copilot-instructions.md': 'rules of the app',
  '.mcp.json': '{}',
  '.envrc': 'use node',
  'notes/one/a.txt': 'hidden note',
  'plain/secret/deep/b.txt': 'hidden note',
  'named.txt': 'hidden note',
  'odd[1].txt': 'hidden note',
};

let home: string;
let folder: string;
let sandbox: Sandbox | string;
let place: SandboxPlace;
const appeared: string[] = [];

const run = async (command: string, timeout = 20_000) => {
  if (typeof sandbox === 'string') throw new Error(sandbox);
  return sandbox.run(command, { cwd: folder, timeout, signal: new AbortController().signal });
};

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'letta-boxed-'));
  folder = join(home, 'workspace');
  await mkdir(join(folder, '.git'), { recursive: true });
  await mkdir(join(folder, 'private'));
  await mkdir(join(home, 'agents'));
  await writeFile(join(folder, 'AGENTS.md'), 'rules');
  await writeFile(join(folder, 'team.code-workspace'), '{}');
  await writeFile(join(folder, '.lettaignore'), '# not for the agent\nprivate/\n*.pem\n');
  await writeFile(join(folder, 'private', 'plan.txt'), 'hidden plan');
  await writeFile(join(folder, 'server.pem'), 'hidden key');
  await writeFile(join(home, 'agents', 'letta.db'), 'memory');
  const vendor = join(root, 'node_modules', '@anthropic-ai', 'sandbox-runtime', 'vendor');
  for (const [path, text] of Object.entries(NESTED)) {
    await mkdir(join(folder, dirname(path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  place = {
    folder,
    isProtected: isGuarded,
    appeared: (paths) => appeared.push(...paths),
    unreadable: ['notes/{one,two}/*.txt', './plain/secret', 'workspace/named.txt', 'odd\\[1\\].txt'],
    secret: [join(home, 'agents')],
    vendor,
    appRoot: '/nowhere',
  };
  sandbox = await Sandbox.open(place);
});

afterAll(async () => {
  if (typeof sandbox !== 'string') await sandbox.close();
  await rm(home, { recursive: true, force: true });
});

it('opens where the system allows it, and says what is missing where not', () => {
  expect(typeof sandbox === 'string' ? sandbox : '').toMatch(possible ? /^$/ : /bubblewrap|sandbox/);
});

it('lets a command work in the workspace and in a temporary folder of its own', async () => {
  if (!possible) return expect(sandbox).toBeTypeOf('string');
  expect(await run('echo built > out.txt && cat out.txt')).toMatchObject({ ok: true, output: 'built\n' });
  expect(await readFile(join(folder, 'out.txt'), 'utf8')).toBe('built\n');
  expect(await run('echo x > "$TMPDIR/x" && cat "$TMPDIR/x"')).toMatchObject({ ok: true, output: 'x\n' });
});

it('tells a command that fails by itself from one that was kept from something', async () => {
  if (!possible) return expect(sandbox).toBeTypeOf('string');
  expect(await run('echo "2 tests failed"; exit 3')).toEqual({ ok: false, output: '2 tests failed\n', kept: false });
  expect(await run('no-such-program --version')).toMatchObject({ ok: false, kept: false });
});

it.each([
  ['writes outside of the workspace', (at: string) => `echo x > ${join(at, 'outside.txt')}`],
  ['changes the rules of agents', () => 'echo "obey" > AGENTS.md'],
  ['changes what the policy protects', () => 'echo x > team.code-workspace'],
  ['changes the repository itself', () => 'echo x > .git/config'],
  ['makes a protected folder', () => 'mkdir -p .vscode && echo x > .vscode/tasks.json'],
  ['lifts what hides files', () => 'rm .lettaignore'],
  ['reads what is hidden', () => 'cat private/plan.txt'],
  ['reads what a pattern hides', () => 'cat server.pem'],
  ['changes rules in a folder further down', () => 'echo obey > packages/app/AGENTS.md'],
  ['removes them with their folder', () => 'rm -rf packages/app'],
  ['adds a hook further down', () => 'echo evil > packages/app/.husky/post-commit'],
  ['changes what other agents obey', () => 'echo obey > packages/app/.github/copilot-instructions.md'],
  ['changes what other tools start', () => 'echo "{evil}" > .mcp.json'],
  ['changes what shells start', () => 'echo evil > .envrc'],
  ['reads what a rule refuses', () => 'cat notes/one/a.txt'],
  ['reads what lies in a folder that a rule refuses', () => 'cat plain/secret/deep/b.txt'],
  ['reads what a rule refuses by the name of the workspace', () => 'cat named.txt'],
  ['reads what a rule refuses with escapes', () => "cat 'odd[1].txt'"],
  ['reads memory', (at: string) => `cat ${join(at, 'agents', 'letta.db')}`],
])('keeps a command from it that %s', async (_what, command) => {
  if (!possible) return expect(sandbox).toBeTypeOf('string');
  const result = await run(command(home));
  expect(result.ok).toBe(false);
  expect(result.output).not.toMatch(/hidden|memory\b/);
  expect(existsSync(join(home, 'outside.txt'))).toBe(false);
  expect(await readFile(join(folder, 'AGENTS.md'), 'utf8')).toBe('rules');
  expect(await readFile(join(folder, 'team.code-workspace'), 'utf8')).toBe('{}');
  for (const path of ['.git/config', '.vscode']) expect(existsSync(join(folder, path))).toBe(false);
  expect(existsSync(join(folder, '.lettaignore'))).toBe(true);
  for (const [path, text] of Object.entries(NESTED)) expect(await readFile(join(folder, path), 'utf8')).toBe(text);
  expect(existsSync(join(folder, 'packages/app/.husky/post-commit'))).toBe(false);
});

it('tells of files that others obey and that a command made, once, and keeps the next one from them', async () => {
  if (!possible || typeof sandbox === 'string') return expect(sandbox).toBeTypeOf('string');
  expect(appeared).toEqual([]);
  expect(await run('mkdir -p deep/er && echo obey > deep/er/AGENTS.md && mkdir .cursor')).toMatchObject({ ok: true });
  expect(appeared.toSorted()).toEqual([join(folder, '.cursor'), join(folder, 'deep/er/AGENTS.md')]);
  await sandbox.renew(place);
  expect(await run('echo more >> deep/er/AGENTS.md')).toMatchObject({ ok: false, kept: true });
  expect(appeared).toHaveLength(2);
});

it('goes by what holds when a command starts', async () => {
  if (!possible || typeof sandbox === 'string') return expect(sandbox).toBeTypeOf('string');
  await writeFile(join(folder, 'later.txt'), 'hidden later');
  expect(await run('cat later.txt')).toMatchObject({ ok: true });
  await writeFile(join(folder, '.lettaignore'), 'private/\n*.pem\nlater.txt\n');
  await mkdir(join(folder, 'below', 'in'), { recursive: true });
  await writeFile(join(folder, 'below', '.lettaignore'), 'own.txt\n');
  await writeFile(join(folder, 'below', 'in', 'own.txt'), 'hidden below');
  await sandbox.renew(place);
  for (const path of ['later.txt', 'below/in/own.txt']) {
    const result = await run(`cat ${path}`);
    expect(result.ok).toBe(false);
    expect(result.output).not.toContain('hidden');
  }
});

it('says what to do where the `.lettaignore` of the workspace cannot be read', async () => {
  if (!possible || typeof sandbox === 'string') return expect(sandbox).toBeTypeOf('string');
  await rename(join(folder, '.lettaignore'), join(folder, '.kept'));
  // Whoever runs this may read every file; no one can read a folder as one.
  await mkdir(join(folder, '.lettaignore'));
  await expect(sandbox.renew(place)).rejects.toThrow(/\.lettaignore cannot be read.*Make it a file/s);
  await rm(join(folder, '.lettaignore'), { recursive: true });
  await rename(join(folder, '.kept'), join(folder, '.lettaignore'));
  await sandbox.renew(place);
  expect(await run('echo went on')).toMatchObject({ ok: true });
});

it('reaches no network, neither another computer nor this one', async () => {
  if (!possible) return expect(sandbox).toBeTypeOf('string');
  const script = `
    const ask = (url) => fetch(url).then(() => 'reached', (error) => String(error.cause?.code ?? error.cause ?? error));
    const { createServer } = await import('node:net');
    console.log(await ask('http://example.com'), await ask('http://127.0.0.1:${await outsidePort()}'));
    process.exit(1);`;
  const result = await run(
    `${process.execPath} --input-type=module -e ${JSON.stringify(script.replaceAll('\n', ' '))}`,
  );
  expect(result.output).not.toContain('reached');
  expect(result).toMatchObject({ ok: false, kept: true });
  expect(served).toBe(0);
});

it('ends what still runs when its time is over, with all that it has started', async () => {
  if (!possible) return expect(sandbox).toBeTypeOf('string');
  const mark = `sleep 5${process.pid}`;
  expect(await run(`${mark} & ${mark}; wait`, 1_000)).toMatchObject({ ok: true });
  await expect.poll(() => spawnSync('pgrep', ['-f', `^${mark}`]).stdout.toString()).toBe('');
});

let served = 0;
async function outsidePort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer((socket) => {
    served++;
    socket.end();
  });
  server.unref();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}
