// What an agent's model is asked beside its conversations: one answer, a turn that nobody waits for, and what would be sent.
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { type Context, Hono } from 'hono';
import * as z from 'zod/mini';
import { ApiError, UpstreamError } from '../engine/errors.ts';
import { callModel } from '../engine/model-call.ts';
import { LLM_STATUS } from '../engine/model-errors.ts';
import { sendSchema, toSend } from '../engine/request.ts';
import { samplingOf } from '../engine/sampling.ts';
import { isObject } from '../store/json.ts';
import { existingAgent } from './agents.ts';
import { idParam, type RouteDeps, readBody } from './http.ts';
import { viewRun } from './runs.ts';

const IDLE_MS = 180_000;

const generateSchema = z.object({
  prompt: z.string().check(z.minLength(1)),
  system_prompt: z.nullish(z.string()),
  override_model: z.nullish(z.string()),
  response_schema: z.nullish(z.record(z.string(), z.unknown())),
});

const asyncSchema = z.extend(sendSchema, { callback_url: z.nullish(z.string()) });

/** Under /v1/agents. */
export function generateRoutes({ store, engine }: RouteDeps): Hono {
  const app = new Hono({ strict: false });
  const agentOf = (c: Context) => existingAgent(store, idParam(c, 'agent', 'agent_id'));

  // Neither memory nor history goes along, and nothing is stored.
  app.post('/:agent_id/generate', async (c) => {
    const agent = agentOf(c);
    const input = await readBody(c, generateSchema);
    const handle = input.override_model ? await engine.modelFor(input.override_model) : agent.model;
    if (!handle) throw new ApiError(400, `Agent ${agent.id} has no model. Choose one first.`);
    const { model, entry, idleTimeoutMs = IDLE_MS } = await engine.resolve(handle);
    const prompt: LanguageModelV4CallOptions['prompt'] = [
      ...(input.system_prompt ? [{ role: 'system' as const, content: input.system_prompt }] : []),
      { role: 'user', content: [{ type: 'text', text: input.prompt }] },
    ];
    const schema = input.response_schema;
    const format = schema ? { responseFormat: { type: 'json' as const, schema } } : {};
    const settings = agent.settings.model_settings;
    const result = await callModel(
      {
        model,
        name: handle,
        options: { prompt, ...format, ...samplingOf(isObject(settings) ? settings : {}) },
        audience: engine.audience(agent, entry.local),
        takenIds: new Set(),
        kindOf: () => 'server',
        oneCall: false,
        idleTimeoutMs,
        signal: c.req.raw.signal,
      },
      { text: () => {}, call: () => {} },
    );
    if (result.error) {
      const { type, message } = result.error;
      throw new UpstreamError(LLM_STATUS[type], { type, message, detail: message, run_id: '' });
    }
    const content = result.blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
    return c.json({ content, model: handle, usage: result.usage });
  });

  app.post('/:agent_id/messages/async', async (c) => {
    const agent = agentOf(c);
    const body = await readBody(c, asyncSchema);
    if (body.callback_url) throw new ApiError(400, 'INVALID_ARGUMENT: This server calls nobody back: poll the run.');
    const sent = await engine.send(agent.id, toSend({ ...body, streaming: true, background: true }, false));
    const run = store.runs.get(sent.kind === 'started' ? sent.run.id : sent.runId);
    if (!run) throw new Error('A run that was just started is gone.');
    return c.json(viewRun(run));
  });
  return app;
}
