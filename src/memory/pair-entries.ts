// Which entry of the archive a call has made: passages do not say who wrote them.
import type { PassageView } from '../protocol/memory-views.ts';

/** `at`: milliseconds. Each insertion with the entry that it made: the same words, the nearest in time; an entry counts once. */
export function pairsOf<I extends { text: string; at: number }>(
  insertions: readonly I[],
  passages: readonly PassageView[],
): [I, PassageView][] {
  const left = new Set(passages);
  return insertions.flatMap((insertion): [I, PassageView][] => {
    const { text, at } = insertion;
    const distance = (passage: PassageView): number => Math.abs(Date.parse(passage.at) - at);
    const [nearest] = [...left].filter((each) => each.text === text).sort((a, b) => distance(a) - distance(b));
    if (!nearest) return [];
    left.delete(nearest);
    return [[insertion, nearest]];
  });
}
