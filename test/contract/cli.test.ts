// The program `serve` as people start it: its arguments, its token, its address.
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Letta } from '@letta-ai/letta-client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sandboxPossible } from '../support/sandbox-possible.ts';
import { hang, startScriptedModel } from '../support/scripted-model.ts';
import { eventually } from './support/contract.ts';
import { type SpawnedServer, spawnCli, temporaryFolder } from './support/server.ts';

let folder: ReturnType<typeof temporaryFolder>;
let running: SpawnedServer[] = [];

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(async () => {
  await Promise.all(running.map((server) => server.close()));
  running = [];
  folder.remove();
});

async function serve(...args: string[]): Promise<SpawnedServer> {
  const server = await spawnCli(['--port', '0', '--data-dir', folder.path, ...args]);
  running.push(server);
  return server;
}

function status(server: SpawnedServer, headers: Record<string, string> = {}, path = '/v1/agents/'): Promise<number> {
  return server.fetch(`${server.baseUrl}${path}`, { headers }).then((response) => response.status);
}

describe('the token', () => {
  test('is made once, kept for this user only, and asked of every request but health', async () => {
    const first = await serve();
    const path = join(folder.path, 'serve-token');
    expect(first.output()).toContain(path);
    const token = readFileSync(path, 'utf8').trim();
    expect(token.length).toBeGreaterThanOrEqual(32);
    expect(first.output()).not.toContain(token);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await status(first)).toBe(401);
    expect(await status(first, { authorization: 'Bearer wrong' })).toBe(401);
    expect(await status(first, { authorization: 'Bearer' })).toBe(401);
    expect(await status(first, {}, '/v1/health/')).toBe(200);
    const client = new Letta({ baseURL: first.baseUrl, apiKey: token });
    expect((await client.agents.list()).items).toEqual([]);
    await first.close();
    const second = await serve();
    expect(await status(second, { authorization: `Bearer ${token}` })).toBe(200);
  });

  test('may be given', async () => {
    const server = await serve('--token', 'a-token-of-mine');
    expect(await status(server)).toBe(401);
    expect(await status(server, { authorization: 'Bearer a-token-of-mine' })).toBe(200);
    expect(server.output()).not.toContain('a-token-of-mine');
  });

  test('in a file that others could read is closed to them', async () => {
    mkdirSync(folder.path, { recursive: true });
    writeFileSync(join(folder.path, 'serve-token'), 'an-older-token-of-mine\n', { mode: 0o644 });
    const server = await serve();
    expect(statSync(join(folder.path, 'serve-token')).mode & 0o777).toBe(0o600);
    expect(await status(server, { authorization: 'Bearer an-older-token-of-mine' })).toBe(200);
  });

  test('may be left away on loopback, where web pages are kept out', async () => {
    const server = await serve('--no-token');
    expect(await status(server)).toBe(200);
    expect(await status(server, { origin: server.baseUrl })).toBe(200);
    // Another program of this computer may serve that page, or another of its users.
    expect(await status(server, { origin: 'http://localhost:3000' })).toBe(403);
    expect(await status(server, { origin: 'https://evil.example' })).toBe(403);
    expect(await status(server, { origin: 'null' })).toBe(403);
  });
});

describe('the data folder', () => {
  const open = (path: string) => statSync(path).mode & 0o077;
  const databases = () => readdirSync(folder.path).filter((name) => name.startsWith('letta.db'));

  test('that is made is closed to other users, with all that is in it', async () => {
    const dataDir = join(folder.path, 'new');
    running.push(await spawnCli(['--port', '0', '--data-dir', dataDir]));
    expect(open(dataDir)).toBe(0);
    for (const name of readdirSync(dataDir)) expect([name, open(join(dataDir, name))]).toEqual([name, 0]);
  });

  test('that others may read has a database that they may not, made before as well', async () => {
    mkdirSync(folder.path, { recursive: true });
    chmodSync(folder.path, 0o755);
    const first = await serve();
    expect(databases().map((name) => [name, open(join(folder.path, name))])).toEqual(
      databases().map((each) => [each, 0]),
    );
    await first.close();
    writeFileSync(join(folder.path, 'letta.db.v4.backup'), 'as it was', { mode: 0o644 });
    for (const name of databases()) chmodSync(join(folder.path, name), 0o644);
    await serve();
    expect(databases()).toContain('letta.db.v4.backup');
    expect(databases().map((name) => [name, open(join(folder.path, name))])).toEqual(
      databases().map((each) => [each, 0]),
    );
  });
});

