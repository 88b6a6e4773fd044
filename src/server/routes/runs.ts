// /v1/runs and /v1/messages: what ran, and single messages. Single steps are in `steps.ts`.
import { Hono } from 'hono';
import { ApiError } from '../engine/errors.ts';
import { isoOrNull, toLettaMessages } from '../engine/render.ts';
import { publicId } from '../store/conversations.ts';
import type { JsonObject } from '../store/json.ts';
import type { Run } from '../store/runs.ts';
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

/** @throws ApiError 404 */
export function existingRun(store: Store, id: string): Run {
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
