// What reflection remembers between runs: how far each thread was read, and the run under way. Pure.
import * as z from 'zod/mini';
import { CiteSchema } from '../protocol/memory-views.ts';

/** The last message of a thread that a run has read. `at`: ISO 8601, for a server that no longer has that message. */
const CursorSchema = z.object({ id: z.string(), at: z.string() });
export type Cursor = z.infer<typeof CursorSchema>;

/** One edit of a block, as it is put up for review. */
const ProposalSchema = z.object({
  label: z.string(),
  /** What is replaced; '' for an addition at the end. */
  before: z.string(),
  after: z.string(),
  /** The block's whole value when the model read it. */
  base: z.string(),
  why: z.string(),
  cites: z.array(CiteSchema),
  sources: z.array(z.string()),
  /** What becomes of it: it waits for a person, or is applied; `mark`: as not reviewed. */
  act: z.enum(['wait', 'apply', 'mark']),
});
export type Proposal = z.infer<typeof ProposalSchema>;

const AnswerSchema = z.object({ tokens: z.number(), proposals: z.array(ProposalSchema) });
export type Answer = z.infer<typeof AnswerSchema>;

const RunSchema = z.object({
  id: z.string(),
  /** Which window's. */
  owner: z.string(),
  /** Milliseconds since the epoch: when its owner was last known to live. */
  beat: z.number(),
  /** How far the threads are read once it is done. */
  to: z.record(z.string(), CursorSchema),
  /** It does not read all there is. */
  more: z.boolean(),
  /** What the model said: from here on the run is carried out, by whoever comes, and never asked again. */
  answer: z.optional(AnswerSchema),
});
export type Run = z.infer<typeof RunSchema>;

export const StateSchema = z.object({
  /** Milliseconds since the epoch: what was said before is not read in a thread without a cursor. */
  since: z.number(),
  cursors: z.record(z.string(), CursorSchema),
  /** Turns since the last run. */
  turns: z.number(),
  /** A thread was compacted since the last run. */
  compacted: z.boolean(),
  /** The last run could not read all there was. */
  more: z.boolean(),
  run: z.nullable(RunSchema),
  /** In a row; the next try is not before `notBefore` (milliseconds since the epoch). */
  failures: z.number(),
  notBefore: z.number(),
  /** Tokens as the model counts them, for one of our estimate. */
  scale: z.number(),
});
export type State = z.infer<typeof StateSchema>;

/** A run whose owner was silent for so long is nobody's. */
export const LEASE_MS = 10_000;
/** At first not all that was ever said is read. */
const FIRST_MS = 7 * 24 * 3_600_000;
/** What one run could not read is not for the next minute: each shows itself to the person. */
const MORE_MS = 10 * 60_000;
const PUT_OFF_MS = 3_600_000;
const BACKOFF_MS = 5 * 60_000;
const LONGEST_BACKOFF_MS = 24 * 3_600_000;
const MOST_SCALE = 3;

export const fresh = (now: number): State => ({
  since: now - FIRST_MS,
  cursors: {},
  turns: 0,
  compacted: false,
  more: false,
  run: null,
  failures: 0,
  notBefore: 0,
  scale: 1,
});

export const turnEnded = (state: State, compacted: boolean): State => ({
  ...state,
  turns: state.turns + 1,
  compacted: state.compacted || compacted,
});

/** Milliseconds until a run should be made by itself; null: there is no reason for one. */
export function dueIn({ turns, compacted, more, notBefore, run }: State, every: number, now: number): number | null {
  const wanted = compacted || more || turns >= every || run?.answer !== undefined;
  return wanted ? Math.max(0, notBefore - now) : null;
}

/** A person stopped a run that nobody had asked for. */
export const putOff = (state: State, now: number): State => ({
  ...state,
  notBefore: Math.max(state.notBefore, now + PUT_OFF_MS),
});

export interface Begin {
  id: string;
  owner: string;
  now: number;
  to: Record<string, Cursor>;
  /** It does not read all there is. */
  more: boolean;
}

/**
 * - `busy`: another window's run lives.
 * - `unfinished`: there is an answer that nobody has carried out: take it over first.
 * - `moved`: another window has read some of these messages meanwhile.
 */
export type Refusal = 'busy' | 'unfinished' | 'moved';

/** Whether somebody still works on the run. */
const lives = (run: Run, now: number): boolean => now - run.beat < LEASE_MS;

/** Begins a run. `from`: the cursors it was read from. */
export function begin(
  state: State,
  from: Readonly<Record<string, Cursor>>,
  { id, owner, now, to, more }: Begin,
): State | Refusal {
  if (state.run && lives(state.run, now)) return 'busy';
  if (state.run?.answer) return 'unfinished';
  if (Object.keys(to).some((thread) => state.cursors[thread]?.id !== from[thread]?.id)) return 'moved';
  return { ...state, run: { id, owner, beat: now, to, more } };
}

/** Takes over what a window that is gone has left behind. Null when there is nothing to finish, or somebody does so. */
export function takeOver(state: State, owner: string, now: number): State | null {
  const { run } = state;
  if (!run?.answer || lives(run, now)) return null;
  return { ...state, run: { ...run, owner, beat: now } };
}

/** The run as long as it is this owner's; null: it was lost. */
const own = ({ run }: State, id: string, owner: string): Run | null =>
  run?.id === id && run.owner === owner ? run : null;

export function beat(state: State, id: string, owner: string, now: number): State | null {
  const run = own(state, id, owner);
  return run && { ...state, run: { ...run, beat: Math.max(run.beat, now) } };
}

/** `estimate`: what the run was thought to take, to know better next time. Null: the run was lost, the answer is void. */
export function answered(
  state: State,
  id: string,
  owner: string,
  { answer, now, scale }: { answer: Answer; now: number; scale: number },
): State | null {
  const run = own(state, id, owner);
  if (!run || run.answer) return null;
  return { ...state, scale: clamped(scale), run: { ...run, beat: now, answer } };
}

/** It was carried out: its messages are read. */
export function finish(state: State, id: string, owner: string, now: number): State | null {
  const run = own(state, id, owner);
  if (!run?.answer) return null;
  const cursors = { ...state.cursors, ...run.to };
  const notBefore = run.more ? now + MORE_MS : 0;
  return { ...state, cursors, run: null, turns: 0, compacted: false, more: run.more, failures: 0, notBefore };
}

/** Nothing is left to read: what was due is done. */
export const nothingNew = (state: State): State => ({ ...state, turns: 0, compacted: false, more: false });

/** It came to nothing, and its messages are read again later. `failed`: not stopped by a person or a turn: the next try waits. */
export function giveUp(
  state: State,
  id: string,
  owner: string,
  { failed, now }: { failed: boolean; now: number },
): State | null {
  const run = own(state, id, owner);
  if (!run || run.answer) return null;
  const failures = failed ? state.failures + 1 : state.failures;
  const wait = Math.min(BACKOFF_MS * 3 ** (failures - 1), LONGEST_BACKOFF_MS);
  return { ...state, run: null, failures, notBefore: failed ? now + wait : state.notBefore };
}

const clamped = (scale: number): number => (scale > 1 ? Math.min(scale, MOST_SCALE) : 1);
