// When a reflection runs by itself: after a compaction or so many turns, once the window has been idle for a moment. A turn that
// begins meanwhile stops it: on a model that answers one request at a time the person would have to wait.
import type { Reflection } from './reflect.ts';
import type { ReflectLedger } from './reflect-ledger.ts';
import { dayOf } from './reflect-spending.ts';
import { dueIn, putOff, turnEnded } from './reflect-state.ts';

export interface ReflectWhenDeps {
  ledger: ReflectLedger;
  /** What the setting says. */
  on(): boolean;
  /** Whether a turn runs in this window. */
  turnRuns(): boolean;
  /** One run, shown to the person while it goes on and where it has come to something. */
  run(signal: AbortSignal): Promise<Reflection>;
  /** Tokens that the day has left. */
  left(): Promise<number>;
  now(): number;
  log(line: string): void;
}

/** Turns of all windows. */
export const EVERY_TURNS = 25;
/** The person may be about to answer. */
export const IDLE_MS = 30_000;
/** Timers count no further. */
const LONGEST_MS = 24 * 3_600_000;

export class ReflectWhen {
  private readonly deps: ReflectWhenDeps;
  private timer: NodeJS.Timeout | undefined;
  private going: AbortController | undefined;
  private disposed = false;
  /** When the day had too few tokens left, and how many. */
  private refused: { day: string; left: number } | undefined;

  constructor(deps: ReflectWhenDeps) {
    this.deps = deps;
  }

  turnBegan(): void {
    clearTimeout(this.timer);
    this.going?.abort();
  }

  /** Never rejects. */
  async turnEnded(compacted: boolean): Promise<void> {
    try {
      await this.deps.ledger.change((state) => turnEnded(state, compacted));
    } catch (error) {
      this.deps.log(`Turns are not counted for reflection: ${messageOf(error)}`);
    }
    this.soon();
  }

  /** Looks once the window was idle. */
  soon(): void {
    this.lookIn(IDLE_MS);
  }

  private lookIn(ms: number): void {
    clearTimeout(this.timer);
    if (!this.disposed) this.timer = setTimeout(() => void this.look(), Math.min(ms, LONGEST_MS));
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
    this.going?.abort();
  }

  private async look(): Promise<void> {
    const { on, turnRuns, ledger, now, log, run } = this.deps;
    if (this.going || this.disposed || !on() || turnRuns()) return;
    const going = new AbortController();
    this.going = going;
    try {
      const wait = dueIn(await ledger.read(), EVERY_TURNS, now());
      if (wait === null || going.signal.aborted) return;
      if (wait > 0) return this.lookIn(wait);
      if (await this.stillRefused()) return;
      const outcome = await run(going.signal);
      if (outcome.kind === 'failed') log(`Reflection came to nothing and is tried again later: ${outcome.reason}`);
      if (outcome.kind === 'stopped' && !going.signal.aborted) await ledger.change((state) => putOff(state, now()));
      if (outcome.kind === 'budget') {
        this.refused = { day: dayOf(now()), left: await this.deps.left() };
        log('Reflection waits until tomorrow: today’s tokens (letta.memory.reflectionBudget) are used up.');
      }
      if (outcome.kind === 'failed' || outcome.kind === 'done') this.soon();
    } catch (error) {
      log(`Reflection came to nothing: ${messageOf(error)}`);
    } finally {
      this.going = undefined;
    }
  }

  /** Nothing has come back to the day since: another agent's run may have needed less than it had set aside. */
  private async stillRefused(): Promise<boolean> {
    const { refused, deps } = this;
    return refused?.day === dayOf(deps.now()) && (await deps.left()) <= refused.left;
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
