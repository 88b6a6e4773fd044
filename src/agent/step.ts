// Reads the stream of one step into turn events and tool cards, and stops it when the person says so.

import type { LettaError } from '../letta/errors.ts';
import { toLettaError } from '../letta/errors.ts';
import { isWriting } from '../letta/memory-tools.ts';
import { follow, type Piece, pause, type RunSource } from '../letta/stream.ts';
import { t } from '../protocol/l10n.ts';
import type { ToolPart } from '../protocol/transcript-views.ts';
import { type Describe, prettyArguments } from './describe.ts';
import { COMPACTED, SHUTDOWN, type TurnEvent } from './events.ts';
import type { Looked } from './journal-records.ts';
import type { Call } from './memory-calls.ts';

/** How a step ended. */
export interface StepEnd {
  /** The server's stop reason; null when the stream was let go. */
  reason: string | null;
  error: LettaError | undefined;
  /** Calls the server waits for. */
  calls: Call[];
  /** Pieces may have been missed. */
  incomplete: boolean;
  /** Something of an answer came. */
  begun: boolean;
  /** The newest message that came; undefined: the stream did not say. */
  last?: Looked | undefined;
}

export interface StepDeps {
  describe: Describe;
  sink: (event: TurnEvent) => void;
  signal: AbortSignal;
  /** Asks the server to cancel the run. Rejects while there is none. */
  cancel(): Promise<void>;
  /**
   * A memory call succeeded on the server. `asked`: it had waited for an answer; else it is judged only now.
   * @returns how its card is marked
   */
  memoryDone(call: Call, asked: boolean): Promise<'unreviewed' | undefined>;
  /** The run is there: nothing else comes into the thread before it. */
  begun(): void;
  /** A tool has returned something to the model. */
  returned(tool: string): Promise<void>;
  timing?: { idleMs?: number; retryMs?: number; stopMs?: number };
}

/** How long Stop waits for the server to say that the run is cancelled, before the stream is dropped. */
const STOP_MS = 5_000;
const STOP_RETRY_MS = 100;

interface Seen extends Call {
  approval: boolean;
  returned: boolean;
}

export class StepReader {
  private readonly deps: StepDeps;
  /** Calls of this turn, by id, as the model wrote them. */
  private calls = new Map<string, Seen>();
  /** Cards that are not final. */
  private readonly open = new Map<string, ToolPart>();

  constructor(deps: StepDeps) {
    this.deps = deps;
  }

  /** Follows one run to its end. Never throws: what a server refuses is the step's error. */
  async read(source: RunSource): Promise<StepEnd> {
    const { signal, timing } = this.deps;
    const letGo = new AbortController();
    const over = new AbortController();
    const onAbort = () => void this.stop(letGo, over.signal);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    const end: StepEnd = { reason: null, error: undefined, calls: [], incomplete: false, begun: false };
    const mine = new Set<string>();
    const options = {
      signal: letGo.signal,
      ...(timing?.idleMs === undefined ? {} : { idleMs: timing.idleMs }),
      ...(timing?.retryMs === undefined ? {} : { retryMs: timing.retryMs }),
    };
    try {
      for await (const piece of follow(source, options)) await this.take(piece, end, mine);
    } catch (error) {
      end.error = toLettaError(error);
    } finally {
      signal.removeEventListener('abort', onAbort);
      over.abort();
    }
    for (const callId of mine) {
      const call = this.calls.get(callId);
      if (call?.approval && !call.returned) {
        end.calls.push({ callId, name: call.name, arguments: call.arguments });
        if (!end.error) this.put(this.part(call, 'running'));
      }
    }
    return end;
  }

  /** Shows a card, and remembers it while it is not final. */
  put(part: ToolPart): void {
    if (part.state === 'running' || part.state === 'waiting') this.open.set(part.id, part);
    else this.open.delete(part.id);
    this.deps.sink({ type: 'tool', part });
  }

  /** A call that did not come by this reader's streams. */
  know(call: Call): void {
    if (!this.calls.has(call.callId)) this.calls.set(call.callId, { ...call, approval: true, returned: false });
  }

  /** The turn is over: no card may look as if it went on. */
  closeOpenParts(): void {
    for (const part of [...this.open.values()]) this.put({ ...part, state: 'interrupted' });
  }

