// /v1/conversations: make, read, list, change, delete, fork, recompile, cancel.
import { type Context, Hono } from 'hono';
import * as z from 'zod/mini';
import { ApiError } from '../engine/errors.ts';
import { recompile, systemTextOf } from '../engine/recompile.ts';
import { isoOrNull } from '../engine/render.ts';
import { invalid } from '../engine/request.ts';
import type { Agent } from '../store/agents.ts';
import type { Conversation, ConversationFields } from '../store/conversations.ts';
import { isId, newId } from '../store/ids.ts';
import type { JsonObject } from '../store/json.ts';
import type { Store } from '../store/store.ts';
import { existingAgent } from './agents.ts';
import { boolQuery, checkId, ownerParam, pageOf, type RouteDeps, readBody } from './http.ts';

const schema = z.object({
  summary: z.nullish(z.string()),
  description: z.nullish(z.string()),
  model: z.nullish(z.string()),
  model_settings: z.nullish(z.record(z.string(), z.unknown())),
  context_window_limit: z.nullish(z.int().check(z.gte(1))),
  hidden: z.nullish(z.boolean()),
  archived: z.nullish(z.boolean()),
  last_message_at: z.nullish(z.string()),
});

/** Of acts on the default conversation. */
const agentNamed = z.object({ agent_id: z.nullish(z.string()) });

/** @param context whether the ids of the messages in context come along: a list of many is far quicker without */
export function viewConversation(store: Store, conversation: Conversation, context = true): JsonObject {
  const isDefault = conversation.id === conversation.agentId;
  return {
    id: isDefault ? 'default' : conversation.id,
    agent_id: conversation.agentId,
    summary: conversation.summary,
    description: conversation.description,
    in_context_message_ids: context ? store.messages.contextIds(conversation.id) : [],
    isolated_block_ids: [],
    model: conversation.model,
    model_settings: conversation.modelSettings,
    context_window_limit: conversation.contextWindowLimit,
    hidden: conversation.hidden,
    archived: conversation.archivedAt !== null,
    archived_at: isoOrNull(conversation.archivedAt),
    last_message_at: isoOrNull(conversation.lastMessageAt),
    created_at: new Date(conversation.createdAt).toISOString(),
    updated_at: new Date(conversation.updatedAt).toISOString(),
    created_by_id: null,
    last_updated_by_id: null,
  };
}

/** @throws ApiError 404 */
export function existingConversation(store: Store, owner: string): Conversation {
  const conversation = store.conversations.get(owner);
  if (!conversation) throw new ApiError(404, `Conversation ${owner} not found`);
  return conversation;
}

/** The conversation of a path; `default` takes its agent from the query or the body. */
export function ownerOf(c: Context, body: z.infer<typeof agentNamed> = {}): string {
  return ownerParam(c, c.req.query('agent_id') || (body.agent_id ?? undefined));
}

export function conversationRoutes(deps: RouteDeps): Hono {
  const app = new Hono({ strict: false });
  addRecords(app, deps);
  addActs(app, deps);
  return app;
}

/** Make, read, list, change, delete. */
function addRecords(app: Hono, { store, engine }: RouteDeps): void {
  app.post('/', async (c) => {
    const agentId = c.req.query('agent_id');
    if (!agentId) throw invalid('`agent_id` is missing in the query.');
    const agent = existingAgent(store, checkId('agent', agentId));
    const input = await readBody(c, schema);
    const model = input.model ? await engine.modelFor(input.model) : null;
    const id = newId('conv');
    return c.json(
      store.write('durable', () => {
        startConversation(store, agent, id, {
          summary: input.summary ?? null,
          description: input.description ?? null,
          hidden: input.hidden ?? false,
          model,
          modelSettings: input.model_settings ?? null,
          contextWindowLimit: input.context_window_limit ?? null,
        });
        return viewConversation(store, existingConversation(store, id));
      }),
    );
  });

  app.get('/', (c) => {
    const page = pageOf(c, { limit: 50, descending: true });
    const agentId = c.req.query('agent_id') || undefined;
    const orderBy = c.req.query('order_by');
    const archive = c.req.query('archive_status');
    const conversations = store.conversations.list({
      agentId: agentId && checkId('agent', agentId),
      summarySearch: c.req.query('summary_search'),
      archive: archive === 'archived' || archive === 'all' ? archive : 'unarchived',
      orderBy: orderBy === 'last_run_completion' || orderBy === 'last_message_at' ? orderBy : 'created_at',
      descending: page.descending,
      after: page.after,
      limit: page.limit,
    });
    const context = boolQuery(c, 'in_context') ?? true;
    return c.json(conversations.map((conversation) => viewConversation(store, conversation, context)));
  });

  app.get('/:conversation_id', (c) => c.json(viewConversation(store, existingConversation(store, ownerOf(c)))));

  app.patch('/:conversation_id', async (c) => {
    const owner = ownerOf(c);
    const input = await readBody(c, schema);
    existingConversation(store, owner);
    if (input.model) input.model = await engine.modelFor(input.model);
    return c.json(
      store.write('durable', () => {
        const conversation = existingConversation(store, owner);
        store.conversations.update(owner, merge(conversation, input));
        return viewConversation(store, existingConversation(store, owner));
      }),
    );
  });

  app.delete('/:conversation_id', async (c) => {
    const owner = ownerOf(c);
    if (isId('agent', owner)) throw new ApiError(400, 'INVALID_ARGUMENT: The default conversation cannot be deleted.');
    existingConversation(store, owner);
    const run = store.runs.liveIn(owner);
    if (run) await engine.cancel([run]);
    store.write('durable', () => store.conversations.delete(owner));
    return c.json(null);
  });
}

