// The agent's archive for a person: page by page, searched, added to, replaced, deleted.
import * as z from 'zod/mini';
import type { Connection } from '../letta/connection.ts';
import { LOCAL_ONLY, ONCE } from '../letta/connection.ts';
import { known, LettaError, toLettaError } from '../letta/errors.ts';
import { t } from '../protocol/l10n.ts';
import type { PassageView } from '../protocol/memory-views.ts';

const PAGE = 50;
/** Of a search: the best ones are enough. */
export const MOST_HITS = 50;
/** More than a person scrolls past before they edit or delete one. */
const MOST_GIVEN = 1_000;
/** More than a person looks through. */
const MOST_TAGS = 1_000;
/** How servers answer that do not know a route. */
const NO_ROUTE: ReadonlySet<number> = new Set([404, 405]);
const TagsSchema = z.array(z.string());

export interface ArchiveQuery {
  /** Empty: everything, newest first. */
  query: string;
  tag?: string | undefined;
  /** Days as the person's clock has them, `2026-01-31`, the last one included; or times in ISO 8601. */
  from?: string | undefined;
  to?: string | undefined;
  /** Id of the last entry that is there: those behind it. */
  after?: string | undefined;
  /** Of a search: what that model may see. */
  forModel?: string | undefined;
}

export interface ArchivePage {
  passages: PassageView[];
  hasMore: boolean;
}

export interface ArchiveTags {
  /** Sorted. */
  tags: string[];
  /** There are no others in the archive. */
  allTags: boolean;
}

/** What an entry has beside its words: a `PassageView` is such. */
export interface EntryFacts {
  at?: string | null | undefined;
  /** A local model wrote it where it could read what is kept to local models. */
  localOnly?: boolean | undefined;
}

interface RawPassage {
  id?: string | null;
  text?: string | null;
  content?: string | null;
  tags?: string[] | null;
  metadata?: { [key: string]: unknown } | null;
  created_at?: string | null;
  timestamp?: string | null;
  /** Of the embedded server: words of the entry that the query has found. */
  matched?: string[];
}

function toView(raw: RawPassage, query: string): PassageView {
  const text = raw.text ?? raw.content ?? '';
  const why = query === '' ? '' : reason(raw.matched ?? matching(text, query));
  return {
    id: raw.id ?? '',
    text,
    tags: raw.tags ?? [],
    at: raw.created_at ?? raw.timestamp ?? '',
    ...(raw.metadata?.[LOCAL_ONLY] === true ? { localOnly: true } : {}),
    ...(why ? { why } : {}),
  };
}

const reason = (words: readonly string[]): string =>
  words.length > 0 ? `Words: ${words.slice(0, 6).join(', ')}` : 'Similar in meaning';

/** Where a server does not say what it has found. */
function matching(text: string, query: string): string[] {
  const lower = text.toLowerCase();
  return [...new Set(query.toLowerCase().match(/[\p{L}\p{N}_]{2,}/gu) ?? [])].filter((word) => lower.includes(word));
}

/** A day without a time is the person's own: as ISO time in UTC. */
const since = (day: string): string => localTime(day, 'T00:00:00.000');
const until = (day: string): string => localTime(day, 'T23:59:59.999');

function localTime(day: string, time: string): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return day;
  const at = new Date(`${day}${time}`);
  return Number.isNaN(at.getTime()) ? day : at.toISOString();
}

const inRange = ({ at, tags }: PassageView, { from, to, tag }: ArchiveQuery): boolean =>
  (from === undefined || Date.parse(at) >= Date.parse(since(from))) &&
  (to === undefined || Date.parse(at) <= Date.parse(until(to))) &&
  (tag === undefined || tags.includes(tag));

export class Archive {
  private readonly connection: Connection;
  private readonly agentId: string;
  /** Entries that were given out last: they never change, they only go. */
  private readonly given = new Map<string, PassageView>();
  /** How the server reads cursors. */
  private order: 'list' | 'time' | undefined;
  /** Until that is known: what was on the pages, by their last entry. */
  private readonly pages = new Map<string, ReadonlySet<unknown>>();
  private listsNoTags = false;

  constructor(connection: Connection, agentId: string) {
    this.connection = connection;
    this.agentId = agentId;
  }

  private get api(): Connection['client']['agents']['passages'] {
    return this.connection.client.agents.passages;
  }

  /** @throws LettaError */
  async list(query: ArchiveQuery): Promise<ArchivePage> {
    const page = await known(() => (query.query.trim() === '' ? this.page(query) : this.search(query)));
    // What a model may not see is taken out of those: they are not what stands there.
    if (!query.forModel) for (const passage of page.passages) this.give(passage);
    return page;
  }

  private give({ why: _why, ...passage }: PassageView): void {
    this.given.delete(passage.id);
    this.given.set(passage.id, passage);
    const [oldest] = this.given.keys();
    if (this.given.size > MOST_GIVEN && oldest !== undefined) this.given.delete(oldest);
  }

  private async page(query: ArchiveQuery): Promise<ArchivePage> {
    const { tag, from, to, after } = query;
    // Not in the client's type, yet in the route: tags and dates. A server that does not know them leaves them out.
    const filters = {
      ...(tag ? { tags: [tag] } : {}),
      ...(from ? { start_datetime: since(from) } : {}),
      ...(to ? { end_datetime: until(to) } : {}),
    };
    const passages = await this.older(after, PAGE, filters);
    const views = passages.map((passage) => toView(passage, ''));
    return { passages: views.filter((view) => inRange(view, query)), hasMore: passages.length === PAGE };
  }

