// What Doctor finds in memory: lines, what is wrong with them, and the edit that would mend it.
import type { Evidence } from '../memory/hygiene/facts.ts';
import { lineHash } from '../memory/line-hash.ts';
import type { BlockView } from '../protocol/memory-views.ts';

export type FindingKind = 'duplicate' | 'contradiction' | 'oversized' | 'stale' | 'expired' | 'command' | 'unsearched';

/** A line of a block; `number` from 1, `text` as it stands there. */
export interface MemoryLine {
  blockId: string;
  label: string;
  number: number;
  text: string;
}

export interface Proposal {
  blockId: string;
  label: string;
  /** The line as it stands, and what takes its place; '' removes it. */
  before: string;
  after: string;
}

export interface Finding {
  /** The same for the same finding in a later look. */
  id: string;
  kind: FindingKind;
  label: string;
  lines: MemoryLine[];
  evidence: Evidence[];
  /** For the person, one or two sentences. */
  explanation: string;
  /** null: only the person can say what is right. */
  proposal: Proposal | null;
}

/** Headings, rules and fences say nothing by themselves. */
const HEADING = /^\s*(?:#|---|===|```|<!--|\|?[-:| ]+\|?$)/;

export function linesOf(block: Pick<BlockView, 'id' | 'label' | 'value'>): MemoryLine[] {
  const lines: MemoryLine[] = [];
  for (const [index, text] of block.value.split('\n').entries()) {
    if (text.trim() !== '' && !HEADING.test(text))
      lines.push({ blockId: block.id, label: block.label, number: index + 1, text: text.replace(/\r$/, '') });
  }
  return lines;
}

const idOf = (kind: FindingKind, lines: readonly MemoryLine[], more = ''): string =>
  `${kind}-${lineHash([kind, more, ...lines.map(({ blockId, number, text }) => `${blockId}\u0001${number}\u0001${text.trim()}`)].join('\u0002'))}`;

/** One finding; `after` says which line its proposal changes, and to what. */
export function finding(
  kind: FindingKind,
  lines: MemoryLine[],
  explanation: string,
  after: { line: MemoryLine; text: string } | null,
  evidence: Evidence[] = [],
  more = '',
): Finding {
  const proposal = after
    ? { blockId: after.line.blockId, label: after.line.label, before: after.line.text, after: after.text }
    : null;
  return { id: idOf(kind, lines, more), kind, label: lines[0]?.label ?? '', lines, evidence, explanation, proposal };
}
