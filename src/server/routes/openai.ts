// /openai/v1: every agent as a model of the OpenAI API, so that any chat client reaches it.
import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import * as z from 'zod/mini';
import { ApiError } from '../engine/errors.ts';
import { invalid, type SendMessage } from '../engine/request.ts';
import type { Agent } from '../store/agents.ts';
import { isId } from '../store/ids.ts';
import type { Store } from '../store/store.ts';
import { existingConversation } from './conversations.ts';
import { checkId, type RouteDeps, readBody, streamResponse } from './http.ts';
import { type Answer, type Piece, speak } from './openai-answer.ts';
import { type Said, threadOf } from './openai-thread.ts';

/** Names the conversation to speak in: `conv-…` or `default`. In answers it says which one it was. */
const CONVERSATION = 'x-letta-conversation-id';
const TITLE_CHARS = 60;
const MOST_AGENTS = 1_000;

const part = z.union([
  z.object({ type: z.literal('image_url'), image_url: z.object({ url: z.string() }) }),
  z.object({ type: z.literal('text'), text: z.string() }),
]);
const schema = z.object({
  model: z.string().check(z.minLength(1)),
  messages: z
    .array(
      z.object({
        role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
        content: z.nullish(z.union([z.string(), z.array(part)])),
      }),
    )
    .check(z.minLength(1)),
  stream: z.nullish(z.boolean()),
  stream_options: z.nullish(z.object({ include_usage: z.nullish(z.boolean()) })),
  n: z.nullish(z.int()),
  tools: z.nullish(z.array(z.unknown())),
  functions: z.nullish(z.array(z.unknown())),
  tool_choice: z.nullish(z.unknown()),
});
type Body = z.infer<typeof schema>;

/** Under /openai/v1. Errors have OpenAI's shape. */
export function openAiRoutes(deps: RouteDeps): Hono {
  const { store } = deps;
  const app = new Hono({ strict: false });

  app.get('/models', (c) => {
    const agents = store.agents.list({ orderBy: 'created_at', descending: true, limit: MOST_AGENTS });
    return c.json({ object: 'list', data: agents.map(viewModel) });
  });

  app.get('/models/:model', (c) => c.json(viewModel(agentNamed(store, c.req.param('model')))));

  app.post('/chat/completions', async (c) => {
    const body = await readBody(c, schema);
    const agent = agentNamed(store, body.model);
    if ((body.tools?.length || body.functions?.length) && body.tool_choice !== 'none')
      throw new ApiError(
        400,
        'An agent uses its own tools: `tools` and `functions` are not served here. Leave them away.',
      );
    if (body.n && body.n > 1) throw new ApiError(400, 'An agent gives one answer: `n` must be 1.');
    const named = c.req.header(CONVERSATION);
    const place = placeOf(deps, agent, body, named);
    const answer = await speak(deps, agent, place.owner, place.messages, c.req.raw.signal).catch((error: unknown) => {
      // Clients try again by themselves, and would leave an empty conversation each time.
      if (place.isMade) store.write('durable', () => store.conversations.delete(place.owner));
      throw error;
    });
    const head = { id: `chatcmpl-${randomUUID()}`, created: Math.floor(Date.now() / 1000), model: body.model };
    const response = body.stream
      ? streamResponse(chunksOf(head, answer, body.stream_options?.include_usage ?? false))
      : Response.json(await wholeOf(head, answer));
    response.headers.set(CONVERSATION, place.owner === agent.id ? 'default' : place.owner);
    return response;
  });

  app.notFound((c) =>
    c.json({ error: { message: `Not found: ${c.req.path}`, type: 'invalid_request_error', code: null } }, 404),
  );
  app.onError((error) => {
    if (!(error instanceof ApiError)) throw error;
    const type = error.status < 500 ? 'invalid_request_error' : 'server_error';
    const code = error.status === 404 ? 'model_not_found' : null;
    return Response.json(
      { error: { message: error.message, type, param: null, code } },
      { status: error.status, headers: error.headers },
    );
  });
  return app;
}

function viewModel(agent: Agent) {
  return {
    id: agent.id,
    object: 'model',
    created: Math.floor(agent.createdAt / 1000),
    owned_by: 'letta',
    name: agent.name,
  };
}

/** By its id, or by its name where only one agent has it. @throws ApiError 404 */
function agentNamed(store: Store, model: string): Agent {
  const byId = isId('agent', model) ? store.agents.get(model) : undefined;
  if (byId) return byId;
  const found = store.agents.list({ name: model, orderBy: 'created_at', descending: true, limit: 2 });
  const [agent] = found;
  if (agent && found.length === 1) return agent;
  const why = agent ? 'more than one agent has that name: use its id' : 'GET /openai/v1/models lists the agents';
  throw new ApiError(404, `The model '${model}' does not exist (${why}).`);
}

