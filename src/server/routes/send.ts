// Sending messages and following runs: the turn protocol over HTTP.
import { type Context, Hono } from 'hono';
import * as z from 'zod/mini';
import { compactionSettings } from '../engine/compaction.ts';
import { ApiError, UpstreamError } from '../engine/errors.ts';
import { REPLAY_MS } from '../engine/lease-keeper.ts';
import { LLM_STATUS } from '../engine/model-errors.ts';
import { recompile } from '../engine/recompile.ts';
import { sendSchema, toSend } from '../engine/request.ts';
import { eventStream } from '../engine/run-stream.ts';
import type { RunEnd } from '../engine/turn-setup.ts';
import { isObject, type JsonObject } from '../store/json.ts';
import type { Run } from '../store/runs.ts';
import { viewAgent } from './agent-view.ts';
import { existingAgent } from './agents.ts';
import { existingConversation, ownerOf } from './conversations.ts';
import { checkId, idParam, type RouteDeps, readBody, streamResponse } from './http.ts';
import { listMessages } from './message-list.ts';

const followSchema = z.object({
  agent_id: z.nullish(z.string()),
  run_id: z.nullish(z.string()),
  otid: z.nullish(z.string()),
  starting_after: z.nullish(z.int()),
  include_pings: z.nullish(z.boolean()),
});

const compactSchema = z.object({
  agent_id: z.nullish(z.string()),
  compaction_settings: z.nullish(z.record(z.string(), z.unknown())),
});

const cancelSchema = z.object({ run_ids: z.nullish(z.array(z.string())) });

/** Under /v1/conversations. */
export function conversationMessageRoutes(deps: RouteDeps): Hono {
  const { store, engine } = deps;
  const app = new Hono({ strict: false });

  app.post('/:conversation_id/messages', async (c) => {
    const body = await readBody(c, sendSchema);
    return send(deps, ownerOf(c, body), body, { streamingByDefault: true });
  });

  app.get('/:conversation_id/messages', (c) => {
    const conversation = existingConversation(store, ownerOf(c));
    return c.json(listMessages(c, deps, conversation.agentId, conversation.id));
  });

  app.post('/:conversation_id/compact', async (c) => {
    const body = await readBody(c, compactSchema);
    const conversation = existingConversation(store, ownerOf(c, body));
    return c.json(await compact(deps, conversation.id, body, c.req.raw.signal));
  });

  app.post('/:conversation_id/stream', async (c) => {
    const input = await readBody(c, followSchema);
    const conversation = existingConversation(store, ownerOf(c, input));
    engine.sweep();
    let run: Run | undefined;
    if (input.run_id) run = store.runs.get(checkId('run', input.run_id));
    else if (input.otid) {
      run = store.runs.withOtid(conversation.id, input.otid);
      if (!run) throw new ApiError(404, `No run found for otid ${input.otid}`);
    } else run = store.runs.liveIn(conversation.id);
    if (run?.owner !== conversation.id) throw new ApiError(400, 'No active runs found for this conversation.');
    return follow(deps, run, input);
  });
  return app;
}

