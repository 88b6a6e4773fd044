// Commands of the agent in the real sandbox, where the system allows one: what they may do, and that nothing of them stays.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root } from '../../../scripts/lib/package.ts';
import { ChildRunner } from '../../../src/editor/terminal/child-runner.ts';
import { LogFolder } from '../../../src/editor/terminal/log-folder.ts';
import { Runs } from '../../../src/editor/terminal/runs.ts';
import { looksKept, Sandbox } from '../../../src/native/sandbox.ts';
import { sandboxPossible } from '../../support/sandbox-possible.ts';
import { alive, never } from './support.ts';

const possible = sandboxPossible('socat', 'rg');

let home: string;
let folders: string[];
let sandbox: Sandbox | string;
let runs: Runs;
let calls = 0;

beforeAll(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'letta-boxed-runs-')));
  folders = [join(home, 'one'), join(home, 'two')];
  for (const folder of folders) {
    await mkdir(folder);
    await writeFile(join(folder, '.lettaignore'), 'hidden.txt\n');
    await writeFile(join(folder, 'hidden.txt'), 'nobody reads this');
    await writeFile(join(folder, 'AGENTS.md'), 'rules');
  }
  const [folder = '', ...others] = folders;
  const vendor = join(root, 'node_modules', '@anthropic-ai', 'sandbox-runtime', 'vendor');
  const place = { folder, others, domains: ['localhost'], isProtected: () => false, secret: [], vendor };
  sandbox = await Sandbox.open({ ...place, appRoot: '/nowhere' });
  const runner = new ChildRunner({
    mirror: () => ({ write: () => {}, ended: () => {}, show: () => {} }),
    wrap: async ({ command }) => {
      if (typeof sandbox === 'string') throw new Error(sandbox);
      const box = sandbox;
      return { ...(await box.wrap(command)), ended: () => box.ran() };
    },
  });
  runs = new Runs({ logs: new LogFolder(join(home, 'logs')), runner, boxed: runner, changed: () => {} });
});

afterAll(async () => {
  await runs.dispose();
  if (typeof sandbox !== 'string') await sandbox.close();
  await rm(home, { recursive: true, force: true });
});

async function ended(command: string) {
  calls += 1;
  const spec = { threadId: 'thread', callId: `c${calls}`, cwd: folders[0] ?? '', background: false, boxed: true };
  const run = await runs.start({ ...spec, command });
  expect(await run.pause(20_000, never)).toBe('ended');
  return { exitCode: run.exitCode, text: (await run.look('begin')).text, kept: looksKept(run.tail) };
}

it('starts nothing where there is no sandbox', async () => {
  if (possible) return expect(sandbox).toBeTypeOf('object');
  await expect(ended('true')).rejects.toThrow(/bubblewrap|sandbox/);
});

it('works in every folder of the workspace', async () => {
  if (!possible) return expect(sandbox).toBeTypeOf('string');
  expect(await ended(`echo a > a.txt; echo b > ${join(folders[1] ?? '', 'b.txt')}; cat a.txt; exit 5`)).toEqual({
    exitCode: 5,
    text: 'a\n',
    kept: false,
  });
  expect(existsSync(join(home, 'two', 'b.txt'))).toBe(true);
});

it.each([
  ['writes elsewhere', () => `echo x > ${join(home, 'outside.txt')}`],
  ['changes rules in another folder', () => `echo x > ${join(home, 'two', 'AGENTS.md')}`],
  ['reads what is hidden in another folder', () => `cat ${join(home, 'two', 'hidden.txt')}`],
])('keeps a command from it that %s, and it can be told', async (_what, command) => {
  if (!possible) return expect(sandbox).toBeTypeOf('string');
  const result = await ended(command());
  expect(result.exitCode).not.toBe(0);
  expect(result.kept).toBe(true);
  expect(result.text).not.toContain('nobody reads this');
  expect(existsSync(join(home, 'outside.txt'))).toBe(false);
});

it('reaches a host that is allowed, and no other, though both are this computer', async () => {
  if (!possible) return expect(sandbox).toBeTypeOf('string');
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.host ?? '');
    response.end('reached');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  // As programs do that know the proxy, whatever it exempts.
  const ask = (host: string) =>
    ended(`${process.execPath} ${JSON.stringify(join(import.meta.dirname, 'ask-proxy.mjs'))} http://${host}:${port}/`);
  try {
    expect(await ask('localhost')).toMatchObject({ exitCode: 0, text: '200 reached\n' });
    const refused = await ask('127.0.0.1');
    expect(refused).toMatchObject({ exitCode: 1, kept: true });
    expect(refused.text).toMatch(/^403 /);
    expect(await ask('example.org')).toMatchObject({ exitCode: 1, text: expect.stringMatching(/^403 /) });
    expect(asked).toEqual([`localhost:${port}`]);
  } finally {
    server.close();
  }
});

it('ends one that is killed, with all that it has started', async () => {
  if (!possible) return expect(sandbox).toBeTypeOf('string');
  const mark = `sleep 51${process.pid}`;
  const spec = { threadId: 'thread', callId: 'killed', cwd: folders[0] ?? '', background: true, boxed: true };
  const run = await runs.start({ ...spec, command: `${mark} & echo begun; ${mark}` });
  await expect.poll(() => run.tail).toContain('begun');
  run.kill('agent');
  expect(await run.pause(10_000, never)).toBe('ended');
  await expect.poll(() => alive(`^${mark}`)).toBe(false);
});
