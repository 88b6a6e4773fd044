// Writes a scripted reply in the wire format of an OpenAI-compatible endpoint, streaming or not.
import type { ServerResponse } from 'node:http';

export interface Usage {
  prompt: number;
  completion: number;
  cached: number;
  reasoning: number;
}

/** What every reply may carry beside its kind. */
export interface ReplyCommon {
  /** The reply is used only for a request whose last message holds this text; else the next one in the script is tried. */
  when?: string;
  /** The reply stays in the script and answers again. */
  keep?: boolean;
  usage?: Partial<Usage>;
}

export interface ScriptedCall {
  name: string;
  args: unknown;
  id?: string;
}

export type Reply = ReplyCommon &
  (
    | { kind: 'text'; text: string; chunkSize?: number; delayMs?: number; reasoning?: string; finish?: string }
    | {
        kind: 'toolCalls';
        calls: ScriptedCall[];
        /** Pieces each call's arguments come in. */
        fragments?: number;
        delayMs?: number;
        text?: string;
        reasoning?: string;
        /** `false`: one call after the other, as most endpoints do. */
        interleave?: boolean;
      }
    | { kind: 'httpError'; status: number; body: unknown; headers?: Record<string, string> }
    /** Accepts the request; streams `text` if there is any; then nothing, until the client goes away. */
    | { kind: 'hang'; text?: string }
    /** Streams so many characters of the text, then drops the connection; `clean`: ends it properly, but without a finish. */
    | { kind: 'cut'; after: number; text: string; clean?: boolean }
    | { kind: 'malformedArgs'; name: string; raw: string; id?: string }
    /** Streams `before`, waits to be released by its id, goes on with `next`. */
    | { kind: 'gate'; id: string; before: string; next: Reply }
    /** Ends with an `error` object inside the stream, as some endpoints do under load. */
    | { kind: 'streamError'; text: string; message: string }
  );

export interface ReplyContext {
  response: ServerResponse;
  id: string;
  model: string;
  stream: boolean;
  includeUsage: boolean;
  usage: Usage;
  /** Ends when the client goes away. */
  signal: AbortSignal;
  /** Resolves when the gate may go on. */
  gate(id: string): Promise<void>;
}

const DEFAULT_CHUNK = 12;
const DEFAULT_FRAGMENTS = 4;

/** Code points, never half of one: real endpoints don't tear an emoji apart. */
function pieces(text: string, size: number): string[] {
  const points = Array.from(text);
  const result: string[] = [];
  for (let i = 0; i < points.length; i += size) result.push(points.slice(i, i + size).join(''));
  return result;
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}

