// A server over a temporary folder with a model whose every part the test decides.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider';
import { onTestFinished } from 'vitest';
import { createServer, type LettaServer, type ServerOptions } from '../../../src/server/app.ts';
import { NO_EMBEDDINGS } from '../../../src/server/models/embedding.ts';
import { ModelError, type ModelRegistry } from '../../../src/server/models/registry.ts';

export type Part = LanguageModelV4StreamPart;
/** One answer of the model: parts, or what to do with the call. */
export type Answer =
  | Part[]
  | ((options: LanguageModelV4CallOptions) => Promise<ReadableStream<Part>> | ReadableStream<Part>);

const usage = (input: number, output: number): LanguageModelV4Usage => ({
  inputTokens: { total: input, noCache: input - 5, cacheRead: 5, cacheWrite: undefined },
  outputTokens: { total: output, text: output, reasoning: undefined },
});

export const finish = (unified: 'stop' | 'tool-calls' | 'length' = 'stop'): Part => ({
  type: 'finish',
  usage: usage(100, 10),
  finishReason: { unified, raw: unified },
});

export const words = (...deltas: string[]): Part[] => [
  { type: 'text-start', id: 't' },
  ...deltas.map((delta): Part => ({ type: 'text-delta', id: 't', delta })),
  { type: 'text-end', id: 't' },
];

export const says = (...deltas: string[]): Part[] => [...words(...deltas), finish()];

export const calls = (id: string, toolName: string, input: unknown): Part[] => {
  const text = typeof input === 'string' ? input : JSON.stringify(input);
  return [
    { type: 'tool-input-start', id, toolName },
    { type: 'tool-input-delta', id, delta: text.slice(0, 5) },
    { type: 'tool-input-delta', id, delta: text.slice(5) },
    { type: 'tool-input-end', id },
    { type: 'tool-call', toolCallId: id, toolName, input: text },
  ];
};

/** A stream that the test feeds by hand. */
export class Feed {
  readonly stream: ReadableStream<Part>;
  private controller: ReadableStreamDefaultController<Part> | undefined;

  constructor() {
    this.stream = new ReadableStream<Part>({
      start: (controller) => {
        this.controller = controller;
      },
    });
  }

  push(...parts: Part[]): void {
    for (const part of parts) this.controller?.enqueue(part);
  }

  end(): void {
    this.controller?.close();
  }

  fail(error: unknown): void {
    this.controller?.error(error);
  }
}

/** Answers in order; keeps every request it got as the JSON text the engine handed over. */
export class ScriptedLanguageModel implements LanguageModelV4 {
  readonly specificationVersion = 'v4' as const;
  readonly provider = 'mock';
  readonly modelId = 'm';
  readonly supportedUrls = {};
  readonly requests: LanguageModelV4CallOptions[] = [];
  readonly texts: string[] = [];
  answers: Answer[] = [];
  private waiting: (() => void)[] = [];

  async doStream(options: LanguageModelV4CallOptions) {
    const { abortSignal: _signal, ...rest } = options;
    this.requests.push(options);
    this.texts.push(JSON.stringify(rest));
    for (const wake of this.waiting.splice(0)) wake();
    const answer = this.answers.shift() ?? says('ok');
    if (typeof answer === 'function') return { stream: await answer(options) };
    return {
      stream: new ReadableStream<Part>({
        start(controller) {
          for (const part of answer) controller.enqueue(part);
          controller.close();
        },
      }),
    };
  }

  doGenerate(): never {
    throw new Error('The engine only streams.');
  }

