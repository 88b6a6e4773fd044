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
const MOST = 50;

function share(text: string, wanted: readonly string[]): number {
  const own = new Set(wordsOf(text));
  const common = wanted.filter((word) => own.has(word)).length;
  const inside = own.size >= WHOLE_LINE ? common / own.size : 0;
  return Math.max(common / wanted.length, inside === 1 ? 1 : 0);
}

/**
 * Best first. `passages`: what the search of the archive has found; those that share too few words are kept when the search
 * found them by what they mean, behind the rest.
 */
export function matches(query: string, blocks: readonly BlockView[], passages: readonly PassageView[]): Forgettable[] {
  const wanted = wordsOf(query);
  if (wanted.length === 0) return [];
  const lines = blocks.flatMap((block) =>
    linesOf(block).map((line) => ({
      kind: 'line' as const,
      line,
      readOnly: block.readOnly,
      score: share(line.text, wanted),
    })),
  );
  const entries = passages.map((passage) => ({
    kind: 'passage' as const,
    passage,
    score: share(passage.text, wanted),
  }));
  const byMeaning = (passage: PassageView): boolean => passage.why !== undefined && !passage.why.startsWith('Words');
  return [...lines, ...entries]
    .filter((each) => each.score >= SHARE || (each.kind === 'passage' && byMeaning(each.passage)))
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST);
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
