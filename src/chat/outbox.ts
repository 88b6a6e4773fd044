// Coalesces a thread's patch operations, so that the webview gets at most 30 messages a second.
import type { Patch, PatchOp } from '../protocol/views.ts';

/** 30 a second: more than that no one sees, and each message costs a structured clone and a React commit. */
export const MIN_INTERVAL_MS = 34;

/**
 * Collects operations and hands them on as patches with consecutive `rev`s. What is pushed together after a quiet time
 * goes out together and at once (first byte to first pixel), the rest waits for the interval; appended text is joined.
 */
export class Outbox {
  private ops: PatchOp[] = [];
  private timer: NodeJS.Timeout | undefined;
  /** A flush comes as soon as whoever pushes now is done: a message and "running" must not be seen apart. */
  private soon = false;
  private last = Number.NEGATIVE_INFINITY;
  private sent = 0;
  private readonly threadId: string;
  private readonly deliver: (patch: Patch) => void;

  constructor(threadId: string, deliver: (patch: Patch) => void) {
    this.threadId = threadId;
    this.deliver = deliver;
  }

  /** The number of the last patch; a snapshot carries it. */
  get rev(): number {
    return this.sent;
  }

  push(op: PatchOp): void {
    const previous = this.ops.at(-1);
    if (
      op.op === 'append' &&
      previous?.op === 'append' &&
      previous.itemId === op.itemId &&
      previous.partType === op.partType &&
      previous.partId === op.partId
    ) {
      this.ops[this.ops.length - 1] = { ...previous, text: previous.text + op.text };
    } else this.ops.push(op);
    if (this.timer || this.soon) return;
    const wait = this.last + MIN_INTERVAL_MS - performance.now();
    if (wait > 0) {
      this.timer = setTimeout(() => this.flush(), wait);
      return;
    }
    this.soon = true;
    queueMicrotask(() => {
      this.soon = false;
      this.flush();
    });
  }

  /** Sends what waits; called before a snapshot is taken, so that snapshot and patches agree. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.ops.length === 0) return;
    const ops = this.ops;
    this.ops = [];
    this.last = performance.now();
    this.sent++;
    this.deliver({ threadId: this.threadId, rev: this.sent, ops });
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.ops = [];
  }
}