describe('a request', () => {
  test('leaves a line that says what was asked, and nothing of what was said', async () => {
    const server = await serve('--token', 'a-token-of-mine');
    const post = (path: string) =>
      server.fetch(`${server.baseUrl}${path}`, {
        method: 'POST',
        headers: { authorization: 'Bearer a-token-of-mine', 'content-type': 'application/json' },
        body: JSON.stringify({ label: 'human', value: 'a secret of mine' }),
      });
    expect((await post('/v1/blocks/?note=a-private-word')).status).toBe(200);
    expect(await status(server, { authorization: 'Bearer wrong-token' })).toBe(401);
    await eventually(() => (/ GET \/v1\/agents\/ 401 \d+ ms$/m.test(server.output()) ? true : undefined));
    expect(server.output()).toMatch(/^\d{4}-\S+ POST \/v1\/blocks\/ 200 \d+ ms$/m);
    expect(server.output()).not.toMatch(/secret of mine|private-word|-token/);
  });

  test('that names another host, as a page does that pointed its domain here, is refused without a token', async () => {
    const server = await serve('--no-token');
    const { port } = new URL(server.baseUrl);
    const asked = (host: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        request({ host: '127.0.0.1', port, path: '/openai/v1/models', headers: { host } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        })
          .on('error', reject)
          .end();
      });
    expect(await asked(`evil.example:${port}`)).toBe(403);
    expect(await asked(`localhost:${port}`)).toBe(200);
  });

  test('that is larger than any turn is refused before it is read', async () => {
    const server = await serve('--no-token');
    const refused = await new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const asking = request(
        `${server.baseUrl}/v1/blocks/`,
        { method: 'POST', headers: { 'content-length': 70 * 1024 * 1024 } },
        (answer) => {
          let body = '';
          answer.on('data', (chunk) => {
            body += chunk;
          });
          answer.on('end', () => resolve({ status: answer.statusCode, body }));
        },
      ).on('error', reject);
      asking.flushHeaders();
    });
    expect(refused).toEqual({ status: 413, body: '{"detail":"The body is larger than 64 MB."}' });
  });

  test('with X-BARE-PASSWORD passes like one with a bearer, and /latest is the same API', async () => {
    const server = await serve('--token', 'a-token-of-mine');
    expect(await status(server, { 'x-bare-password': 'password a-token-of-mine' })).toBe(200);
    expect(await status(server, { 'x-bare-password': 'password another-token' })).toBe(401);
    expect(await status(server, { authorization: 'Bearer a-token-of-mine' }, '/latest/agents/?limit=1')).toBe(200);
    expect(await status(server, {}, '/latest/agents/')).toBe(401);
    expect(await status(server, {}, '/latest/health')).toBe(200);
    const refused = await server.fetch(`${server.baseUrl}/openai/v1/models`);
    expect([refused.status, await refused.json()]).toMatchObject([
      401,
      { detail: 'Unauthorized', error: { message: expect.stringContaining('token') } },
    ]);
  });

  test('that is being answered when the server ends hears how its run ended', async () => {
    const model = await startScriptedModel({ script: [hang('Half')] });
    const server = await serve('--no-token', '--endpoint', `scripted=${model.baseUrl}`);
    const client = new Letta({ baseURL: server.baseUrl, apiKey: null });
    const agent = await client.agents.create({ model: 'scripted/scripted' });
    const answer = await fetch(`${server.baseUrl}/v1/conversations/default/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ agent_id: agent.id, input: 'Hi', stream_tokens: true }),
    });
    const said = answer.text();
    await model.whenRequest(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await server.close();
    expect(server.process.exitCode).toBe(0);
    expect(await said).toMatch(/Half[\s\S]*"stop_reason":"error"[\s\S]*event: error[\s\S]*data: \[DONE\]/);
    await model.close();
  });
});

describe('the address', () => {
  test('is on loopback, and printed', async () => {
    const server = await serve();
    expect(server.baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(server.output()).toContain(`Letta server: ${server.baseUrl}\n`);
  });

  test('that is taken is an error that says so', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      await expect(spawnCli(['--port', `${port}`, '--data-dir', folder.path])).rejects.toThrow(
        /code 1[\s\S]*Port \d+ is taken/,
      );
    } finally {
      other.close();
    }
  });
});

test('with tools it says at the start whether they run in a sandbox', async () => {
  const server = await serve('--allow-tools');
  expect(server.output()).toContain(sandboxPossible() ? 'in a sandbox' : 'WITHOUT a sandbox');
});

test('a named endpoint serves its models', async () => {
  const server = await serve('--no-token', '--endpoint', 'local=http://127.0.0.1:9/v1');
  const response = await server.fetch(`${server.baseUrl}/v1/agents/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Ada', model: 'local/some-model' }),
  });
  expect([response.status, await response.json()]).toMatchObject([200, { model: 'local/some-model' }]);
});

test.each([
  [['--port', 'many'], '--port takes a number'],
  [['--port', '70000'], '--port takes a number'],
  [['--no-token', '--token', 'abcdefgh'], 'not both'],
  [['--no-token', '--host', '0.0.0.0'], 'loopback'],
  [['--no-token', '--allow-tools'], '--allow-tools needs a token'],
  [['--token', 'short'], 'at least 8'],
  [['--endpoint', 'nothing'], 'NAME=BASEURL'],
  [['--endpoint', 'local=ftp://x'], 'NAME=BASEURL'],
  [['--nonsense'], '--nonsense'],
])('%j is refused, with the usage', async (args, expected) => {
  const started = spawnCli(['--data-dir', folder.path, ...args]);
  await expect(started).rejects.toThrow(expected);
  await expect(started).rejects.toThrow(/code 2[\s\S]*Usage: npm run serve/);
});
