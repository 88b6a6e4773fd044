// The memory store: revisions, provenance, review list, receipts and notes on lines, in one SQLite file beside letta.db.
// Synchronous: in the product it runs in a worker thread (`worker.ts`), never in the extension host's own.

import type { ThreadSpent } from '../../protocol/thread-views.ts';
import { type Change, readChangeLine } from '../change-log.ts';
import { takeBack } from '../lines/take-back.ts';
import { MemoryDatabase } from './database.ts';
import { Evidence } from './evidence.ts';
import { Insertions } from './insertions.ts';
import { LineNotes } from './line-notes.ts';
import { readFrom } from './read-from.ts';
import { Receipts } from './receipts.ts';
import { Reviews } from './reviews.ts';
import { Texts } from './texts.ts';
import { revisionId, Timeline } from './timeline.ts';
import type {
  Applying,
  CallNote,
  Insertion,
  LineView,
  NewReceipt,
  NewReview,
  Observed,
  Receipt,
  ReceiptBlock,
  Review,
  ReviewMark,
  ReviewState,
  Revision,
  RevisionPage,
  RevisionValue,
  SeenBlock,
  Taught,
} from './types.ts';
import { UNREVIEWED } from './types.ts';

export interface MemoryStoreOptions {
  /** Folder of `memory.db`; made when missing. */
  dataDir: string;
  log?: (line: string) => void;
  /** Milliseconds since the epoch. */
  now?: () => number;
}

/** `home` is always `Connection.homeKey`. */
export class MemoryStore {
  private readonly db: MemoryDatabase;
  private readonly texts: Texts;
  private readonly evidence: Evidence;
  private readonly timeline: Timeline;
  private readonly insertions: Insertions;
  private readonly list: Reviews;
  private readonly notes: LineNotes;
  private readonly receipts: Receipts;
  private readonly now: () => number;

  /** @throws MemoryStoreError */
  constructor({ dataDir, log, now = Date.now }: MemoryStoreOptions) {
    this.db = new MemoryDatabase(dataDir, log);
    this.now = now;
    this.texts = new Texts(this.db);
    this.evidence = new Evidence(this.db, this.texts);
    this.timeline = new Timeline(this.db, this.texts, this.evidence);
    this.insertions = new Insertions(this.db, this.evidence);
    this.list = new Reviews(this.db, now);
    this.notes = new LineNotes(this.db);
    this.receipts = new Receipts(this.db, this.texts, this.timeline);
  }

  close(): void {
    this.db.close();
  }

  // Evidence

  /** Calls of memory tools that ended, seen in a turn or read from history; the same call may be told again. */
  noteCalls(home: string, calls: readonly CallNote[]): void {
    this.db.write(() => {
      for (const call of calls) {
        const key = this.evidence.addCall(home, call, (block) => this.timeline.head(home, block));
        if (call.sources || call.review) this.mark(home, revisionId(key), call.review ?? null, call.sources ?? null);
      }
    });
  }

  /**
   * The values that the agent's blocks have now. Records what nothing known explains as seen.
   * `at`: milliseconds since the epoch, when they were asked for; default now.
   */
  observe(home: string, agentId: string, blocks: readonly SeenBlock[], at: number = this.now()): Observed {
    const unexplained: string[] = [];
    const changed: string[] = [];
    this.db.write(() => {
      for (const block of blocks) {
        this.evidence.nameBlock(home, agentId, block, at);
        const before = this.timeline.head(home, block.id);
        this.timeline.settle(home, block.id);
        const head = this.timeline.head(home, block.id);
        const hash = this.texts.put(block.value, head);
        if (hash !== head || this.newsSinceSeen(home, block.id)) {
          this.evidence.addSeen(home, agentId, block, at, head);
          this.timeline.settle(home, block.id);
        }
        if (this.timeline.elsewhereAfter(home, block.id, this.searchedTo(home, block.id))) unexplained.push(block.id);
        if (this.timeline.head(home, block.id) !== before) changed.push(block.id);
      }
    });
    return { unexplained, changed };
  }

  private searchedTo(home: string, block: string): number {
    return Number(this.readTo(home, `searched:${block}`) ?? 0);
  }

  /** The history of the threads was searched for what explains these blocks. @returns those still unexplained. */
  searched(home: string, blockIds: readonly string[]): string[] {
    return this.db.write(() =>
      blockIds.filter((block) => {
        this.timeline.settle(home, block);
        const left = this.timeline.elsewhereAfter(home, block, this.searchedTo(home, block));
        const newest = this.db.get<{ n: number | null }>(
          'SELECT max(n) AS n FROM evidence WHERE home = ? AND block = ?',
          home,
          block,
        );
        this.setReadTo(home, `searched:${block}`, String(newest?.n ?? 0));
        return left;
      }),
    );
  }

