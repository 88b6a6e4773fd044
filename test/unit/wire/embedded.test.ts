// The wire between extension host and embedded server, with a real worker thread.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type EmbeddedServer, EmbeddedServerError, startEmbeddedServer } from '../../../src/letta/embedded.ts';
import { temporaryFolder } from '../server/support.ts';

const workerPath = new URL('./fixture-worker.ts', import.meta.url);
const base = 'http://embedded.invalid';

/** Log lines, and a way to wait for one. */
class Log {
  readonly lines: string[] = [];
  readonly #waiting: { line: string; resolve: () => void }[] = [];

  readonly add = (line: string): void => {
    this.lines.push(line);
    for (const wait of this.#waiting) if (wait.line === line) wait.resolve();
  };

  seen(line: string): Promise<void> {
    if (this.lines.includes(line)) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ line, resolve }));
  }
}

let server: EmbeddedServer | undefined;
let log = new Log();

async function start(version = 'plain', endpoints: { name: string; baseUrl: string }[] = []): Promise<EmbeddedServer> {
  log = new Log();
  server = await startEmbeddedServer({ workerPath, dataDir: '/nowhere', version, endpoints, log: log.add });
  return server;
}

function readerOf(response: Response): ReadableStreamDefaultReader<Uint8Array> {
  if (response.body === null) throw new Error('no body');
  return response.body.getReader();
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('expected a failure');
}

afterEach(async () => {
  await server?.close();
  server = undefined;
});

