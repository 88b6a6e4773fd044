// What the composer asks, and the messages that wait: loaded with the first request, or when a view listens.
import type { Handlers } from '../protocol/rpc.ts';
import type { ComposerRequests, ComposerRequestsDeps } from './composer-requests.ts';
import { later } from './later.ts';
import type { ThreadSession } from './session.ts';

const MINE = /^(?:send|resend|attach|(?:attach|queue)\..+)$/;

export class Composer {
  readonly handlers: Pick<Handlers, keyof ComposerRequests['handlers']>;
  private readonly deps: ComposerRequestsDeps;
  private loading: Promise<ComposerRequests> | undefined;
  private disposed = false;

  constructor(deps: ComposerRequestsDeps) {
    this.deps = deps;
    this.handlers = later(MINE, async () => (await this.load()).handlers);
  }

  private load(): Promise<ComposerRequests> {
    this.loading ??= import('./composer-requests.ts').then(({ ComposerRequests: Loaded }) => new Loaded(this.deps));
    return this.loading;
  }

  /** Sends the next message that waits; what goes wrong is told there. */
  async sendNext(session: ThreadSession): Promise<void> {
    await (await this.load()).sendNext(session);
  }

  /** A view listens: it is told what the editor shares, and whenever that is another. */
  async watch(): Promise<void> {
    const requests = await this.load();
    if (!this.disposed) await requests.watch();
  }

  dispose(): void {
    this.disposed = true;
    void this.loading?.then((requests) => requests.dispose());
  }
}