  private newsSinceSeen(home: string, block: string): boolean {
    const row = this.db.get<{ kind: string }>(
      'SELECT kind FROM evidence WHERE home = ? AND block = ? ORDER BY n DESC LIMIT 1',
      home,
      block,
    );
    return row !== undefined && row.kind !== 'seen';
  }

  /** Reads on in a log of our own writes (`ChangeLog`), from where it was left. A file that is not there holds none. */
  readJournal(home: string, path: string): void {
    const source = `journal:${path}`;
    const from = Number(this.readTo(home, source) ?? 0);
    const text = readFrom(path, from);
    const end = text.lastIndexOf('\n') + 1;
    if (end === 0) return;
    this.db.write(() => {
      // Another window may have read the same part meanwhile.
      if (Number(this.readTo(home, source) ?? 0) !== from) return;
      for (const line of text.slice(0, end).split('\n')) {
        const read = readChangeLine(line);
        if (!read) continue;
        if ('change' in read) this.addWrite(home, read.change);
        else this.evidence.endWrite(home, read.end, read.outcome);
      }
      this.setReadTo(home, source, String(from + Buffer.byteLength(text.slice(0, end))));
    });
  }

  /**
   * An accepted proposal is known by the thread that made it, not only by the person who accepted it; what getting to know
   * a repository wrote (`init:AGENT:SOURCE`) by where it is from.
   */
  private addWrite(home: string, change: Change): void {
    const head = this.timeline.head(home, change.blockId);
    const [act, name = '', source] = change.by.split(':');
    if (act === 'init' && source) {
      // It was taken from files, and nobody has read it yet.
      this.evidence.addWrite(home, { ...change, origin: { author: 'agent', agentId: name } }, head);
      this.mark(home, revisionId(`ours:${change.id}`), 'unreviewed', [source]);
      return;
    }
    const review = this.list.get(name);
    if (!review) {
      this.evidence.addWrite(home, change, head);
      return;
    }
    const author = review.kind === 'write' ? 'agent' : review.kind === 'reflection' ? 'reflection' : 'person';
    const { agentId, threadId, messageId } = review;
    const origin = {
      author,
      agentId,
      ...(threadId === undefined ? {} : { threadId }),
      ...(messageId === undefined ? {} : { messageId }),
    } as const;
    this.evidence.addWrite(home, { ...change, origin }, head);
    const mark = change.by.endsWith(UNREVIEWED) ? 'unreviewed' : 'accepted';
    this.mark(home, revisionId(`ours:${change.id}`), mark, review.sources);
  }

  /** How far a source of evidence was read, in its own terms; null when never. */
  readTo(home: string, source: string): string | null {
    return (
      this.db.get<{ place: string }>('SELECT place FROM read_to WHERE home = ? AND source = ?', home, source)?.place ??
      null
    );
  }

  setReadTo(home: string, source: string, place: string): void {
    this.db.write(() =>
      this.db.run('INSERT OR REPLACE INTO read_to (home, source, place) VALUES (?, ?, ?)', home, source, place),
    );
  }

  /** Forgets how far histories and journals were read, and makes all revisions of the agent's blocks anew. */
  rebuild(home: string, agentId: string): void {
    const blocks = this.db.all<{ block: string }>(
      'SELECT DISTINCT block FROM labels WHERE home = ? AND agent = ?',
      home,
      agentId,
    );
    this.db.write(() => {
      for (const { block } of blocks) {
        this.db.run('UPDATE evidence SET bound = NULL WHERE home = ? AND block = ?', home, block);
        this.evidence.stale(home, block, 0);
        this.timeline.settle(home, block);
      }
    });
  }

  // Timeline

  /** Newest first; `before`: the id of a revision, those older than it. */
  history(home: string, blockId: string, query?: { limit?: number; before?: string }): RevisionPage {
    return this.timeline.history(home, blockId, query);
  }

  revision(home: string, id: string): RevisionValue | null {
    return this.timeline.revision(home, id);
  }

  /** The newest revision of each block that has one. */
  newest(home: string, blockIds: readonly string[]): Revision[] {
    return blockIds.flatMap((id) => this.timeline.newestIn(home, id) ?? []);
  }

  /** Where each line of the newest value comes from. */
  lines(home: string, blockId: string): LineView[] {
    return this.timeline.lines(home, blockId);
  }

  /** Says of a revision that a person has, or has not, looked at it. */
  setReview(home: string, revision: string, review: ReviewMark): void {
    this.db.write(() => this.mark(home, revision, review, null));
  }

  /** Revisions marked `unreviewed`, newest first. */
  unreviewed(home: string, agentId: string): Revision[] {
    return this.timeline.unreviewed(home, agentId);
  }

