// Puts what is known of a block into the one order that explains its values: calls of the agent's threads, our own
// writes, and what was seen. Only a change that none of these explains becomes a revision from elsewhere.
import { inverse, outcomes, returnedValue } from './replay.ts';

interface Base {
  /** Names the evidence for ever, e.g. by its call's id. */
  key: string;
  /** Milliseconds since the epoch. Clocks differ between computers, so this is a hint and no proof. */
  at: number;
}

export type Op =
  /** A call of a memory tool; `after`: the value it gave back. `maybe`: nobody knows whether it succeeded. */
  | (Base & { kind: 'call'; lane: string; tool: string; args: unknown; after?: string; maybe: boolean })
  /** A write of ours. `maybe`: announced, and nobody knows whether the server has it. */
  | (Base & { kind: 'write'; before: string; after: string; maybe: boolean })
  /** The value a server gave when asked. */
  | (Base & { kind: 'seen'; value: string });

/** One revision: `op` made it; `elsewhere`: nothing known did, and it stood there by the time of `op`. */
export interface Made {
  op: Op;
  elsewhere: boolean;
  value: string;
}

/** Where a replay stands between two pieces of evidence. */
export interface State {
  /** Undefined as long as nobody knows. */
  value: string | undefined;
  /** Evidence that may explain a change to come: its own effect is not certain. */
  loose: readonly Op[];
  /** Values before this one, newest first. */
  recent: readonly string[];
}

export const START: State = { value: undefined, loose: [], recent: [] };

interface Taken {
  state: State;
  made: readonly Made[];
  cost: number;
}

const ELSEWHERE = 10;
/** A write over a value that its writer had not read yet. */
const OVERTAKEN = 3;
/** A call that succeeded on a value it cannot have succeeded on. */
const PUZZLING = 12;
const UNSURE = 0.5;
/** Below this, an explanation is taken without looking for a better one. */
const GOOD = 2;

const RECENT = 4;
const MOST_LOOSE = 8;

const moved = (state: State, value: string): State =>
  value === state.value
    ? state
    : {
        ...state,
        value,
        recent: state.value === undefined ? state.recent : [state.value, ...state.recent].slice(0, RECENT),
      };

const loosened = (state: State, op: Op): State => ({ ...state, loose: [...state.loose, op].slice(-MOST_LOOSE) });

function step(taken: Taken, made: Made): Taken {
  const changed = made.value !== taken.state.value;
  return { ...taken, state: moved(taken.state, made.value), made: changed ? [...taken.made, made] : taken.made };
}

/** Brings the state to `value`, by the time of `op`: by evidence that waits for an effect, else from elsewhere. */
function bridge(state: State, value: string, op: Op): Taken {
  const from: Taken = { state, made: [], cost: 0 };
  if (state.value === value) return from;
  if (state.value === undefined && state.loose.length === 0) return step(from, { op, elsewhere: true, value });
  const exact = state.loose.find((loose) => explains(loose, state.value, value));
  const found = exact ?? state.loose.find((loose) => mayHaveLeft(loose, value));
  if (!found) return step({ ...from, cost: ELSEWHERE }, { op, elsewhere: true, value });
  const loose = state.loose.filter((each) => each !== found);
  const cost = exact ? UNSURE : 1;
  return step({ ...from, state: { ...state, loose }, cost }, { op: found, elsewhere: false, value });
}

function explains(op: Op, before: string | undefined, value: string): boolean {
  if (op.kind === 'write') return op.after === value;
  if (op.kind !== 'call') return false;
  if (op.after !== undefined) return op.after === value;
  return outcomes(op.tool, op.args, before)?.includes(value) ?? false;
}

/** Whether a call that succeeded on something unknown, or in an unknown way, may have left this value. */
function mayHaveLeft(op: Op, value: string): boolean {
  if (op.kind !== 'call' || op.maybe) return false;
  return outcomes(op.tool, op.args, '') === null || returnedValue(op.tool, op.args, value) !== undefined;
}

/** The ways in which `op` may have come next, best first; never empty. */
function take(state: State, op: Op): [Taken, ...Taken[]] {
  if (op.kind === 'seen') return [bridge(state, op.value, op)];
  const certain = op.kind === 'write' ? takeWrite(state, op) : takeCall(state, op);
  if (!op.maybe) return certain;
  const fits = certain.filter((taken) => taken.cost < GOOD);
  const waits: Taken = { state: loosened(state, op), made: [], cost: 0 };
  // A text that was announced is rather kept where nothing speaks against it; a call may still wait for an approval.
  const [fit] = fits;
  if (op.kind === 'write' && fit) return [fit, { ...waits, cost: UNSURE }];
  return [waits, ...fits.map((taken) => ({ ...taken, cost: taken.cost + UNSURE }))];
}

function takeWrite(state: State, op: Op & { kind: 'write' }): [Taken, ...Taken[]] {
  const made: Made = { op, elsewhere: false, value: op.after };
  const bridged = bridge(state, op.before, op);
  // A write puts a whole value there: what came between its writer's reading and it was written over.
  if (bridged.cost >= ELSEWHERE && state.recent.includes(op.before))
    return [step({ state, made: [], cost: OVERTAKEN }, made), step(bridged, made)];
  return [step(bridged, made)];
}

function takeCall(state: State, op: Op & { kind: 'call' }): [Taken, ...Taken[]] {
  const from: Taken = { state, made: [], cost: 0 };
  const results = outcomes(op.tool, op.args, state.value);
  const { after } = op;
  if (after !== undefined) {
    const made: Made = { op, elsewhere: false, value: after };
    if (results?.includes(after)) return [step(from, made)];
    const before = inverse(op.tool, op.args, after);
    if (before !== undefined) return [step(bridge(state, before, op), made)];
    return [step({ ...from, cost: state.value === undefined ? 0 : PUZZLING }, made)];
  }
  if (results === null) return [{ ...from, state: loosened(state, op) }];
  const [first, ...others] = results.map((value, i) =>
    step({ ...from, cost: i === 0 ? 0 : 1 }, { op, elsewhere: false, value }),
  );
  return first ? [first, ...others] : [{ ...from, state: loosened(state, op), cost: PUZZLING }];
}