  /** Resolves once the model was asked that many times. */
  async asked(times: number): Promise<void> {
    while (this.requests.length < times) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  get last(): LanguageModelV4CallOptions {
    const request = this.requests.at(-1);
    if (!request) throw new Error('The model was not asked.');
    return request;
  }
}

export function registryOf(model: LanguageModelV4): ModelRegistry {
  const entry = {
    handle: 'mock/m',
    provider: 'mock',
    id: 'm',
    name: 'Mock',
    contextWindow: 32_000,
    maxOutputTokens: null,
    demo: false,
    local: true,
  };
  return {
    embeddings: NO_EMBEDDINGS,
    isRemote: () => false,
    list: async () => [entry],
    resolve: async (handle) => {
      if (!handle.startsWith('mock/')) throw new ModelError('unknown_handle', `No endpoint serves ${handle}.`);
      return { entry, model };
    },
  };
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'letta-server-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes; each assertion says which.
export type Json = any;

export class Harness {
  readonly model: ScriptedLanguageModel;
  readonly server: LettaServer;
  readonly log: string[];

  private constructor(model: ScriptedLanguageModel, server: LettaServer, log: string[]) {
    this.model = model;
    this.server = server;
    this.log = log;
  }

  static async start(dataDir = temporaryFolder(), options: Partial<ServerOptions> = {}): Promise<Harness> {
    const model = new ScriptedLanguageModel();
    const log: string[] = [];
    const server = await createServer({
      dataDir,
      models: registryOf(model),
      version: '1.2.3',
      log: (line) => log.push(line),
      ...options,
    });
    onTestFinished(() => server.close());
    return new Harness(model, server, log);
  }

  request(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return this.server.fetch(
      new Request(`http://letta${path}`, {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    );
  }

  async json(method: string, path: string, body?: unknown): Promise<Json> {
    const response = await this.request(method, path, body);
    const answer = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  }

  agent(fields: object = {}): Promise<Json> {
    return this.json('POST', '/v1/agents/', {
      name: 'Ada',
      model: 'mock/m',
      system: 'You are Ada.',
      memory_blocks: [{ label: 'human', value: 'Prefers tabs.', limit: 100, description: 'The person.' }],
      ...fields,
    });
  }

  conversation(agentId: string, fields: object = {}): Promise<Json> {
    return this.json('POST', `/v1/conversations/?agent_id=${agentId}`, fields);
  }

  /** Sends as the extension does and opens the stream. */
  async send(conversationId: string, body: object): Promise<Events> {
    const response = await this.request('POST', `/v1/conversations/${conversationId}/messages`, {
      streaming: true,
      stream_tokens: true,
      background: true,
      ...body,
    });
    return new Events(response);
  }

  async say(conversationId: string, text: string, more: object = {}): Promise<Events> {
    const events = await this.send(conversationId, { messages: [{ role: 'user', content: text }], ...more });
    await events.all();
    return events;
  }

  messages(conversationId: string): Promise<Json[]> {
    return this.json('GET', `/v1/conversations/${conversationId}/messages?order=asc&limit=1000`);
  }
}

/** The events of one stream. */
export class Events {
  readonly response: Response;
  readonly list: Json[] = [];
  /** Names of frames that carry one, by index into `list`. */
  readonly named = new Map<number, string>();
  done = false;
  private readonly reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  private readonly decoder = new TextDecoder();
  private rest = '';

  constructor(response: Response) {
    this.response = response;
    this.reader = response.body?.getReader();
  }

  /** Reads on until the predicate holds for what came so far. */
  async until(reached: (events: Json[]) => boolean): Promise<void> {
    while (!reached(this.list)) {
      if (!(await this.more())) throw new Error(`The stream ended before: ${JSON.stringify(this.list)}`);
    }
  }

  async all(): Promise<Json[]> {
    while (await this.more());
    return this.list;
  }

  async drop(): Promise<void> {
    await this.reader?.cancel();
  }

  of(type: string): Json[] {
    return this.list.filter((event) => event.message_type === type);
  }

  get text(): string {
    return this.of('assistant_message')
      .map((event) => event.content)
      .join('');
  }

  get stopReason(): string | undefined {
    return this.of('stop_reason')[0]?.stop_reason;
  }

  get runId(): string {
    return this.list[0]?.run_id;
  }

  private async more(): Promise<boolean> {
    const read = await this.reader?.read();
    if (!read || read.done) return false;
    this.rest += this.decoder.decode(read.value, { stream: true });
    for (let end = this.rest.indexOf('\n\n'); end >= 0; end = this.rest.indexOf('\n\n')) {
      this.frame(this.rest.slice(0, end));
      this.rest = this.rest.slice(end + 2);
    }
    return true;
  }

  private frame(text: string): void {
    let name: string | undefined;
    let data = '';
    for (const line of text.split('\n')) {
      if (line.startsWith('event: ')) name = line.slice(7);
      else if (line.startsWith('data: ')) data += line.slice(6);
    }
    if (data === '[DONE]') {
      this.done = true;
      return;
    }
    if (name) this.named.set(this.list.length, name);
    this.list.push(JSON.parse(data));
  }
}
