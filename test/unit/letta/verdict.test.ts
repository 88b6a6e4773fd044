// Eight verdicts on an address, each from what really answers there; a key goes only to a Letta server.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { type AddressInfo, createServer as createSocket, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { checkServer } from '../../../src/letta/verdict.ts';
import { SELF_SIGNED } from '../../support/self-signed.ts';

const open: Server[] = [];
const sockets = new Set<Socket>();

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  for (const server of open.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function listen(server: Server): Promise<number> {
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(server);
  return (server.address() as AddressInfo).port;
}

interface Asked {
  path: string;
  key: string | undefined;
}

/** @param answers by path; anything else is a 404, as FastAPI says it */
async function letta(
  answers: Record<string, [status: number, body: unknown, headers?: Record<string, string>]>,
  keys?: string,
) {
  const asked: Asked[] = [];
  const answer = ({ url = '', headers }: IncomingMessage, response: ServerResponse) => {
    const path = url.split('?')[0] ?? '';
    asked.push({ path, key: headers.authorization });
    const [status, body, more] = answers[path] ?? [404, { detail: 'Not Found' }];
    const refused = keys !== undefined && path !== '/v1/health/' && headers.authorization !== `Bearer ${keys}`;
    response.writeHead(refused ? 401 : status, { 'content-type': 'application/json', ...more });
    response.end(refused ? '{}' : typeof body === 'string' ? body : JSON.stringify(body));
  };
  return { url: `http://127.0.0.1:${await listen(createServer(answer))}`, asked };
}

const HEALTHY = {
  '/v1/health/': [200, { version: '0.16.8', status: 'ok' }],
  '/v1/agents/': [200, []],
  '/v1/conversations/': [200, []],
} satisfies Parameters<typeof letta>[0];

test('ok: a Letta server, with or without /v1 and slashes', async () => {
  const { url } = await letta(HEALTHY);
  for (const form of [url, `${url}/`, `${url}/v1`, ` ${url}/v1/ `])
    expect(await checkServer({ url: form })).toEqual({ verdict: 'ok', message: `Letta 0.16.8 answers at ${url}.` });
});

test('refused: nobody listens there', async () => {
  const socket = createSocket();
  const port = await listen(socket);
  open.pop();
  await new Promise((resolve) => socket.close(resolve));
  const { verdict, message } = await checkServer({ url: `http://127.0.0.1:${port}` });
  expect([verdict, message]).toEqual(['refused', expect.stringMatching(/Nothing answers at .*Start the server/)]);
});

test('dns: there is no such host', async () => {
  const { verdict, message } = await checkServer({ url: 'http://letta.invalid:8283' });
  expect([verdict, message]).toEqual(['dns', expect.stringContaining('no host named letta.invalid')]);
});

test('tls: a certificate that nobody vouches for, and a server that speaks no TLS', async () => {
  const server = createSecure(SELF_SIGNED, (_, response) => response.end('{}'));
  expect((await checkServer({ url: `https://127.0.0.1:${await listen(server)}` })).verdict).toBe('tls');
  const { url } = await letta(HEALTHY);
  expect((await checkServer({ url: url.replace('http:', 'https:') })).verdict).toBe('tls');
});

test('timeout: it takes the connection and says nothing', async () => {
  const port = await listen(createSocket(() => {}));
  const { verdict } = await checkServer({ url: `http://127.0.0.1:${port}` }, { timeoutMs: 50 });
  expect(verdict).toBe('timeout');
});

test('unauthorized: no key, and a wrong one', async () => {
  const { url } = await letta(HEALTHY, 'right');
  expect(await checkServer({ url })).toMatchObject({
    verdict: 'unauthorized',
    message: expect.stringContaining('asks for a key'),
  });
  expect(await checkServer({ url, key: 'wrong' })).toMatchObject({
    verdict: 'unauthorized',
    message: expect.stringContaining('refuses this key'),
  });
  expect((await checkServer({ url, key: 'right' })).verdict).toBe('ok');
});

test('not Letta: another server, an error page, JSON of something else; it never sees the key', async () => {
  for (const body of ['<html>nginx</html>', { ok: true }, '[]']) {
    const { url, asked } = await letta({ '/v1/health/': [200, body] });
    expect((await checkServer({ url, key: 'secret' })).verdict).toBe('notLetta');
    expect(asked).toEqual([{ path: '/v1/health/', key: undefined }]);
  }
  const { url } = await letta({ '/v1/health/': [502, 'Bad Gateway'] });
  expect((await checkServer({ url })).message).toContain('HTTP 502');
});

test('too old: agents, and no conversations', async () => {
  const { '/v1/conversations/': _, ...old } = HEALTHY;
  const { url } = await letta(old);
  expect(await checkServer({ url })).toMatchObject({ verdict: 'tooOld', message: expect.stringContaining('(0.16.8)') });
});

test('a redirect is followed at the same place; elsewhere the key does not go', async () => {
  const elsewhere = await letta(HEALTHY);
  const { url, asked } = await letta({
    ...HEALTHY,
    '/v1/agents/': [307, '', { location: '/v1/agents' }],
    '/v1/agents': [200, []],
    '/v1/conversations/': [307, '', { location: `${elsewhere.url}/v1/conversations/` }],
  });
  await checkServer({ url, key: 'secret' });
  expect(asked.map(({ path }) => path)).toContain('/v1/agents');
  expect(elsewhere.asked).toEqual([]);
});

test('Letta Cloud is asked with the key at once', async () => {
  const { url, asked } = await letta(HEALTHY, 'right');
  expect((await checkServer({ url, key: 'right', cloud: true })).verdict).toBe('ok');
  expect(asked.every(({ key }) => key === 'Bearer right')).toBe(true);
});

test('the key stands in no message', async () => {
  const { url } = await letta({ '/v1/health/': [200, {}] });
  expect((await checkServer({ url, key: 'sk-secret' })).message).not.toContain('sk-secret');
});
