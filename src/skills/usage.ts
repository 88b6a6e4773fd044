// How often skills were used, and what came of it. Kept per agent; every use is counted once, whenever the process ends.

import type { SkillUsageCounts } from '../protocol/skill-views.ts';

/** A turn that used skills and whose end, or what the person makes of it, is still open. */
export interface OpenUse {
  threadId: string;
  /** Names the turn. */
  turn: string;
  /** Ids of skills. */
  skills: string[];
  /** Absolute paths that the turn wrote. */
  wrote: string[];
  /** Milliseconds since the epoch: when it began to use one. */
  at: number;
  /** When it ended well; null: it runs, was cut off, or failed. */
  endedAt: number | null;
  /** The thread's next turn began. */
  next: boolean;
}

interface Count {
  used: number;
  succeeded: number;
  corrected: number;
  lastUsed: number;
  /** When it was there for the first time; absent: it was used before that was noted. */
  since?: number | undefined;
  /** What was counted when the person last kept a revision of it. */
  revised?: Counted | undefined;
}

type Counted = NonNullable<SkillUsageCounts['revised']>;

export interface UsageState {
  /** Settled uses, by id of the skill. */
  counts: Record<string, Count>;
  open: OpenUse[];
  /** When a revision of a skill was proposed last, by its id; milliseconds. */
  proposed: Record<string, number>;
}

/** Where the state lies. */
export interface UsageStore {
  /** @throws Error when it cannot be read */
  read(): Promise<UsageState>;
  /** One change at a time, on disk when it resolves; null leaves it. @throws Error when it cannot be read or written */
  change(change: (state: UsageState) => UsageState | null): Promise<unknown>;
}

/** How long what was written must stand. */
export const STANDS_MS = 10 * 60_000;
const DAY_MS = 24 * 3_600_000;
/** A turn that nobody goes on with is settled at last. */
const MOST_MS = 7 * DAY_MS;
const MOST_OPEN = 200;
const MOST_SKILLS = 2_000;

export const freshUsage = (): UsageState => ({ counts: {}, open: [], proposed: {} });
const nothing = (): Count => ({ used: 0, succeeded: 0, corrected: 0, lastUsed: 0 });

