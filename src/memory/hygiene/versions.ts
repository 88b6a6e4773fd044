// Compares a version that a line names with the range a manifest asks for.

/** 'maybe': the range allows it without naming it. */
export type Fit = 'same' | 'maybe' | 'different';

const numbers = (text: string): number[] =>
  text
    .split('.')
    .map((part) => Number.parseInt(part, 10))
    .filter((part) => !Number.isNaN(part));

function compare(a: number[], b: number[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** `claim`: `3`, `3.1`, `3.1.x`; `atLeast`: the line says "3 or newer". `spec`: `^3.1.0`, `>=3.11,<4`, `v1.9.1`, `lts/jod`. */
export function fits(claim: string, spec: string, atLeast = false): Fit {
  const wanted = numbers(claim.replace(/\.x\b.*$/i, ''));
  const alternatives = spec.split('||').map((part) => part.trim());
  let best: Fit | undefined;
  for (const alternative of alternatives) {
    const fit = fitsOne(wanted, alternative, atLeast);
    if (fit === 'same') return 'same';
    if (fit !== undefined && best !== 'maybe') best = fit;
  }
  return best ?? 'maybe';
}

function fitsOne(wanted: number[], spec: string, atLeast: boolean): Fit | undefined {
  const bounds = [...spec.matchAll(/([<>=!~^]*)\s*v?(\d+(?:\.\d+)*)/g)].map((match) => ({
    operator: match[1] ?? '',
    version: numbers(match[2] ?? ''),
  }));
  const named = bounds.find(({ operator }) => !operator.startsWith('<') && !operator.startsWith('!'));
  if (!named) return undefined;
  const shorter = named.version.slice(0, wanted.length);
  if (
    wanted.length > 0 &&
    compare(shorter, wanted) === 0 &&
    (shorter.length === wanted.length || named.operator === '')
  )
    return 'same';
  // `^3` and a claim of 3.2: allowed, and not what is written.
  const below = compare(wanted, named.version) < 0;
  if (below || atLeast) return 'different';
  const upper = bounds.find(({ operator }) => operator.startsWith('<'));
  if (upper && compare(wanted, upper.version) >= 0) return 'different';
  if (named.operator.startsWith('>')) return 'maybe';
  return wanted[0] === named.version[0] && wanted.length > named.version.length
    ? 'maybe'
    : wanted[0] === named.version[0] && named.operator === '^'
      ? 'maybe'
      : 'different';
}
