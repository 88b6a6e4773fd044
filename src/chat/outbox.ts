// Coalesces a thread's patch operations, so that the webview gets at most 30 messages a second.
import type { Patch, PatchOp } from '../protocol/thread-views.ts';

/** With the burst at most 30 in any second: more no one sees, and each costs a structured clone and a React commit. */
export const INTERVAL_MS = 37;
/** What may go out at once after a quiet time: the person's message, the first words of the answer, and one to spare. */
const BURST = 3;

/**
 * Collects operations and hands them on as patches with consecutive `rev`s. What is pushed together after a quiet time
 * goes out together and at once (first byte to first pixel), the rest waits for its turn; appended text is joined.
 */
export class Outbox {
  private ops: PatchOp[] = [];
  private timer: NodeJS.Timeout | undefined;
  /** A flush comes as soon as whoever pushes now is done: a message and "running" must not be seen apart. */
  private soon = false;
  /** Patches that may go out now, in parts of one; as of `counted`. */
  private credit = BURST;
  private counted = performance.now();
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
    const wait = this.wait();
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

  /** What changed cannot be told as operations: with the next patch the view sees that it lacks one, and asks for a snapshot. */
  skip(): void {
    this.flush();
    this.sent++;
  }

  /** Sends what waits; called before a snapshot is taken, so that snapshot and patches agree. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.ops.length === 0) return;
    const ops = this.ops;
    this.ops = [];
    this.count();
    this.credit -= 1;
    this.sent++;
    this.deliver({ threadId: this.threadId, rev: this.sent, ops });
  }

  /** Milliseconds until the next patch may go out. */
  private wait(): number {
    this.count();
    return (1 - this.credit) * INTERVAL_MS;
  }

  private count(): void {
    const now = performance.now();
    this.credit = Math.min(BURST, this.credit + (now - this.counted) / INTERVAL_MS);
    this.counted = now;
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.ops = [];
  }
}