/** How far a search for a better order reaches, in pieces of evidence, from the one that does not fit. */
export const REACH = 6;
const CHOICES = 4;
const BEAM = 24;
/** Evidence further apart than this keeps the order of its clocks. */
const FAR_MS = 10 * 60_000;

/** What one clock has put in order stays so: looks at a block, and the calls of one thread. */
function mayOvertake(later: Op, earlier: Op): boolean {
  if (later.at - earlier.at > FAR_MS) return false;
  if (later.kind === 'seen') return earlier.kind !== 'seen';
  return !(later.kind === 'call' && earlier.kind === 'call' && later.lane === earlier.lane);
}

interface Path extends Taken {
  left: readonly Op[];
  /** Where all evidence up to a place, and none behind it, was taken. */
  places: readonly { taken: number; at: Taken }[];
}

/**
 * The best order of a few pieces of evidence, as far as it must be settled: at least `least` of them.
 * @returns how many were taken.
 */
function search(state: State, ops: readonly Op[], least: number): { taken: number; at: Taken } {
  const start: Taken = { state, made: [], cost: 0 };
  let beam: Path[] = [{ ...start, left: ops, places: [] }];
  for (let n = 1; n <= ops.length; n++) {
    beam = best(beam.flatMap(next)).map((path) => {
      const whole = n >= least && path.left[0] === ops[n];
      return whole ? { ...path, places: [...path.places, { taken: n, at: path }] } : path;
    });
  }
  return beam[0]?.places[0] ?? { taken: ops.length, at: beam[0] ?? start };
}

function next(path: Path): Path[] {
  return path.left.slice(0, CHOICES).flatMap((op, i) => {
    const passed = path.left.slice(0, i);
    if (!passed.every((earlier) => mayOvertake(op, earlier))) return [];
    const left = path.left.filter((each) => each !== op);
    return take(path.state, op).map((taken) => ({
      state: taken.state,
      made: [...path.made, ...taken.made],
      cost: path.cost + taken.cost + i,
      left,
      places: path.places,
    }));
  });
}

function best(paths: Path[]): Path[] {
  const sorted = paths.map((path, i) => ({ path, i })).sort((a, b) => a.path.cost - b.path.cost || a.i - b.i);
  const kept = new Map<string, Path>();
  for (const { path } of sorted) {
    const key = `${path.left.map((op) => op.key).join()}|${path.state.loose.map((op) => op.key).join()}|${path.state.value ?? ''}`;
    if (!kept.has(key)) kept.set(key, path);
    if (kept.size === BEAM) break;
  }
  return [...kept.values()];
}

/**
 * Where the replay stood before a piece of evidence, and how many revisions there were; null where it was put into
 * another order together with what is before it. `settled`: what comes later changes no order before this place.
 */
export type Bound = { state: State; revisions: number; settled: boolean } | null;

/** Evidence that was replayed before, of which the last few pieces may have to be put into another order after all. */
export interface Lead {
  ops: readonly Op[];
  bounds: readonly Bound[];
}

export interface Chain {
  /** So many of the revisions that were there before stay as they are. */
  keep: number;
  /** Those that follow them. */
  made: Made[];
  /** One for each piece of evidence, the lead's first. */
  bounds: Bound[];
  end: State;
}

/**
 * Replays evidence that is sorted by time. With `from`, the state where it begins, and a lead of `REACH` pieces, the
 * result is the same as that of a replay of everything.
 */
export function chain(
  ops: readonly Op[],
  from: NonNullable<Bound> = { state: START, revisions: 0, settled: true },
  lead: Lead = { ops: [], bounds: [] },
): Chain {
  const all = [...lead.ops, ...ops];
  const bounds: Bound[] = [...lead.bounds];
  let made: { place: number; made: Made }[] = [];
  let keep = from.revisions;
  let here: NonNullable<Bound> = from;
  let settled = Math.max(
    0,
    bounds.lastIndexOf(null) + 1,
    bounds.findLastIndex((bound) => bound?.settled),
  );
  if (from.settled) settled = lead.ops.length;
  const go = ({ state, made: list }: Taken, place: number, reordered: boolean): void => {
    made.push(...list.map((each, n) => ({ place: place + n, made: each })));
    here = { state, revisions: place + list.length, settled: reordered };
  };
  for (let i = lead.ops.length; i < all.length; ) {
    const op = all[i] as Op;
    bounds[i] = here;
    const [taken] = take(here.state, op);
    const start = Math.max(settled, i - REACH, 0);
    const few = all.slice(start, i + REACH + 1);
    const again = bounds[start];
    if (taken.cost < GOOD || !again || !worthSearching(few)) {
      go(taken, here.revisions, false);
      i++;
      continue;
    }
    keep = Math.min(keep, again.revisions);
    made = made.filter((each) => each.place < again.revisions);
    const found = search(again.state, few, i - start + 1);
    settled = start + found.taken;
    go(found.at, again.revisions, true);
    for (let n = start + 1; n < settled; n++) bounds[n] = null;
    i = settled;
  }
  return { keep, made: made.map((each) => each.made), bounds, end: here.state };
}

/** Alone with what was seen, nothing can be put into another order. */
const worthSearching = (ops: readonly Op[]): boolean => ops.length > 1 && ops.some((op) => op.kind !== 'seen');
