// The threads of an agent: list, create, name, fork, archive, delete. In the Letta API a thread is a conversation.
import type { Connection } from '../letta/connection.ts';
import { ONCE } from '../letta/connection.ts';
import { LettaError, toLettaError } from '../letta/errors.ts';
import { t } from '../protocol/l10n.ts';
import type { ThreadView } from '../protocol/thread-views.ts';

export type Thread = Omit<ThreadView, 'running' | 'waiting' | 'unread' | 'pinned'>;

/** Not *New thread*: that is the name of the button beside it. */
export const UNTITLED = t('Untitled');
const TITLE_LENGTH = 80;
/** What is said to an agent without a conversation stands in this one. */
const DEFAULT_TITLE = t('Default thread');
const PAGE = 100;
/** Most threads that are read for those who need all of them. */
const MOST = 10_000;
/** In the description of a thread, before the name of the workspace that it was made in. */
const MADE_IN = 'Workspace: ';

/** Threads that commands make for themselves, and that no list shows: their title begins with this. */
export const HIDDEN_TITLE = '\u200b';

/** The title a thread gets from its first message: its first line that says something, at most 80 characters. */
export function titleFrom(text: string): string {
  const line = text.split('\n').find((l) => /[\p{L}\p{N}]/u.test(l)) ?? text.split('\n')[0] ?? '';
  const clean = line
    .replace(/^[\s#>*-]+/, '')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = [...(clean || line.trim())];
  if (characters.length === 0) return UNTITLED;
  return characters.length > TITLE_LENGTH
    ? `${characters
        .slice(0, TITLE_LENGTH - 1)
        .join('')
        .trimEnd()}…`
    : characters.join('');
}

type Api = Connection['client']['conversations'];
type Raw = Awaited<ReturnType<Api['retrieve']>>;
type Query = Omit<NonNullable<Parameters<Api['list']>[0]>, 'limit'>;

function toThread(raw: Raw): Thread {
  const createdAt = raw.created_at ?? new Date(0).toISOString();
  const description = raw.description ?? '';
  return {
    id: raw.id,
    title: raw.summary?.trim() || UNTITLED,
    createdAt,
    updatedAt: raw.last_message_at ?? raw.updated_at ?? createdAt,
    ...(raw.archived ? { archived: true } : {}),
    ...(description.startsWith(MADE_IN) ? { workspace: description.slice(MADE_IN.length) } : {}),
  };
}

/** What the list is asked for. */
export interface ThreadQuery {
  /** Every word must stand in the title. */
  query?: string;
  /** Those that were put away, instead of the others. */
  archived?: boolean;
  limit: number;
}

const wordsIn = (query: string): string[] => query.toLowerCase().split(/\s+/).filter(Boolean);
const isShown = (raw: Raw): boolean => !raw.summary?.startsWith(HIDDEN_TITLE);
const newestFirst = (a: Thread, b: Thread): number => Date.parse(b.updatedAt) - Date.parse(a.updatedAt);

const asked = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    throw toLettaError(error);
  }
};

/** The threads of one agent. Every method rejects with a LettaError. */
export class Threads {
  private readonly connection: Connection;
  private readonly agentId: string;
  private readonly workspace: string | undefined;

  /** @param workspace the name of the one in which new threads are made */
  constructor(connection: Connection, agentId: string, workspace?: string) {
    this.connection = connection;
    this.agentId = agentId;
    this.workspace = workspace;
  }

  private get api(): Api {
    return this.connection.client.conversations;
  }

  /** All that are not hidden or archived, newest first. */
  async list(): Promise<Thread[]> {
    return (await this.read('unarchived'))
      .filter((raw) => !raw.archived && isShown(raw))
      .map(toThread)
      .sort(newestFirst);
  }

  /** The first of them in the order of the last message; hidden ones are left out. */
  async page({ query = '', archived = false, limit }: ThreadQuery): Promise<{ threads: Thread[]; hasMore: boolean }> {
    const words = wordsIn(query);
    // The server looks for one of them: the one that most titles do not have.
    const word = words.toSorted((a, b) => b.length - a.length)[0];
    const fits = ({ title }: Thread) => words.every((each) => title.toLowerCase().includes(each));
    const own = this.default(archived);
    const threads: Thread[] = [];
    let ended = false;
    for await (const page of this.pages({
      archive_status: archived ? 'archived' : 'unarchived',
      order_by: 'last_message_at',
      limit: Math.min(PAGE, limit + 1),
      ...(word === undefined ? {} : { summary_search: word }),
    })) {
      ended = page.ended;
      const shown = page.fresh.filter((raw) => isShown(raw) && (raw.archived ?? false) === archived);
      threads.push(...shown.map(toThread).filter(fits));
      if (threads.length > limit) break;
    }
    const all = [...threads, ...(await own).filter(fits)].sort(newestFirst);
    return { threads: all.slice(0, limit), hasMore: all.length > limit || !ended };
  }

