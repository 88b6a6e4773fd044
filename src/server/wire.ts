// The server's end of the wire to the extension host: requests in, responses and event streams out, over a message port.
import type { MessagePort, Transferable } from 'node:worker_threads';
import type { ProviderType } from './models/endpoint.ts';

/** An endpoint, as the host configures it. */
export interface WireEndpoint {
  name: string;
  baseUrl: string;
  /** Whose wire format it speaks; absent: what its address tells, else OpenAI's. */
  providerType?: ProviderType | undefined;
  apiKey?: string;
  /** How long a model may send nothing before it is given up. Absent: 180 s. */
  timeoutSeconds?: number | undefined;
}

/** What the host sends; `src/letta/embedded.ts` is the other end. */
export type HostMessage =
  | {
      type: 'request';
      id: number;
      method: string;
      url: string;
      headers: [string, string][];
      body: string | Uint8Array<ArrayBuffer> | null;
    }
  | { type: 'abort'; id: number }
  | { type: 'configure'; endpoints: WireEndpoint[] }
  | { type: 'close' };

export type WorkerMessage =
  | { type: 'ready' }
  /** Nothing is wrong, but `ready` may take long. */
  | { type: 'migrating' }
  | { type: 'failed'; reason: string; message: string }
  | {
      type: 'response';
      id: number;
      status: number;
      headers: [string, string][];
      body: string | ReadableStream<Uint8Array> | null;
    }
  | { type: 'closed' }
  | { type: 'log'; line: string };

export interface WireApp {
  fetch(request: Request): Promise<Response>;
  /** New endpoints; answers already under way keep the ones they began with. */
  configure(endpoints: WireEndpoint[]): void;
  close(): Promise<void>;
}

/** Sends one message to the host; a stream in it is transferred, not copied. */
export function post(port: MessagePort, message: WorkerMessage): void {
  if (message.type === 'response' && message.body instanceof ReadableStream) {
    // The DOM's and Node's declarations of the same class differ.
    port.postMessage(message, [message.body as unknown as Transferable]);
  } else {
    port.postMessage(message);
  }
}

/**
 * Answers the host's messages with `app` until `close`; then `app.close()` has flushed, `closed` is posted and the
 * port is let go, so that the worker ends by itself. Each request has its own AbortSignal, which fires when the host
 * aborts the request or stops reading its event stream.
 */
export function serveWire(port: MessagePort, app: WireApp): void {
  // The request is kept beside its controller: a Request holds the signal it was made with only weakly, and would
  // never hear of the abort once it was collected itself.
  const running = new Map<number, { controller: AbortController; request?: Request }>();

  const answer = async (message: HostMessage & { type: 'request' }): Promise<void> => {
    const controller = new AbortController();
    const entry: { controller: AbortController; request?: Request } = { controller };
    running.set(message.id, entry);
    let response: Response;
    try {
      const request = new Request(message.url, {
        method: message.method,
        headers: message.headers,
        body: message.body,
        signal: controller.signal,
      });
      entry.request = request;
      response = await app.fetch(request);
    } catch (error) {
      if (!controller.signal.aborted) post(port, { type: 'log', line: `${message.method} ${message.url}: ${error}` });
      response = Response.json({ detail: 'An unknown error occurred' }, { status: 500 });
    }
    const head = {
      type: 'response' as const,
      id: message.id,
      status: response.status,
      headers: [...response.headers],
    };
    const stream = response.body;
    if (stream !== null && (response.headers.get('content-type') ?? '').startsWith('text/event-stream')) {
      // What its run asks of the model goes out first: a stream is handed over slowly, and has nothing to say yet.
      await new Promise((resolve) => setImmediate(resolve));
      post(port, { ...head, body: tied(stream, controller, () => running.delete(message.id)) });
      return;
    }
    const text = stream === null ? null : await response.text();
    running.delete(message.id);
    if (!controller.signal.aborted) post(port, { ...head, body: text });
  };

  port.on('message', (message: HostMessage) => {
    switch (message.type) {
      case 'request':
        answer(message).catch((error: unknown) => {
          running.delete(message.id);
          post(port, { type: 'log', line: `${message.method} ${message.url}: answer lost: ${error}` });
          post(port, {
            type: 'response',
            id: message.id,
            status: 500,
            headers: [['content-type', 'application/json']],
            body: '{"detail":"An unknown error occurred"}',
          });
        });
        return;
      case 'abort':
        running.get(message.id)?.controller.abort();
        return;
      case 'configure':
        app.configure(message.endpoints);
        return;
      case 'close':
        app
          .close()
          .catch((error: unknown) => post(port, { type: 'log', line: `close: ${error}` }))
          .finally(() => {
            post(port, { type: 'closed' });
            port.close();
          });
        return;
      default:
        post(port, { type: 'log', line: `Message of an unknown type dropped: ${JSON.stringify(message)}` });
    }
  });
}

/**
 * `stream`, tied to its request both ways: an abort of the request cancels it, and a reader who leaves aborts the
 * request. The fetch handler's own stream knows only the second half.
 */
function tied(
  stream: ReadableStream<Uint8Array>,
  controller: AbortController,
  finished: () => void,
): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  const { signal } = controller;
  return new ReadableStream<Uint8Array>(
    {
      start(out) {
        const stop = () => {
          reader.cancel(signal.reason).catch(() => {});
          finished();
          try {
            out.error(signal.reason);
          } catch {
            // Closed already: the reader has all of it.
          }
        };
        if (signal.aborted) stop();
        else signal.addEventListener('abort', stop, { once: true });
      },
      async pull(out) {
        try {
          const { done, value } = await reader.read();
          if (signal.aborted) return;
          if (!done) {
            out.enqueue(value);
            return;
          }
        } catch (error) {
          finished();
          throw error;
        }
        finished();
        out.close();
      },
      cancel() {
        controller.abort();
      },
    },
    // Nothing is read ahead: the host's pace is the server's.
    { highWaterMark: 0 },
  );
}
