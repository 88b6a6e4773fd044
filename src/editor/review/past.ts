// The states that files had of late, so that Ctrl+Z leads back to what waited then.
import type { Pending } from './pending.ts';

/** Files whose states are remembered although nothing is pending in them. */
const MOST_PAST = 40;
/** States of a file that Ctrl+Z may come back to, in characters. */
const MOST_REMEMBERED = 4_000_000;

export class PastStates {
  private readonly states = new Map<string, Pending[]>();

  has(path: string): boolean {
    return this.states.has(path);
  }

  /** The text that the file had last; undefined: none is remembered. */
  lastText(path: string): string | null | undefined {
    return this.states.get(path)?.at(-1)?.now;
  }

  /** What waited when the file had this text last. */
  find(path: string, text: string | null): Pending | undefined {
    return this.states.get(path)?.findLast(({ now }) => now === text);
  }

  /** @param pending how many files wait now: they are remembered beside the others */
  add(path: string, state: Pending, pending: number): void {
    const states = this.states.get(path) ?? [];
    states.push(state);
    let size = 0;
    const first = states.findLastIndex(({ base, now }) => {
      size += (base?.length ?? 0) + (now?.length ?? 0) + 1_000;
      return size > MOST_REMEMBERED;
    });
    this.states.delete(path);
    this.states.set(path, states.slice(first + 1));
    const [oldest] = this.states.keys();
    if (oldest !== undefined && this.states.size > MOST_PAST + pending) this.states.delete(oldest);
  }

  /** What was decided stays decided, wherever Ctrl+Z goes. */
  forget(path: string): void {
    this.states.delete(path);
  }
}
