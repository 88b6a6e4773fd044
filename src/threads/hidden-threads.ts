// Hidden threads that have done their work: found by what they are called, and removed from the server.
import { type Connection, ONCE } from '../letta/connection.ts';
import { toLettaError } from '../letta/errors.ts';
import { type Cursor, readHistory } from '../letta/history.ts';
import { isWriting } from '../letta/memory-tools.ts';
import { callsOf } from '../letta/wire.ts';
import { HIDDEN_TITLE, Threads } from './threads.ts';

/** Clocks of other computers. */
const SKEW_MS = 5 * 60_000;
const MAX_PAGES = 10;

/** Of one agent. `at`: when a thread was about to be made, in milliseconds. Every method rejects with a LettaError. */
export class HiddenThreads {
  private readonly connection: Connection;
  private readonly agentId: string;
  private readonly threads: Threads;

  constructor(connection: Connection, agentId: string) {
    this.connection = connection;
    this.agentId = agentId;
    this.threads = new Threads(connection, agentId);
  }

  /** The ids of those of that title, made since. Archived ones are dealt with. */
  async find(title: string, at: number): Promise<string[]> {
    const all = await this.threads.all('unarchived');
    return all
      .filter((each) => each.title === `${HIDDEN_TITLE}${title}` && Date.parse(each.createdAt) >= this.since(at))
      .map(({ id }) => id);
  }

  /**
   * One that has written memory is archived instead: a line's history leads to it.
   * @returns whether it is gone
   */
  async remove(threadId: string, at: number): Promise<boolean> {
    try {
      if (await this.wroteMemory(threadId, at)) {
        await this.connection.client.conversations.update(threadId, { archived: true }, ONCE);
        return false;
      }
    } catch (error) {
      const known = toLettaError(error);
      if (known.reason !== 'not_found') throw known;
    }
    await this.threads.remove(threadId);
    return true;
  }

  private async wroteMemory(threadId: string, at: number): Promise<boolean> {
    let before: Cursor | undefined;
    for (let page = 0; page < MAX_PAGES; page++) {
      const read = await readHistory(this.connection, this.agentId, threadId, before ? { before } : {});
      const own = read.messages.filter(({ date }) => !date || Date.parse(date) >= this.since(at));
      if (own.flatMap(callsOf).some(({ name }) => isWriting(name ?? ''))) return true;
      if (own.length < read.messages.length || !read.cursor) return false;
      before = read.cursor;
    }
    return true;
  }

  /** The server's clock gives whole seconds in places. */
  private since(at: number): number {
    return this.connection.kind === 'embedded' ? Math.floor(at / 1_000) * 1_000 : at - SKEW_MS;
  }
}
