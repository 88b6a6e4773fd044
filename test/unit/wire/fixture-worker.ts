// A worker with a small app behind the real wire; what it is told to do stands in the path, what it saw in its log.
import { existsSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { post, serveWire } from '../../../src/server/wire.ts';

if (parentPort === null) throw new Error('This file runs in a worker thread.');
const port = parentPort;
const mode: string = workerData.version;
const log = (line: string) => post(port, { type: 'log', line });
const encoder = new TextEncoder();

async function fetch(request: Request): Promise<Response> {
  const url = new URL(request.url);
  switch (url.pathname) {
    case '/echo': {
      const body = await request.text();
      return Response.json({ method: request.method, url: request.url, headers: [...request.headers], body });
    }
    case '/empty':
      return new Response(null, { status: 204 });
    case '/wait':
      request.signal.addEventListener('abort', () => log('wait aborted'));
      log('waiting');
      return new Promise(() => {});
    case '/throw':
      throw new Error('planned');
    case '/crash':
      setImmediate(() => {
        throw new Error('planned crash');
      });
      return new Promise(() => {});
    case '/exit':
      process.exit(3);
      break;
    case '/bare':
      // Answers a stream that knows nothing of its request.
      return events(Number(url.searchParams.get('n')), () => log('bare cancelled'));
    case '/stream':
      request.signal.addEventListener('abort', () => log('stream aborted'));
      return events(Number(url.searchParams.get('n')), () => log('stream cancelled'));
    case '/broken': {
      const body = new ReadableStream({
        start(out) {
          out.enqueue(encoder.encode('data: 0\n\n'));
        },
        pull() {
          throw new Error('broke in the middle');
        },
      });
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    }
  }
  return Response.json({ detail: 'Not Found' }, { status: 404 });
}

/** `n` events of 1 KB, each made when it is asked for; then quiet for ever if `n` is negative. */
function events(n: number, cancelled: () => void): Response {
  let made = 0;
  const body = new ReadableStream(
    {
      pull(out) {
        if (made === Math.abs(n)) {
          if (n < 0) return new Promise<void>(() => {});
          out.close();
          log(`made ${made}`);
          return;
        }
        out.enqueue(encoder.encode(`data: ${String(made++).padEnd(1000)}\n\n`));
        if (made % 10 === 0) log(`made ${made}`);
      },
      cancel: cancelled,
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } });
}

if (mode === 'refuse') {
  post(port, { type: 'failed', reason: 'corrupt', message: '/data/letta.db is damaged.' });
  port.close();
} else if (mode === 'migrating') {
  post(port, { type: 'migrating' });
  log('migrating');
  // Ready once the test says that it may be: its folder is there.
  const done = setInterval(() => {
    if (!existsSync(workerData.dataDir)) return;
    clearInterval(done);
    serveWire(port, { fetch, configure: () => {}, close: async () => {} });
    post(port, { type: 'ready' });
  }, 5);
} else if (mode === 'silent') {
  port.on('message', () => {});
} else {
  serveWire(port, {
    fetch,
    configure: (endpoints) => log(`configured ${endpoints.map((e) => `${e.name}=${e.baseUrl}`).join(',')}`),
    close: async () => {
      log('flushing');
      if (mode === 'stuck') await new Promise(() => {});
      if (mode === 'blocked') while (true);
      if (mode === 'unable') throw new Error('disk full');
    },
  });
  post(port, { type: 'ready' });
}
