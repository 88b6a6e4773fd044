// The intent journal: what a turn was about to do, did, and said, on disk before each step, so that no step is done twice.
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { t } from '../protocol/l10n.ts';
import type { MemorySource } from '../protocol/sources.ts';
import type { MemoryReview } from '../protocol/transcript-views.ts';
import { fileNameFor, seenFolder, writeAtomic } from './files.ts';
import {
  type Intent,
  type JournalRecord,
  type Looked,
  type Outgoing,
  RecordSchema,
  type Result,
} from './journal-records.ts';

/** What is known of one call. */
export interface CallEntry {
  intent?: Intent;
  result?: Result;
  sent: boolean;
  memoryBefore?: string;
  memoryReview?: MemoryReview;
}

/** Tells calls apart whose ids a model repeats. */
export const printOf = ({ name, arguments: args }: { name: string; arguments: string }): string =>
  createHash('sha256').update(`${name}\0${args}`).digest('hex').slice(0, 24);

/** The records of one thread, read. */
export class JournalView {
  readonly calls = new Map<string, CallEntry>();
  /** The last message the person sent from here. */
  outgoing: Outgoing | undefined;
  /** The last turn was stopped by the person while tools ran. */
  stopped = false;
  /** Where what the thread's model has read came from; undefined: nothing was noted here yet. */
  seen: ReadonlySet<MemorySource> | undefined;
  /** The newest message that was looked at for it. */
  looked: Looked | undefined;

  /** What is known of exactly this call: another one with the same id does not count. */
  call(callId: string, print: string): CallEntry | undefined {
    const entry = this.calls.get(callId);
    const known = entry?.result?.print ?? entry?.intent?.print;
    return entry && (known === undefined || known === print) ? entry : undefined;
  }

  /** Results that were written and perhaps never reached the server. */
  get unsent(): boolean {
    for (const entry of this.calls.values()) if (!entry.sent && (entry.intent || entry.result)) return true;
    return false;
  }

  apply(record: JournalRecord): void {
    switch (record.kind) {
      case 'message':
        this.outgoing = { ...record, answered: false };
        this.stopped = false;
        break;
      case 'answered':
        if (this.outgoing?.otid === record.otid) this.outgoing.answered = true;
        break;
      case 'intent':
        this.calls.delete(record.callId);
        this.calls.set(record.callId, { intent: record, sent: false });
        break;
      case 'result': {
        const entry = this.calls.get(record.callId);
        if (entry && !entry.sent) entry.result = record;
        else this.calls.set(record.callId, { result: record, sent: false });
        break;
      }
      case 'sent':
        for (const id of record.callIds) {
          const entry = this.calls.get(id);
          if (entry) entry.sent = true;
        }
        break;
      case 'memory': {
        const entry = this.calls.get(record.callId) ?? { sent: true };
        if (record.before !== undefined) entry.memoryBefore = record.before;
        if (record.review !== undefined) entry.memoryReview = record.review;
        this.calls.set(record.callId, entry);
        break;
      }
      case 'seen':
        this.seen = new Set([...(this.seen ?? []), ...record.sources]);
        break;
      case 'looked':
        this.looked = { id: record.id, date: record.date };
        break;
      case 'stopped':
        this.stopped = true;
        break;
    }
  }
}

/** Reads records out of a file's text. Lines that are torn or not ours are skipped: each line stands for itself. */
export function parseJournal(text: string): JournalRecord[] {
  return text.split('\n').flatMap((line) => {
    if (line === '') return [];
    try {
      const parsed = RecordSchema.safeParse(JSON.parse(line));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return [];
    }
  });
}

/** Above this size a thread's journal is shortened when its next turn begins. */
const COMPACT_AT = 512 * 1024;
/** Cards of the last calls keep their diffs for the transcript; older ones show what the server has. */
const KEEP_CALLS = 100;

