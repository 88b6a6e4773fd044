// A revision as it is stored, joined with its evidence, and as it is told.
import { inOrder, linesOf } from '../lines/align.ts';
import type { EvidenceRow } from './evidence.ts';
import type { Author, ReviewMark, Revision } from './types.ts';

export interface RevisionRow {
  ord: number;
  id: string;
  evidence: string;
  elsewhere: number;
  at: number;
  hash: string;
  size: number;
  added: number;
  removed: number;
  excerpt: string;
}

export type Joined = RevisionRow &
  Pick<
    EvidenceRow,
    'label' | 'author' | 'made_by' | 'thread' | 'run' | 'message' | 'call' | 'cause' | 'cause_text' | 'kind'
  > & {
    block: string;
    review: ReviewMark | null;
    sources: string | null;
  };

export const JOINED = `SELECT r.*, e.label, e.author, e.made_by, e.thread, e.run, e.message, e.call, e.cause, e.cause_text, e.kind, m.review, m.sources
  FROM revisions r JOIN evidence e ON e.home = r.home AND e.block = r.block AND e.key = r.evidence
  LEFT JOIN marks m ON m.home = r.home AND m.revision = r.id`;

const EXCERPT = 200;

export function toRevision(row: Joined): Revision {
  const elsewhere = row.elsewhere === 1;
  const author: Author = elsewhere ? 'elsewhere' : (row.author as Author);
  return {
    id: row.id,
    blockId: row.block,
    label: row.label ?? '',
    at: new Date(row.at).toISOString(),
    author,
    by: elsewhere ? (row.ord === 0 ? 'first seen' : 'unknown') : (row.made_by.split(':')[0] ?? row.made_by),
    size: row.size,
    added: row.added,
    removed: row.removed,
    excerpt: row.excerpt,
    ...(row.review ? { review: row.review } : {}),
    ...(row.sources ? { sources: JSON.parse(row.sources) as string[] } : {}),
    ...(elsewhere || row.thread === null ? {} : { threadId: row.thread }),
    ...(elsewhere || row.run === null ? {} : { runId: row.run }),
    ...(elsewhere || row.message === null ? {} : { messageId: row.message }),
    ...(elsewhere || row.call === null ? {} : { callId: row.call }),
    ...(elsewhere || row.cause_text === null
      ? {}
      : { cause: { text: row.cause_text, ...(row.cause === null ? {} : { messageId: row.cause }) } }),
  };
}

/** What a revision did, in lines. */
export function summary(before: string, after: string): { added: number; removed: number; excerpt: string } {
  const a = linesOf(before);
  const b = linesOf(after);
  const same = inOrder(a, b);
  const kept = new Set(same.filter((at) => at >= 0));
  const added = b.filter((_, i) => (same[i] ?? -1) < 0);
  const removed = a.filter((_, i) => !kept.has(i));
  const shown = added.find((line) => line.trim() !== '') ?? removed.find((line) => line.trim() !== '') ?? '';
  return { added: added.length, removed: removed.length, excerpt: shown.trim().slice(0, EXCERPT).toWellFormed() };
}
