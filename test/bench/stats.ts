// A row of the bench: what was measured how often, and what it comes to.

export interface Row {
  /** One of `REQUIRED_ROWS`, or an addition. */
  name: string;
  unit: 'ms' | 'KB' | 'MB' | 'tokens' | 'times' | '%' | 'count';
  state: 'cold' | 'warm' | '-';
  n: number;
  p50: number;
  p95: number;
  /** What it must not exceed, held against p95; absent for what is only compared with. */
  budget?: number;
  /** What it must reach. */
  floor?: number;
}

/** Nearest rank: with few samples p95 is the largest, not something made up between two. */
function rank(sorted: readonly number[], share: number): number {
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (value === undefined) throw new Error('There are no samples.');
  return value;
}

export function row(
  name: string,
  unit: Row['unit'],
  state: Row['state'],
  samples: readonly number[],
  budget?: number,
): Row {
  const sorted = [...samples].sort((a, b) => a - b);
  const measured = { name, unit, state, n: sorted.length, p50: rank(sorted, 0.5), p95: rank(sorted, 0.95) };
  return budget === undefined ? measured : { ...measured, budget };
}

/** What could not be measured here; the table says so. */
export function absent(name: string, why: string): Row {
  return { name: `${name} (not here: ${why})`, unit: 'ms', state: '-', n: 0, p50: Number.NaN, p95: Number.NaN };
}

/** Milliseconds since the epoch, finer than `Date.now()` and comparable between processes and pages. */
export const now = (): number => performance.timeOrigin + performance.now();
