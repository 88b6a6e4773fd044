// /v1/runs, /v1/steps and /v1/messages: what ran, what it cost, and single messages.
import { Hono } from 'hono';
import { ApiError } from '../engine/errors.ts';
import { isoOrNull, toLettaMessages } from '../engine/render.ts';
import { publicId } from '../store/conversations.ts';
import type { JsonObject } from '../store/json.ts';
import type { Run, Step } from '../store/runs.ts';
import type { Store } from '../store/store.ts';
import { boolQuery, checkId, idParam, listQuery, pageOf, type RouteDeps } from './http.ts';

export function viewRun(run: Run): JsonObject {
  return {
    id: run.id,
    agent_id: run.agentId,
    status: run.status,
    stop_reason: run.stopReason,
    conversation_id: publicId(run.owner),
    background: run.background,
    metadata: { run_type: 'send_message', ...(run.error ? { error: { ...run.error, run_id: run.id } } : {}) },
    request_config: null,
    created_at: new Date(run.createdAt).toISOString(),
    completed_at: isoOrNull(run.completedAt),
    ttft_ns: run.ttftNs,
    total_duration_ns: run.durationNs,
    base_template_id: null,
    callback_url: null,
    callback_sent_at: null,
    callback_status_code: null,
    callback_error: null,
  };
}

function viewStep(step: Step): JsonObject {
  const handle = step.model ?? '';
  const slash = handle.indexOf('/');
  return {
    id: step.id,
    run_id: step.runId,
    agent_id: step.agentId,
    status: step.status,
    stop_reason: step.stopReason,
    model: slash < 0 ? step.model : handle.slice(slash + 1),
    model_handle: step.model,
    provider_name: slash < 0 ? null : handle.slice(0, slash),
    provider_category: 'base',
    context_window_limit: step.contextWindowLimit,
    prompt_tokens: step.usage?.prompt_tokens ?? null,
    completion_tokens: step.usage?.completion_tokens ?? null,
    total_tokens: step.usage?.total_tokens ?? null,
    cached_input_tokens: step.usage?.cached_input_tokens ?? null,
    cache_write_tokens: step.usage?.cache_write_tokens ?? null,
    reasoning_tokens: step.usage?.reasoning_tokens ?? null,
    error_type: step.error?.error_type ?? null,
    error_data: step.error,
    feedback: null,
    created_at: new Date(step.createdAt).toISOString(),
    completed_at: isoOrNull(step.completedAt),
  };
}

function existingRun(store: Store, id: string): Run {
  const run = store.runs.get(id);
  if (!run) throw new ApiError(404, `Run with ID ${id} not found`);
  return run;
}

export function runRoutes({ store, engine }: RouteDeps): Hono {
  const app = new Hono({ strict: false });

  app.get('/', (c) => {
    engine.sweep();
    const page = pageOf(c, { limit: 100, descending: true });
    const agentId = c.req.query('agent_id');
    const conversation = c.req.query('conversation_id');
    const active = boolQuery(c, 'active');
    const agents = [...(agentId ? [agentId] : []), ...(listQuery(c, 'agent_ids') ?? [])];
    const owner = conversation === 'default' ? agentId : conversation;
    const runs = store.runs.list({
      ...page,
      agentIds: agents.length > 0 ? agents : undefined,
      owner: owner || undefined,
      statuses: active ? ['created', 'running'] : listQuery(c, 'statuses'),
      background: boolQuery(c, 'background'),
      stopReason: c.req.query('stop_reason'),
    });
    return c.json(runs.map(viewRun));
  });

  app.get('/:run_id', (c) => {
    engine.sweep();
    return c.json(viewRun(existingRun(store, idParam(c, 'run', 'run_id'))));
  });

  app.get('/:run_id/messages', (c) => {
    const run = existingRun(store, idParam(c, 'run', 'run_id'));
    const page = pageOf(c, { limit: 100, descending: false });
    const messages = store.messages.ofRun(run.id);
    if (page.descending) messages.reverse();
    const start = page.after ? messages.findIndex((message) => message.id === page.after) + 1 : 0;
    const end = page.before ? messages.findIndex((message) => message.id === page.before) : messages.length;
    return c.json(messages.slice(start, Math.max(end, 0)).slice(0, page.limit).flatMap(toLettaMessages));
  });

  app.get('/:run_id/usage', (c) => {
    const { usage } = existingRun(store, idParam(c, 'run', 'run_id'));
    return c.json({
      prompt_tokens: usage?.prompt_tokens ?? 0,
      completion_tokens: usage?.completion_tokens ?? 0,
      total_tokens: usage?.total_tokens ?? 0,
      prompt_tokens_details: {
        cached_tokens: usage?.cached_input_tokens ?? null,
        cache_creation_tokens: usage?.cache_write_tokens ?? null,
      },
      completion_tokens_details: { reasoning_tokens: usage?.reasoning_tokens ?? null },
    });
  });

  app.get('/:run_id/steps', (c) => {
    const run = existingRun(store, idParam(c, 'run', 'run_id'));
    const page = pageOf(c, { limit: 100, descending: false });
    return c.json(store.runs.steps({ ...page, runId: run.id }).map(viewStep));
  });
  return app;
}

export function stepRoutes({ store }: RouteDeps): Hono {
  const app = new Hono({ strict: false });
  app.get('/', (c) => {
    const page = pageOf(c, { limit: 50, descending: true });
    const agentId = c.req.query('agent_id') || undefined;
    const runId = c.req.query('run_id') || undefined;
    return c.json(store.runs.steps({ ...page, agentId, runId }).map(viewStep));
  });
  app.get('/:step_id', (c) => {
    const id = idParam(c, 'step', 'step_id');
    const step = store.runs.step(id);
    if (!step) throw new ApiError(404, `Step with ID ${id} not found`);
    return c.json(viewStep(step));
  });
  return app;
}

export function messageRoutes({ store }: RouteDeps): Hono {
  const app = new Hono({ strict: false });
  app.get('/:message_id', (c) => {
    const message = store.messages.get(checkId('message', c.req.param('message_id')));
    if (!message) throw new ApiError(404, `Message ${c.req.param('message_id')} not found`);
    return c.json(toLettaMessages(message));
  });
  app.patch('/:message_id', () => {
    throw new ApiError(405, 'Messages cannot be changed.');
  });
  return app;
}
