// Which pages of a thread are there: the newest and those before it, and perhaps one from further back, with a gap between.
import type { Item } from '../protocol/transcript-views.ts';
import { answerIdFor } from '../threads/answer-id.ts';

export interface ItemPage {
  items: Item[];
  hasMore: boolean;
}

/** All reject with a LettaError. */
export interface PageReader {
  older(threadId: string, beforeItemId: string): Promise<ItemPage>;
  /** A page from further back, in which a message is (by its id or otid), and the item that shows it; where that can be read. */
  around(threadId: string, messageId: string): Promise<(ItemPage & { itemId: string }) | undefined>;
  /** What is behind the last item of such a page. */
  newer(threadId: string, afterItemId: string): Promise<ItemPage>;
}

const ANSWER = answerIdFor('');

/** A thread that was read back further lets go of what is older, and keeps so many: more than the view does. */
const MANY_ITEMS = 3_000;
const KEPT_ITEMS = 1_000;

/** Changes the items of a thread as pages come. */
export class Pages {
  private readonly threadId: string;
  private readonly reader: PageReader;
  private readonly all: () => Item[];
  private hasMore = false;
  /** The last item of a page from further back: what is between it and the next one was not read. */
  private gap: string | undefined;
  /** Items that a page of older ones was asked before. */
  private readonly starts = new Set<string>();

  /** @param items those of the thread: the same array until `reset` */
  constructor(threadId: string, reader: PageReader, items: () => Item[]) {
    this.threadId = threadId;
    this.reader = reader;
    this.all = items;
  }

  /** The items are those of the newest page. */
  reset(hasMore: boolean): void {
    this.hasMore = hasMore;
    this.gap = undefined;
  }

  /** For a snapshot. */
  get ends(): { hasMore: boolean; gap?: string } {
    return { hasMore: this.hasMore, ...(this.gap === undefined ? {} : { gap: this.gap }) };
  }

  async older(before: string): Promise<ItemPage> {
    const page = await this.reader.older(this.threadId, before);
    const items = this.all();
    const at = items.findIndex(({ id }) => id === before);
    // The view goes on from the newest page: it has left what lies before the gap.
    if (at > 0 && items[at - 1]?.id === this.gap) {
      items.splice(0, at);
      this.gap = undefined;
    }
    if (items[0]?.id === before) {
      this.starts.add(before);
      items.unshift(...page.items);
      this.hasMore = page.hasMore;
    }
    return page;
  }

  /** @returns the item that shows the message, by its id or that of an item; undefined where it cannot be found */
  async bring(messageId: string): Promise<string | undefined> {
    const known = this.all().find(({ id }) => id === messageId) ?? this.all().find((item) => holds(item, messageId));
    if (known) return known.id;
    const isAnswer = messageId.startsWith(ANSWER);
    const page = await this.reader.around(this.threadId, isAnswer ? messageId.slice(ANSWER.length) : messageId);
    if (!page) return undefined;
    const items = this.all();
    const rest = items.slice(this.gap === undefined ? 0 : items.findIndex(({ id }) => id === this.gap) + 1);
    if (!rest.some(({ id }) => id === page.itemId)) {
      const before = upTo(page.items, rest);
      items.splice(0, items.length, ...before, ...rest);
      this.gap = before.length < page.items.length ? undefined : before.at(-1)?.id;
      this.hasMore = page.hasMore;
    }
    return isAnswer && items.some(({ id }) => id === messageId) ? messageId : page.itemId;
  }

  /** Lets go of pages that were read back: who writes is at the end again. They can be asked for anew. */
  forget(): void {
    const items = this.all();
    if (items.length <= MANY_ITEMS) return;
    const from = items.findLastIndex(({ id }, index) => index <= items.length - KEPT_ITEMS && this.starts.has(id));
    if (from <= 0) return;
    items.splice(0, from);
    this.hasMore = true;
    if (!items.some(({ id }) => id === this.gap)) this.gap = undefined;
  }

  /** `hasMore`: the gap is there still. */
  async newer(after: string): Promise<ItemPage> {
    const page = await this.reader.newer(this.threadId, after);
    const items = this.all();
    const at = items.findIndex(({ id }) => id === after) + 1;
    if (this.gap !== after || at === 0) return { items: [], hasMore: false };
    const fresh = upTo(page.items, items.slice(at));
    items.splice(at, 0, ...fresh);
    const closed = fresh.length < page.items.length || !page.hasMore;
    this.gap = closed ? undefined : fresh.at(-1)?.id;
    return { items: fresh, hasMore: !closed };
  }
}

const holds = (item: Item, partId: string): boolean =>
  item.kind === 'agent' && item.parts.some((part) => part.id === partId);

/** What of a page comes before the others. */
function upTo(page: readonly Item[], rest: readonly Item[]): Item[] {
  const there = new Set(rest.map(({ id }) => id));
  const at = page.findIndex(({ id }) => there.has(id));
  return page.slice(0, at < 0 ? page.length : at);
}