function forever(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

export function argumentsOf(call: ScriptedCall): string {
  return typeof call.args === 'string' ? call.args : JSON.stringify(call.args);
}

/** One open SSE answer: knows whether the role chunk went out, and the shape all chunks share. */
class ChunkWriter {
  private started = false;
  private readonly context: ReplyContext;
  private readonly created = Math.floor(Date.now() / 1000);

  constructor(context: ReplyContext) {
    this.context = context;
  }

  raw(data: string): void {
    if (!this.context.signal.aborted) this.context.response.write(`data: ${data}\n\n`);
  }

  start(): void {
    if (this.started) return;
    this.started = true;
    this.context.response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    this.delta({ role: 'assistant', content: '' });
  }

  delta(delta: object, finish: string | null = null): void {
    this.raw(
      JSON.stringify({
        id: this.context.id,
        object: 'chat.completion.chunk',
        created: this.created,
        model: this.context.model,
        choices: [{ index: 0, delta, finish_reason: finish }],
        ...(this.context.includeUsage ? { usage: null } : {}),
      }),
    );
  }

  async text(text: string, key: 'content' | 'reasoning_content', size: number, delayMs: number): Promise<void> {
    for (const piece of pieces(text, size)) {
      if (this.context.signal.aborted) return;
      this.delta({ [key]: piece });
      await sleep(delayMs, this.context.signal);
    }
  }

  async calls(calls: ScriptedCall[], fragments: number, delayMs: number, interleave: boolean): Promise<void> {
    const queues = calls.map((call, index) => {
      const raw = argumentsOf(call);
      const parts = pieces(raw, Math.max(1, Math.ceil(raw.length / fragments)));
      const head = {
        index,
        id: call.id ?? `call_${this.context.id}_${index}`,
        type: 'function',
        function: { name: call.name, arguments: '' },
      };
      return [head, ...parts.map((part) => ({ index, function: { arguments: part } }))];
    });
    const longest = Math.max(0, ...queues.map((queue) => queue.length));
    const order = interleave
      ? Array.from({ length: longest }, (_, i) => queues.flatMap((queue) => queue.slice(i, i + 1))).flat()
      : queues.flat();
    for (const item of order) {
      if (this.context.signal.aborted) return;
      this.delta({ tool_calls: [item] });
      await sleep(delayMs, this.context.signal);
    }
  }

  finish(reason: string): void {
    this.delta({}, reason);
    if (this.context.includeUsage) {
      this.raw(
        JSON.stringify({
          id: this.context.id,
          object: 'chat.completion.chunk',
          created: this.created,
          model: this.context.model,
          choices: [],
          usage: usageBody(this.context.usage),
        }),
      );
    }
    this.raw('[DONE]');
    this.context.response.end();
  }
}

function usageBody(usage: Usage): object {
  return {
    prompt_tokens: usage.prompt,
    completion_tokens: usage.completion,
    total_tokens: usage.prompt + usage.completion,
    prompt_tokens_details: { cached_tokens: usage.cached },
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
  };
}

async function stream(reply: Reply, context: ReplyContext, writer: ChunkWriter): Promise<void> {
  const { response, signal } = context;
  if (reply.kind === 'hang' && reply.text === undefined) return forever(signal);
  writer.start();
  switch (reply.kind) {
    case 'text': {
      const delay = reply.delayMs ?? 0;
      await writer.text(reply.reasoning ?? '', 'reasoning_content', reply.chunkSize ?? DEFAULT_CHUNK, delay);
      await writer.text(reply.text, 'content', reply.chunkSize ?? DEFAULT_CHUNK, delay);
      return writer.finish(reply.finish ?? 'stop');
    }
    case 'toolCalls': {
      const delay = reply.delayMs ?? 0;
      await writer.text(reply.reasoning ?? '', 'reasoning_content', DEFAULT_CHUNK, delay);
      await writer.text(reply.text ?? '', 'content', DEFAULT_CHUNK, delay);
      await writer.calls(reply.calls, reply.fragments ?? DEFAULT_FRAGMENTS, delay, reply.interleave ?? true);
      return writer.finish('tool_calls');
    }
    case 'malformedArgs': {
      const call: ScriptedCall = { name: reply.name, args: reply.raw };
      await writer.calls([reply.id === undefined ? call : { ...call, id: reply.id }], DEFAULT_FRAGMENTS, 0, true);
      return writer.finish('tool_calls');
    }
    case 'hang':
      await writer.text(reply.text ?? '', 'content', DEFAULT_CHUNK, 0);
      return forever(signal);
    case 'cut':
      await writer.text(reply.text.slice(0, reply.after), 'content', DEFAULT_CHUNK, 0);
      if (reply.clean) {
        response.end();
        return;
      }
      // The bytes must have left before the connection breaks, else the client would see nothing of them.
      return new Promise((resolve) =>
        response.write('', () => {
          response.destroy();
          resolve();
        }),
      );
    case 'streamError':
      await writer.text(reply.text, 'content', DEFAULT_CHUNK, 0);
      writer.raw(JSON.stringify({ error: { message: reply.message, type: 'server_error', code: null } }));
      response.end();
      return;
    case 'gate':
      await writer.text(reply.before, 'content', DEFAULT_CHUNK, 0);
      await Promise.race([context.gate(reply.id), forever(signal)]);
      if (!signal.aborted) await stream(reply.next, context, writer);
      return;
  }
}

/** Text, reasoning and calls of a reply as one message, for requests that don't stream. */
async function settle(reply: Reply, context: ReplyContext): Promise<{ message: object; finish: string } | null> {
  switch (reply.kind) {
    case 'text':
      return {
        message: { content: reply.text, ...(reply.reasoning ? { reasoning_content: reply.reasoning } : {}) },
        finish: reply.finish ?? 'stop',
      };
    case 'toolCalls':
    case 'malformedArgs': {
      const calls: ScriptedCall[] =
        reply.kind === 'toolCalls'
          ? reply.calls
          : [{ name: reply.name, args: reply.raw, ...(reply.id === undefined ? {} : { id: reply.id }) }];
      const tool_calls = calls.map((call, index) => ({
        id: call.id ?? `call_${context.id}_${index}`,
        type: 'function',
        function: { name: call.name, arguments: argumentsOf(call) },
      }));
      const text = reply.kind === 'toolCalls' ? (reply.text ?? null) : null;
      return { message: { content: text, tool_calls }, finish: 'tool_calls' };
    }
    case 'gate':
      await Promise.race([context.gate(reply.id), forever(context.signal)]);
      return settle(reply.next, context);
    case 'hang':
      await forever(context.signal);
      return null;
    default:
      context.response.destroy();
      return null;
  }
}

/** Answers one request with one reply; ends when everything is written or the client is gone. */
export async function writeReply(reply: Reply, context: ReplyContext): Promise<void> {
  const { response } = context;
  if (reply.kind === 'httpError') {
    const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
    response.end(text);
    return;
  }
  if (context.stream) return stream(reply, context, new ChunkWriter(context));
  const settled = await settle(reply, context);
  if (settled === null || context.signal.aborted) return;
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(
    JSON.stringify({
      id: context.id,
      object: 'chat.completion',
      created: Math.floor(Date.now() / 1000),
      model: context.model,
      choices: [{ index: 0, message: { role: 'assistant', ...settled.message }, finish_reason: settled.finish }],
      usage: usageBody(context.usage),
    }),
  );
}
