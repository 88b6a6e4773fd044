// A block on a server, threads that write it, a person, and others nobody knows of; and the timeline that has to tell them apart.
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MemoryStore } from '../../../src/memory/store/memory-store.ts';
import type { CallNote, Revision } from '../../../src/memory/store/types.ts';
import { outcomes } from '../../../src/memory/timeline/replay.ts';

export const HOME = 'embedded';
export const AGENT = 'agent-1';
export const BLOCK = 'block-project';
export const LABEL = 'project';

export interface Truth {
  author: Revision['author'];
  /** Id of the call or the write. */
  id: string;
  value: string;
}

export class World {
  readonly folder = mkdtempSync(join(tmpdir(), 'timeline-'));
  readonly journal = join(this.folder, 'changes.jsonl');
  readonly truth: Truth[] = [];
  /** All calls as a server's history tells them. */
  readonly calls: CallNote[] = [];
  readonly observed: string[] = [];
  value: string;
  time = Date.parse('2026-01-01T00:00:00Z');
  store: MemoryStore;
  private count = 0;

  constructor(value = 'first\nsecond') {
    this.value = value;
    this.store = new MemoryStore({ dataDir: join(this.folder, 'live') });
  }

  [Symbol.dispose](): void {
    this.store.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  tick(ms = 100): number {
    this.time += ms;
    return this.time;
  }

  fresh(): string {
    this.count++;
    return `note ${this.count}`;
  }

  /** A call that succeeds on the server. @returns undefined where the server would refuse it. */
  call(threadId: string, tool: string, args: Record<string, unknown>, returns = true): CallNote | undefined {
    const results = outcomes(tool, { label: LABEL, ...args }, this.value);
    const value = results?.[0];
    if (value === undefined) return undefined;
    const changed = value !== this.value;
    this.value = value;
    this.count++;
    const note: CallNote = {
      agentId: AGENT,
      label: LABEL,
      threadId,
      callId: `call-${this.count}`,
      tool,
      args: { label: LABEL, ...args },
      at: this.tick(),
      messageId: `message-${this.count}`,
      runId: `run-${threadId}`,
      cause: { messageId: `message-of-person-${this.count}`, text: `Please remember ${this.count}` },
      ...(returns ? { returned: value } : {}),
    };
    this.calls.push(note);
    if (changed) this.truth.push({ author: 'agent', id: note.callId, value });
    return note;
  }

  /** Announces a write; on disk as the product's own log has it. */
  announce(before: string, after: string, by = 'person'): string {
    const id = `write-${++this.count}`;
    this.log({
      change: { id, at: new Date(this.tick()).toISOString(), blockId: BLOCK, label: LABEL, before, after, by },
    });
    return id;
  }

  /** The server takes a write. */
  patch(id: string, after: string): void {
    this.tick();
    if (after !== this.value) this.truth.push({ author: 'person', id, value: after });
    this.value = after;
  }

  ended(id: string, outcome: 'applied' | 'refused' = 'applied'): void {
    this.log({ end: id, outcome });
  }

  elsewhere(value: string): void {
    this.tick();
    if (value !== this.value) this.truth.push({ author: 'elsewhere', id: '', value });
    this.value = value;
  }

  observe(store: MemoryStore = this.store): ReturnType<MemoryStore['observe']> {
    store.readJournal(HOME, this.journal);
    this.observed.push(this.value);
    return store.observe(HOME, AGENT, [{ id: BLOCK, label: LABEL, value: this.value }], this.tick());
  }

  /** All revisions, oldest first. */
  revisions(store: MemoryStore = this.store): (Revision & { value: string })[] {
    const found: Revision[] = [];
    for (let before: string | undefined; ; ) {
      const page = store.history(HOME, BLOCK, { limit: 7, ...(before === undefined ? {} : { before }) });
      found.push(...page.revisions);
      before = page.revisions.at(-1)?.id;
      if (!page.hasMore) break;
    }
    return found.reverse().map((revision) => ({ ...revision, value: store.revision(HOME, revision.id)?.value ?? '?' }));
  }

  /** A store made anew from the history of the threads, the log of our writes, and what was seen. */
  rebuilt(): MemoryStore {
    const dataDir = join(this.folder, `rebuilt-${++this.count}`);
    const seen: { at: number; value: string }[] = [];
    const db = new DatabaseSync(join(this.folder, 'live', 'memory.db'));
    for (const row of db.prepare(`SELECT at, after FROM evidence WHERE kind = 'seen' ORDER BY n`).all())
      seen.push({ at: Number(row.at), value: String(row.after) });
    db.close();
    const values = this.observed;
    const store = new MemoryStore({ dataDir });
    // Everything in one go, and what was seen last.
    store.noteCalls(
      HOME,
      this.calls.map((call, sub) => ({ ...call, fromHistory: true, sub })),
    );
    store.readJournal(HOME, this.journal);
    const into = new DatabaseSync(join(dataDir, 'memory.db'));
    into.exec(`ATTACH '${join(this.folder, 'live', 'memory.db')}' AS live`);
    into.exec('INSERT OR IGNORE INTO texts SELECT * FROM live.texts');
    into.exec('INSERT INTO labels SELECT * FROM live.labels');
    into.exec(`UPDATE evidence SET block = '${BLOCK}'`);
    into.exec(
      `INSERT INTO evidence (home, block, key, kind, at, agent, label, author, made_by, after)
       SELECT home, block, key, kind, at, agent, label, author, made_by, after FROM live.evidence WHERE kind = 'seen'`,
    );
    into.exec(`INSERT OR REPLACE INTO stale VALUES ('${HOME}', '${BLOCK}', 0)`);
    into.close();
    if (seen.length > values.length) throw new Error('More was seen than observed.');
    return store;
  }

  private log(line: unknown): void {
    appendFileSync(this.journal, `\n${JSON.stringify(line)}\n`);
  }
}