/** Fork, recompile, cancel. */
function addActs(app: Hono, { store, engine }: RouteDeps): void {
  app.post('/:conversation_id/fork', (c) => {
    const from = existingConversation(store, ownerOf(c));
    const agent = existingAgent(store, from.agentId);
    const messageId = c.req.query('message_id');
    const upTo = messageId
      ? store.messages.place({ owner: from.id, agentId: agent.id }, messageId)
      : Number.MAX_SAFE_INTEGER;
    if (upTo === undefined) throw new ApiError(404, `Message ${messageId} not found in conversation ${from.id}`);
    const id = fork(store, from, agent, upTo, boolQuery(c, 'hidden'));
    return c.json(viewConversation(store, existingConversation(store, id)));
  });

  app.post('/:conversation_id/recompile', async (c) => {
    const conversation = existingConversation(store, ownerOf(c, await readBody(c, agentNamed)));
    const agent = existingAgent(store, conversation.agentId);
    if (boolQuery(c, 'dry_run')) return c.json(systemTextOf(store, agent, conversation.id, Date.now()));
    return c.json(store.write('durable', () => recompile(store, agent, conversation.id)));
  });

  app.post('/:conversation_id/cancel', async (c) => {
    const conversation = existingConversation(store, ownerOf(c, await readBody(c, agentNamed)));
    engine.sweep();
    const run = store.runs.liveIn(conversation.id);
    if (run) return c.json(await engine.cancel([run]));
    const denied = engine.denyPending(conversation.id, conversation.agentId);
    if (denied) return c.json({ [denied]: 'cancelled' });
    throw new ApiError(409, 'CONFLICT: No active runs to cancel');
  });
}

/** Inside a transaction: a conversation with its system message. */
export function startConversation(store: Store, agent: Agent, id: string, fields: Partial<ConversationFields>): void {
  store.conversations.create(id, agent.id, fields);
  recompile(store, agent, id);
}

/** A new conversation that shares all up to and including a place. Its id. */
export function fork(store: Store, from: Conversation, agent: Agent, upTo: number, hidden?: boolean): string {
  const id = newId('conv');
  store.write('durable', () => {
    store.conversations.create(id, agent.id, { ...from, hidden: hidden ?? from.hidden, archivedAt: null });
    store.messages.share(from.id, id, upTo);
    recompile(store, agent, id);
  });
  return id;
}

/** A field that is given as null is emptied; one that is not given stays. */
function merge(conversation: Conversation, input: z.infer<typeof schema>): ConversationFields {
  const { archivedAt } = conversation;
  const set = <T>(name: string, value: T | undefined, before: T) => (name in input ? (value ?? null) : before) as T;
  const lastMessageAt = input.last_message_at ? Date.parse(input.last_message_at) : conversation.lastMessageAt;
  return {
    summary: set('summary', input.summary, conversation.summary),
    description: set('description', input.description, conversation.description),
    hidden: input.hidden ?? conversation.hidden,
    model: set('model', input.model, conversation.model),
    modelSettings: set('model_settings', input.model_settings, conversation.modelSettings),
    contextWindowLimit: set('context_window_limit', input.context_window_limit, conversation.contextWindowLimit),
    archivedAt: typeof input.archived === 'boolean' ? (input.archived ? (archivedAt ?? Date.now()) : null) : archivedAt,
    lastMessageAt: Number.isNaN(lastMessageAt) ? conversation.lastMessageAt : lastMessageAt,
  };
}
