// What other processes that share the database have changed: how windows learn of each other.
import { Hono } from 'hono';
import * as z from 'zod/mini';
import type { StoreEvent } from '../store/events.ts';
import type { Store } from '../store/store.ts';
import { checkId, intQuery, type RouteDeps, readBody } from './http.ts';

/** How soon one window sees what another does: half of it in the middle, and the rest of a second is for showing it. */
const LOOK_MS = 100;
const MOST_WAIT_MS = 30_000;
/** Who begins to listen has read things a moment before. */
const BEFORE_MS = 5_000;

const Told = z.object({
  kind: z.literal('reviews.changed'),
  agent_id: z.string(),
  waiting: z.int().check(z.minimum(0)),
});

export function eventRoutes({ store }: RouteDeps): Hono {
  const app = new Hono({ strict: false });
  app.get('/', async (c) => {
    const after = intQuery(c, 'after', 0, Number.MAX_SAFE_INTEGER) ?? store.events.lastBefore(Date.now() - BEFORE_MS);
    const wait = intQuery(c, 'wait', 0, MOST_WAIT_MS) ?? 0;
    return c.json(await next(store, after, wait, c.req.raw.signal));
  });
  app.post('/', async (c) => {
    const { kind, agent_id, waiting } = await readBody(c, Told);
    const agentId = checkId('agent', agent_id);
    store.write('relaxed', () => store.events.append(kind, String(waiting), agentId));
    return c.json({});
  });
  return app;
}

/** What there is after a number, or comes within `wait` milliseconds. */
async function next(store: Store, after: number, wait: number, signal: AbortSignal) {
  const until = performance.now() + wait;
  let last = after;
  for (;;) {
    const version = store.dataVersion();
    const events = store.events.after(last);
    last = events.at(-1)?.n ?? last;
    const others = store.events.ofOthers(events);
    if (events.length > 0 && others.length === 0) continue;
    if (others.length > 0) return { events: others.map(asView), last };
    while (store.dataVersion() === version) {
      if (signal.aborted || performance.now() >= until) return { events: [], last };
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS).unref());
    }
  }
}

const asView = ({ n, at, kind, agentId, conversationId, subject }: StoreEvent) => ({
  n,
  at: new Date(at).toISOString(),
  kind,
  agent_id: agentId,
  conversation_id: conversationId,
  subject,
});
