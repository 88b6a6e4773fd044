// What the view asks about threads: the list, opening, names, copies, archive, and deletion with a while to think better of it.
import type { TurnOutcome } from '../agent/events.ts';
import { t } from '../protocol/l10n.ts';
import type { Result } from '../protocol/messages.ts';
import type { Handlers } from '../protocol/rpc.ts';
import type { Snapshot, ThreadList } from '../protocol/thread-views.ts';
import { acknowledge } from './acknowledge.ts';
import type { ChatHome } from './home.ts';
import { Naming } from './naming.ts';
import type { OpenThreads } from './open-threads.ts';
import type { ThreadSession } from './session.ts';
import type { FirstTurn } from './session-home.ts';

export interface ThreadRequestsDeps {
  home(): Promise<ChatHome>;
  sessions: OpenThreads;
  /** Opens an editor tab. */
  openInEditor(threadId: string): Promise<void>;
  /** Whether the person has this thread before them. */
  seen(threadId: string): boolean;
  /** Puts another thread in the place of the one that goes, when that is the one that is shown. */
  leave(threadId: string): Promise<void>;
  /** The list is another one. */
  changed(): Promise<void>;
  /** Tells what was done; true when it shall be undone. `late`: what is said to who wants that afterwards. */
  offerUndo(message: string, late: () => string): Promise<boolean>;
  tellError(message: string): void;
  log(line: string): void;
}

type Method = Extract<keyof Handlers, `threads.${string}`>;

/** The view that asks. */
export interface Asking {
  show(threadId: string, messageId?: string): Promise<{ snapshot: Snapshot; itemId?: string }>;
  openNew(): Promise<Snapshot>;
  /** Shows a new thread with a text in its composer. */
  startFrom(threadId: string, text: string, reminders: string[]): Promise<void>;
}

export class ThreadRequests {
  private readonly deps: ThreadRequestsDeps;
  /** Deleted as far as the person sees, and not yet on the server. */
  private readonly deleting = new Set<string>();

  private readonly naming: Naming<FirstTurn>;

  constructor(deps: ThreadRequestsDeps) {
    this.deps = deps;
    const running = () => deps.sessions.running.length > 0;
    this.naming = new Naming({ running, name: (...first) => this.name(...first) });
  }

  handlers(asking: Asking): Pick<Handlers, Exclude<Method, 'threads.pin'>> {
    const { show, openNew } = asking;
    const { home, sessions, changed, leave, openInEditor } = this.deps;
    return {
      'threads.list': (query) => this.list(query),
      'threads.open': ({ threadId, messageId }) => show(threadId, messageId),
      'threads.new': () => openNew(),
      'threads.openInEditor': ({ threadId }) => acknowledge(openInEditor(threadId)),
      'threads.rename': async ({ threadId, title }) => {
        await (await home()).threads.rename(threadId, title);
        sessions.get(threadId)?.retitle(title);
        return acknowledge(changed());
      },
      'threads.delete': ({ threadId }) => acknowledge(this.remove(threadId)),
      'threads.fork': ({ threadId, itemId }) => this.fork(asking, threadId, itemId),
      'threads.archive': async ({ threadId, archived }) => {
        if (archived && sessions.get(threadId)?.running)
          throw new Error(t('The agent is still answering in this thread. Stop it first, or wait until it is done.'));
        await (await home()).threads.archive(threadId, archived);
        if (archived) await leave(threadId);
        return acknowledge(changed());
      },
    };
  }

  /** Newest first, with what runs and what waits in this window. */
  async list(query: Parameters<ChatHome['threads']['list']>[0]): Promise<ThreadList> {
    const { sessions, seen } = this.deps;
    const backend = (await this.deps.home()).threads;
    const { threads, hasMore, hits } = await backend.list({ ...query, limit: query.limit + this.deleting.size });
    const kept = threads.filter(({ id }) => !this.deleting.has(id));
    const rows = kept.slice(0, query.limit).map(({ unread, ...thread }) => {
      const session = sessions.get(thread.id);
      const before = seen(thread.id);
      if (before && unread) backend.seen(thread.id, thread.updatedAt);
      const marks = { running: session?.running ?? false, waiting: (session?.asked ?? 0) > 0 };
      return { ...thread, ...marks, ...(unread && !before ? { unread } : {}) };
    });
    return {
      threads: rows,
      hasMore: hasMore || kept.length > rows.length,
      hits: hits.filter(({ threadId }) => !this.deleting.has(threadId)),
    };
  }

  /** The first one that is left. */
  async newest(): Promise<string | undefined> {
    return (await this.list({ limit: 1 })).threads[0]?.id;
  }

  /** A turn has ended: the agent may name a thread that had its first. */
  ended(session: ThreadSession, outcome: TurnOutcome): void {
    const { threadId } = session;
    const first = session.takeFirst();
    this.naming.ended(threadId, outcome.kind === 'done' ? first : undefined);
    const { home, seen } = this.deps;
    if (seen(threadId))
      void home().then(
        ({ threads }) => threads.seen(threadId),
        () => {},
      );
  }

  dispose(): void {
    this.naming.dispose();
  }

  private async name(threadId: string, first: FirstTurn): Promise<void> {
    const { home, sessions, changed, log } = this.deps;
    try {
      const given = await first.title;
      const title = given === undefined ? undefined : await (await home()).threads.nameAnew(threadId, given, first);
      if (title === undefined) return;
      sessions.get(threadId)?.retitle(title);
      await changed();
    } catch (error) {
      log(`The thread keeps its first words as its name: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private async fork(
    { show, startFrom }: Asking,
    threadId: string,
    itemId: string | undefined,
  ): Promise<Result<'threads.fork'>> {
    const { home, sessions } = this.deps;
    const { threads } = await home();
    const next = itemId === undefined ? undefined : await (await sessions.open(threadId)).nextQuestion(itemId);
    if (!next) return (await show(await threads.fork(threadId))).snapshot;
    const fork = await threads.forkBefore(threadId, next.id);
    // What is forked before a message of the person is there to say it otherwise.
    await startFrom(fork.threadId, next.id === itemId ? next.text : '', fork.reminders);
    return (await show(fork.threadId)).snapshot;
  }

  /** Hides the thread at once, deletes it when Undo was not taken. A closed window keeps it: nothing is lost by accident. */
  private async remove(threadId: string): Promise<void> {
    const { home, sessions, leave, changed, offerUndo, log } = this.deps;
    const title = sessions.get(threadId)?.title || (await (await home()).threads.title(threadId));
    const session = sessions.get(threadId);
    if (session?.running) await session.stop();
    this.deleting.add(threadId);
    await leave(threadId);
    await changed();
    const late = () => t('The thread “{0}” is deleted for good: Undo was there for ten seconds.', title);
    void offerUndo(t('Deleted the thread “{0}”.', title), late)
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
      this.deps.tellError(t('The thread “{0}” was not deleted, and is in the list again: {1}', title, why));
    }
  }
}
