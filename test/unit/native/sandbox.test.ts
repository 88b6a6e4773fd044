// Real commands in the real sandbox; where the system allows none, it must say what is missing.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root } from '../../../scripts/lib/package.ts';
import { Sandbox } from '../../../src/native/sandbox.ts';
import { sandboxPossible } from '../../support/sandbox-possible.ts';

const possible = sandboxPossible('socat', 'rg');

let home: string;
let folder: string;
let sandbox: Sandbox | string;

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
  sandbox = await Sandbox.open({
    folder,
    isProtected: (name) => name === 'team.code-workspace',
    secret: [join(home, 'agents')],
    vendor,
    appRoot: '/nowhere',
  });
}, 30_000);

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
  await expect.poll(() => spawnSync('pgrep', ['-f', `^${mark}`]).stdout.toString(), { timeout: 5_000 }).toBe('');
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
