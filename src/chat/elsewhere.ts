// What other windows have changed, brought to the open threads and to what is shown: many changes at once as one.

import type { ChatHome } from './home.ts';
import type { OpenThreads } from './open-threads.ts';
import type { ReviewCount } from './review-count.ts';

/** One change; `subject` is the id of what changed, or how much it is. */
export interface Heard {
  kind: string;
  conversation_id: string | null;
  subject: string;
}

/** Milliseconds in which changes are gathered: a turn brings several. */
const GATHER_MS = 100;

type List = 'blocks' | 'threads' | 'archive';

export interface ElsewhereDeps {
  home(): Promise<Pick<ChatHome, 'about' | 'memoryInUse'>>;
  sessions: Pick<OpenThreads, 'get' | 'forget'>;
  reviews: Pick<ReviewCount, 'count' | 'set'>;
  /** Threads in sight. */
  seen(): string[];
  /** Shows another thread where this one was shown. */
  leave(threadId: string): Promise<void>;
  refresh(what: List | 'reviews'): Promise<void>;
  /** What waits is another number. */
  changed(): void;
  log(line: string): void;
}

export class Elsewhere {
  private readonly deps: ElsewhereDeps;
  private readonly changed = new Set<string>();
  private readonly deleted = new Set<string>();
  private readonly lists = new Set<List>();
  private waiting: number | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(deps: ElsewhereDeps) {
    this.deps = deps;
  }

  take(events: readonly Heard[]): void {
    for (const event of events) this.note(event);
    this.timer ??= setTimeout(() => this.pass(), GATHER_MS);
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  private note({ kind, conversation_id: thread, subject }: Heard): void {
    const [what] = kind.split('.');
    if (kind === 'conversation.deleted') this.deleted.add(subject);
    else if (thread) this.changed.add(thread);
    if (what === 'conversation' || what === 'run') this.lists.add('threads');
    // A block that was taken from the agent, or given to it, is a change of the agent.
    if (what === 'block' || what === 'agent') this.lists.add('blocks');
    if (what === 'passage') this.lists.add('archive');
    if (kind === 'reviews.changed') this.waiting = Number(subject);
  }

  private pass(): void {
    this.timer = undefined;
    const lost = [...this.deleted];
    const changed = [...this.changed].filter((threadId) => !lost.includes(threadId));
    const todo = [
      ...lost.map((threadId) => this.gone(threadId)),
      ...changed.map((threadId) => this.deps.sessions.get(threadId)?.renew()),
      ...[...this.lists].map((what) => this.refresh(what)),
      ...(this.waiting === undefined ? [] : [this.recount(this.waiting)]),
    ];
    for (const set of [this.deleted, this.changed, this.lists]) set.clear();
    this.waiting = undefined;
    for (const each of todo)
      each?.catch((error: unknown) => this.deps.log(`A change of another window could not be shown: ${String(error)}`));
  }

  private async gone(threadId: string): Promise<void> {
    this.deps.sessions.forget(threadId);
    await this.deps.leave(threadId);
  }

  /** What is not shown is read when it is. */
  private async refresh(what: List): Promise<void> {
    const { seen, home, refresh } = this.deps;
    if (seen().length > 0 && (what === 'threads' || (await home()).memoryInUse())) await refresh(what);
  }

  /** The number is enough while nobody looks: memory is not opened for it. */
  private async recount(count: number): Promise<void> {
    const { home, seen, refresh, reviews, changed } = this.deps;
    const open = await home();
    if (seen().length > 0 || open.memoryInUse()) return refresh('reviews');
    await reviews.set(open.about().agentId, count);
    changed();
  }
}
