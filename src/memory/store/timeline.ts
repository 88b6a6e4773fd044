// The revisions of the blocks: a projection of the evidence, brought up to date when somebody asks.
import { createHash } from 'node:crypto';
import { type Blame, blame, NOTHING } from '../lines/blame.ts';
import { type Bound, chain, type Made, type Op, REACH, START, type State } from '../timeline/chain.ts';
import type { MemoryDatabase } from './database.ts';
import { type Evidence, type EvidenceRow, ORDER } from './evidence.ts';
import { JOINED, type Joined, type RevisionRow, summary, toRevision } from './revision-rows.ts';
import { hashOf, type Texts } from './texts.ts';
import type { LineView, Revision, RevisionPage, RevisionValue } from './types.ts';

/** Evidence so close before a change may have been put into another order together with it. */
const MARGIN = 2 * REACH + 1;
/** These bring back what stood there before. */
const REVIVING = /^(restore|undo|reset)/;

/** The same for the same evidence, however often the timeline is made anew. */
export const revisionId = (key: string, elsewhere = false): string =>
  `rev-${createHash('sha256')
    .update(`${elsewhere ? 'elsewhere' : ''}\0${key}`)
    .digest('hex')
    .slice(0, 24)}`;

export class Timeline {
  private readonly db: MemoryDatabase;
  private readonly texts: Texts;
  private readonly evidence: Evidence;

  constructor(db: MemoryDatabase, texts: Texts, evidence: Evidence) {
    this.db = db;
    this.texts = texts;
    this.evidence = evidence;
  }

  /** Hash of the newest value known. */
  head(home: string, block: string): string | null {
    const row = this.db.get<{ hash: string }>(
      'SELECT hash FROM revisions WHERE home = ? AND block = ? ORDER BY ord DESC LIMIT 1',
      home,
      block,
    );
    return row?.hash ?? null;
  }

  /** Brings the revisions of a block up to date. @returns whether any changed. */
  settle(home: string, block: string): boolean {
    if (!this.db.get('SELECT 1 FROM stale WHERE home = ? AND block = ?', home, block)) return false;
    return this.db.write(() => {
      const stale = this.db.get<{ at: number }>('SELECT at FROM stale WHERE home = ? AND block = ?', home, block);
      if (!stale) return false;
      this.db.run('DELETE FROM stale WHERE home = ? AND block = ?', home, block);
      return this.project(home, block, stale.at);
    });
  }

  private project(home: string, block: string, at: number): boolean {
    const before = this.db
      .all<EvidenceRow>(
        `SELECT * FROM evidence WHERE home = ? AND block = ? AND at < ? ORDER BY at DESC, kind DESC, sub DESC, key DESC LIMIT ?`,
        home,
        block,
        at,
        MARGIN + 4 * REACH,
      )
      .reverse();
    const start = before.findLastIndex((row, i) => i <= before.length - MARGIN && i >= REACH && row.bound !== null);
    const whole = start < 0;
    const first = before[start];
    const rows = this.db.all<EvidenceRow>(
      `SELECT * FROM evidence WHERE home = ? AND block = ? ${whole || !first ? '' : 'AND at >= ?'} ORDER BY ${ORDER}`,
      home,
      block,
      ...(whole || !first ? [] : [first.at]),
    );
    const skip = whole || !first ? 0 : rows.findIndex((row) => row.n === first.n);
    const work = rows.slice(skip);
    const leadRows = whole ? [] : before.slice(start - REACH, start);
    const lead = {
      ops: leadRows.map((row) => this.evidence.toOp(row)),
      bounds: leadRows.map((row) => this.readBound(home, block, row)),
    };
    const from = (first && !whole && this.readBound(home, block, first)) || {
      state: START,
      revisions: 0,
      settled: true,
    };
    const result = chain(
      work.map((row) => this.evidence.toOp(row)),
      from,
      lead,
    );
    [...leadRows, ...work].forEach((row, i) => {
      const bound = writtenBound(result.bounds[i] ?? null);
      if (bound !== row.bound) this.db.run('UPDATE evidence SET bound = ? WHERE n = ?', bound, row.n);
    });
    return this.replace(home, block, result.keep, result.made);
  }

