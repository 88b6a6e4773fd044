// The event stream of a run, read into pieces that a harness can act on; taken up again where a connection broke.
import type { Connection } from './connection.ts';
import { ONCE } from './connection.ts';
import { errorFromBody, isErrorFrame, LettaError, toLettaError } from './errors.ts';
import { pictureJson } from './picture-json.ts';
import {
  callsOf,
  readEvent,
  retryDelayOf,
  returnsOf,
  stopReasonOf,
  textParts,
  type WireEvent,
  type WireReturn,
} from './wire.ts';

export type Piece =
  /** The first sign of life, once. */
  | { type: 'run'; runId: string }
  /** A delta of the contiguous block `id` (its otid). */
  | { type: 'text' | 'reasoning'; id: string; delta: string }
  /** A part of a tool call; `approval`: the server waits for the client to run or approve it. */
  | { type: 'call'; callId: string; name: string; delta: string; approval: boolean }
  | ({ type: 'return' } & WireReturn)
  /** Older messages were summarised to make room. */
  | { type: 'compacted' }
  | {
      type: 'usage';
      promptTokens: number;
      completionTokens: number;
      /** Of the prompt, read from the provider's cache. */
      cachedTokens: number;
      contextTokens: number | null;
      /** Dollars; null where the server does not know the price. */
      cost: number | null;
    }
  /** The model is overloaded, and is asked again after so many milliseconds. */
  | { type: 'retrying'; delayMs: number }
  /** The connection broke and is being taken up again. */
  | { type: 'dropped' }
  /**
   * `incomplete`: pieces before it may have been missed, ask the server for what was stored. `last`: the run's newest message
   * that came, as it is stored.
   */
  | { type: 'stop'; reason: string; incomplete: boolean; last?: { id: string; date: string } }
  | { type: 'error'; error: LettaError };

/** Events that are messages, or parts of one. */
const STORED: ReadonlySet<string> = new Set([
  'assistant_message',
  'reasoning_message',
  'tool_call_message',
  'approval_request_message',
  'tool_return_message',
]);

/**
 * Turns stream events into pieces. One reader follows one run over any number of connections: an event whose `seq_id`
 * was read before is dropped, so a replay adds nothing.
 */
export class StreamReader {
  runId: string | undefined;
  /** The `seq_id` of the last event read; 0 before the first. */
  lastSeq = 0;
  stopped = false;
  private usageSeen = false;
  private compactionSeen = false;
  private last: { id: string; date: string } | undefined;
  /** Per message id: the call that a chunk without an id belongs to. */
  private lastCall: string | undefined;
  private readonly names = new Map<string, string>();

  push(raw: unknown): Piece[] {
    const event = readEvent(raw);
    if (!event) return [];
    if (event.seq_id !== undefined) {
      if (event.seq_id <= this.lastSeq) return [];
      this.lastSeq = event.seq_id;
    }
    const pieces: Piece[] = [];
    if (event.run_id && !this.runId) {
      this.runId = event.run_id;
      pieces.push({ type: 'run', runId: event.run_id });
    }
    pieces.push(...this.read(event));
    return pieces;
  }

  private read(event: WireEvent): Piece[] {
    const id = event.otid ?? event.id ?? event.message_type;
    if (event.id && event.date && STORED.has(event.message_type)) this.last = { id: event.id, date: event.date };
    switch (event.message_type) {
      case 'assistant_message': {
        const delta = textParts(event.content).join('');
        return delta ? [{ type: 'text', id, delta }] : [];
      }
      case 'reasoning_message':
        return event.reasoning ? [{ type: 'reasoning', id, delta: event.reasoning }] : [];
      case 'tool_call_message':
      case 'approval_request_message':
        return this.calls(event, event.message_type === 'approval_request_message');
      case 'tool_return_message':
        return returnsOf(event).map((r) => ({ type: 'return', ...r }));
      case 'event_message':
      case 'summary_message': {
        // One compaction is told by both, or by either.
        const again = this.compactionSeen && event.message_type === 'summary_message';
        this.compactionSeen = event.message_type === 'event_message';
        return again ? [] : [{ type: 'compacted' }];
      }
      case 'ping': {
        const delayMs = retryDelayOf(event);
        return delayMs === undefined ? [] : [{ type: 'retrying', delayMs }];
      }
      case 'usage_statistics':
        return this.usage(event);
      case 'stop_reason': {
        const reason = stopReasonOf(event);
        if (!reason || this.stopped) return [];
        this.stopped = true;
        return [{ type: 'stop', reason, incomplete: false, ...(this.last ? { last: this.last } : {}) }];
      }
      case 'error_message':
        return [{ type: 'error', error: errorFromBody(event) }];
      default:
        return [];
    }
  }

