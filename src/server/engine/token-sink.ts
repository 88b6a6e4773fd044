// Turns the deltas of a model call into events of the Letta API, and passes the text on to the journal.
import { blockOtid } from '../store/ids.ts';
import type { CallKind, CallSink } from './model-call.ts';
import {
  type LettaMessage,
  type MessageHead,
  renderCallDelta,
  renderReasoning,
  renderText,
  requestHead,
} from './render.ts';
import { SEND_MESSAGE, SpokenDelta } from './send-message.ts';

export interface TokenTarget {
  show(message: LettaMessage): void;
  text(kind: 'text' | 'reasoning', block: number, delta: string): void;
  /** A call begins: the text before it is complete. */
  callBegins(): void;
  /** False: events wait for the end of the step; only the journal sees the text. */
  tokens: boolean;
}

export class TokenSink implements CallSink {
  private readonly at: MessageHead;
  private readonly requestAt: MessageHead;
  private readonly target: TokenTarget;
  private readonly spoken = new Map<string, SpokenDelta>();

  constructor(at: MessageHead, target: TokenTarget) {
    this.at = at;
    this.requestAt = requestHead(at);
    this.target = target;
  }

  text(kind: 'text' | 'reasoning', block: number, delta: string): void {
    if (this.target.tokens) {
      const otid = blockOtid(this.at.id, block);
      this.target.show(kind === 'text' ? renderText(this.at, otid, delta) : renderReasoning(this.at, otid, delta));
    }
    this.target.text(kind, block, delta);
  }

  call(kind: CallKind, block: number | undefined, call: { id: string; name: string }, delta: string | null): void {
    if (kind === 'server' && block !== undefined && call.name === SEND_MESSAGE) {
      const spoken = this.spoken.get(call.id) ?? new SpokenDelta();
      this.spoken.set(call.id, spoken);
      const added = delta === null ? '' : spoken.add(delta);
      if (added !== '') this.text('text', block, added);
      return;
    }
    if (delta === null) this.target.callBegins();
    if (!this.target.tokens) return;
    const piece = { id: call.id, name: call.name, delta };
    this.target.show(
      kind === 'request' || block === undefined
        ? renderCallDelta(this.requestAt, this.requestAt.id, 'approval_request_message', piece)
        : renderCallDelta(this.at, blockOtid(this.at.id, block), 'tool_call_message', piece),
    );
  }
}