  private async take(piece: Piece, end: StepEnd, mine: Set<string>): Promise<void> {
    switch (piece.type) {
      case 'text':
      case 'reasoning':
        end.begun = true;
        this.deps.sink(piece);
        break;
      case 'call':
        end.begun = true;
        this.takeCall(piece, mine);
        break;
      case 'return':
        end.begun = true;
        await this.takeReturn(piece);
        break;
      case 'compacted':
        this.deps.sink({ type: 'notice', text: COMPACTED });
        break;
      case 'retrying': {
        const seconds = Math.max(1, Math.round(piece.delayMs / 1_000));
        this.deps.sink({ type: 'notice', text: t('The model is overloaded. Asking again in {0} s…', seconds) });
        break;
      }
      case 'dropped':
        this.deps.sink({ type: 'notice', text: t('The connection broke. Taking it up again…') });
        break;
      case 'stop':
        end.reason = piece.reason;
        end.incomplete = piece.incomplete;
        end.last = piece.last;
        break;
      case 'error':
        end.error = piece.error;
        break;
      case 'usage':
        this.deps.sink(usageOf(piece));
        break;
      case 'run':
        this.deps.begun();
        break;
    }
  }

  private takeCall(piece: Extract<Piece, { type: 'call' }>, mine: Set<string>): void {
    let call = this.calls.get(piece.callId);
    // Some models number their calls anew in every step.
    if (!call || call.returned || !mine.has(piece.callId)) {
      call = { callId: piece.callId, name: '', arguments: '', approval: false, returned: false };
      this.calls.set(piece.callId, call);
      mine.add(piece.callId);
    }
    call.name = piece.name || call.name;
    call.arguments += piece.delta;
    call.approval ||= piece.approval;
    const { title } = this.deps.describe(call.name, '');
    const input = call.arguments;
    this.put({ type: 'tool', id: call.callId, name: call.name, title, state: 'running', input });
  }

  private async takeReturn(piece: Extract<Piece, { type: 'return' }>): Promise<void> {
    const call = this.calls.get(piece.callId);
    if (!call || call.returned) return;
    call.returned = true;
    await this.deps.returned(call.name);
    const open = this.open.get(piece.callId);
    // Results of this client's own tools come back as an echo on some servers; their cards are final already.
    if (!open) return;
    const memory = open.memory ? { memory: open.memory } : {};
    const state = piece.status === 'success' ? 'done' : 'failed';
    const part = { ...this.part(call, state), ...memory, output: piece.text };
    const wrote = state === 'done' && isWriting(call.name);
    const review = wrote ? await this.deps.memoryDone(call, call.approval) : undefined;
    if (review && part.memory) part.memory = { ...part.memory, review };
    this.put(part);
  }

  private part(call: Call, state: ToolPart['state']): ToolPart {
    const described = this.deps.describe(call.name, call.arguments);
    const input = prettyArguments(call.arguments);
    return { type: 'tool', id: call.callId, name: call.name, ...described, state, input };
  }

  /**
   * Cancels on the server and waits until the stream has said so; then lets it go. A run that is only being made
   * cannot be cancelled yet, so it is asked again.
   */
  private async stop(letGo: AbortController, over: AbortSignal): Promise<void> {
    if (this.deps.signal.reason === SHUTDOWN) {
      letGo.abort();
      return;
    }
    const until = Date.now() + (this.deps.timing?.stopMs ?? STOP_MS);
    while (!over.aborted && Date.now() < until) {
      try {
        await this.deps.cancel();
        break;
      } catch {
        await pause(STOP_RETRY_MS, over);
      }
    }
    await pause(Math.max(0, until - Date.now()), over);
    letGo.abort();
  }
}

const usageOf = (piece: Extract<Piece, { type: 'usage' }>): TurnEvent => {
  const {
    promptTokens: prompt,
    completionTokens: completion,
    cachedTokens: cached,
    contextTokens: context,
    cost,
  } = piece;
  const spent = { prompt, cached, completion, ...(cost === null ? {} : { cost }) };
  return { type: 'usage', tokens: prompt + completion, spent, context };
};
