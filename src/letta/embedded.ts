// The host's end of the wire to the embedded server: a worker thread, reached by a `fetch` that opens no port.
import { MessageChannel, Worker } from 'node:worker_threads';
import { type HostServices, inMemory, serveHost } from './host-services.ts';

/** A model endpoint. */
export interface EmbeddedEndpoint {
  name: string;
  baseUrl: string;
  /** Whose wire format it speaks; absent: what its address tells, else OpenAI's. */
  providerType?: 'openai' | 'anthropic' | 'google_ai' | 'openrouter' | 'ollama' | 'lmstudio' | undefined;
  apiKey?: string;
  /** How long a model may send nothing before it is given up. Absent: 180 s. */
  timeoutSeconds?: number | undefined;
}

export interface EmbeddedOptions {
  /** The worker's bundle, `dist/server/worker.mjs`. */
  workerPath: string | URL;
  /** Folder of `letta.db`; made when missing. */
  dataDir: string;
  /** The product's version, said by `/v1/health/`. */
  version: string;
  endpoints: EmbeddedEndpoint[];
  /** What this host does for the server. Without `vault.read` and `vault.write` providers are forgotten with the thread. */
  services?: HostServices;
  log?: (line: string) => void;
  /** Milliseconds until `ready`. Default 60,000. While a database is brought to this version there is no limit. */
  startTimeout?: number;
}

export interface EmbeddedServer {
  /**
   * The `fetch` option of `@letta-ai/letta-client`. Event streams come as they are read; aborting the signal or
   * cancelling the body reaches the server.
   * @throws EmbeddedServerError `exited` or `closed` when no server is there any more; the signal's reason on abort.
   */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** Replaces the model endpoints at run time. */
  configure(endpoints: EmbeddedEndpoint[]): void;
  /** Lets the server flush, then ends the thread. Resolves within 600 ms, whatever the server does. */
  close(): Promise<void>;
  /** Called once if the thread ends without `close`. Dispose to stop listening. */
  onExit(listener: (error: EmbeddedServerError) => void): { dispose(): void };
}

/**
 * - `start_failed`: the server refused to start; `detail` is its own reason (e.g. a store that is corrupt or newer).
 * - `start_timeout`: it said nothing in time.
 * - `exited`: the thread ended by itself.
 * - `closed`: `close` was called.
 */
export type EmbeddedServerReason = 'start_failed' | 'start_timeout' | 'exited' | 'closed';

export class EmbeddedServerError extends Error {
  override name = 'EmbeddedServerError';
  readonly reason: EmbeddedServerReason;
  /** With `start_failed`: the reason the server gave, of its store's or its own union. */
  readonly detail: string | null;

  constructor(reason: EmbeddedServerReason, message: string, detail: string | null = null) {
    super(message);
    this.reason = reason;
    this.detail = detail;
  }
}

const START_TIMEOUT = 60_000;
/** The server has 500 ms to flush; what remains of 600 is for the thread's end. */
const FLUSH_TIMEOUT = 500;
const CLOSE_TIMEOUT = 550;

type Body = string | Uint8Array<ArrayBuffer> | null;

/** What the worker sends; `src/server/wire.ts` is the other end. */
type WorkerMessage =
  | { type: 'ready' }
  | { type: 'migrating' }
  | { type: 'failed'; reason: string; message: string }
  | ResponseMessage
  | { type: 'closed' }
  | { type: 'log'; line: string };

interface ResponseMessage {
  type: 'response';
  id: number;
  status: number;
  headers: [string, string][];
  body: string | ReadableStream<Uint8Array> | null;
}

/**
 * Starts the worker thread and waits until its server answers.
 * @throws EmbeddedServerError `start_failed`, `start_timeout` or `exited`.
 */
export async function startEmbeddedServer(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const server = new WorkerServer(options);
  await server.ready(options.startTimeout ?? START_TIMEOUT);
  return server;
}