  private calls(event: WireEvent, approval: boolean): Piece[] {
    return callsOf(event).flatMap((call): Piece[] => {
      const callId = call.id ?? this.lastCall;
      if (!callId) return [];
      this.lastCall = callId;
      const name = call.name ?? this.names.get(callId) ?? '';
      if (name) this.names.set(callId, name);
      return [{ type: 'call', callId, name, delta: call.arguments, approval }];
    });
  }

  private usage(event: WireEvent): Piece[] {
    // It carries no seq_id, so a replay repeats it.
    if (this.usageSeen) return [];
    this.usageSeen = true;
    return [
      {
        type: 'usage',
        promptTokens: event.prompt_tokens ?? 0,
        completionTokens: event.completion_tokens ?? 0,
        cachedTokens: event.cached_input_tokens ?? 0,
        contextTokens: event.context_tokens ?? null,
        cost: event.cost_usd ?? null,
      },
    ];
  }
}

export interface RunState {
  id: string;
  status: string;
  stopReason: string | null;
  /** Why it failed; undefined when it did not, or did not say. */
  error: LettaError | undefined;
}

/** Where a run's events come from. Every method rejects with whatever the client throws. */
export interface RunSource {
  open(signal: AbortSignal): Promise<AsyncIterable<unknown>>;
  /** Events of the run after the given `seq_id`, then those to come. */
  resume(runId: string, after: number, signal: AbortSignal): Promise<AsyncIterable<unknown>>;
  /** For a connection that broke before the run had said its id. */
  find(signal: AbortSignal): Promise<AsyncIterable<unknown>>;
  run(runId: string): Promise<RunState>;
}

export interface FollowOptions {
  signal: AbortSignal;
  /** Milliseconds without any event, pings included, after which the connection counts as broken. Default 75,000. */
  idleMs?: number;
  /** First pause before taking up again, doubled each time. Default 250 ms. */
  retryMs?: number;
}

const IDLE_MS = 75_000;
/** Some servers leave the connection open after the last event. */
const AFTER_STOP_MS = 2_000;
const RETRY_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
/** Tries in a row without a single new event: about 20 seconds. */
const MAX_TRIES = 7;

