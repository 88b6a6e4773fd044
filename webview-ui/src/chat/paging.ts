// Asks for the pages around what is shown of a thread, one at a time.
import type { StoreApi } from 'zustand';
import type { Method, Params, Result } from '../../../src/protocol/messages.ts';
import type { AppState } from '../app-state.ts';
import { forgetOlder, receiveNewer, receiveOlder, withoutGap } from './feed.ts';

/** Asks the host; a refusal is shown to the person and gives `undefined`. */
type Ask = <M extends Method>(method: M, params: Params<M>) => Promise<Result<M> | undefined>;

export class Paging {
  private readonly store: StoreApi<AppState>;
  private readonly ask: Ask;
  /** Items that a page of older ones was asked before. */
  private readonly starts = new Set<string>();

  constructor(store: StoreApi<AppState>, ask: Ask) {
    this.store = store;
    this.ask = ask;
  }

  private get state(): AppState {
    return this.store.getState();
  }

  async older(): Promise<void> {
    const { thread } = this.state.feed;
    const before = thread?.items[0]?.id;
    if (!thread?.hasMore || before === undefined || this.state.loadingOlder || this.state.phase !== 'ready') return;
    this.store.setState({ loadingOlder: true });
    this.starts.add(before);
    const page = await this.ask('older', { threadId: thread.threadId, before });
    this.store.setState({
      loadingOlder: false,
      ...(page ? { feed: receiveOlder(this.state.feed, thread.threadId, before, page) } : {}),
    });
  }

  /** What is behind a page from further back. */
  async newer(): Promise<void> {
    const { thread } = this.state.feed;
    if (thread?.gap === undefined || this.state.loadingNewer || this.state.phase !== 'ready') return;
    const { threadId, gap: after } = thread;
    this.store.setState({ loadingNewer: true });
    const page = await this.ask('newer', { threadId, after });
    this.store.setState({
      loadingNewer: false,
      ...(page ? { feed: receiveNewer(this.state.feed, threadId, after, page) } : {}),
    });
  }

  /** The person is at the end: what was read back far from there need not stay. */
  forget(): void {
    this.store.setState({ feed: forgetOlder(this.state.feed, this.starts) });
  }

  /** The person goes to the end: a page from further back is let go. */
  leave(): void {
    if (this.state.feed.thread?.gap !== undefined) this.store.setState({ feed: withoutGap(this.state.feed) });
  }
}