/** Own keys only: an id is a path, or whatever a server calls it. */
const own = <T>(record: Record<string, T>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

function withCount(state: UsageState, ids: readonly string[], change: (count: Count) => Count): UsageState {
  const counts = new Map(Object.entries(state.counts));
  for (const id of ids) counts.set(id, change(counts.get(id) ?? nothing()));
  const kept = [...counts].toSorted(([, a], [, b]) => b.lastUsed - a.lastUsed).slice(0, MOST_SKILLS);
  return { ...state, counts: Object.fromEntries(kept) };
}

const stood = (use: OpenUse, now: number): boolean => use.endedAt !== null && now - use.endedAt >= STANDS_MS;
/** Nothing can change any more what became of it. */
const isOver = (use: OpenUse, now: number): boolean =>
  use.next ? use.endedAt === null || stood(use, now) : now - use.at >= MOST_MS;

/** Counts what is settled by now. One that is over and did not end well counts as used only. */
export function settle(state: UsageState, now: number): UsageState {
  let next: UsageState = { ...state, open: state.open.filter((use) => !isOver(use, now)) };
  const late = next.open.splice(0, Math.max(0, next.open.length - MOST_OPEN));
  for (const use of [...state.open.filter((each) => isOver(each, now)), ...late]) {
    if (use.endedAt === null) continue;
    next = withCount(next, use.skills, (count) => ({ ...count, succeeded: count.succeeded + 1 }));
  }
  return next;
}

/** A skill was loaded in a turn; a second time in the same turn counts once. */
export function noteUsed(
  state: UsageState,
  use: { threadId: string; turn: string; skill: string; wrote: readonly string[] },
  now: number,
): UsageState {
  const known = state.open.find(({ turn }) => turn === use.turn);
  if (known?.skills.includes(use.skill)) return state;
  const counted = withCount(state, [use.skill], (count) => ({ ...count, used: count.used + 1, lastUsed: now }));
  const skills = [...(known?.skills ?? []), use.skill];
  const wrote = [...new Set([...(known?.wrote ?? []), ...use.wrote])];
  const entry = known ? { ...known, skills, wrote } : openUse(use, wrote, now);
  return { ...counted, open: [...state.open.filter((each) => each !== known), entry] };
}

const openUse = (use: { threadId: string; turn: string; skill: string }, wrote: string[], at: number): OpenUse => ({
  threadId: use.threadId,
  turn: use.turn,
  skills: [use.skill],
  wrote,
  at,
  endedAt: null,
  next: false,
});

/** The turn is over; without `well` it did not end as it should. */
export function noteEnded(
  state: UsageState,
  { turn, well, wrote }: { turn: string; well: boolean; wrote: readonly string[] },
  now: number,
): UsageState {
  const open = state.open.map((use) =>
    use.turn === turn
      ? { ...use, wrote: [...new Set([...use.wrote, ...wrote])], endedAt: well ? (use.endedAt ?? now) : null }
      : use,
  );
  return { ...state, open };
}

/** The person speaks again in a thread. */
export function noteNext(state: UsageState, { threadId, turn }: { threadId: string; turn: string }): UsageState {
  const open = state.open.map((use) => (use.threadId === threadId && use.turn !== turn ? { ...use, next: true } : use));
  return { ...state, open };
}

/**
 * Which turns are meant: one by its id, those of a thread (of all, where none is said) that wrote one of the files, or of these
 * the one that was last before the turn `before`.
 */
export type Meant = { turn: string } | { threadId?: string | undefined; paths: readonly string[]; before?: string };

/** @returns the state, and the skills of the turns that were corrected now; each turn is corrected once */
export function noteCorrected(state: UsageState, meant: Meant): { state: UsageState; uses: OpenUse[] } {
  const hit = (use: OpenUse): boolean => {
    if ('turn' in meant) return use.turn === meant.turn;
    if (meant.threadId !== undefined && use.threadId !== meant.threadId) return false;
    if (meant.before !== undefined && (use.next || use.turn === meant.before)) return false;
    return use.wrote.some((path) => meant.paths.includes(path));
  };
  const uses = state.open.filter(hit);
  let next: UsageState = { ...state, open: state.open.filter((use) => !uses.includes(use)) };
  for (const { skills } of uses)
    next = withCount(next, skills, (count) => ({ ...count, corrected: count.corrected + 1 }));
  return { state: next, uses };
}

/** A skill has another id from now on; what an earlier one of that id had is added to it. */
export function noteMoved(state: UsageState, from: string, to: string): UsageState {
  const moved = own(state.counts, from);
  const renamed = (ids: readonly string[]): string[] => [...new Set(ids.map((id) => (id === from ? to : id)))];
  const without = <T>(record: Record<string, T>) =>
    Object.fromEntries(Object.entries(record).filter(([id]) => id !== from));
  const proposed = own(state.proposed, from);
  const sum = (a: Counted, b: Counted): Counted => ({
    used: a.used + b.used,
    succeeded: a.succeeded + b.succeeded,
    corrected: a.corrected + b.corrected,
  });
  const next: UsageState = {
    counts: without(state.counts),
    open: state.open.map((use) => ({ ...use, skills: renamed(use.skills) })),
    proposed: { ...without(state.proposed), ...(proposed === undefined ? {} : { [to]: proposed }) },
  };
  if (!moved) return next;
  return withCount(next, [to], (there) => ({
    ...sum(there, moved),
    lastUsed: Math.max(there.lastUsed, moved.lastUsed),
    since: moved.since,
    // What an earlier skill of that id did says nothing of this one.
    revised: moved.revised && sum(there, moved.revised),
  }));
}

/** Skills that nobody used are known from now on. */
export function noteSeen(state: UsageState, ids: readonly string[], now: number): UsageState {
  const fresh = ids.filter((id) => own(state.counts, id) === undefined);
  return withCount(state, fresh, (count) => ({ ...count, since: now }));
}

/** The person kept a revision: what is counted from now on says how it does. */
export function noteRevised(state: UsageState, id: string, now: number): UsageState {
  const { used = 0, succeeded = 0, corrected = 0 } = countsOf(state, now).get(id) ?? {};
  return withCount(state, [id], (count) => ({ ...count, revised: { used, succeeded, corrected } }));
}

/** The counts as they stand now: what has stood long enough has succeeded, unless it is corrected later. */
export function countsOf(state: UsageState, now: number): Map<string, SkillUsageCounts> {
  let shown = state;
  for (const use of state.open) {
    if (stood(use, now))
      shown = withCount(shown, use.skills, (count) => ({ ...count, succeeded: count.succeeded + 1 }));
  }
  return new Map(
    Object.entries(shown.counts).map(([id, { lastUsed, since, revised, ...counts }]) => [
      id,
      {
        ...counts,
        lastUsed: lastUsed > 0 ? new Date(lastUsed).toISOString() : null,
        ...(since === undefined ? {} : { since: new Date(since).toISOString() }),
        ...(revised ? { revised } : {}),
      },
    ]),
  );
}

/** The uses of one agent's skills. */
export class SkillUsage {
  private readonly store: UsageStore;
  private readonly now: () => number;

  constructor(store: UsageStore, now: () => number = Date.now) {
    this.store = store;
    this.now = now;
  }

  /**
   * By id of the skill.
   * @param ids of those that there are: new ones are noted
   * @throws Error when they cannot be read
   */
  async counts(ids: readonly string[] = []): Promise<ReadonlyMap<string, SkillUsageCounts>> {
    let state = await this.store.read();
    const isNew = ids.some((id) => own(state.counts, id) === undefined);
    if (isNew && Object.keys(state.counts).length < MOST_SKILLS) {
      await this.store.change((before) => {
        state = noteSeen(before, ids, this.now());
        return state;
      });
    }
    return countsOf(state, this.now());
  }

  /** The person kept a revision of it. */
  async revised(skill: string): Promise<void> {
    await this.store.change((state) =>
      own(state.counts, skill) ? noteRevised(settle(state, this.now()), skill, this.now()) : null,
    );
  }

  async used(use: { threadId: string; turn: string; skill: string; wrote: readonly string[] }): Promise<void> {
    await this.store.change((state) => noteUsed(settle(state, this.now()), use, this.now()));
  }

  /** The last turn of a thread that used skills and has not ended well. */
  async unfinished(threadId: string): Promise<string | undefined> {
    const { open } = await this.store.read();
    return open.findLast((use) => use.threadId === threadId && use.endedAt === null && !use.next)?.turn;
  }

  async ended(turn: { turn: string; well: boolean; wrote: readonly string[] }): Promise<void> {
    await this.store.change((state) =>
      state.open.some((use) => use.turn === turn.turn) ? noteEnded(state, turn, this.now()) : null,
    );
  }

  async next(turn: { threadId: string; turn: string }): Promise<void> {
    await this.store.change((state) =>
      state.open.some(({ threadId, next }) => threadId === turn.threadId && !next)
        ? settle(noteNext(state, turn), this.now())
        : null,
    );
  }

  /** A skill was moved or renamed: what is counted goes with it. */
  async moved(from: string, to: string): Promise<void> {
    if (from !== to) await this.store.change((state) => noteMoved(state, from, to));
  }

  /** @returns the uses that it corrected; none where nothing of it came of a skill */
  async corrected(meant: Meant): Promise<OpenUse[]> {
    let found: OpenUse[] = [];
    await this.store.change((before) => {
      const { state, uses } = noteCorrected(settle(before, this.now()), meant);
      found = uses;
      return uses.length > 0 ? state : null;
    });
    return found;
  }

  /** Whether a revision may be proposed: at most one for a skill and day. */
  async mayPropose(skill: string): Promise<boolean> {
    return this.now() - (own((await this.store.read()).proposed, skill) ?? 0) >= DAY_MS;
  }

  /** The day's one is spent. */
  async proposed(skill: string): Promise<void> {
    await this.store.change((state) => {
      const now = this.now();
      const recent = Object.entries(state.proposed).filter(([, at]) => now - at < DAY_MS);
      return { ...state, proposed: Object.fromEntries([...recent, [skill, now]]) };
    });
  }
}