/** Resolves after the time, or at once when the signal is aborted. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });

const QUIET = Symbol('quiet');

/** The next event, or QUIET when none came in time or the signal was aborted. */
async function next(
  iterator: AsyncIterator<unknown>,
  ms: number,
  signal: AbortSignal,
): Promise<IteratorResult<unknown> | typeof QUIET> {
  if (signal.aborted) return QUIET;
  const waiting = iterator.next();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let onAbort: (() => void) | undefined;
  const quiet = new Promise<typeof QUIET>((resolve) => {
    timer = setTimeout(() => resolve(QUIET), ms);
    onAbort = () => resolve(QUIET);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    const first = await Promise.race([waiting, quiet]);
    if (first === QUIET) waiting.catch(() => {});
    return first;
  } finally {
    clearTimeout(timer);
    if (onAbort) signal.removeEventListener('abort', onAbort);
  }
}

/**
 * Follows one run to its end. A failure of the run is a piece; what is thrown is a request that never became a run.
 * Ends without `stop` only when the signal is aborted.
 * @throws LettaError when the first request is refused.
 */
export async function* follow(source: RunSource, options: FollowOptions): AsyncGenerator<Piece, void> {
  const { signal } = options;
  const reader = new StreamReader();
  let events: AsyncIterable<unknown>;
  try {
    events = await source.open(signal);
  } catch (error) {
    if (signal.aborted) return;
    throw toLettaError(error);
  }
  let tries = 0;
  for (;;) {
    const before = reader.lastSeq;
    let failed = false;
    for await (const piece of read(events, reader, options)) {
      failed ||= piece.type === 'error';
      yield piece;
    }
    if (failed || reader.stopped || signal.aborted) return;
    if (reader.lastSeq > before) tries = 0;
    if (tries === 0) yield { type: 'dropped' };
    const again = await takeUp(source, reader, options, tries);
    if (signal.aborted) return;
    tries = again.tries;
    if ('ended' in again) {
      yield* again.ended;
      return;
    }
    events = again.events;
  }
}

async function* read(
  events: AsyncIterable<unknown>,
  reader: StreamReader,
  { signal, idleMs = IDLE_MS }: FollowOptions,
): AsyncGenerator<Piece, void> {
  const iterator = events[Symbol.asyncIterator]();
  try {
    for (;;) {
      const item = await next(iterator, reader.stopped ? AFTER_STOP_MS : idleMs, signal);
      if (item === QUIET || item.done) return;
      yield* reader.push(item.value);
    }
  } catch (error) {
    if (isErrorFrame(error)) yield { type: 'error', error: toLettaError(error) };
  } finally {
    // Not awaited: a connection that hangs would hold it up. The client aborts its request on return.
    iterator.return?.()?.catch(() => {});
  }
}

type Again = { tries: number } & ({ events: AsyncIterable<unknown> } | { ended: Piece[] });

async function takeUp(
  source: RunSource,
  reader: StreamReader,
  { signal, retryMs = RETRY_MS }: FollowOptions,
  tried: number,
): Promise<Again> {
  let last: LettaError = new LettaError('unreachable');
  for (let tries = tried + 1; tries <= MAX_TRIES && !signal.aborted; tries++) {
    await pause(Math.min(retryMs * 2 ** (tries - 1), LONGEST_PAUSE_MS), signal);
    if (signal.aborted) break;
    try {
      const events = reader.runId
        ? await source.resume(reader.runId, reader.lastSeq, signal)
        : await source.find(signal);
      return { events, tries };
    } catch (error) {
      last = toLettaError(error);
    }
    if (last.reason === 'unreachable' || last.reason === 'timeout') continue;
    if (!reader.runId) break;
    // The events are gone or were never kept: what became of the run still tells how to go on.
    const state = await source.run(reader.runId).catch(() => undefined);
    if (!state || state.status === 'running' || state.status === 'created') continue;
    return { tries, ended: endOf(state) };
  }
  return { tries: MAX_TRIES, ended: [{ type: 'error', error: last }] };
}

function endOf(state: RunState): Piece[] {
  if (state.error) return [{ type: 'error', error: state.error }];
  const byStatus = state.status === 'cancelled' ? 'cancelled' : state.status === 'completed' ? 'end_turn' : 'error';
  return [{ type: 'stop', reason: state.stopReason ?? byStatus, incomplete: true }];
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Reads a run as the API gives it. */
export function readRun(raw: unknown): RunState {
  const run = isRecord(raw) ? raw : {};
  const metadata = isRecord(run.metadata) ? run.metadata : {};
  const failed = run.status === 'failed';
  return {
    id: typeof run.id === 'string' ? run.id : '',
    status: typeof run.status === 'string' ? run.status : 'failed',
    stopReason: typeof run.stop_reason === 'string' ? run.stop_reason : null,
    error: failed && metadata.error ? errorFromBody(metadata.error) : undefined,
  };
}

/** Whether that is the agent's own conversation: the API calls it `default`, threads of the editor have the agent's id. */
export const isDefault = (agentId: string, threadId: string): boolean => threadId === 'default' || threadId === agentId;

/** By the name `default` the agent's own conversation wants the agent named beside it. */
export const inBody = (agentId: string, threadId: string): { agent_id?: string } =>
  threadId === 'default' ? { agent_id: agentId } : {};

/** The request of one send; Letta API: messages of a conversation. */
export type SendBody = Parameters<Connection['client']['conversations']['messages']['create']>[1];

/** Until headers come; an agent's first event is sent at once, so this is a server that hangs. */
const HEADERS_MS = 120_000;

/** What masks secrets in stored calls is known to the embedded server alone; others are not sent what they may refuse. */
function forHome(connection: Connection, body: SendBody): SendBody {
  if (connection.kind === 'embedded' || !body.messages) return body;
  const messages = body.messages.map((message) => {
    if (!('approvals' in message) || !message.approvals) return message;
    const approvals = message.approvals.map((answer) => {
      if (!('masked_arguments' in answer)) return answer;
      const { masked_arguments: _masked, ...rest } = answer;
      return rest as typeof answer;
    });
    return { ...message, approvals };
  });
  return { ...body, messages };
}

/** Sends to a conversation, once; the run goes on when the connection breaks. */
export function send(
  connection: Connection,
  agentId: string,
  threadId: string,
  otid: string,
  body: SendBody,
): RunSource {
  const { messages } = connection.client.conversations;
  return {
    ...existing(connection),
    open: (signal) => {
      const sent = { ...forHome(connection, body), ...inBody(agentId, threadId) };
      const json = pictureJson(sent);
      const raw = json === undefined ? {} : { body: json, headers: { 'content-type': 'application/json' } };
      return messages.create(threadId, sent, { ...ONCE, timeout: HEADERS_MS, signal, ...raw });
    },
    find: (signal) =>
      messages.stream(
        threadId,
        { otid, starting_after: 0, batch_size: 1_000, ...inBody(agentId, threadId) },
        { ...ONCE, signal },
      ),
  };
}

/** Follows a run that is going on already, from its beginning. */
export function attach(connection: Connection, runId: string): RunSource {
  const source = existing(connection);
  return {
    ...source,
    open: (signal) => source.resume(runId, 0, signal),
    find: (signal) => source.resume(runId, 0, signal),
  };
}

function existing({ client }: Connection): Pick<RunSource, 'resume' | 'run'> {
  return {
    resume: (runId, after, signal) =>
      client.runs.messages.stream(runId, { starting_after: after, batch_size: 1_000 }, { ...ONCE, signal }),
    run: async (runId) => readRun(await client.runs.retrieve(runId)),
  };
}