  /** As `Insertions.unreviewed`; `setReview` takes their ids. */
  unreviewedInsertions(home: string, agentId: string, entries: readonly { text: string; at: number }[]): Insertion[] {
    return this.insertions.unreviewed(home, agentId, entries);
  }

  private mark(home: string, revision: string, review: ReviewMark | null, sources: string[] | null): void {
    this.db.run(
      `INSERT INTO marks (home, revision, review, sources) VALUES (?, ?, ?, ?) ON CONFLICT (home, revision)
       DO UPDATE SET review = coalesce(excluded.review, review), sources = coalesce(excluded.sources, sources)`,
      home,
      revision,
      review,
      sources && JSON.stringify(sources),
    );
  }

  /**
   * What became of the write that was made under this name (`by` in the log of our writes). `likely`: nobody confirmed
   * it, and what was seen since does not speak against it.
   */
  writeBy(home: string, by: string): 'none' | 'likely' | 'certain' {
    const write = this.evidence.writeBy(home, by);
    if (!write) return 'none';
    if (write.certain) return 'certain';
    this.timeline.settle(home, write.block);
    return this.timeline.ofEvidence(home, write.block, write.key) ? 'likely' : 'none';
  }

  /** What a thread taught that still stands, block by block, and each block without it. */
  taughtBy(home: string, threadId: string): Taught[] {
    return this.timeline.blocksOfThread(home, threadId).flatMap((block): Taught[] => {
      const lines = this.timeline.lines(home, block);
      const newest = this.timeline.newestIn(home, block);
      const head = this.timeline.head(home, block);
      if (!newest || head === null) return [];
      const spans = this.timeline.ofThread(home, block, threadId);
      if (spans.length === 0) return [];
      const before = this.texts.get(head);
      let after = before;
      const conflicts: Taught['conflicts'] = [];
      for (const span of spans.toReversed()) {
        const taken = takeBack(after, span);
        after = taken.value;
        conflicts.push(...taken.conflicts);
      }
      const mine = lines.filter((line) => line.revision.threadId === threadId).map((line) => line.text);
      if (after === before && mine.length === 0 && conflicts.length === 0) return [];
      const revisions = spans.flatMap((span) => span.ids);
      return [{ blockId: block, label: newest.label, lines: mine, revisions, before, after, conflicts }];
    });
  }

  // Review list

  addReview(home: string, review: NewReview): Review {
    return this.list.add(home, review);
  }

  reviews(home: string, agentId: string, state?: ReviewState): Review[] {
    return this.list.list(home, agentId, state);
  }

  /** How many wait. */
  reviewCount(home: string, agentId: string): number {
    return this.list.count(home, agentId);
  }

  review(id: string): Review | null {
    return this.list.get(id);
  }

  reviewApplying(id: string): Applying | null {
    return this.list.applying(id);
  }

  unfinishedReviews(home: string, agentId: string): string[] {
    return this.list.unfinished(home, agentId);
  }

  beginReview(id: string, applying: Applying, replacing: string | null): boolean {
    return this.list.begin(id, applying, replacing);
  }

  releaseReview(id: string): void {
    this.list.release(id);
  }

  decideReview(id: string, state: 'accepted' | 'rejected', editedText?: string): boolean {
    return this.list.decide(id, state, editedText);
  }

  reopenReview(id: string): boolean {
    return this.list.reopen(id);
  }

  // Receipts

  /** Keeps what an answer was given with; told again, it replaces what was told. */
  addReceipt(home: string, receipt: NewReceipt): void {
    this.receipts.add(home, receipt);
  }

  /** `id`: of the person's message, or another name that the receipt was given. */
  receipt(home: string, id: string): Receipt | null {
    return this.receipts.get(home, id);
  }

  /** What the answers of a thread have cost; null where none was counted. */
  spentIn(home: string, threadId: string): ThreadSpent | null {
    return this.receipts.spentIn(home, threadId);
  }

  /** What memory held then; null when there is no such receipt. */
  memoryOf(home: string, receiptId: string): SeenBlock[] | null {
    return this.receipts.memory(home, receiptId);
  }

  /** As `memoryOf`, with the revision of each block and what has become of it since. */
  receiptBlocks(home: string, receiptId: string): ReceiptBlock[] | null {
    return this.receipts.blocks(home, receiptId);
  }

  // Notes on lines

  /** Notes on a block's lines by the lines' hash (`LineView.hash`). */
  lineNotes(home: string, blockId: string): Record<string, unknown> {
    return this.notes.all(home, blockId);
  }

  lineNote(home: string, blockId: string, line: string): unknown {
    return this.notes.get(home, blockId, line);
  }

  /** `note`: anything that JSON holds; null takes it away. */
  setLineNote(home: string, blockId: string, line: string, note: unknown): void {
    this.notes.set(home, blockId, line, note);
  }
}
