// One answer of a model to a conversation that its caller keeps: no agent, no memory, nothing stored. VS Code's chat asks so.
import type { LanguageModelV4Message, LanguageModelV4Prompt } from '@ai-sdk/provider';
import { Hono } from 'hono';
import * as z from 'zod/mini';
import { EVERYTHING } from '../engine/audience.ts';
import { callModel } from '../engine/model-call.ts';
import { portablePrompt } from '../models/portable-prompt.ts';
import { type RouteDeps, readBody, streamResponse } from './http.ts';

const IDLE_MS = 180_000;

const part = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('call'), id: z.string(), name: z.string(), input: z.record(z.string(), z.unknown()) }),
  z.object({ type: z.literal('result'), id: z.string(), name: z.string(), text: z.string() }),
]);
const schema = z.object({
  model: z.string().check(z.minLength(1)),
  messages: z
    .array(z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.array(part) }))
    .check(z.minLength(1)),
  tools: z.optional(
    z.array(z.object({ name: z.string(), description: z.string(), schema: z.record(z.string(), z.unknown()) })),
  ),
  /** One of the tools has to be called. */
  must_call: z.optional(z.boolean()),
});
type Body = z.infer<typeof schema>;

/** What a caller reads, one event each; the last is `end` or `error`. */
type Piece =
  | { type: 'text'; text: string }
  | { type: 'call'; id: string; name: string; input: string }
  | { type: 'end' }
  | { type: 'error'; message: string };

/** Under /v1/models. */
export function answerRoutes({ engine }: RouteDeps): Hono {
  const app = new Hono({ strict: false });
  app.post('/answers', async (c) => {
    const body = await readBody(c, schema);
    const handle = await engine.modelFor(body.model);
    const { model, idleTimeoutMs = IDLE_MS } = await engine.resolve(handle);
    const gone = new AbortController();
    const signal = AbortSignal.any([c.req.raw.signal, gone.signal]);
    const stream = new ReadableStream<Uint8Array>({
      start: async (out) => {
        const encoder = new TextEncoder();
        const send = (piece: Piece) => {
          if (!signal.aborted) out.enqueue(encoder.encode(`data: ${JSON.stringify(piece)}\n\n`));
        };
        const call = { model, name: handle, options: optionsOf(body), audience: EVERYTHING, idleTimeoutMs, signal };
        const result = await callModel(
          { ...call, takenIds: new Set(), kindOf: () => 'request', oneCall: false },
          { text: (kind, _, text) => kind === 'text' && send({ type: 'text', text }), call: () => {} },
        );
        // A call counts once it is whole.
        for (const { id, name, arguments: input } of result.requests) send({ type: 'call', id, name, input });
        send(result.error ? { type: 'error', message: result.error.message } : { type: 'end' });
        if (!gone.signal.aborted) out.close();
      },
      cancel: () => gone.abort(),
    });
    return streamResponse(stream);
  });
  return app;
}

function optionsOf({ messages, tools = [], must_call: mustCall }: Body) {
  const functions = tools.map(({ name, description, schema: inputSchema }) => ({
    type: 'function' as const,
    name,
    description,
    inputSchema,
  }));
  return {
    prompt: portablePrompt(messages.flatMap(toPrompt)),
    ...(functions.length > 0
      ? { tools: functions, toolChoice: { type: mustCall ? ('required' as const) : ('auto' as const) } }
      : {}),
  };
}

/** Results that stand in a message of the person are a message of their own here, before what the person says. */
function toPrompt({ role, content }: Body['messages'][number]): LanguageModelV4Prompt {
  const texts = content.flatMap((each) => (each.type === 'text' ? [{ type: 'text' as const, text: each.text }] : []));
  if (role === 'system') return [{ role, content: texts.map(({ text }) => text).join('\n') }];
  if (role === 'assistant') {
    const calls = content.flatMap((each) =>
      each.type === 'call'
        ? [{ type: 'tool-call' as const, toolCallId: each.id, toolName: each.name, input: each.input }]
        : [],
    );
    return [{ role, content: [...texts, ...calls] }];
  }
  const results = content.flatMap((each) =>
    each.type === 'result'
      ? [
          {
            type: 'tool-result' as const,
            toolCallId: each.id,
            toolName: each.name,
            output: { type: 'text' as const, value: each.text },
          },
        ]
      : [],
  );
  const said: LanguageModelV4Message[] = [];
  if (results.length > 0) said.push({ role: 'tool', content: results });
  if (texts.length > 0 || results.length === 0) said.push({ role, content: texts });
  return said;
}
