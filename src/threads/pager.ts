// Reads a thread page by page, newest first or around a message, each page beginning with a message of the person.
import type { Connection } from '../letta/connection.ts';
import { type Cursor, lastRun, readAfter, readAround, readHistory } from '../letta/history.ts';
import type { WireEvent } from '../letta/wire.ts';
import { t } from '../protocol/l10n.ts';
import type { Item } from '../protocol/transcript-views.ts';
import { answerIdFor } from './answer-id.ts';
import { startsWithPerson, type ThreadMemory, type TranscriptOptions, transcript } from './transcript.ts';

export interface TranscriptPage {
  items: Item[];
  hasMore: boolean;
}

export interface NewestPage extends TranscriptPage {
  /** A run that is still going on the server. What it has said so far is left out: following it tells all of it. */
  runId?: string;
}

/** A page from further back. `itemId`: the item in which the message is. */
export interface PageAround extends TranscriptPage {
  itemId: string;
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
  /** Per thread: the id of the last message of the item with this id, which ends a page from further back. */
  private readonly ends = new Map<string, Map<string, string>>();

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

  /**
   * @param at a message's id, or the otid that it was sent with
   * @returns undefined where it is not in the thread, or the server cannot look there
   */
  async around(threadId: string, at: string): Promise<PageAround | undefined> {
    const { connection, agentId } = this.deps;
    const middle = await readAround(connection, agentId, threadId, at, PAGE);
    if (!middle?.cursor) return undefined;
    const back = await this.read(threadId, { left: middle.messages, cursor: middle.cursor }, false, at);
    const whole = await this.forward(threadId, back.messages, at);
    const items = transcript(whole, { describe: this.deps.describe, memory: await this.deps.memory(threadId) });
    const itemId = itemOf(whole, items, at);
    if (itemId === undefined) return undefined;
    this.noteEnd(threadId, items, whole);
    return { ...this.page(threadId, items, back.older), itemId };
  }

  /** Items behind the last one of such a page. @throws Error where nothing is known of it any more */
  async newer(threadId: string, afterItemId: string): Promise<TranscriptPage> {
    const end = this.ends.get(threadId)?.get(afterItemId);
    if (end === undefined) throw new Error(t('These messages cannot be found any more. Open the thread again.'));
    const messages = await this.forward(threadId, [], end);
    const memory = await this.deps.memory(threadId);
    const items = transcript(messages, { describe: this.deps.describe, memory });
    this.noteEnd(threadId, items, messages);
    return { items, hasMore: items.length > 0 };
  }

  private noteEnd(threadId: string, items: readonly Item[], messages: readonly WireEvent[]): void {
    const [item, end] = [items.at(-1)?.id, messages.findLast(({ id }) => id !== undefined)?.id];
    if (item === undefined || end === undefined) return;
    const map = this.ends.get(threadId) ?? new Map<string, string>();
    this.ends.set(threadId, map.set(item, end));
  }

  /**
   * Reads on until no answer is cut in two: what follows the message `at` ends before one of the person.
   * @param messages what is there already, `at` among them; or nothing, to begin behind it
   */
  private async forward(threadId: string, messages: readonly WireEvent[], at: string): Promise<WireEvent[]> {
    const all = [...messages];
    for (let pages = 0; pages < MOST_PAGES; pages++) {
      const place = all.findLastIndex((message) => message.id === at || message.otid === at);
      const next = all.findLastIndex(startsWithPerson);
      if (next > Math.max(place, 0)) return all.slice(0, next);
      const after = all.findLast(({ id }) => id !== undefined)?.id ?? at;
      const { connection, agentId } = this.deps;
      const read = await readAfter(connection, agentId, threadId, after, PAGE);
      all.push(...read.messages);
      if (read.ended) break;
    }
    return all;
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

  /**
   * Reads back until the page begins with a message of the person, or the thread does.
   * @param at a message that is among those that are `left`: they may do
   */
  private async read(
    threadId: string,
    from: Older,
    newest: boolean,
    at?: string,
  ): Promise<{ messages: WireEvent[]; older: Older | null }> {
    let messages = from.left;
    let cursor = from.cursor;
    for (let pages = 0; pages < MOST_PAGES; pages++) {
      if (pages > 0 || at === undefined) {
        if (!newest && cursor === null) break;
        const query = cursor ? { limit: PAGE, before: cursor } : { limit: PAGE };
        const page = await readHistory(this.deps.connection, this.deps.agentId, threadId, query);
        messages = [...page.messages, ...messages];
        cursor = page.cursor;
      }
      if (cursor === null) return { messages, older: null };
      const start = messages.findIndex(startsWithPerson);
      const place =
        at === undefined ? start : messages.findIndex((message) => message.id === at || message.otid === at);
      if (start >= 0 && start <= place)
        return { messages: messages.slice(start), older: { left: messages.slice(0, start), cursor } };
      newest = false;
    }
    return { messages, older: cursor ? { left: [], cursor } : null };
  }
}

/** The item that shows a message: itself, or the answer that it is part of. */
function itemOf(messages: readonly WireEvent[], items: readonly Item[], at: string): string | undefined {
  const place = messages.findIndex((message) => message.id === at || message.otid === at);
  const asked = messages.slice(0, place + 1).findLast(startsWithPerson);
  const id = asked && (asked.otid ?? asked.id);
  if (!id) return items[0]?.id;
  const answer = asked === messages[place] ? undefined : items.find((item) => item.id === answerIdFor(id));
  return (answer ?? items.find((item) => item.id === id) ?? items[0])?.id;
}
