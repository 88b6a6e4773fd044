// Reads a thread page by page, newest first, each page beginning with a message of the person.
import type { Connection } from '../letta/connection.ts';
import { type Cursor, lastRun, readHistory } from '../letta/history.ts';
import type { WireEvent } from '../letta/wire.ts';
import type { Item } from '../protocol/transcript-views.ts';
import { startsWithPerson, type ThreadMemory, type TranscriptOptions, transcript } from './transcript.ts';

export interface TranscriptPage {
  items: Item[];
  hasMore: boolean;
}

export interface NewestPage extends TranscriptPage {
  /** A run that is still going on the server. What it has said so far is left out: following it tells all of it. */
  runId?: string;
}

export interface PagerDeps {
  connection: Connection;
  agentId: string;
  describe: TranscriptOptions['describe'];
  /** What this computer's journal knows of the thread. */
  memory(threadId: string): Promise<ThreadMemory>;
}

const PAGE = 50;
/** An answer longer than this many pages is cut after all. */
const MOST_PAGES = 6;

interface Older {
  /** Messages read already that belong before the page's first item. */
  left: WireEvent[];
  cursor: Cursor | null;
}

/** Every method rejects with a LettaError. */
export class TranscriptPager {
  private readonly deps: PagerDeps;
  /** Per thread: what comes before the item with this id. */
  private readonly before = new Map<string, Map<string, Older>>();

  constructor(deps: PagerDeps) {
    this.deps = deps;
  }

  async newest(threadId: string): Promise<NewestPage> {
    const { connection, agentId, describe } = this.deps;
    const [run, memory, read] = await Promise.all([
      lastRun(connection, agentId, threadId),
      this.deps.memory(threadId),
      this.read(threadId, { left: [], cursor: null }, true),
    ]);
    const going = run && (run.status === 'running' || run.status === 'created') ? run.id : undefined;
    const messages = going
      ? read.messages.filter((m) => m.run_id !== going || m.message_type === 'user_message')
      : read.messages;
    this.before.delete(threadId);
    const page = this.page(threadId, transcript(messages, { describe, lastRun: run, memory }), read.older);
    return going === undefined ? page : { ...page, runId: going };
  }

  /** Items before the one with this id; it must have come from here, else the page is empty. */
  async older(threadId: string, beforeItemId: string): Promise<TranscriptPage> {
    const known = this.before.get(threadId)?.get(beforeItemId);
    if (!known) return { items: [], hasMore: false };
    const [memory, read] = await Promise.all([this.deps.memory(threadId), this.read(threadId, known, false)]);
    return this.page(threadId, transcript(read.messages, { describe: this.deps.describe, memory }), read.older);
  }

  private page(threadId: string, items: Item[], older: Older | null): TranscriptPage {
    const first = items[0];
    if (older && first) {
      const map = this.before.get(threadId) ?? new Map<string, Older>();
      map.set(first.id, older);
      this.before.set(threadId, map);
    }
    return { items, hasMore: older !== null && first !== undefined };
  }

  /** Reads back until the page begins with a message of the person, or the thread does. */
  private async read(
    threadId: string,
    from: Older,
    newest: boolean,
  ): Promise<{ messages: WireEvent[]; older: Older | null }> {
    let messages = from.left;
    let cursor = from.cursor;
    for (let pages = 0; pages < MOST_PAGES; pages++) {
      if (pages > 0 || messages.length === 0 || cursor !== null) {
        if (!newest && cursor === null) break;
        const query = cursor ? { limit: PAGE, before: cursor } : { limit: PAGE };
        const page = await readHistory(this.deps.connection, this.deps.agentId, threadId, query);
        messages = [...page.messages, ...messages];
        cursor = page.cursor;
      }
      if (cursor === null) return { messages, older: null };
      const start = messages.findIndex(startsWithPerson);
      if (start >= 0) return { messages: messages.slice(start), older: { left: messages.slice(0, start), cursor } };
      newest = false;
    }
    return { messages, older: cursor ? { left: [], cursor } : null };
  }
}