  /** What was said to the agent without a conversation, where anything was: its thread has the agent's id. */
  private async default(archived: boolean): Promise<Thread[]> {
    try {
      const raw = await this.api.retrieve(this.agentId);
      if (!raw.last_message_at || (raw.archived ?? false) !== archived) return [];
      return [{ ...toThread(raw), id: this.agentId, title: raw.summary?.trim() || DEFAULT_TITLE, isDefault: true }];
    } catch {
      // Some servers know it only by its messages.
      return [];
    }
  }

  /** Hidden ones too, in no order. */
  async all(archive: 'all' | 'unarchived' = 'all'): Promise<Thread[]> {
    return (await this.read(archive)).map(toThread);
  }

  private async read(archive: 'all' | 'unarchived'): Promise<Raw[]> {
    const found: Raw[] = [];
    for await (const { fresh } of this.pages({ archive_status: archive, limit: PAGE })) {
      found.push(...fresh);
      if (found.length >= MOST) break;
    }
    return found;
  }

  /** `fresh`: what no page before has held. */
  private async *pages(query: Query & { limit: number }): AsyncGenerator<{ fresh: Raw[]; ended: boolean }> {
    const known = new Set<string>();
    let after: string | undefined;
    for (;;) {
      const asking = { agent_id: this.agentId, in_context: false, ...query, ...(after === undefined ? {} : { after }) };
      const page: Raw[] = await asked(this.api.list(asking));
      const fresh = page.filter((raw) => !known.has(raw.id));
      for (const { id } of fresh) known.add(id);
      after = page.at(-1)?.id;
      // A server that ignores the cursor gives the same page for ever.
      const ended = page.length < query.limit || fresh.length === 0 || after === undefined;
      yield { fresh, ended };
      if (ended) return;
    }
  }

  /** @throws LettaError `not_found` for a thread of another agent, too: what a window kept may be from before it had this one */
  async get(threadId: string): Promise<Thread> {
    const raw = await asked(this.api.retrieve(threadId));
    if (raw.agent_id && raw.agent_id !== this.agentId) throw new LettaError('not_found');
    if (threadId !== this.agentId) return toThread(raw);
    return { ...toThread(raw), id: threadId, title: raw.summary?.trim() || DEFAULT_TITLE, isDefault: true };
  }

  /** @returns the new thread's id. `hidden`: no list shows it. */
  async create({ title, hidden = false }: { title?: string; hidden?: boolean } = {}): Promise<string> {
    const summary = hidden ? `${HIDDEN_TITLE}${title ?? ''}` : title;
    const fields = { ...(summary === undefined ? {} : { summary }), ...(hidden ? {} : this.madeHere) };
    const raw = await asked(this.api.create({ agent_id: this.agentId, ...fields }, ONCE));
    return raw.id;
  }

  private get madeHere(): { description?: string } {
    return this.workspace === undefined ? {} : { description: `${MADE_IN}${this.workspace}` };
  }

  async rename(threadId: string, title: string): Promise<void> {
    await asked(this.api.update(threadId, { summary: title.trim() || UNTITLED }, ONCE));
  }

  /** Names a thread after its first message, unless it has a name. @returns the name it has now. */
  async nameAfter(threadId: string, text: string): Promise<string> {
    const raw = await asked(this.api.retrieve(threadId));
    if (raw.summary?.trim()) return raw.summary.trim();
    const title = titleFrom(text);
    await this.rename(threadId, title);
    return title;
  }

  /** Puts a thread away, or back among the others. @throws Error where the server cannot */
  async archive(threadId: string, archived: boolean): Promise<void> {
    const raw = await asked(this.api.update(threadId, { archived }, ONCE));
    if ((raw.archived ?? false) !== archived) throw new Error(t('This Letta server cannot archive threads.'));
  }

  /** A thread that is gone already counts as deleted. */
  async remove(threadId: string): Promise<void> {
    try {
      await this.api.delete(threadId, ONCE);
    } catch (error) {
      const known = toLettaError(error);
      if (known.reason !== 'not_found') throw known;
    }
  }

  /** A copy that goes its own way from here. @returns the new thread's id. */
  async fork(threadId: string): Promise<string> {
    const { title } = await this.get(threadId);
    const raw = await asked(this.api.fork(threadId, { agent_id: this.agentId }, ONCE));
    await asked(this.api.update(raw.id, { summary: `${title} (fork)`, ...this.madeHere }, ONCE));
    return raw.id;
  }
}
