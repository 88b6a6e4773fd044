// What in memory matches something that the person wants forgotten, and blocks without it.
import type { BlockEdit } from '../memory/edit-blocks.ts';
import type { BlockView, PassageView } from '../protocol/memory-views.ts';
import { linesOf, type MemoryLine } from './findings.ts';
import { wordsOf } from './trace.ts';

export type Forgettable =
  | { kind: 'line'; line: MemoryLine; readOnly: boolean; score: number }
  | { kind: 'passage'; passage: PassageView; score: number };

/** From this share of the words on something may be meant: the person decides. */
const SHARE = 0.5;
/** A line of at least so many words that stands whole in what was asked for is meant too, however long that is. */
const WHOLE_LINE = 3;

function share(text: string, wanted: readonly string[]): number {
  const own = new Set(wordsOf(text));
  const common = wanted.filter((word) => own.has(word)).length;
  const inside = own.size >= WHOLE_LINE ? common / own.size : 0;
  return Math.max(common / Math.max(1, wanted.length), inside === 1 ? 1 : 0);
}

const LETTER = /[\p{L}\p{N}]/u;
/** Scripts that put nothing between their words. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]/u;
const isInWord = (character = ''): boolean => LETTER.test(character) && !UNSPACED.test(character);
const plain = (text: string): string => text.replace(/\s+/g, ' ').trim().toLowerCase();

/** Whether the query stands there as it is, in whatever case, and not inside of a longer word. */
function says(text: string, query: string): boolean {
  const [all, wanted] = [plain(text), plain(query)];
  for (let at = all.indexOf(wanted); at >= 0 && wanted !== ''; at = all.indexOf(wanted, at + 1)) {
    const cutsBefore = isInWord(all[at - 1]) && isInWord(wanted[0]);
    const cutsBehind = isInWord(wanted.at(-1)) && isInWord(all[at + wanted.length]);
    if (!cutsBefore && !cutsBehind) return true;
  }
  return false;
}

/**
 * Best first. `passages`: what the search of the archive has found; those that share too few words are kept when the search
 * found them by what they mean, behind the rest.
 */
export function matches(query: string, blocks: readonly BlockView[], passages: readonly PassageView[]): Forgettable[] {
  const wanted = wordsOf(query);
  const scoreOf = (text: string): number => (says(text, query) ? 1 : share(text, wanted));
  const lines = blocks.flatMap((block) =>
    linesOf(block).map((line) => ({
      kind: 'line' as const,
      line,
      readOnly: block.readOnly,
      score: scoreOf(line.text),
    })),
  );
  const entries = passages.map((passage) => ({
    kind: 'passage' as const,
    passage,
    score: scoreOf(passage.text),
  }));
  const byMeaning = (passage: PassageView): boolean =>
    wanted.length > 0 && passage.why !== undefined && !passage.why.startsWith('Words');
  return [...lines, ...entries]
    .filter((each) => each.score >= SHARE || (each.kind === 'passage' && byMeaning(each.passage)))
    .sort((a, b) => b.score - a.score);
}

/** One edit a block. A line that no longer stands there counts as gone; every other stays as it is, to the character. */
export function withoutLines(blocks: readonly BlockView[], lines: readonly MemoryLine[]): BlockEdit[] {
  return blocks.flatMap((block) => {
    const rows: (string | null)[] = block.value.split('\n');
    for (const line of lines.filter(({ blockId }) => blockId === block.id)) {
      const at = rows.flatMap((row, index) => (row?.trim() === line.text.trim() ? [index] : []));
      const [nearest] = at.sort((a, b) => Math.abs(a + 1 - line.number) - Math.abs(b + 1 - line.number));
      if (nearest !== undefined) rows[nearest] = null;
    }
    const after = rows.filter((row) => row !== null).join('\n');
    return after === block.value ? [] : [{ blockId: block.id, label: block.label, before: block.value, after }];
  });
}
