// How well a name fits what was typed: its letters in order, better where they begin words and stand together. Pure.

/** Higher is better; null: it does not fit. @param typed in lower case */
export function fuzzy(typed: string, name: string): number | null {
  if (typed === '') return 0;
  const lower = name.toLowerCase();
  const base = lower.lastIndexOf('/') + 1;
  if (!holds(typed, lower)) return null;
  // What stands together in the last part of a path is nearly always what is meant.
  const whole = lower.indexOf(typed, base);
  if (whole >= 0) return 1_000 - (whole - base) * 2 - (whole === base ? 0 : 100) - name.length / 10;
  // For each place of the name: the best that the letters so far can have come to when the last of them stands there.
  let scores: number[] = [];
  for (const [index, letter] of [...typed].entries()) {
    const next: number[] = [];
    let best = index === 0 ? 0 : Number.NEGATIVE_INFINITY;
    for (let at = 0; at < lower.length; at++) {
      if (index > 0) best = Math.max(best, scores[at - 2] ?? Number.NEGATIVE_INFINITY);
      const beside = index === 0 ? Number.NEGATIVE_INFINITY : (scores[at - 1] ?? Number.NEGATIVE_INFINITY) + 8;
      const here = (beginsWord(name, at) ? 6 : 0) + (at >= base ? 3 : 0);
      next.push(lower.startsWith(letter, at) ? Math.max(best, beside) + here : Number.NEGATIVE_INFINITY);
    }
    scores = next;
  }
  return Math.max(...scores) - name.length / 10;
}

function holds(typed: string, lower: string): boolean {
  let at = 0;
  for (const letter of typed) {
    at = lower.indexOf(letter, at);
    if (at < 0) return false;
    at += letter.length;
  }
  return true;
}

function beginsWord(name: string, at: number): boolean {
  const letter = name[at] ?? '';
  const left = name[at - 1];
  return left === undefined || /[^a-zA-Z0-9]/.test(left) || (/[A-Z]/.test(letter) && /[a-z]/.test(left));
}

/** The best, best first; those that fit equally well in their order. */
export function best<T>(typed: string, all: readonly T[], nameOf: (each: T) => string, most: number): T[] {
  const lower = typed.toLowerCase();
  const scored = all.flatMap((each) => {
    const score = fuzzy(lower, nameOf(each));
    return score === null ? [] : [{ each, score }];
  });
  return scored
    .toSorted((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ each }) => each);
}