/** What must stay: the last message, calls that are not settled, and the newest settled ones. */
export function compacted(view: JournalView, keep = KEEP_CALLS): JournalRecord[] {
  const records: JournalRecord[] = view.seen ? [{ kind: 'seen', sources: [...view.seen] }] : [];
  if (view.looked) records.push({ kind: 'looked', ...view.looked });
  const calls = [...view.calls.entries()];
  const kept = calls.filter(([, entry], i) => !entry.sent || i >= calls.length - keep);
  for (const [callId, entry] of kept) {
    if (entry.intent) records.push(entry.intent);
    if (entry.result) records.push(entry.result);
    if (entry.sent) records.push({ kind: 'sent', callIds: [callId] });
    const { memoryBefore: before, memoryReview: review } = entry;
    if (before !== undefined || review !== undefined) {
      const what = { ...(before === undefined ? {} : { before }), ...(review === undefined ? {} : { review }) };
      records.push({ kind: 'memory', callId, ...what });
    }
  }
  if (view.outgoing) {
    const { answered, ...message } = view.outgoing;
    records.push(message);
    if (answered) records.push({ kind: 'answered', otid: message.otid });
  }
  if (view.stopped) records.push({ kind: 'stopped' });
  return records;
}

/** The journal could not be written: the step it was to announce must not be taken. */
export class JournalError extends Error {
  override name = 'JournalError';
  readonly reason: 'write_failed';

  constructor(path: string, cause: unknown) {
    const words = cause instanceof Error ? cause.message : String(cause);
    super(t('What the agent is about to do could not be noted in {0} ({1}), so it was not done.', path, words), {
      cause,
    });
    this.reason = 'write_failed';
  }
}

/** Where there is such a thing (not on Windows) a write is on the disk when it returns: one wait instead of two. */
const WRITE_THROUGH = constants.O_DSYNC ?? 0;
const APPEND = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY;

/**
 * What stands between the person and the model, and what a lost line of only costs a look at the server: safe from a kill when
 * it is told, from a power cut a moment later. All else announces or ends a step, and is on the disk before anybody goes on.
 */
const SYNCED_BEHIND: ReadonlySet<JournalRecord['kind']> = new Set(['message', 'answered', 'sent']);

interface Waiting {
  records: JournalRecord[];
  resolve(): void;
  reject(error: JournalError): void;
}

/** The journal of one thread while a turn of it runs. What comes while the disk is busy goes out in one write. */
export class ThreadJournal {
  readonly view: JournalView;
  /** Bytes of the file, as far as it was read and written here. */
  size: number;
  private readonly path: string;
  private waiting: Waiting[] = [];
  private busy = false;
  /** The file ends in the middle of a line: the next record must not be glued to it. */
  private torn: boolean;

  constructor(path: string, view: JournalView, torn: boolean, size: number) {
    this.path = path;
    this.view = view;
    this.torn = torn;
    this.size = size;
  }

  /**
   * Writes records, in order, and resolves once they are on disk (`SYNCED_BEHIND`: once no kill can lose them).
   * @throws JournalError
   */
  append(...records: JournalRecord[]): Promise<void> {
    if (records.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.waiting.push({ records, resolve, reject });
      if (!this.busy) void this.drain();
    });
  }

  private async drain(): Promise<void> {
    this.busy = true;
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      const records = batch.flatMap((entry) => entry.records);
      try {
        await this.write(records);
        for (const record of records) this.view.apply(record);
        for (const entry of batch) entry.resolve();
      } catch (error) {
        for (const entry of batch) entry.reject(new JournalError(this.path, error));
      }
    }
    this.busy = false;
  }

  private async openFile(flags: number): Promise<FileHandle> {
    try {
      return await open(this.path, flags, 0o600);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
      await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
      return open(this.path, flags, 0o600);
    }
  }

  private async write(records: JournalRecord[]): Promise<void> {
    const text = `${this.torn ? '\n' : ''}${records.map((r) => `${JSON.stringify(r)}\n`).join('')}`;
    // Opened anew each time: another window may have replaced the file.
    const isBehind = records.every(({ kind }) => SYNCED_BEHIND.has(kind));
    const file = await this.openFile(isBehind ? APPEND : APPEND | WRITE_THROUGH);
    let rest: Promise<void> | undefined;
    try {
      this.torn = true;
      await file.appendFile(text);
      if (isBehind) rest = file.datasync();
      else if (WRITE_THROUGH === 0) await file.datasync();
      this.torn = false;
      this.size += Buffer.byteLength(text);
    } finally {
      // What counts is written: nobody waits for this.
      void Promise.resolve(rest)
        .catch(() => {})
        .then(() => file.close())
        .catch(() => {});
    }
  }
}