  /**
   * Newest first, those behind an entry. Servers read a cursor in the order of the list or of time: which one is seen from
   * the second page. In the order of time it is entries of the first one again; dates do not tell, an import brings its own.
   */
  private async older(cursor: string | undefined, limit: number, filters: object = {}): Promise<RawPassage[]> {
    const ask = (at: object) => this.api.list(this.agentId, { limit, ascending: false, ...at, ...filters });
    if (cursor === undefined) return this.seen(await ask({}));
    if (this.order === 'time') return ask({ before: cursor });
    const page = await ask({ after: cursor });
    const ended = this.pages.get(cursor);
    if (this.order === 'list' || !ended || page.length === 0) return this.seen(page);
    this.order = page.some(({ id }) => ended.has(id)) ? 'time' : 'list';
    this.pages.clear();
    return this.order === 'list' ? page : ask({ before: cursor });
  }

  private seen(page: RawPassage[]): RawPassage[] {
    const last = page.at(-1)?.id;
    if (last && !this.order) this.pages.set(last, new Set(page.map(({ id }) => id)));
    return page;
  }

  private async search(query: ArchiveQuery): Promise<ArchivePage> {
    const { tag, from, to, after, forModel } = query;
    // The best ones are enough: who looks through hundreds of hits should say more.
    if (after) return { passages: [], hasMore: false };
    const { results } = await this.api.search(this.agentId, {
      query: query.query,
      top_k: MOST_HITS,
      ...(tag ? { tags: [tag] } : {}),
      ...(from ? { start_datetime: since(from) } : {}),
      ...(to ? { end_datetime: until(to) } : {}),
      ...(forModel ? { for_model: forModel } : {}),
    });
    return { passages: results.map((result) => toView(result, query.query)), hasMore: false };
  }

  /** The tags to filter by. Where a server does not list them (the Letta API has no route for it): those of what was given out. */
  async tags(): Promise<ArchiveTags> {
    const listed = await this.listedTags();
    if (listed) return { tags: listed, allTags: listed.length < MOST_TAGS };
    const given = [...this.given.values()].flatMap(({ tags }) => tags);
    return { tags: [...new Set(given)].sort(), allTags: false };
  }

  private async listedTags(): Promise<string[] | undefined> {
    if (this.listsNoTags) return undefined;
    try {
      const path = `/v1/agents/${this.agentId}/archival-memory/tags?limit=${MOST_TAGS}`;
      return TagsSchema.parse(await this.connection.client.get<unknown>(path));
    } catch (error) {
      this.listsNoTags = NO_ROUTE.has(toLettaError(error).status ?? 0);
      return undefined;
    }
  }

  /** Every entry, newest first. @throws LettaError */
  async *all(): AsyncGenerator<PassageView> {
    for (let after: string | undefined; ; ) {
      const page = await known(() => this.older(after, 1_000));
      for (const passage of page) yield toView(passage, '');
      // A server may give fewer than it is asked for: only an empty page is the end.
      after = page.at(-1)?.id ?? undefined;
      if (!after) return;
    }
  }

  /** One that was listed before comes from there. @throws LettaError `not_found` */
  get(id: string): Promise<PassageView> {
    const given = this.given.get(id);
    if (given) return Promise.resolve(given);
    return known(async () => {
      // The API has no route for one entry: the page that begins right before it is the nearest thing.
      for (let after: string | undefined; ; ) {
        const page = await this.older(after, 1_000);
        const found = page.find((passage) => passage.id === id);
        if (found) return toView(found, '');
        after = page.at(-1)?.id ?? undefined;
        if (page.length < 1_000 || !after)
          throw new LettaError('not_found', { detail: t('This entry is no longer in the archive.') });
      }
    });
  }

  /** `at`: ISO 8601, of an entry that was there before, or comes from elsewhere. @throws LettaError */
  add(text: string, tags: readonly string[], { at, localOnly }: EntryFacts = {}): Promise<PassageView> {
    return known(async () => {
      const date = at ? { created_at: at } : {};
      // Not in the client's type: of the embedded server.
      const mark = localOnly ? { metadata: { [LOCAL_ONLY]: true } } : {};
      const body = { text, ...(tags.length > 0 ? { tags: [...tags] } : {}), ...date, ...mark };
      const [made] = await this.api.create(this.agentId, body, ONCE);
      if (!made) throw new LettaError('unknown', { detail: t('The server did not say what it has stored.') });
      const view = toView(made, '');
      this.give(view);
      return view;
    });
  }

  /**
   * The new one is there before the old one goes, so that a break in between loses nothing. It keeps the date, and that it is for
   * local models only.
   * @throws LettaError `not_found`
   */
  async replace(id: string, text: string, tags: readonly string[]): Promise<PassageView> {
    const made = await this.add(text, tags, await this.get(id));
    await this.remove(id);
    return made;
  }

  /** One that is gone already counts as deleted. @throws LettaError */
  async remove(id: string): Promise<void> {
    try {
      await this.api.delete(id, { agent_id: this.agentId }, ONCE);
    } catch (error) {
      const failure = toLettaError(error);
      if (failure.reason !== 'not_found') throw failure;
    }
    this.given.delete(id);
  }
}
