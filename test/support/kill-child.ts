// A server that is going to be killed: a real process with the embedded server over a shared folder, and the load on it. It
// says on stdout what was acknowledged. What the process before it left open in its slot is sent again, as clients do.
import { writeSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { LanguageModelV4, LanguageModelV4Prompt, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { createServer } from '../../src/server/app.ts';
import { NO_EMBEDDINGS } from '../../src/server/models/embedding.ts';
import type { ModelRegistry } from '../../src/server/models/registry.ts';

export interface KillChildSetup {
  dataDir: string;
  agentId: string;
  conversations: string[];
  /** This process's place among those that share the folder, and how many were killed before it. */
  slot: number;
  round: number;
  /** The number of the first turn of each loop that is not known to be finished, and of the counter. */
  turns: number[];
  counter: number;
  /** How many turns a loop takes, and how often the writer writes; without an end when absent. */
  end?: { turns: number; writes: number };
}

const setup = JSON.parse(process.argv[2] ?? '{}') as KillChildSetup;
const say = (line: string) => writeSync(1, `${line}\n`);

type Part = LanguageModelV4StreamPart;
const LEASE = { heartbeatMs: 300, leaseMs: 1_500 };
const usage = {
  inputTokens: { total: 100, noCache: 100, cacheRead: 0, cacheWrite: undefined },
  outputTokens: { total: 10, text: 10, reasoning: undefined },
};

/** Providers refuse a request in which a call has no result, or two, or a result no call. */
function unpaired(prompt: LanguageModelV4Prompt): string | undefined {
  let open = new Set<string>();
  for (const message of prompt) {
    const parts = typeof message.content === 'string' ? [] : message.content;
    if (message.role === 'tool') {
      for (const part of parts)
        if (part.type === 'tool-result' && !open.delete(part.toolCallId))
          return `result without call ${part.toolCallId}`;
      continue;
    }
    if (open.size > 0) return `calls without results: ${[...open].join()}`;
    open = new Set(parts.flatMap((part) => (part.type === 'tool-call' ? [part.toolCallId] : [])));
  }
  return open.size > 0 ? `calls without results at the end: ${[...open].join()}` : undefined;
}

/** The first message whose tool did not run yet, since its process was killed; else the last one. Any process goes on from there. */
function asked(prompt: LanguageModelV4Prompt): { key: string; kind: string; isDone: boolean } {
  const all = JSON.stringify(prompt);
  const turns = [...all.matchAll(/turn (turn-[\d-]+) (\w+)/g)].map(([, key = '', kind = '']) => ({
    key,
    kind,
    isDone: kind === 'text' || all.includes(`"call-${key}"`),
  }));
  return turns.find(({ isDone }) => !isDone) ?? turns.at(-1) ?? { key: 'none', kind: 'text', isDone: true };
}

async function* answer(prompt: LanguageModelV4Prompt): AsyncGenerator<Part> {
  const wrong = unpaired(prompt);
  if (wrong !== undefined) say(`bad request: ${wrong}`);
  const { key, kind, isDone } = asked(prompt);
  const id = `call-${key}`;
  const tool =
    kind === 'memory'
      ? 'memory_insert'
      : kind === 'archive'
        ? 'archival_memory_insert'
        : kind === 'client'
          ? 'Read'
          : undefined;
  yield { type: 'text-start', id: 't' };
  for (let n = 0; n < 8; n++) {
    yield {
      type: 'text-delta',
      id: 't',
      delta: `answer ${key} part ${n}${kind === 'text' ? ', and so on'.repeat(30) : ''} `,
    };
    await wait(n % 3);
  }
  yield { type: 'text-end', id: 't' };
  if (tool && !isDone) {
    const input = JSON.stringify(
      kind === 'memory'
        ? { label: 'log', new_string: `<${key}>` }
        : kind === 'archive'
          ? { content: `archived <${key}>` }
          : {},
    );
    yield { type: 'tool-input-start', id, toolName: tool };
    yield { type: 'tool-input-delta', id, delta: input };
    yield { type: 'tool-input-end', id };
    yield { type: 'tool-call', toolCallId: id, toolName: tool, input };
  }
  yield { type: 'finish', usage, finishReason: { unified: tool && !isDone ? 'tool-calls' : 'stop', raw: undefined } };
}

const model: LanguageModelV4 = {
  specificationVersion: 'v4',
  provider: 'mock',
  modelId: 'm',
  supportedUrls: {},
  doGenerate: () => Promise.reject(new Error('The engine only streams.')),
  doStream: async ({ prompt }) => {
    const parts = answer(prompt);
    const pull = async (controller: ReadableStreamDefaultController<Part>) => {
      const { value, done } = await parts.next();
      if (done) controller.close();
      else controller.enqueue(value);
    };
    return { stream: new ReadableStream<Part>({ pull }) };
  },
};

const entry = { handle: 'mock/m', provider: 'mock', id: 'm', name: 'm', contextWindow: 200_000, maxOutputTokens: null };
const models: ModelRegistry = {
  embeddings: NO_EMBEDDINGS,
  isRemote: () => false,
  list: async () => [],
  resolve: async () => ({ entry: { ...entry, demo: false, local: true }, model }),
};
const server = await createServer({ dataDir: setup.dataDir, models, version: 'killed', lease: LEASE, log: () => {} });
say('ready');

async function call(method: string, path: string, body?: unknown): Promise<{ status: number; text: string }> {
  const response = await server.fetch(
    new Request(`http://letta/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  if (response.status >= 500) say(`bad answer: ${method} ${path}: ${response.status} ${text}`);
  return { status: response.status, text };
}

const CLIENT_TOOLS = [{ name: 'Read', description: 'Reads.', parameters: { type: 'object', properties: {} } }];
const send = (conversation: string, messages: object[]) =>
  call('POST', `/conversations/${conversation}/messages`, {
    messages,
    streaming: true,
    stream_tokens: true,
    background: true,
    client_tools: CLIENT_TOOLS,
  });

/** Answers what the conversation waits for, whoever asked. */
async function answerPending(conversation: string): Promise<void> {
  const { text } = await call('GET', `/conversations/${conversation}/messages?order=desc&limit=1`);
  const [last] = JSON.parse(text) as { message_type: string; tool_calls?: { tool_call_id: string }[] }[];
  if (last?.message_type !== 'approval_request_message') return;
  const approvals = (last.tool_calls ?? []).map(({ tool_call_id }) => ({
    type: 'tool',
    tool_call_id,
    tool_return: `result of ${tool_call_id}`,
    status: 'success',
  }));
  await send(conversation, [{ type: 'approval', approvals }]);
}

/** One message until it is answered, with the same otid each time. */
async function turn(conversation: string, key: string, kind: string): Promise<void> {
  for (;;) {
    const { status, text } = await send(conversation, [{ role: 'user', content: `turn ${key} ${kind}`, otid: key }]);
    if (status === 200 && text.includes('"stop_reason":"end_turn"')) return;
    if (status === 200 && text.includes('"stop_reason":"requires_approval"')) await answerPending(conversation);
    else if (status === 409 && text.includes('waiting for approval')) await answerPending(conversation);
    await wait(10);
  }
}

const KINDS = ['text', 'memory', 'client', 'archive'];

async function talk(loop: number): Promise<void> {
  const { slot, conversations, end } = setup;
  for (let n = setup.turns[loop] ?? 0; n < (end?.turns ?? Number.POSITIVE_INFINITY); n++) {
    const key = `turn-${slot}-${loop}-${n}`;
    const conversation = conversations[(slot + loop * 2 + n) % conversations.length] ?? '';
    const kind = KINDS[(n + loop) % KINDS.length] ?? '';
    await turn(conversation, key, kind);
    say(`turn ${loop} ${n} ${kind} ${key}`);
  }
}

async function write(): Promise<void> {
  const { slot, agentId, round, end } = setup;
  for (let n = setup.counter; n < (end?.writes ?? Number.POSITIVE_INFINITY); n++) {
    const label = `counter-${slot}`;
    await call('PATCH', `/agents/${agentId}/core-memory/blocks/${label}`, { value: `<${n}>` });
    say(`counter ${n}`);
    const text = `passage <${slot}-${round}-${n}>`;
    await call('POST', `/agents/${agentId}/archival-memory`, { text });
    say(`passage ${text}`);
    await wait(5);
  }
}

await Promise.all([...setup.turns.map((_, loop) => talk(loop)), write()]);
await server.close();
say('done');