/** Under /v1/agents. */
export function agentMessageRoutes(deps: RouteDeps): Hono {
  const { store, engine } = deps;
  const app = new Hono({ strict: false });
  const agentOf = (c: Context) => existingAgent(store, idParam(c, 'agent', 'agent_id'));

  app.post('/:agent_id/messages', async (c) =>
    send(deps, agentOf(c).id, await readBody(c, sendSchema), { streamingByDefault: false }),
  );

  app.post('/:agent_id/messages/stream', async (c) => {
    const body = await readBody(c, sendSchema);
    return send(deps, agentOf(c).id, { ...body, streaming: true }, { streamingByDefault: true });
  });

  app.get('/:agent_id/messages', (c) => {
    const agent = agentOf(c);
    const conversation = c.req.query('conversation_id');
    if (!conversation) return c.json(listMessages(c, deps, agent.id, undefined));
    const owner = conversation === 'default' ? agent.id : checkId('conv', conversation);
    return c.json(listMessages(c, deps, agent.id, existingConversation(store, owner).id));
  });

  app.post('/:agent_id/messages/cancel', async (c) => {
    const agent = agentOf(c);
    const { run_ids: ids } = await readBody(c, cancelSchema);
    engine.sweep();
    const runs = store.runs.live(agent.id).filter((run) => !ids || ids.includes(run.id));
    const result = await engine.cancel(runs);
    if (runs.length === 0 && !ids) {
      const denied = engine.denyPending(agent.id, agent.id);
      if (denied) result[denied] = 'cancelled';
    }
    return c.json(result);
  });

  app.post('/:agent_id/summarize', async (c) => {
    const agent = agentOf(c);
    return c.json(await compact(deps, agent.id, await readBody(c, compactSchema), c.req.raw.signal));
  });

  app.patch('/:agent_id/reset-messages', async (c) => {
    const agent = agentOf(c);
    const run = store.runs.liveIn(agent.id);
    if (run) await engine.cancel([run]);
    return c.json(
      store.write('durable', () => {
        store.messages.clear(agent.id);
        store.conversations.contextReplaced(agent.id, Date.now());
        recompile(store, agent, agent.id);
        return viewAgent(store, existingAgent(store, agent.id));
      }),
    );
  });
  return app;
}

/** Settings of the request count for it alone; without any, the agent's. */
async function compact({ engine }: RouteDeps, owner: string, body: z.infer<typeof compactSchema>, signal: AbortSignal) {
  const { agent } = engine.find(owner);
  const settings = compactionSettings({
    ...(isObject(agent.settings.compaction_settings) ? agent.settings.compaction_settings : {}),
    ...body.compaction_settings,
  });
  const done = await engine.compact(owner, settings, signal);
  return { summary: done.body.text, num_messages_before: done.countBefore, num_messages_after: done.countAfter };
}

/** Under /v1/runs. */
export function runStreamRoutes(deps: RouteDeps): Hono {
  const app = new Hono({ strict: false });
  app.post('/:run_id/stream', async (c) => {
    const id = idParam(c, 'run', 'run_id');
    deps.engine.sweep();
    const run = deps.store.runs.get(id);
    if (!run) throw new ApiError(404, `Run with ID ${id} not found`);
    return follow(deps, run, await readBody(c, followSchema));
  });
  return app;
}

function follow({ engine }: RouteDeps, run: Run, input: z.infer<typeof followSchema>): Response {
  if (!run.background)
    throw new ApiError(400, 'INVALID_ARGUMENT: Run was not created in background mode, so it cannot be retrieved.');
  if (Date.now() - run.createdAt > REPLAY_MS)
    throw new ApiError(410, `The events of run ${run.id} are kept for 3 hours, which have passed.`);
  return streamResponse(
    eventStream(engine.source(run.id), run.id, {
      after: input.starting_after ?? 0,
      pings: input.include_pings ?? true,
    }),
  );
}

async function send(
  { engine }: RouteDeps,
  owner: string,
  body: z.infer<typeof sendSchema>,
  { streamingByDefault }: { streamingByDefault: boolean },
): Promise<Response> {
  const request = toSend(body, streamingByDefault);
  const sent = await engine.send(owner, request, !streamingByDefault && !request.streaming);
  const runId = sent.kind === 'started' ? sent.run.id : sent.runId;
  if (request.streaming || sent.kind === 'attached') {
    const source = sent.kind === 'started' ? sent.run.stream : engine.source(runId);
    return streamResponse(eventStream(source, runId, { after: 0, pings: request.includePings }));
  }
  return Response.json(toLettaResponse(runId, await sent.run.done));
}

function toLettaResponse(runId: string, end: RunEnd): JsonObject {
  if (end.error) {
    const { error_type: type, message, detail } = end.error;
    const status = Object.entries(LLM_STATUS).find(([name]) => name === type)?.[1] ?? 500;
    throw new UpstreamError(status, { type, message, detail, run_id: runId });
  }
  return {
    messages: end.messages,
    stop_reason: { message_type: 'stop_reason', stop_reason: end.stopReason },
    usage: { message_type: 'usage_statistics', ...end.usage },
  };
}
