// One checkpoint before a turn's first change. A change waits for it, but not for ever; one that comes behind the change would hold
// what that made of the files, so it goes again.
import { setTimeout as pause } from 'node:timers/promises';

export interface TurnPointDeps {
  /** `targets`: files that the change will touch, absolute. */
  take(targets: readonly string[]): Promise<{ id: string }>;
  /** Sees to it that the checkpoint has these files too. */
  ensure(targets: readonly string[]): Promise<void>;
  drop(id: string): Promise<void>;
  /** A change goes ahead without a checkpoint, and why. */
  missed(why: string): void;
  /** How long a change waits, in milliseconds. */
  patience: number;
}

/** @returns what is awaited before each change of the turn; never rejects */
export function turnPoint(deps: TurnPointDeps): (targets: readonly string[]) => Promise<void> {
  const { patience } = deps;
  const inTime = (done: Promise<unknown>) => {
    const waited = new AbortController();
    const late = pause(patience, undefined, { ref: false, signal: waited.signal }).then(() => {
      throw new Error(`it took longer than ${patience / 1_000} seconds`);
    });
    return Promise.race([done, late]).finally(() => waited.abort());
  };
  let taken: Promise<{ id: string }> | undefined;
  // Once a change went ahead without it, no later one stands before the turn's first change.
  let gone = false;
  const miss = (error: unknown): void => deps.missed(error instanceof Error ? error.message : String(error));
  return async (targets) => {
    if (gone) return;
    if (taken) return inTime(taken.then(() => (gone ? undefined : deps.ensure(targets)))).then(() => {}, miss);
    const point = deps.take(targets);
    taken = point;
    try {
      await inTime(point);
    } catch (error) {
      gone = true;
      miss(error);
      point.then(({ id }) => deps.drop(id)).catch(() => {});
    }
  };
}
