// An OpenAI-compatible HTTP server that answers from a script: for all tests, and for people as a program.
//
//   node test/support/scripted-model.ts --port 0 --script replies.json
//
// Control side, for tests in another process: GET /__requests, POST /__script [replies], POST /__release {"id"?}.
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { parseArgs } from 'node:util';
import { close, listen } from './loopback.ts';
import {
  argumentsOf,
  type Reply,
  type ReplyCommon,
  type ScriptedCall,
  type Usage,
  writeReply,
} from './scripted-stream.ts';

export interface ChatMessage {
  role: 'system' | 'developer' | 'user' | 'assistant' | 'tool';
  content?: string | { type: string; text?: string }[] | null;
  reasoning_content?: string;
  tool_calls?: { id: string; type: string; function: { name: string; arguments: string } }[];
  tool_call_id?: string;
}

export interface ChatBody {
  model: string;
  messages: ChatMessage[];
  tools?: { type: string; function: { name: string; description?: string; parameters?: unknown } }[];
  tool_choice?: unknown;
  stream?: boolean;
  stream_options?: { include_usage?: boolean };
  [key: string]: unknown;
}

export type Outcome = 'open' | 'done' | 'aborted' | 'cut';

/** One `POST /v1/chat/completions` as it came in. `n` counts from 1; `time` is `Date.now()`. */
export interface RecordedRequest {
  n: number;
  time: number;
  headers: Record<string, string | string[] | undefined>;
  body: ChatBody;
  /** `aborted`: the client went away first; `cut`: the script dropped the connection. */
  outcome: Outcome;
}

/** A reply, or a function of the request that makes one. */
export type ReplySource = Reply | ((request: RecordedRequest) => Reply | Promise<Reply>);

export interface ModelListing {
  id: string;
  [field: string]: unknown;
}

export interface ScriptedModelOptions {
  port?: number;
  /** What `GET /v1/models` lists; default one model `scripted`. */
  models?: ModelListing[];
  /** When set, requests without `Authorization: Bearer <apiKey>` get a 401. */
  apiKey?: string;
  script?: ReplySource[];
}

export interface ScriptedModel {
  /** With `/v1`, as settings want it. */
  baseUrl: string;
  requests: RecordedRequest[];
  /** How often `GET /v1/models` was asked. */
  readonly modelListings: number;
  /** Adds replies at the end of the script; each answers one request. An empty script answers `FALLBACK_TEXT`. */
  script(...replies: ReplySource[]): void;
  /** Questions for a thread's title: they come when all is quiet, so they take nothing of the script and are not among `requests`. */
  readonly titleRequests: readonly RecordedRequest[];
  /** Answers the next such question about a thread in which `said` was said; without it a thread keeps its first words. */
  name(title: string, said: string): void;
  /** Replies not yet used. */
  readonly remaining: number;
  /** Forgets the script and the requests; open answers go on. */
  reset(): void;
  /** Resolves when request number `n` (from 1) has come in. @throws Error after `timeoutMs` (default 30,000). */
  whenRequest(n: number, timeoutMs?: number): Promise<RecordedRequest>;
  /** Resolves when request number `n` is no longer open. @throws Error after `timeoutMs` (default 30,000). */
  whenSettled(n: number, timeoutMs?: number): Promise<RecordedRequest>;
  /** Lets a gate go on; without an id all gates that are waiting. */
  release(id?: string): void;
  setModels(models: ModelListing[] | { status: number }): void;
  /** Down: connections are cut and refused. */
  offline(): Promise<void>;
  /** Back at the same address. */
  online(): Promise<void>;
  close(): Promise<void>;
}

/** How the system prompt of a question for a thread's title begins. */
const NAMING = 'You name conversations.';
const NO_TITLE = 'No title.\nIt keeps its first words.';

export const FALLBACK_TEXT = 'The script is empty. This is the fixed answer of the scripted model.';

type Of<K extends Reply['kind']> = Omit<Extract<Reply, { kind: K }>, 'kind'>;

export function text(value: string, options: Omit<Of<'text'>, 'text'> = {}): Reply {
  return { kind: 'text', text: value, ...options };
}
export function toolCalls(calls: ScriptedCall[], options: Omit<Of<'toolCalls'>, 'calls'> = {}): Reply {
  return { kind: 'toolCalls', calls, ...options };
}
/** `body` defaults to the error shape of OpenAI. */
export function httpError(status: number, body?: unknown, headers: Record<string, string> = {}): Reply {
  const fallback = { error: { message: `scripted ${status}`, type: 'scripted_error', param: null, code: null } };
  return { kind: 'httpError', status, body: body ?? fallback, headers };
}
export function hang(after?: string): Reply {
  return after === undefined ? { kind: 'hang' } : { kind: 'hang', text: after };
}
/** `clean`: the connection ends properly, but the answer has no finish and no `[DONE]`. */
export function cutAfter(
  chars: number,
  value = 'This answer breaks off somewhere in the middle of it.',
  options: { clean?: boolean } & ReplyCommon = {},
): Reply {
  return { kind: 'cut', after: chars, text: value, ...options };
}
export function malformedArgs(name: string, raw: string, common: ReplyCommon & { id?: string } = {}): Reply {
  return { kind: 'malformedArgs', name, raw, ...common };
}
export function streamError(message: string, before = ''): Reply {
  return { kind: 'streamError', text: before, message };
}

