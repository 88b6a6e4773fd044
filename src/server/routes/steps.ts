// /v1/steps, and what a run came to, for whoever looks into it.
import { type Context, Hono } from 'hono';
import { ApiError } from '../engine/errors.ts';
import { isoOrNull, toLettaMessages } from '../engine/render.ts';
import type { JsonObject } from '../store/json.ts';
import type { Step } from '../store/runs.ts';
import { dateQuery, endDateQuery, idParam, pageFrom, pageOf, type RouteDeps } from './http.ts';
import { existingRun } from './runs.ts';

const NS_PER_MS = 1_000_000;

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

/** Under /v1/runs. */
export function runPartRoutes({ store }: RouteDeps): Hono {
  const app = new Hono({ strict: false });

  app.get('/:run_id/messages', (c) => {
    const run = existingRun(store, idParam(c, 'run', 'run_id'));
    const page = pageOf(c, { limit: 100, descending: false });
    const messages = store.messages.ofRun(run.id);
    if (page.descending) messages.reverse();
    return c.json(pageFrom(messages, page).flatMap(toLettaMessages));
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

  app.get('/:run_id/trace', (c) => {
    existingRun(store, idParam(c, 'run', 'run_id'));
    return c.json([]);
  });
  return app;
}

/** Under /v1/steps. */
export function stepRoutes({ store }: RouteDeps): Hono {
  const app = new Hono({ strict: false });
  const stepOf = (c: Context): Step => {
    const id = idParam(c, 'step', 'step_id');
    const step = store.runs.step(id);
    if (!step) throw new ApiError(404, `Step with ID ${id} not found`);
    return step;
  };

  app.get('/', (c) => {
    const page = pageOf(c, { limit: 50, descending: true });
    const steps = store.runs.steps({
      ...page,
      agentId: c.req.query('agent_id') || undefined,
      runId: c.req.query('run_id') || undefined,
      model: c.req.query('model') || undefined,
      from: dateQuery(c, 'start_date'),
      to: endDateQuery(c, 'end_date'),
    });
    return c.json(steps.map(viewStep));
  });

  app.get('/:step_id', (c) => c.json(viewStep(stepOf(c))));

  app.get('/:step_id/messages', (c) => {
    const step = stepOf(c);
    const page = pageOf(c, { limit: 100, descending: false });
    const messages = store.messages.ofRun(step.runId).filter(({ stepId }) => stepId === step.id);
    if (page.descending) messages.reverse();
    return c.json(pageFrom(messages, page).flatMap(toLettaMessages));
  });

  app.get('/:step_id/metrics', (c) => {
    const step = stepOf(c);
    return c.json({
      id: step.id,
      agent_id: step.agentId,
      run_id: step.runId,
      step_start_ns: step.createdAt * NS_PER_MS,
      step_ns: step.completedAt === null ? null : (step.completedAt - step.createdAt) * NS_PER_MS,
      llm_request_start_ns: null,
      llm_request_ns: null,
      tool_execution_ns: null,
      provider_id: null,
      project_id: null,
      template_id: null,
      base_template_id: null,
    });
  });

  // Requests are not kept: they would double the size of the database.
  app.get('/:step_id/trace', (c) => {
    stepOf(c);
    return c.json(null);
  });
  return app;
}