  /** Puts revisions in the place of those from `keep` on; what stays the same is not touched. */
  private replace(home: string, block: string, keep: number, made: readonly Made[]): boolean {
    const old = this.db.all<RevisionRow>(
      'SELECT * FROM revisions WHERE home = ? AND block = ? AND ord >= ? ORDER BY ord',
      home,
      block,
      keep,
    );
    const ids = made.map((each) => revisionId(each.op.key, each.elsewhere));
    const hashes = made.map((each) => hashOf(each.value));
    let same = 0;
    while (same < made.length && same < old.length && old[same]?.id === ids[same] && old[same]?.hash === hashes[same])
      same++;
    if (same === made.length && same === old.length) return false;
    this.db.run('DELETE FROM revisions WHERE home = ? AND block = ? AND ord >= ?', home, block, keep + same);
    this.db.run('DELETE FROM origins WHERE home = ? AND block = ? AND ord >= ?', home, block, keep + same);
    const previous = same > 0 ? hashes[same - 1] : this.hashAt(home, block, keep - 1);
    let near: string | null = previous ?? null;
    let text = near === null ? '' : this.texts.get(near);
    made.slice(same).forEach((each, i) => {
      const id = ids[same + i] ?? '';
      const hash = this.texts.put(each.value, near);
      const change = summary(text, each.value);
      this.db.run(
        `INSERT INTO revisions (home, block, ord, id, evidence, elsewhere, at, hash, size, added, removed, excerpt)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        home,
        block,
        keep + same + i,
        id,
        each.op.key,
        each.elsewhere ? 1 : 0,
        each.op.at,
        hash,
        each.value.length,
        change.added,
        change.removed,
        change.excerpt,
      );
      near = hash;
      text = each.value;
    });
    return true;
  }

  private hashAt(home: string, block: string, ord: number): string | undefined {
    return this.db.get<{ hash: string }>(
      'SELECT hash FROM revisions WHERE home = ? AND block = ? AND ord = ?',
      home,
      block,
      ord,
    )?.hash;
  }

  private readBound(home: string, block: string, row: EvidenceRow): Bound {
    if (row.bound === null) return null;
    const [revisions, settled, ...keys] = JSON.parse(row.bound) as [number, 0 | 1, ...string[]];
    const values = this.db
      .all<{ hash: string }>(
        'SELECT hash FROM revisions WHERE home = ? AND block = ? AND ord < ? ORDER BY ord DESC LIMIT 5',
        home,
        block,
        revisions,
      )
      .map(({ hash }) => this.texts.get(hash));
    const loose = keys.flatMap((key): Op[] => {
      const found = this.db.get<EvidenceRow>(
        'SELECT * FROM evidence WHERE home = ? AND block = ? AND key = ?',
        home,
        block,
        key,
      );
      return found ? [this.evidence.toOp(found)] : [];
    });
    const state: State = { value: values[0], recent: values.slice(1), loose };
    return { state, revisions, settled: settled === 1 };
  }

  history(home: string, block: string, { limit = 50, before }: { limit?: number; before?: string } = {}): RevisionPage {
    this.settle(home, block);
    const last = before === undefined ? undefined : this.row(home, before)?.ord;
    const rows = this.db.all<Joined>(
      `${JOINED} WHERE r.home = ? AND r.block = ? AND r.ord < ? ORDER BY r.ord DESC LIMIT ?`,
      home,
      block,
      last ?? Number.MAX_SAFE_INTEGER,
      limit + 1,
    );
    const total = this.db.get<{ ord: number | null }>(
      'SELECT max(ord) AS ord FROM revisions WHERE home = ? AND block = ?',
      home,
      block,
    );
    return {
      revisions: rows.slice(0, limit).map(toRevision),
      total: total?.ord == null ? 0 : total.ord + 1,
      hasMore: rows.length > limit,
    };
  }

  private row(home: string, id: string): Joined | undefined {
    return this.db.get<Joined>(`${JOINED} WHERE r.home = ? AND r.id = ?`, home, id);
  }

  revision(home: string, id: string): RevisionValue | null {
    const row = this.row(home, id);
    if (!row) return null;
    const before = this.hashAt(home, row.block, row.ord - 1);
    return {
      ...toRevision(row),
      value: this.texts.get(row.hash),
      before: before === undefined ? '' : this.texts.get(before),
    };
  }

  /** The revision that made a piece of evidence true; null when it had no effect. */
  ofEvidence(home: string, block: string, key: string): Revision | null {
    const row = this.db.get<Joined>(
      `${JOINED} WHERE r.home = ? AND r.block = ? AND r.evidence = ? AND r.elsewhere = 0`,
      home,
      block,
      key,
    );
    return row ? toRevision(row) : null;
  }

  /** The newest revision with that value, made before that time where there is one. */
  withValue(home: string, block: string, hash: string, at: number): Revision | null {
    const row = this.db.get<Joined>(
      `${JOINED} WHERE r.home = ? AND r.block = ? AND r.hash = ? ORDER BY r.at > ?, r.ord DESC LIMIT 1`,
      home,
      block,
      hash,
      at,
    );
    return row ? toRevision(row) : null;
  }

  /** How many revisions came after one. */
  after(home: string, block: string, id: string): number {
    const ord = this.row(home, id)?.ord;
    const row = this.db.get<{ n: number }>(
      'SELECT count(*) AS n FROM revisions WHERE home = ? AND block = ? AND ord > ?',
      home,
      block,
      ord ?? Number.MAX_SAFE_INTEGER,
    );
    return row?.n ?? 0;
  }

  newestIn(home: string, block: string): Revision | null {
    return this.history(home, block, { limit: 1 }).revisions[0] ?? null;
  }

  /** Revisions that nobody has looked at yet, of blocks that the agent has had; newest first. */
  unreviewed(home: string, agent: string): Revision[] {
    return this.db
      .all<Joined>(
        `${JOINED} WHERE r.home = ? AND m.review = 'unreviewed'
         AND r.block IN (SELECT block FROM labels WHERE home = ? AND agent = ?) ORDER BY r.at DESC, r.ord DESC`,
        home,
        home,
        agent,
      )
      .map(toRevision);
  }

  /** Whether evidence that came after the `n`th shows a change that nothing explains. */
  elsewhereAfter(home: string, block: string, n: number): boolean {
    return (
      this.db.get(
        `SELECT 1 FROM evidence e JOIN revisions r ON r.evidence = e.key AND r.block = e.block AND r.home = e.home
         WHERE e.block = ? AND e.home = ? AND e.n > ? AND r.elsewhere = 1 AND r.ord > 0 LIMIT 1`,
        block,
        home,
        n,
      ) !== undefined
    );
  }

  /** The lines of a block and who wrote each. */
  lines(home: string, block: string): LineView[] {
    const revisions = new Map<string, Revision>();
    return this.blame(home, block).lines.flatMap(({ text, revision }) => {
      let found = revisions.get(revision);
      if (!found) {
        const row = this.row(home, revision);
        if (!row) return [];
        found = toRevision(row);
        revisions.set(revision, found);
      }
      return [{ text, hash: hashOf(text.trim()), revision: found }];
    });
  }

  private blame(home: string, block: string): Blame {
    this.settle(home, block);
    const kept = this.db.get<{ ord: number; json: string }>(
      'SELECT ord, json FROM origins WHERE home = ? AND block = ?',
      home,
      block,
    );
    let state: Blame = kept ? (JSON.parse(kept.json) as Blame) : NOTHING;
    const rows = this.db.all<Pick<Joined, 'ord' | 'id' | 'hash' | 'elsewhere' | 'made_by'>>(
      `SELECT r.ord, r.id, r.hash, r.elsewhere, e.made_by FROM revisions r
       JOIN evidence e ON e.home = r.home AND e.block = r.block AND e.key = r.evidence
       WHERE r.home = ? AND r.block = ? AND r.ord > ? ORDER BY r.ord`,
      home,
      block,
      kept?.ord ?? -1,
    );
    const last = rows.at(-1);
    if (!last) return state;
    for (const row of rows) {
      state = blame(state, row.id, this.texts.get(row.hash), row.elsewhere === 0 && REVIVING.test(row.made_by));
    }
    this.db.write(() =>
      this.db.run(
        'INSERT OR REPLACE INTO origins (home, block, ord, revision, json) VALUES (?, ?, ?, ?, ?)',
        home,
        block,
        last.ord,
        last.id,
        JSON.stringify(state),
      ),
    );
    return state;
  }

  /** Revisions of a thread in a block, oldest first, neighbours made one: values before and after. */
  ofThread(home: string, block: string, thread: string): { ids: string[]; before: string; after: string }[] {
    const rows = this.db.all<{ ord: number; id: string; hash: string }>(
      `SELECT r.ord, r.id, r.hash FROM evidence e JOIN revisions r ON r.home = e.home AND r.block = e.block AND r.evidence = e.key AND r.elsewhere = 0
       WHERE e.home = ? AND e.thread = ? AND e.block = ? ORDER BY r.ord`,
      home,
      thread,
      block,
    );
    const spans: { ids: string[]; before: string; after: string; ord: number }[] = [];
    for (const { ord, id, hash } of rows) {
      const last = spans.at(-1);
      if (last && last.ord === ord - 1) {
        last.ids.push(id);
        last.ord = ord;
        last.after = this.texts.get(hash);
        continue;
      }
      const before = this.hashAt(home, block, ord - 1);
      spans.push({
        ids: [id],
        ord,
        before: before === undefined ? '' : this.texts.get(before),
        after: this.texts.get(hash),
      });
    }
    return spans;
  }

  blocksOfThread(home: string, thread: string): string[] {
    return this.db
      .all<{ block: string }>('SELECT DISTINCT block FROM evidence WHERE home = ? AND thread = ?', home, thread)
      .map(({ block }) => block);
  }
}

function writtenBound(bound: Bound): string | null {
  return bound && JSON.stringify([bound.revisions, bound.settled ? 1 : 0, ...bound.state.loose.map((op) => op.key)]);
}