class WorkerServer implements EmbeddedServer {
  readonly #worker: Worker;
  readonly #log: (line: string) => void;
  readonly #exchanges = new Map<number, Exchange>();
  readonly #exitListeners = new Set<(error: EmbeddedServerError) => void>();
  readonly #started = Promise.withResolvers<void>();
  readonly #flushed = Promise.withResolvers<void>();
  readonly #exited = Promise.withResolvers<void>();
  #lastId = 0;
  #startTimer: NodeJS.Timeout | undefined;
  /** Why nothing can be asked any more. */
  #over: EmbeddedServerError | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: EmbeddedOptions) {
    this.#log = options.log ?? (() => {});
    this.#started.promise.catch(() => {});
    const { port1, port2 } = new MessageChannel();
    serveHost(port1, options.services ?? inMemory());
    const { dataDir, version, endpoints } = options;
    this.#worker = new Worker(options.workerPath, {
      workerData: { dataDir, version, endpoints, services: port2 },
      transferList: [port2],
      // The extension host's own flags (an inspector, a loader) are not meant for this thread.
      execArgv: [],
      stdout: true,
      stderr: true,
      name: 'letta-server',
    });
    for (const stream of [this.#worker.stdout, this.#worker.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => this.#log(text.trimEnd()));
    }
    this.#worker.on('message', (message: WorkerMessage) => this.#receive(message));
    this.#worker.on('messageerror', (error) => this.#log(`Unreadable message from the embedded server: ${error}`));
    this.#worker.on('error', (error) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#log(`The embedded server crashed: ${text}`);
      this.#end(new EmbeddedServerError('exited', `The embedded server crashed: ${String(error)}. Reload the window.`));
    });
    this.#worker.on('exit', (code) => {
      this.#end(
        new EmbeddedServerError('exited', `The embedded server ended unexpectedly (code ${code}). Reload the window.`),
      );
      this.#exited.resolve();
    });
  }

  async ready(timeout: number): Promise<void> {
    this.#startTimer = setTimeout(() => {
      const seconds = Math.round(timeout / 1000);
      this.#end(new EmbeddedServerError('start_timeout', `The embedded server did not start in ${seconds} seconds.`));
    }, timeout);
    try {
      await this.#started.promise;
    } catch (error) {
      await this.#worker.terminate();
      throw error;
    } finally {
      clearTimeout(this.#startTimer);
    }
  }

  /** An arrow, because the client calls it without its object. */
  fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = input instanceof Request ? input : null;
    const signal = init?.signal ?? request?.signal ?? null;
    signal?.throwIfAborted();
    const headers = new Headers(init?.headers ?? request?.headers);
    const body = await readBody(init?.body ?? (request === null ? null : await request.blob()), headers);
    signal?.throwIfAborted();
    if (this.#over !== null) throw this.#over;
    const id = ++this.#lastId;
    const exchange = new Exchange(signal, (aborted) => {
      this.#exchanges.delete(id);
      if (aborted && this.#over === null) this.#worker.postMessage({ type: 'abort', id });
    });
    this.#exchanges.set(id, exchange);
    this.#worker.postMessage({
      type: 'request',
      id,
      method: (init?.method ?? request?.method ?? 'GET').toUpperCase(),
      url: request === null ? String(input) : request.url,
      headers: [...headers],
      body,
    });
    return exchange.response;
  };

  configure(endpoints: EmbeddedEndpoint[]): void {
    if (this.#over === null) this.#worker.postMessage({ type: 'configure', endpoints });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  onExit(listener: (error: EmbeddedServerError) => void): { dispose(): void } {
    this.#exitListeners.add(listener);
    return { dispose: () => this.#exitListeners.delete(listener) };
  }

  async #close(): Promise<void> {
    const began = performance.now();
    if (this.#over?.reason === 'exited') return;
    this.#over = new EmbeddedServerError('closed', 'The embedded server is closed.');
    this.#worker.postMessage({ type: 'close' });
    // Answers under way may still bring their last words; after the flush nobody sends any.
    await within(FLUSH_TIMEOUT, this.#flushed.promise, this.#exited.promise);
    this.#failAll(this.#over);
    void this.#worker.terminate();
    await within(CLOSE_TIMEOUT - (performance.now() - began), this.#exited.promise);
  }

  #receive(message: WorkerMessage): void {
    switch (message.type) {
      case 'ready':
        this.#started.resolve();
        return;
      case 'migrating':
        // To end it in the middle would only make the next start begin anew.
        clearTimeout(this.#startTimer);
        return;
      case 'failed':
        this.#end(new EmbeddedServerError('start_failed', message.message, message.reason));
        return;
      case 'response': {
        const exchange = this.#exchanges.get(message.id);
        if (exchange !== undefined) exchange.answer(message);
        // Aborted while the answer was on its way.
        else if (message.body instanceof ReadableStream) message.body.cancel().catch(() => {});
        return;
      }
      case 'closed':
        this.#flushed.resolve();
        return;
      case 'log':
        this.#log(message.line);
        return;
      default:
        this.#log(`Message of an unknown type dropped: ${JSON.stringify(message)}`);
    }
  }

  /** Nothing comes from the thread any more: everyone who waits is told why. Only the first reason counts. */
  #end(error: EmbeddedServerError): void {
    if (this.#over !== null) return;
    this.#over = error;
    this.#started.reject(error);
    this.#failAll(error);
    if (error.reason !== 'exited') return;
    for (const listener of [...this.#exitListeners]) listener(error);
  }

  #failAll(error: Error): void {
    for (const exchange of [...this.#exchanges.values()]) exchange.fail(error);
  }
}

/** One request and its answer. Ends once: by the answer's end, by an abort, by a reader who leaves, or by a failure. */
class Exchange {
  readonly response: Promise<Response>;
  readonly #waiting = Promise.withResolvers<Response>();
  readonly #signal: AbortSignal | null;
  readonly #ended: (aborted: boolean) => void;
  #over = false;
  #failBody: ((error: unknown) => void) | null = null;

  /** `ended` is called once, with true when the server must stop working on it. */
  constructor(signal: AbortSignal | null, ended: (aborted: boolean) => void) {
    this.response = this.#waiting.promise;
    this.#signal = signal;
    this.#ended = ended;
    signal?.addEventListener('abort', this.#abort, { once: true });
  }

  answer(message: ResponseMessage): void {
    if (!(message.body instanceof ReadableStream)) {
      this.#end(false);
      this.#waiting.resolve(new Response(message.body, { status: message.status, headers: message.headers }));
      return;
    }
    const reader = message.body.getReader();
    const body = new ReadableStream<Uint8Array>(
      {
        start: (out) => {
          this.#failBody = (error) => {
            out.error(error);
            reader.cancel(error).catch(() => {});
          };
        },
        pull: async (out) => {
          try {
            const { done, value } = await reader.read();
            if (this.#over) return;
            if (!done) {
              out.enqueue(value);
              return;
            }
          } catch (error) {
            this.#end(false);
            throw error;
          }
          this.#end(false);
          out.close();
        },
        cancel: (reason) => {
          this.#end(true);
          reader.cancel(reason).catch(() => {});
        },
      },
      // Nothing is read ahead, so that a reader who pauses pauses the server's stream.
      { highWaterMark: 0 },
    );
    this.#waiting.resolve(new Response(body, { status: message.status, headers: message.headers }));
  }

  fail(error: unknown): void {
    if (this.#over) return;
    this.#end(false);
    this.#stop(error);
  }

  readonly #abort = (): void => {
    if (this.#over) return;
    this.#end(true);
    this.#stop(this.#signal?.reason);
  };

  #stop(error: unknown): void {
    this.#waiting.reject(error);
    this.#failBody?.(error);
  }

  #end(aborted: boolean): void {
    if (this.#over) return;
    this.#over = true;
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#ended(aborted);
  }
}

/** The body as it crosses; a form or a blob is encoded here and names its own content type. */
async function readBody(body: BodyInit | null | undefined, headers: Headers): Promise<Body> {
  if (body === null || body === undefined) return null;
  if (typeof body === 'string') return body;
  const encoded = new Response(body);
  const type = encoded.headers.get('content-type');
  if (type !== null && !headers.has('content-type')) headers.set('content-type', type);
  const bytes = new Uint8Array(await encoded.arrayBuffer());
  return bytes.byteLength === 0 ? null : bytes;
}

/** Resolves with the first of `events`, and after `ms` at the latest. */
async function within(ms: number, ...events: Promise<unknown>[]): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, Math.max(0, ms));
  try {
    await Promise.race([...events, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