let gates = 0;
/**
 * Streams `before`, then waits for `model.release(reply.id)`, then goes on with `next` (a text or a whole reply).
 * `release()` on the model opens it as well; a release that comes before the request is remembered.
 */
export function gate(
  before: string,
  next: string | Reply = ' …and on.',
  id = `gate-${++gates}`,
): Reply & { id: string } {
  return { kind: 'gate', id, before, next: typeof next === 'string' ? text(next) : next };
}

/** The text of a message, parts joined by line breaks. */
export function messageText(message: ChatMessage | undefined): string {
  if (message?.content == null) return '';
  if (typeof message.content === 'string') return message.content;
  return message.content.map((part) => part.text ?? '').join('\n');
}

function tokens(value: string): number {
  return Math.ceil(Buffer.byteLength(value) / 4);
}

function commonPrefix(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  let i = 0;
  while (i < end && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  return i;
}

function outputOf(reply: Reply): { text: string; reasoning: string } {
  switch (reply.kind) {
    case 'text':
      return { text: reply.text, reasoning: reply.reasoning ?? '' };
    case 'toolCalls':
      return { text: (reply.text ?? '') + reply.calls.map(argumentsOf).join(''), reasoning: reply.reasoning ?? '' };
    case 'gate': {
      const rest = outputOf(reply.next);
      return { text: reply.before + rest.text, reasoning: rest.reasoning };
    }
    default:
      return { text: '', reasoning: '' };
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** Starts a server on 127.0.0.1 with a free port. The caller closes it. */
export async function startScriptedModel(options: ScriptedModelOptions = {}): Promise<ScriptedModel> {
  const queue: ReplySource[] = [...(options.script ?? [])];
  const requests: RecordedRequest[] = [];
  const titleRequests: RecordedRequest[] = [];
  const titles: { title: string; said: string }[] = [];
  const watchers = new Set<() => void>();
  const waiting = new Map<string, (() => void)[]>();
  const released = new Set<string>();
  let models: ModelListing[] | { status: number } = options.models ?? [{ id: 'scripted', object: 'model', created: 0 }];
  let modelListings = 0;
  let previousPrompt = '';
  let served = 0;

  const changed = () => {
    for (const watcher of [...watchers]) watcher();
  };

  function until(what: string, timeoutMs: number, find: () => RecordedRequest | undefined): Promise<RecordedRequest> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = find();
        if (found === undefined) return;
        clearTimeout(timer);
        watchers.delete(look);
        resolve(found);
      };
      const timer = setTimeout(() => {
        watchers.delete(look);
        reject(
          new Error(`Scripted model: ${what} did not happen in ${timeoutMs} ms; ${requests.length} requests so far`),
        );
      }, timeoutMs);
      watchers.add(look);
      look();
    });
  }

  function gateOpen(id: string): Promise<void> {
    if (released.delete(id)) return Promise.resolve();
    return new Promise((resolve) => waiting.set(id, [...(waiting.get(id) ?? []), resolve]));
  }

  function release(id?: string): void {
    for (const key of id === undefined ? [...waiting.keys()] : [id]) {
      const resolvers = waiting.get(key);
      waiting.delete(key);
      if (resolvers === undefined) released.add(key);
      else for (const resolve of resolvers) resolve();
    }
  }

  function titleFor(request: RecordedRequest): string {
    const asked = request.body.messages.map(messageText).join('\n');
    const index = titles.findIndex(({ said }) => asked.includes(said));
    return titles.splice(index, index < 0 ? 0 : 1)[0]?.title ?? NO_TITLE;
  }

  function take(request: RecordedRequest): ReplySource {
    const last = JSON.stringify(messageText(request.body.messages.at(-1)));
    const fits = (entry: ReplySource) =>
      typeof entry === 'function' || entry.when === undefined || last.includes(JSON.stringify(entry.when).slice(1, -1));
    const index = queue.findIndex(fits);
    const found = queue[index];
    if (found === undefined) return text(FALLBACK_TEXT);
    if (typeof found === 'function' || found.keep !== true) queue.splice(index, 1);
    return found;
  }

  async function complete(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    let body: ChatBody;
    try {
      body = JSON.parse(await readBody(incoming)) as ChatBody;
      if (!Array.isArray(body.messages)) throw new Error('messages is missing');
    } catch (error) {
      return sendJson(response, 400, {
        error: { message: `Invalid request: ${String(error)}`, type: 'invalid_request' },
      });
    }
    const request: RecordedRequest = {
      n: requests.length + 1,
      time: Date.now(),
      headers: incoming.headers,
      body,
      outcome: 'open',
    };
    const gone = new AbortController();
    let isCut = false;
    response.on('close', () => {
      if (request.outcome === 'open') request.outcome = response.writableFinished ? 'done' : isCut ? 'cut' : 'aborted';
      gone.abort();
      changed();
    });
    const naming = messageText(body.messages[0]).startsWith(NAMING);
    (naming ? titleRequests : requests).push(request);
    changed();

    const source = naming ? text(titleFor(request)) : take(request);
    const reply = typeof source === 'function' ? await source(request) : source;
    isCut = reply.kind === 'cut' || (reply.kind === 'gate' && reply.next.kind === 'cut');
    const prompt = JSON.stringify([body.tools ?? [], body.messages]);
    const output = outputOf(reply);
    const usage: Usage = {
      prompt: tokens(prompt),
      completion: tokens(output.text) + tokens(output.reasoning),
      // What a provider's prefix cache would have kept of the request before.
      cached: Math.floor(commonPrefix(prompt, previousPrompt) / 4),
      reasoning: tokens(output.reasoning),
      ...reply.usage,
    };
    if (!naming) previousPrompt = prompt;
    await writeReply(reply, {
      response,
      id: `chatcmpl-${port}-${++served}`,
      model: body.model,
      stream: body.stream === true,
      includeUsage: body.stream_options?.include_usage === true,
      usage,
      signal: gone.signal,
      gate: gateOpen,
    });
  }

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = `${incoming.method} ${(incoming.url ?? '').split('?')[0]}`;
    if (route === 'GET /__requests') return sendJson(response, 200, requests);
    if (route === 'POST /__script') {
      queue.push(...(JSON.parse(await readBody(incoming)) as Reply[]));
      return sendJson(response, 200, { remaining: queue.length });
    }
    if (route === 'POST /__release') {
      release((JSON.parse((await readBody(incoming)) || '{}') as { id?: string }).id);
      return sendJson(response, 200, {});
    }
    if (options.apiKey !== undefined && incoming.headers.authorization !== `Bearer ${options.apiKey}`) {
      const message = 'Incorrect API key provided.';
      return sendJson(response, 401, { error: { message, type: 'invalid_request_error', code: 'invalid_api_key' } });
    }
    if (route === 'GET /v1/models') {
      modelListings++;
      if (Array.isArray(models)) return sendJson(response, 200, { object: 'list', data: models });
      return sendJson(response, models.status, { error: { message: `scripted ${models.status}` } });
    }
    if (route === 'POST /v1/chat/completions') return complete(incoming, response);
    return sendJson(response, 404, { error: { message: `No route ${route}` } });
  }

  const server = createServer((incoming, response) => {
    handle(incoming, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { error: { message: `Scripted model: ${String(error)}` } });
    });
  });
  const port = await listen(server, options.port ?? 0);

  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests,
    get modelListings() {
      return modelListings;
    },
    titleRequests,
    name: (title, said) => void titles.push({ title, said }),
    script: (...replies) => void queue.push(...replies),
    get remaining() {
      return queue.length;
    },
    reset() {
      queue.length = 0;
      requests.length = 0;
      titleRequests.length = 0;
      titles.length = 0;
    },
    whenRequest: (n, timeoutMs = 30_000) => until(`request ${n}`, timeoutMs, () => requests[n - 1]),
    whenSettled: (n, timeoutMs = 30_000) =>
      until(`the end of request ${n}`, timeoutMs, () =>
        requests[n - 1]?.outcome === 'open' ? undefined : requests[n - 1],
      ),
    release,
    setModels: (list) => {
      models = list;
    },
    offline: () => close(server),
    online: async () => {
      await listen(server, port);
    },
    close: () => close(server),
  };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, script: { type: 'string' }, models: { type: 'string' } },
  });
  const model = await startScriptedModel({
    port: Number(values.port ?? 0),
    ...(values.script ? { script: JSON.parse(readFileSync(values.script, 'utf8')) as Reply[] } : {}),
    ...(values.models ? { models: values.models.split(',').map((id) => ({ id })) } : {}),
  });
  console.log(`Scripted model: ${model.baseUrl}`);
}
