// The threads that are open: each is read once, whoever asks first, and forgotten when many others were opened since.
import type { Patch } from '../protocol/thread-views.ts';
import type { SessionBackend } from './session.ts';
import { ThreadSession } from './session.ts';

/** Threads kept in memory besides those that run: opening one again is a request or two. */
const MAX_IDLE = 8;

export class OpenThreads {
  private readonly sessions = new Map<string, ThreadSession>();
  private readonly backend: () => Promise<SessionBackend>;
  private readonly deliver: (patch: Patch) => void;
  private readonly watchers = new Set<(patch: Patch) => void>();

  constructor(backend: () => Promise<SessionBackend>, deliver: (patch: Patch) => void) {
    this.backend = backend;
    this.deliver = (patch) => {
      deliver(patch);
      for (const watcher of this.watchers) watcher(patch);
    };
  }

  /** Called with every patch of a thread, shown or not, until it is disposed. */
  watch(threadId: string, told: (patch: Patch) => void): { dispose(): void } {
    const watcher = (patch: Patch): void => {
      if (patch.threadId === threadId) told(patch);
    };
    this.watchers.add(watcher);
    return { dispose: () => this.watchers.delete(watcher) };
  }

  get all(): ThreadSession[] {
    return [...this.sessions.values()];
  }

  get running(): ThreadSession[] {
    return this.all.filter((session) => session.running);
  }

  /** How much waits for the person, in all of them. */
  get asked(): number {
    return this.all.reduce((sum, session) => sum + session.asked, 0);
  }

  get(threadId: string): ThreadSession | undefined {
    return this.sessions.get(threadId);
  }

  /** @throws LettaError when it cannot be read: then it is not open */
  async open(threadId: string): Promise<ThreadSession> {
    let session = this.sessions.get(threadId);
    if (!session) {
      const backend = await this.backend();
      session = this.sessions.get(threadId);
      if (!session) {
        session = new ThreadSession(threadId, backend, this.deliver);
        this.sessions.set(threadId, session);
      }
    }
    await session.load().catch((error: unknown) => {
      this.sessions.delete(threadId);
      throw error;
    });
    return session;
  }

  /** Those opened longest ago go first; those that are shown and those that run stay. */
  forgetIdle(shown: readonly string[]): void {
    const idle = this.all.filter((session) => !session.running && !shown.includes(session.threadId));
    for (const { threadId } of idle.slice(0, Math.max(0, idle.length - MAX_IDLE))) this.forget(threadId);
  }

  forget(threadId: string): void {
    this.sessions.get(threadId)?.dispose();
    this.sessions.delete(threadId);
  }

  clear(): void {
    for (const session of this.sessions.values()) session.dispose();
    this.sessions.clear();
  }
}