/** Journals that are kept in memory between turns. */
const KEEP_OPEN = 4;

/** The journals of an agent's threads, one file each, for all workspaces of this computer: a thread may go on in another one. */
export class Journal {
  private readonly folder: string;
  /** Of what is known of all threads of the agent, in whichever workspace they were. */
  readonly anywhere: Journal;
  /** By path, the ones opened last. A file only grows or is replaced: with its old number and size it is unchanged. */
  private readonly opened = new Map<string, { journal: ThreadJournal; ino: number }>();

  /** Where earlier versions kept those of this workspace. */
  private readonly former: string | undefined;

  /** @param ofAgent the folder of what is known of all its threads; absent: the same. `former`: the workspace's own, once */
  constructor(folder: string, ofAgent?: string, former?: string) {
    this.folder = folder;
    this.former = former;
    this.anywhere = ofAgent === undefined ? this : new Journal(ofAgent);
  }

  private pathOf(threadId: string): string {
    return join(this.folder, `${fileNameFor(threadId)}.jsonl`);
  }

  /** What a thread's journal says now. A missing file is an empty journal. */
  async read(threadId: string): Promise<JournalView> {
    await this.bring(threadId);
    const view = new JournalView();
    for (const record of parseJournal(await this.text(threadId))) view.apply(record);
    return view;
  }

  /** Opens a thread's journal for a turn. Only one turn runs in a thread at a time; the server sees to that. */
  async open(threadId: string): Promise<ThreadJournal> {
    await this.bring(threadId);
    const path = this.pathOf(threadId);
    const last = this.opened.get(path);
    const info = await stat(path).catch(() => undefined);
    if (last && info?.ino === last.ino && info.size === last.journal.size) return last.journal;
    this.opened.delete(path);
    const journal = await this.openAnew(threadId);
    // Known to the system from its first write on; until then it is read anew, which costs nothing.
    if (info) this.opened.set(path, { journal, ino: info.ino });
    for (const oldest of [...this.opened.keys()].slice(0, -KEEP_OPEN)) this.opened.delete(oldest);
    return journal;
  }

  /** Notes something of a thread in which no turn needs to run. @throws JournalError */
  async tell(threadId: string, record: JournalRecord): Promise<void> {
    await this.bring(threadId);
    // Beside whoever has the file open: nothing is read or shortened, and the line stands for itself.
    await new ThreadJournal(this.pathOf(threadId), new JournalView(), true, 0).append(record);
  }

  /** Forgets a thread that is gone. */
  async remove(threadId: string): Promise<void> {
    this.opened.delete(this.pathOf(threadId));
    await rm(this.pathOf(threadId), { force: true });
  }

  /** What an earlier version kept in the workspace comes along, unless the thread has gone on since. */
  private async bring(threadId: string): Promise<void> {
    if (this.former === undefined) return;
    const path = this.pathOf(threadId);
    const former = join(this.former, basename(path));
    if (!(await isThere(former)) || (await isThere(path))) return;
    await writeAtomic(path, await readFile(former, 'utf8'));
    await rm(former, { force: true });
  }

  private async openAnew(threadId: string): Promise<ThreadJournal> {
    const text = await this.text(threadId);
    const view = new JournalView();
    for (const record of parseJournal(text)) view.apply(record);
    let torn = text !== '' && !text.endsWith('\n');
    if (text.length > COMPACT_AT) {
      const short = compacted(view).map((r) => `${JSON.stringify(r)}\n`);
      await writeAtomic(this.pathOf(threadId), short.join(''));
      torn = false;
    }
    return new ThreadJournal(this.pathOf(threadId), view, torn, Buffer.byteLength(text));
  }

  private async text(threadId: string): Promise<string> {
    try {
      return await readFile(this.pathOf(threadId), 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
      throw error;
    }
  }
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/**
 * The journal of an agent's threads. `globalFolder`: the extension's storage of this computer; `storage`: that of the workspace, where
 * earlier versions kept it.
 */
export function journalOf(globalFolder: string, storage: string, agentId: string): Journal {
  const ofAgent = seenFolder(globalFolder, agentId);
  return new Journal(join(ofAgent, 'calls'), ofAgent, join(storage, 'journal'));
}
