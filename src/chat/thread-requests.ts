// What the view asks about threads: the list, opening, names, copies, and deletion with a while to think better of it.
import type { Handlers } from '../protocol/rpc.ts';
import type { Snapshot, ThreadView } from '../protocol/thread-views.ts';
import { UNTITLED } from '../threads/threads.ts';
import { acknowledge } from './acknowledge.ts';
import type { ChatHome } from './home.ts';
import type { OpenThreads } from './open-threads.ts';

export interface ThreadRequestsDeps {
  home(): Promise<ChatHome>;
  sessions: OpenThreads;
  show(threadId: string): Promise<Snapshot>;
  openNew(): Promise<Snapshot>;
  /** Puts another thread in the place of the one that goes, when that is the one that is shown. */
  leave(threadId: string): Promise<void>;
  /** The list is another one. */
  changed(): Promise<void>;
  /** Tells what was done; true when it shall be undone. `late`: what is said to who wants that afterwards. */
  offerUndo(message: string, late: () => string): Promise<boolean>;
  tellError(message: string): void;
  log(line: string): void;
}

type Method = 'threads.list' | 'threads.open' | 'threads.new' | 'threads.rename' | 'threads.delete' | 'threads.fork';

export class ThreadRequests {
  private readonly deps: ThreadRequestsDeps;
  /** Deleted as far as the person sees, and not yet on the server. */
  private readonly deleting = new Set<string>();

  constructor(deps: ThreadRequestsDeps) {
    this.deps = deps;
  }

  get handlers(): Pick<Handlers, Method> {
    const { home, sessions, show, openNew, changed } = this.deps;
    return {
      'threads.list': ({ query }) => this.list(query),
      'threads.open': ({ threadId }) => show(threadId),
      'threads.new': () => openNew(),
      'threads.rename': async ({ threadId, title }) => {
        await (await home()).threads.rename(threadId, title);
        sessions.get(threadId)?.retitle(title);
        return acknowledge(changed());
      },
      'threads.delete': ({ threadId }) => acknowledge(this.remove(threadId)),
      'threads.fork': async ({ threadId }) => show(await (await home()).threads.fork(threadId)),
    };
  }

  /** Newest first, with what runs and what waits in this window. */
  async list(query: string): Promise<ThreadView[]> {
    const list = await (await this.deps.home()).threads.list(query);
    return list
      .filter((thread) => !this.deleting.has(thread.id))
      .map((thread) => {
        const session = this.deps.sessions.get(thread.id);
        return { ...thread, running: session?.running ?? false, waiting: (session?.asked ?? 0) > 0 };
      });
  }

  /** Hides the thread at once, deletes it when Undo was not taken. A closed window keeps it: nothing is lost by accident. */
  private async remove(threadId: string): Promise<void> {
    const { sessions, leave, changed, offerUndo, log } = this.deps;
    const title = (await this.list('')).find(({ id }) => id === threadId)?.title ?? UNTITLED;
    const session = sessions.get(threadId);
    if (session?.running) await session.stop();
    this.deleting.add(threadId);
    await leave(threadId);
    await changed();
    const late = () => `The thread “${title}” is deleted for good: Undo was there for ten seconds.`;
    void offerUndo(`Deleted the thread “${title}”.`, late)
      .then((undo) => (undo ? undefined : this.delete(threadId, title)))
      .finally(() => this.deleting.delete(threadId))
      .then(changed)
      .catch((error: unknown) => log(`The list of threads: ${String(error)}`));
  }

  private async delete(threadId: string, title: string): Promise<void> {
    try {
      await (await this.deps.home()).threads.remove(threadId);
      this.deps.sessions.forget(threadId);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.deps.tellError(`The thread “${title}” was not deleted, and is in the list again: ${why}`);
    }
  }
}
