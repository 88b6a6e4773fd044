// The threads of an agent: list, create, name, fork, delete. In the Letta API a thread is a conversation.
import type { Connection } from '../letta/connection.ts';
import { ONCE } from '../letta/connection.ts';
import { LettaError, toLettaError } from '../letta/errors.ts';
import type { ThreadView } from '../protocol/thread-views.ts';

export type Thread = Omit<ThreadView, 'running' | 'waiting'>;

/** Not *New thread*: that is the name of the button beside it. */
export const UNTITLED = 'Untitled';
const TITLE_LENGTH = 80;
const PAGE = 100;
/** Most threads that are listed; search finds the others by title. */
const MOST = 1_000;

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

type Raw = Awaited<ReturnType<Connection['client']['conversations']['retrieve']>>;

function toThread(raw: Raw): Thread {
  const createdAt = raw.created_at ?? new Date(0).toISOString();
  return {
    id: raw.id,
    title: raw.summary?.trim() || UNTITLED,
    createdAt,
    updatedAt: raw.last_message_at ?? raw.updated_at ?? createdAt,
  };
}

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

  constructor(connection: Connection, agentId: string) {
    this.connection = connection;
    this.agentId = agentId;
  }

  private get api(): Connection['client']['conversations'] {
    return this.connection.client.conversations;
  }

  /** Newest first. `query`: every word must stand in the title. Archived and hidden threads are left out. */
  async list(query = ''): Promise<Thread[]> {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    return (await this.read())
      .filter((raw) => !raw.archived && !raw.summary?.startsWith(HIDDEN_TITLE))
      .map(toThread)
      .filter((thread) => words.every((word) => thread.title.toLowerCase().includes(word)))
      .sort((a, b) => Date.parse(b.updatedAt) - Date.parse(a.updatedAt));
  }

  /** Hidden ones too, in no order. */
  async all(archive: 'all' | 'unarchived' = 'all'): Promise<Thread[]> {
    return (await this.read(archive)).map(toThread);
  }

  private async read(archive: 'all' | 'unarchived' = 'unarchived'): Promise<Raw[]> {
    const found: Raw[] = [];
    let after: string | undefined;
    while (found.length < MOST) {
      const page: Raw[] = await asked(
        this.api.list({
          agent_id: this.agentId,
          limit: PAGE,
          archive_status: archive,
          ...(after === undefined ? {} : { after }),
        }),
      );
      const known = new Set(found.map((raw) => raw.id));
      const fresh = page.filter((raw) => !known.has(raw.id));
      found.push(...fresh);
      after = page.at(-1)?.id;
      // A server that ignores the cursor gives the same page for ever.
      if (page.length < PAGE || fresh.length === 0 || after === undefined) break;
    }
    return found;
  }

  /** @throws LettaError `not_found` for a thread of another agent, too: what a window kept may be from before it had this one */
  async get(threadId: string): Promise<Thread> {
    const raw = await asked(this.api.retrieve(threadId));
    if (raw.agent_id && raw.agent_id !== this.agentId) throw new LettaError('not_found');
    return toThread(raw);
  }

  /** @returns the new thread's id. `hidden`: no list shows it. */
  async create({ title, hidden = false }: { title?: string; hidden?: boolean } = {}): Promise<string> {
    const summary = hidden ? `${HIDDEN_TITLE}${title ?? ''}` : title;
    const raw = await asked(
      this.api.create({ agent_id: this.agentId, ...(summary === undefined ? {} : { summary }) }, ONCE),
    );
    return raw.id;
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
    await this.rename(raw.id, `${title} (fork)`);
    return raw.id;
  }
}