describe('a request', () => {
  test('crosses with its method, address, headers and body', async () => {
    const { fetch } = await start();
    const response = await fetch(`${base}/echo?a=1&a=2`, {
      method: 'post',
      headers: { 'X-Letta': 'yes', 'content-type': 'application/json' },
      body: '{"text":"née 🙂"}',
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    const echo = await response.json();
    expect(echo).toMatchObject({ method: 'POST', url: `${base}/echo?a=1&a=2`, body: '{"text":"née 🙂"}' });
    expect(Object.fromEntries(echo.headers)).toMatchObject({ 'x-letta': 'yes', 'content-type': 'application/json' });
  });

  test('may be a Request, a form or bytes', async () => {
    const { fetch } = await start();
    const fromRequest = await fetch(new Request(`${base}/echo`, { method: 'PATCH', body: 'from a request' }));
    expect(await fromRequest.json()).toMatchObject({ method: 'PATCH', body: 'from a request' });
    const form = new FormData();
    form.set('file', new Blob(['{"agents":[]}']), 'a.af');
    const fromForm = await (await fetch(`${base}/echo`, { method: 'POST', body: form })).json();
    expect(Object.fromEntries(fromForm.headers)['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    expect(fromForm.body).toContain('{"agents":[]}');
    const bytes = await fetch(`${base}/echo`, { method: 'PUT', body: new TextEncoder().encode('bytes') });
    expect(await bytes.json()).toMatchObject({ body: 'bytes' });
  });

  test('can be one of many at a time', async () => {
    const { fetch } = await start();
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, n) => (await (await fetch(`${base}/echo?n=${n}`)).json()).url),
    );
    expect(answers).toEqual(Array.from({ length: 200 }, (_, n) => `${base}/echo?n=${n}`));
  });

  test('gets errors and empty answers as they are', async () => {
    const { fetch } = await start();
    expect((await fetch(`${base}/nothing`)).status).toBe(404);
    const empty = await fetch(`${base}/empty`);
    expect([empty.status, empty.body]).toEqual([204, null]);
    const thrown = await fetch(`${base}/throw`);
    expect([thrown.status, await thrown.json()]).toEqual([500, { detail: 'An unknown error occurred' }]);
    expect(log.lines.some((line) => line.includes('planned'))).toBe(true);
  });
});

describe('an event stream', () => {
  test('comes whole and ends', async () => {
    const { fetch } = await start();
    const body = await (await fetch(`${base}/stream?n=25`)).text();
    expect(body.split('\n\n').map((frame) => frame.trim())).toEqual([
      ...Array.from({ length: 25 }, (_, n) => `data: ${n}`),
      '',
    ]);
  });

  test('waits for its reader', async () => {
    const { fetch } = await start();
    const reader = readerOf(await fetch(`${base}/stream?n=1000`));
    for (let n = 0; n < 12; n++) await reader.read();
    // Whatever was made ahead is made by now: a later request has been answered.
    await (await fetch(`${base}/echo`)).json();
    expect(log.lines).toContain('made 10');
    expect(log.lines).not.toContain('made 30');
    await reader.cancel();
  });

  test('tells the server that its reader left', async () => {
    const { fetch } = await start();
    const reader = readerOf(await fetch(`${base}/stream?n=-3`));
    await reader.read();
    await reader.cancel();
    await log.seen('stream aborted');
    await log.seen('stream cancelled');
  });

  test('ends with the abort of its request, on both sides', async () => {
    const { fetch } = await start();
    const controller = new AbortController();
    const reader = readerOf(await fetch(`${base}/bare?n=-2`, { signal: controller.signal }));
    await reader.read();
    await reader.read();
    const waiting = failure(reader.read());
    controller.abort();
    expect(await waiting).toMatchObject({ name: 'AbortError' });
    await log.seen('bare cancelled');
  });

  test('that breaks on the server breaks for its reader', async () => {
    const { fetch } = await start();
    const reader = readerOf(await fetch(`${base}/broken`));
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('data: 0\n\n');
    expect(String(await failure(reader.read()))).toContain('broke in the middle');
    expect((await fetch(`${base}/empty`)).status).toBe(204);
  });
});

describe('an abort', () => {
  test('before the answer rejects at once and reaches the server', async () => {
    const { fetch } = await start();
    const controller = new AbortController();
    const answer = failure(fetch(`${base}/wait`, { signal: controller.signal }));
    await log.seen('waiting');
    controller.abort();
    expect(await answer).toMatchObject({ name: 'AbortError' });
    await log.seen('wait aborted');
  });

  test('before the request sends nothing', async () => {
    const { fetch } = await start();
    expect(await failure(fetch(`${base}/wait`, { signal: AbortSignal.abort() }))).toMatchObject({ name: 'AbortError' });
    await (await fetch(`${base}/echo`)).json();
    expect(log.lines).not.toContain('waiting');
  });
});

describe('the thread', () => {
  test('learns new endpoints', async () => {
    const running = await start();
    running.configure([{ name: 'local', baseUrl: 'http://127.0.0.1:1/v1' }]);
    await log.seen('configured local=http://127.0.0.1:1/v1');
  });

  test('that refuses to start says why', async () => {
    const error = await failure(start('refuse'));
    expect(error).toBeInstanceOf(EmbeddedServerError);
    expect(error).toMatchObject({ reason: 'start_failed', detail: 'corrupt', message: '/data/letta.db is damaged.' });
  });

  test('that never says ready is given up', async () => {
    const options = { workerPath, dataDir: '/nowhere', version: 'silent', endpoints: [], startTimeout: 300 };
    expect(await failure(startEmbeddedServer(options))).toMatchObject({ reason: 'start_timeout' });
  });

  test('that brings a large database to this version is waited for, however long that takes', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    log = new Log();
    const dataDir = join(temporaryFolder(), 'ready');
    const starting = startEmbeddedServer({ workerPath, dataDir, version: 'migrating', endpoints: [], log: log.add });
    starting.catch(() => {});
    await log.seen('migrating');
    vi.advanceTimersByTime(3_600_000);
    mkdirSync(dataDir);
    server = await starting;
    expect((await server.fetch(`${base}/empty`)).status).toBe(204);
  });

  test('without a file is an error, not a hang', async () => {
    const error = await failure(
      startEmbeddedServer({
        workerPath: new URL('./missing.ts', import.meta.url),
        dataDir: '/nowhere',
        version: '0',
        endpoints: [],
      }),
    );
    expect(error).toMatchObject({ reason: 'exited' });
  });

  test.each([
    ['crash', 'planned crash'],
    ['exit', 'code 3'],
  ])('that ends by itself (%s) fails what is under way and says so once', async (path, text) => {
    const running = await start();
    const told: EmbeddedServerError[] = [];
    running.onExit((error) => told.push(error));
    running.onExit(() => told.push(new EmbeddedServerError('closed', 'disposed'))).dispose();
    const reader = readerOf(await running.fetch(`${base}/stream?n=-1`));
    await reader.read();
    const stream = failure(reader.read());
    const request = failure(running.fetch(`${base}/${path}`));
    expect(await request).toMatchObject({ name: 'EmbeddedServerError', reason: 'exited' });
    expect(await stream).toMatchObject({ reason: 'exited' });
    expect(await failure(running.fetch(`${base}/echo`))).toMatchObject({ reason: 'exited' });
    await running.close();
    expect(told.map((error) => error.reason)).toEqual(['exited']);
    expect(told[0]?.message).toContain(text);
  });
});

describe('close', () => {
  test('lets the server flush, fails what is left, and is not an exit', async () => {
    const running = await start();
    const told: string[] = [];
    running.onExit((error) => told.push(error.reason));
    const reader = readerOf(await running.fetch(`${base}/stream?n=-1`));
    await reader.read();
    const rest = failure(reader.read());
    await Promise.all([running.close(), running.close()]);
    expect(log.lines).toContain('flushing');
    expect(await rest).toMatchObject({ reason: 'closed' });
    expect(await failure(running.fetch(`${base}/echo`))).toMatchObject({ reason: 'closed' });
    expect(told).toEqual([]);
  });

  // 600 ms where the machine has nothing else to do; an extension that is switched off is given 1.5 s by VS Code.
  test.each(['stuck', 'blocked', 'unable'])('ends in time with a server that is %s', async (mode) => {
    const running = await start(mode);
    const began = performance.now();
    const took = async (work: Promise<unknown>) => work.then(() => performance.now() - began);
    // A busy machine lets the one wait as it does the other.
    const [closing, waiting] = await Promise.all([took(running.close()), took(after(600))]);
    expect(closing).toBeLessThan(waiting + 600);
  });
});