/** Where the request goes on, and what is new in it. */
function placeOf({ store }: RouteDeps, agent: Agent, body: Body, named: string | undefined) {
  const lastAnswer = body.messages.findLastIndex(({ role }) => role === 'assistant');
  const fresh = body.messages.slice(lastAnswer + 1).filter(({ role }) => role === 'user');
  if (fresh.length === 0) throw invalid('`messages` must end with a message of the user.');
  const asked = fresh.map((message) => ({ role: 'user' as const, content: contentOf(message) }));
  if (named) {
    const conversation = existingConversation(store, named === 'default' ? agent.id : checkId('conv', named));
    if (conversation.agentId !== agent.id) throw new ApiError(404, `Conversation ${named} is not of agent ${agent.id}`);
    return { owner: conversation.id, isMade: false, messages: asked };
  }
  const before = body.messages
    .slice(0, lastAnswer + 1)
    .flatMap((message): Said[] =>
      message.role === 'user' || message.role === 'assistant' ? [{ role: message.role, text: textOf(message) }] : [],
    );
  const title = textOf(fresh[0]).replace(/\s+/g, ' ').trim().slice(0, TITLE_CHARS);
  const thread = threadOf(store, agent, before, title);
  const { owner, isMade } = thread;
  if (!thread.isNew) return { owner, isMade, messages: asked };
  // What a client tells a model beforehand; the agent's own instructions stay.
  const told = body.messages
    .filter(({ role }) => role === 'system' || role === 'developer')
    .map((message) => ({ role: 'system' as const, content: textOf(message) }));
  const history = before.map(({ role, text }) => ({ role, content: text }));
  return { owner, isMade, messages: [...told, ...history, ...asked] };
}

function textOf(message: Body['messages'][number] | undefined): string {
  const content = message?.content ?? '';
  if (typeof content === 'string') return content;
  return content.map((each) => (each.type === 'text' ? each.text : '')).join('\n');
}

function contentOf({ content }: Body['messages'][number]): SendMessage['content'] {
  if (typeof content === 'string') return content;
  return (content ?? []).map((each) => (each.type === 'text' ? each : toImage(each.image_url.url)));
}

function toImage(url: string) {
  const [, media_type, data] = /^data:(image\/[\w.+-]+);base64,(.*)$/s.exec(url) ?? [];
  if (media_type !== undefined && data !== undefined)
    return { type: 'image' as const, source: { type: 'base64' as const, media_type, data } };
  if (!/^https?:/.test(url) || !URL.canParse(url)) throw invalid('`image_url` takes an http(s) or a base64 data: URL.');
  return { type: 'image' as const, source: { type: 'url' as const, url } };
}

interface Head {
  id: string;
  created: number;
  model: string;
}

async function wholeOf(head: Head, answer: Answer) {
  let content = '';
  let reasoning = '';
  for await (const piece of answer.pieces) {
    if (piece.kind === 'text') content += piece.text;
    else reasoning += piece.text;
  }
  const { error, finish, usage } = answer.end;
  if (error) throw new ApiError(error.status, error.message);
  const message = { role: 'assistant', content, ...(reasoning === '' ? {} : { reasoning_content: reasoning }) };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: finish }];
  return { ...head, object: 'chat.completion', choices, usage };
}

function chunksOf(head: Head, answer: Answer, withUsage: boolean): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const frame = (data: unknown) =>
    encoder.encode(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
  const chunk = (delta: object, finish_reason: string | null = null) =>
    frame({
      ...head,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, logprobs: null, finish_reason }],
      ...(withUsage ? { usage: null } : {}),
    });
  async function* frames(): AsyncGenerator<Uint8Array> {
    yield chunk({ role: 'assistant', content: '' });
    for await (const piece of answer.pieces) yield chunk(deltaOf(piece));
    const { error, finish, usage } = answer.end;
    if (error) yield frame({ error: { message: error.message, type: 'server_error', code: null } });
    else yield chunk({}, finish);
    if (withUsage) yield frame({ ...head, object: 'chat.completion.chunk', choices: [], usage });
    yield frame('[DONE]');
  }
  const all = frames();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await all.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      // Clients stop an answer by dropping the connection.
      cancel: () => answer.stop(),
    },
    { highWaterMark: 1 },
  );
}

const deltaOf = ({ kind, text }: Piece) => (kind === 'text' ? { content: text } : { reasoning_content: text });
