// What stands between a socket and the app: who may ask, how much they may send, and a line for each request.
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { refusal } from './loopback.ts';

/** Larger than any turn with pictures; a client that sends more has lost its way. */
const MOST_MB = 64;

export interface SocketOptions {
  /** Whether each request must carry a token. Without one, web pages and foreign host names are refused. */
  hasToken: boolean;
  /** Gets a line for each answer: when, what, status, how long. Never a query, a header or a body. */
  log(line: string): void;
}

export function behindSocket(
  app: { fetch(request: Request): Promise<Response> },
  { hasToken, log }: SocketOptions,
): Pick<Hono, 'fetch'> {
  const outer = new Hono();
  outer.use(async (c, next) => {
    const started = performance.now();
    await next();
    const took = Math.round(performance.now() - started);
    log(`${new Date().toISOString()} ${c.req.method} ${c.req.path} ${c.res.status} ${took} ms`);
  });
  outer.use(async (c, next) => {
    const why = hasToken ? null : refusal(c.req.raw);
    return why === null ? next() : c.json({ detail: why }, 403);
  });
  outer.use(
    bodyLimit({
      maxSize: MOST_MB * 1024 * 1024,
      onError: (c) => c.json({ detail: `The body is larger than ${MOST_MB} MB.` }, 413),
    }),
  );
  outer.all('*', (c) => app.fetch(c.req.raw));
  outer.onError((error) => {
    log(error.stack ?? error.message);
    return Response.json({ detail: 'An unknown error occurred' }, { status: 500 });
  });
  return outer;
}
