// What calls have put into the archive. Its entries do not say who made them: they are known by their words.
import { ARCHIVE, memoryChange } from '../../letta/memory-tools.ts';
import type { MemoryDatabase } from './database.ts';
import type { Evidence, EvidenceRow } from './evidence.ts';
import { revisionId } from './timeline.ts';
import type { Author, Insertion, ReviewMark } from './types.ts';

/** Clocks of two computers may differ, by a zone too. */
const AROUND_MS = 24 * 60 * 60_000;

export class Insertions {
  private readonly db: MemoryDatabase;
  private readonly evidence: Evidence;

  constructor(db: MemoryDatabase, evidence: Evidence) {
    this.db = db;
    this.evidence = evidence;
  }

  /**
   * The calls with these very words, made about then, that nobody has reviewed, oldest first.
   * @param entries of the archive; `at`: milliseconds since the epoch
   */
  unreviewed(home: string, agent: string, entries: readonly { text: string; at: number }[]): Insertion[] {
    const texts = new Set(entries.map(({ text }) => text));
    return around(entries.map(({ at }) => at))
      .flatMap(([from, to]) => this.evidence.callsFor(home, agent, ARCHIVE, from, to))
      .flatMap((row): Insertion[] => {
        const change = memoryChange(row.made_by, this.evidence.args(row));
        if (change?.label !== ARCHIVE || !texts.has(change.after)) return [];
        const id = revisionId(row.key);
        const mark = this.markOf(home, id);
        return mark?.review === 'unreviewed' ? [toInsertion(row, id, change.after, mark)] : [];
      });
  }

  private markOf(home: string, id: string): Mark | undefined {
    return this.db.get<Mark>('SELECT review, sources FROM marks WHERE home = ? AND revision = ?', home, id);
  }
}

interface Mark {
  review: ReviewMark | null;
  sources: string | null;
}

const toInsertion = (row: EvidenceRow, id: string, text: string, { review, sources }: Mark): Insertion => ({
  id,
  text,
  at: new Date(row.at).toISOString(),
  author: row.author as Author,
  by: row.made_by,
  ...(review ? { review } : {}),
  ...(sources === null ? {} : { sources: JSON.parse(sources) as string[] }),
  ...(row.thread === null ? {} : { threadId: row.thread }),
  ...(row.call === null ? {} : { callId: row.call }),
  ...(row.cause_text === null
    ? {}
    : { cause: { text: row.cause_text, ...(row.cause === null ? {} : { messageId: row.cause }) } }),
});

/** The time around each, in spans that do not overlap: no call is looked at twice. */
function around(times: readonly number[]): [from: number, to: number][] {
  const spans: [number, number][] = [];
  for (const at of times.filter((time) => !Number.isNaN(time)).toSorted((a, b) => a - b)) {
    const last = spans.at(-1);
    if (last && at - AROUND_MS <= last[1]) last[1] = at + AROUND_MS;
    else spans.push([at - AROUND_MS, at + AROUND_MS]);
  }
  return spans;
}
