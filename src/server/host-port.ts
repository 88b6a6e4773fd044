// What the server asks of the extension that runs it: secrets and models that only the extension has.
import type { MessagePort } from 'node:worker_threads';

/** What crosses the port; `src/letta/host-services.ts` is the other end. */
type ToHost = { type: 'ask'; id: number; what: string; body: unknown } | { type: 'drop'; id: number };
type FromHost =
  | { type: 'part'; id: number; part: unknown }
  | { type: 'done'; id: number; value: unknown }
  | { type: 'failed'; id: number; message: string; reason?: string };

interface Waiting {
  part(part: unknown): void;
  done(value: unknown): void;
  failed(error: Error): void;
}

/** The host could not do what it was asked; `reason` is its own word for why. */
class HostError extends Error {
  override name = 'HostError';
  readonly reason: string | undefined;

  constructor(message: string, reason?: string) {
    super(message);
    this.reason = reason;
  }
}

export interface AskOptions {
  signal?: AbortSignal | undefined;
  /** Pieces that come ahead of the answer. */
  onPart?: (part: unknown) => void;
}

export class HostPort {
  private readonly port: MessagePort;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;

  constructor(port: MessagePort) {
    this.port = port;
    port.on('message', (message: FromHost) => this.take(message));
    // Nothing of this keeps the thread alive.
    port.unref();
  }

  /** @throws HostError; the signal's reason on abort */
  ask<T>(what: string, body: unknown = null, { signal, onPart }: AskOptions = {}): Promise<T> {
    const id = ++this.lastId;
    return new Promise<T>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const ended = () => {
        this.waiting.delete(id);
        signal?.removeEventListener('abort', aborted);
      };
      const aborted = () => {
        ended();
        this.port.postMessage({ type: 'drop', id } satisfies ToHost);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', aborted, { once: true });
      this.waiting.set(id, {
        part: (part) => onPart?.(part),
        done: (value) => {
          ended();
          resolve(value as T);
        },
        failed: (error) => {
          ended();
          reject(error);
        },
      });
      this.port.postMessage({ type: 'ask', id, what, body } satisfies ToHost);
    });
  }

  private take(message: FromHost): void {
    const waiting = this.waiting.get(message.id);
    if (message.type === 'part') waiting?.part(message.part);
    else if (message.type === 'done') waiting?.done(message.value);
    else waiting?.failed(new HostError(message.message, message.reason));
  }
}
