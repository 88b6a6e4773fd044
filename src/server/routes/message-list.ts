// Pages of messages: whole stored messages, each with all of its variants.
import { type Context, Hono } from 'hono';
import type { Audience } from '../engine/audience.ts';
import { ApiError } from '../engine/errors.ts';
import { isByLocalReader } from '../engine/kept-local.ts';
import { type LettaMessage, toLettaMessages } from '../engine/render.ts';
import { LOCAL_ONLY } from '../store/kept-local.ts';
import type { MessageQuery } from '../store/messages.ts';
import { audienceFor } from './for-model.ts';
import { checkId, listQuery, pageOf, type RouteDeps } from './http.ts';

/** How many stored messages are read at once while a filter leaves most of them out. */
const BATCH = 200;
/** On calls that wait: whoever keeps what they say keeps it to local models. */
const LOCAL = { [LOCAL_ONLY]: true };

/**
 * `before` and `after` are relative to an order that was asked for; without one they are chronological, and `after`
 * alone gives what came next, oldest first. `limit` counts stored messages that have something to show.
 * `for_model`: see `audienceFor`. `around`, a message's id or otid: the page in whose middle it stands, oldest first; nothing
 * where it is not in the conversation.
 */
export function listMessages(
  c: Context,
  { store, engine }: Pick<RouteDeps, 'store' | 'engine'>,
  agentId: string | undefined,
  owner: string | undefined,
): LettaMessage[] {
  const audience = audienceFor({ store, engine }, agentId ?? '', c.req.query('for_model'));
  const page = pageOf(c, { limit: 100, descending: true });
  const types = listQuery(c, 'include_return_message_types');
  const reading = { store, engine, audience, hidden: new Set<string>(), wanted: types && new Set(types) };
  const from = { agentId, owner };
  const around = c.req.query('around');
  if (around && owner !== undefined) {
    const place = store.messages.place(from, around) ?? store.messages.placeOfOtid(owner, around);
    if (place === undefined) return [];
    const older = Math.ceil(page.limit / 2);
    return [
      ...read(reading, { ...from, below: place + 1, descending: true }, older).reverse(),
      ...read(reading, { ...from, above: place, descending: false }, page.limit - older),
    ];
  }
  const descending = page.explicitOrder ? page.descending : page.after === undefined;
  const [older, newer] = page.explicitOrder && page.descending ? [page.after, page.before] : [page.before, page.after];
  const above = newer === undefined ? undefined : store.messages.place(from, newer);
  const below = older === undefined ? undefined : store.messages.place(from, older);
  // A cursor that is not here any more: an empty page ends the iteration, the first page would start it anew.
  if ((newer !== undefined && above === undefined) || (older !== undefined && below === undefined)) return [];
  return read(reading, { ...from, above, below, descending }, page.limit);
}

interface Reading extends Pick<RouteDeps, 'store' | 'engine'> {
  audience: Audience;
  /** Ids of calls whose results are hidden too. */
  hidden: Set<string>;
  wanted: ReadonlySet<string> | undefined;
}

/** Up to `limit` stored messages that have something to show, in the order of the query. */
function read(
  { store, engine, audience, hidden, wanted }: Reading,
  query: Omit<MessageQuery, 'limit'>,
  limit: number,
): LettaMessage[] {
  let { above, below } = query;
  const { descending } = query;
  const shown: LettaMessage[] = [];
  for (let left = limit; left > 0; ) {
    const size = Math.min(BATCH, wanted ? BATCH : left);
    const rows = store.messages.list({ ...query, above, below, limit: size });
    for (const { message } of rows) {
      const seen = { ...message, body: audience.show(message, hidden) };
      const mark = message.body.role === 'request' && isByLocalReader(store, engine.models, message) ? LOCAL : {};
      const variants = toLettaMessages(seen)
        .filter((variant) => !wanted || wanted.has(variant.message_type))
        .map((variant) => ({ ...variant, ...mark }));
      if (variants.length === 0) continue;
      if (descending) variants.reverse();
      shown.push(...variants);
      left -= 1;
      if (left === 0) break;
    }
    const last = rows.at(-1);
    if (!last || rows.length < size) break;
    if (descending) below = last.place;
    else above = last.place;
  }
  return shown;
}

/** Under /v1/messages: of all agents, or of one conversation. */
export function messageListRoutes(deps: RouteDeps): Hono {
  const app = new Hono({ strict: false });
  app.get('/', (c) => {
    const agentId = c.req.query('agent_id') ? checkId('agent', c.req.query('agent_id')) : undefined;
    const named = c.req.query('conversation_id');
    if (!named) return c.json(listMessages(c, deps, agentId, undefined));
    const owner = named === 'default' ? checkId('agent', agentId) : checkId('conv', named);
    const conversation = deps.store.conversations.get(owner);
    if (!conversation) throw new ApiError(404, `Conversation ${owner} not found`);
    return c.json(listMessages(c, deps, conversation.agentId, conversation.id));
  });
  return app;
}
