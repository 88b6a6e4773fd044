// One checkpoint before a turn's first change. A change waits for it, but not for ever; one that comes behind the change would hold
// what that made of the files, so it goes again.
import { setTimeout as pause } from 'node:timers/promises';

export interface TurnPointDeps {
  /** `targets`: files that the change will touch, absolute. */
  take(targets: readonly string[]): Promise<{ id: string }>;
  /** Sees to it that the checkpoint has these files too. */
  ensure(targets: readonly string[]): Promise<void>;
  /** Says which of the files the checkpoint could not bring back. */
  lacking(id: string, targets: readonly string[]): Promise<string>;
  drop(id: string): Promise<void>;
  /** A change goes ahead without a checkpoint, and why. */
  missed(why: string): void;
  /** How long a change waits, in milliseconds. */
  patience: number;
}

const NONE = 'There is no checkpoint from before this change: nothing of it can be restored from one.';

/**
 * @returns what is awaited before each change of the turn; never rejects. `tell`: it says what could not be brought back, for the agent
 */
export function turnPoint(
  deps: TurnPointDeps,
): (targets: readonly string[], tell?: boolean) => Promise<string | undefined> {
  const { patience } = deps;
  const inTime = <T>(done: Promise<T>): Promise<T> => {
    const waited = new AbortController();
    const late = pause(patience, undefined, { ref: false, signal: waited.signal }).then((): never => {
      throw new Error(`it took longer than ${patience / 1_000} seconds`);
    });
    return Promise.race([done, late]).finally(() => waited.abort());
  };
  let taken: Promise<{ id: string }> | undefined;
  // Once a change went ahead without it, no later one stands before the turn's first change.
  let gone = false;
  const miss = (error: unknown): void => deps.missed(error instanceof Error ? error.message : String(error));
  const stand = async (targets: readonly string[]): Promise<void> => {
    if (gone) return;
    if (taken) return inTime(taken.then(() => (gone ? undefined : deps.ensure(targets)))).catch(miss);
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
  return async (targets, tell = false) => {
    await stand(targets);
    if (!tell) return undefined;
    if (gone || !taken) return NONE;
    return inTime(taken.then(({ id }) => deps.lacking(id, targets))).catch(() => undefined);
  };
}
