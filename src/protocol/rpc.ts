// Both ends of the webview boundary: validated requests, responses and events over any `post` function.
// Malformed messages are dropped and logged, never thrown across.
import {
  type Envelope,
  EnvelopeSchema,
  type EventData,
  type EventName,
  events,
  type Method,
  type Params,
  type Result,
  requests,
} from './messages.ts';

export type Handlers = { [M in Method]: (params: Params<M>) => Promise<Result<M>> };
type Post = (message: unknown) => void;
type Log = (text: string) => void;

const isMethod = (name: string): name is Method => Object.hasOwn(requests, name);
const isEvent = (name: string): name is EventName => Object.hasOwn(events, name);

/** The host's end: answers requests, sends events. */
export class HostEnd {
  private readonly post: Post;
  private readonly handlers: Handlers;
  private readonly log: Log;

  constructor(post: Post, handlers: Handlers, log: Log) {
    this.post = post;
    this.handlers = handlers;
    this.log = log;
  }

  /** Feeds one message from the webview. Never throws. */
  async receive(message: unknown): Promise<void> {
    const envelope = EnvelopeSchema.safeParse(message);
    if (!envelope.success || envelope.data.kind !== 'request' || !isMethod(envelope.data.method)) {
      this.log(
        `Dropped a malformed webview message${envelope.success && 'method' in envelope.data ? ` (${envelope.data.method.slice(0, 60)})` : ''}.`,
      );
      return;
    }
    const { id, method, params } = envelope.data;
    const parsed = requests[method].params.safeParse(params);
    if (!parsed.success) {
      this.log(`Dropped a webview request with malformed parameters (${method}).`);
      this.post({ kind: 'error', id, message: 'The request was malformed and has been dropped.' });
      return;
    }
    try {
      const handler = this.handlers[method] as (params: unknown) => Promise<unknown>;
      this.post({ kind: 'response', id, result: await handler(parsed.data) });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.log(`${method} failed: ${text}`);
      this.post({ kind: 'error', id, message: text });
    }
  }

  send<E extends EventName>(event: E, data: EventData<E>): void {
    this.post({ kind: 'event', event, data });
  }
}

type Listener<E extends EventName> = (data: EventData<E>) => void;

/** The webview's end: sends requests, listens to events. */
export class ViewEnd {
  private next = 1;
  private readonly waiting = new Map<
    number,
    { method: Method; resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  private readonly listeners = new Map<EventName, Set<(data: unknown) => void>>();
  private readonly post: Post;
  private readonly log: Log;

  constructor(post: Post, log: Log) {
    this.post = post;
    this.log = log;
  }

  /** Rejects with the host's words when it refuses. */
  request<M extends Method>(method: M, params: Params<M>): Promise<Result<M>> {
    const id = this.next++;
    return new Promise<Result<M>>((resolve, reject) => {
      this.waiting.set(id, { method, resolve: resolve as (value: unknown) => void, reject });
      this.post({ kind: 'request', id, method, params });
    });
  }

  on<E extends EventName>(event: E, listener: Listener<E>): () => void {
    const set = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, set);
    const untyped = listener as (data: unknown) => void;
    set.add(untyped);
    return () => set.delete(untyped);
  }

  /** Feeds one message from the host. Never throws. */
  receive(message: unknown): void {
    const envelope = EnvelopeSchema.safeParse(message);
    if (!envelope.success || envelope.data.kind === 'request') this.log('Dropped a malformed host message.');
    else if (envelope.data.kind === 'event') this.dispatch(envelope.data.event, envelope.data.data);
    else this.settle(envelope.data);
  }

  private dispatch(event: string, data: unknown): void {
    const parsed = isEvent(event) ? events[event].safeParse(data) : undefined;
    if (!parsed?.success) {
      this.log(`Dropped an unknown or malformed event (${event.slice(0, 60)}).`);
      return;
    }
    for (const listener of this.listeners.get(event as EventName) ?? []) listener(parsed.data);
  }

  private settle(answer: Extract<Envelope, { kind: 'response' | 'error' }>): void {
    const entry = this.waiting.get(answer.id);
    if (!entry) return;
    this.waiting.delete(answer.id);
    if (answer.kind === 'error') {
      entry.reject(new Error(answer.message));
      return;
    }
    const parsed = requests[entry.method].result.safeParse(answer.result);
    if (parsed.success) entry.resolve(parsed.data);
    else entry.reject(new Error('The answer from the extension was malformed.'));
  }
}
