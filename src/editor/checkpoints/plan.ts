// What it takes to bring files back to a checkpoint, and what cannot be brought back. Nothing is touched here.
import { join } from 'node:path';
import type { ContentsOf, Wanted } from './contents-of.ts';
import { Coverage, isRules } from './covered.ts';
import { look, staysInside } from './disk.ts';
import type { Entries } from './entries.ts';
import { parseEntry, sameSight, signOf, type Unkept } from './entry.ts';
import type { Cover, RootState } from './scan.ts';

/** One file: `from` is how it stands now, `to` how it stood; null: is not there. */
export interface Step {
  root: string;
  path: string;
  from: string | null;
  to: string | null;
}

export type CannotWhy =
  /** Its content of that time was not kept. */
  | Unkept
  /** It was, and is no longer there: git has cleaned up, or the folder of the storage was emptied. */
  | 'gone'
  /** How it stands now could not be kept, so it must not be lost. */
  | 'unrecorded';

export interface Cannot {
  root: string;
  path: string;
  why: CannotWhy;
}

export interface Plan {
  steps: Step[];
  cannot: Cannot[];
}

export interface Then {
  root: string;
  cover: Cover;
  entries: Entries;
}

/** Files of the checkpoint, or of `sure`, that the state does not name and that are there all the same: ignored by now. */
export function hiddenByNow(then: Then, now: RootState, sure: ReadonlySet<string>): string[] {
  const found: string[] = [];
  for (const path of new Set([...then.entries.unlike(now.entries), ...sure])) {
    const counts = then.entries.has(path) || sure.has(path);
    // What lies behind a link is another file.
    if (!counts || now.entries.has(path) || !staysInside(now.root, path)) continue;
    if (look(join(now.root, path)) !== null) found.push(path);
  }
  return found;
}

/** `sure`: paths that the checkpoint speaks of, even if it is one of those that are ignored. */
export async function planRoot(
  then: Then,
  now: RootState,
  thenOf: ContentsOf,
  nowOf: ContentsOf,
  sure: ReadonlySet<string>,
): Promise<Plan> {
  const plan: Plan = { steps: [], cannot: [] };
  const differing: Step[] = [];
  const made: Step[] = [];
  for (const path of then.entries.unlike(now.entries)) {
    const from = now.entries.get(path) ?? null;
    const to = then.entries.get(path) ?? null;
    if (from !== to) (to === null ? made : differing).push({ root: now.root, path, from, to });
  }
  if (made.length > 0) {
    const coverage = new Coverage(then.cover, await rulesOf(then, thenOf));
    const renamed = otherwiseSpelled(then, made);
    differing.push(...made.filter(({ path }) => sure.has(path) || (coverage.includes(path) && !renamed.has(path))));
  }
  const same = await sameContents(differing, thenOf, nowOf);
  const there = await thenOf.available(wanted(differing, 'to'));
  for (const step of differing) {
    if (same.has(step.path) && step.from?.[0] === step.to?.[0]) continue;
    const why = obstacle(step, there);
    if (why === 'unchanged') continue;
    if (why) plan.cannot.push({ root: step.root, path: step.path, why });
    else plan.steps.push(step);
  }
  return plan;
}

/** Files that are one with a file of the checkpoint, where upper and lower case are the same: to delete one is to delete both. */
function otherwiseSpelled({ root, entries }: Then, made: readonly Step[]): Set<string> {
  const spelled = new Map([...entries].map(([path]) => [path.toLowerCase(), path]));
  const found = new Set<string>();
  for (const { path } of made) {
    const other = spelled.get(path.toLowerCase());
    if (other === undefined) continue;
    const [one, same] = [look(join(root, path)), look(join(root, other))];
    if (one && same && sameSight(one.sight, same.sight)) found.add(path);
  }
  return found;
}

function obstacle({ root, path, from, to }: Step, there: ReadonlyMap<string, number>): CannotWhy | 'unchanged' | null {
  const now = from === null ? null : parseEntry(from);
  const then = to === null ? null : parseEntry(to);
  if (then?.from === 'nowhere') {
    const seen = look(join(root, path));
    if (seen ? signOf(seen.sight) === then.sign : then.why === 'sparse') return 'unchanged';
    return then.why;
  }
  // Neither on the disk now nor then.
  if (now?.from === 'nowhere' && now.why === 'sparse') return then === null ? 'unchanged' : 'sparse';
  if (then !== null && !there.has(path)) return 'gone';
  // What is not read yet is read before anything is done.
  return now?.from === 'nowhere' && now.why !== 'later' ? 'unrecorded' : null;
}

const wanted = (steps: readonly Step[], side: 'from' | 'to'): Wanted[] =>
  steps.flatMap((step) => {
    const entry = step[side];
    return entry === null || entry[1] === '?' ? [] : [{ path: step.path, entry }];
  });

/** Files that have the same content in both, wherever each of them is kept. */
async function sameContents(steps: readonly Step[], thenOf: ContentsOf, nowOf: ContentsOf): Promise<Set<string>> {
  const same = new Set<string>();
  const unclear: Step[] = [];
  for (const step of steps) {
    if (step.from === null || step.to === null) continue;
    const [now, then] = [parseEntry(step.from), parseEntry(step.to)];
    if (now.from === 'nowhere' || then.from === 'nowhere') continue;
    if ((now.kind === 'l') !== (then.kind === 'l')) continue;
    if (now.from === then.from) {
      if (now.hash === then.hash) same.add(step.path);
    } else unclear.push(step);
  }
  if (unclear.length === 0) return same;
  const now = await nowOf.digests(wanted(unclear, 'from'));
  const then = await thenOf.digests(wanted(unclear, 'to'));
  for (const { path } of unclear) if (now.has(path) && now.get(path) === then.get(path)) same.add(path);
  return same;
}

/** The `.gitignore` files of that time; null where one is not kept. */
async function rulesOf({ entries }: Then, thenOf: ContentsOf): Promise<Map<string, string | null>> {
  const files = [...entries].filter(([path]) => isRules(path));
  const rules = new Map<string, string | null>(files.map(([path]) => [path, null]));
  const kept = files.flatMap(([path, entry]) => (entry[1] === '?' ? [] : [{ path, entry }]));
  for await (const { path, bytes } of thenOf.each(kept)) rules.set(path, Buffer.from(bytes).toString('utf8'));
  return rules;
}
