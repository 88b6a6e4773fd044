// What the composer asks: messages on their way, and what goes along with them.
import type { Attachment, Queued, SharedView } from '../protocol/attachments.ts';
import { t } from '../protocol/l10n.ts';
import type { Handlers } from '../protocol/rpc.ts';
import { acknowledge } from './acknowledge.ts';
import type { ChatHome } from './home.ts';
import type { ThreadSession } from './session.ts';
import { slashCommand } from './slash.ts';

type Method = 'send' | 'attach' | 'resend' | Extract<keyof Handlers, `${'attach' | 'queue'}.${string}`>;

export interface ComposerRequestsDeps {
  home(): Promise<ChatHome>;
  open(threadId: string): Promise<ThreadSession>;
  hasCommand(command: string): boolean;
  /** What is wrong with it is told there. */
  runCommand(command: string, args: unknown[]): void;
  /** What goes with the first message of a thread that began with something said elsewhere. */
  takeFirst(threadId: string): string[];
  /** The editor shares something else now. */
  shared(view: SharedView): void;
  /** Shows a thread with a text in its composer. */
  startFrom(threadId: string, text: string, attached: Attachment[], reminders: string[]): Promise<void>;
  /** Tells the person, wherever they look. */
  tell(text: string): void;
  log(line: string): void;
}

export class ComposerRequests {
  private readonly deps: ComposerRequestsDeps;
  private watching: { dispose(): void } | undefined;
  private disposed = false;
  private told = '';

  constructor(deps: ComposerRequestsDeps) {
    this.deps = deps;
  }

  readonly handlers: Pick<Handlers, Method> = {
    send: async ({ threadId, text, attached = [] }) => {
      const slash = attached.length === 0 ? slashCommand(text, this.deps.hasCommand) : undefined;
      if (slash) {
        this.deps.runCommand(slash.command, slash.rest ? [slash.rest] : []);
        return {};
      }
      const session = await this.deps.open(threadId);
      const message = { id: crypto.randomUUID(), text, ...(attached.length > 0 ? { attached } : {}) };
      if (session.running) await session.queue.add(message);
      else await this.deliver(session, message);
      return {};
    },
    'queue.take': async ({ threadId, id }) => {
      const taken = await (await this.deps.open(threadId)).queue.take(id);
      if (!taken) throw new Error(t('This message was sent already.'));
      return taken;
    },
    'queue.now': async ({ threadId, id }) => {
      const session = await this.deps.open(threadId);
      session.queue.first(id);
      if (session.running) await session.stop();
      await this.sendNext(session);
      return {};
    },
    resend: async ({ threadId, itemId, again }) => {
      const asked = (await this.deps.open(threadId)).question(itemId);
      const backend = await this.deps.home();
      const { attached, lost } = (await import('./mentions/resend.ts')).attachedAgain(asked.attached ?? []);
      const fork = await backend.threads.forkBefore(threadId, asked.id);
      await this.deps.startFrom(fork.threadId, again ? '' : asked.text, again ? [] : attached, fork.reminders);
      if (lost.length > 0) this.deps.tell(t('Not attached again: {0}.', lost.join(', ')));
      if (!again) return {};
      const message = { id: crypto.randomUUID(), text: asked.text, attached };
      await this.deliver(await this.deps.open(fork.threadId), message);
      return {};
    },
    attach: async () => (await import('./attach.ts')).pickFiles(),
    'attach.find': async ({ typed }) => (await this.attachments()).find(typed),
    'attach.keep': async ({ name, base64 }) => (await this.attachments()).keep(name, base64),
    'attach.dropped': async ({ uris }) => (await this.attachments()).dropped(uris),
    'attach.share': async ({ what, on }) => acknowledge((await import('./mentions/selected.ts')).setShared(what, on)),
  };

  /** Sends the next message that waits. Where it cannot be sent it goes on waiting, and the person is told. */
  async sendNext(session: ThreadSession): Promise<void> {
    if (session.running) return;
    try {
      const message = await session.queue.next();
      if (!message) return;
      await this.deliver(session, message);
      // After a kill in between it is known by its id.
      await session.queue.take(message.id);
    } catch (error) {
      this.deps.tell(t('A message still waits: {0}', error instanceof Error ? error.message : String(error)));
    }
  }

  /** @throws Error saying why nothing was sent */
  private async deliver(session: ThreadSession, { id, text, attached = [] }: Queued): Promise<void> {
    const backend = await this.deps.home();
    const called = text.trimStart().startsWith('/') ? await backend.skills.called(text) : undefined;
    if (!(await backend.settleModel()))
      throw new Error(t('No model was chosen. Your message is still in the composer.'));
    const along = await (await backend.attachments()).read(attached, session.threadId);
    await session.send(text, this.deps.takeFirst(session.threadId), called, along, id);
  }

  private async attachments() {
    return (await this.deps.home()).attachments();
  }

  /** A view listens: it is told what the editor shares, and whenever that is another. */
  async watch(): Promise<void> {
    const { watchShared } = await import('./mentions/selected.ts');
    if (this.disposed) return;
    this.watching ??= watchShared(() => void this.tell());
    this.told = '';
    await this.tell();
  }

  dispose(): void {
    this.disposed = true;
    this.watching?.dispose();
  }

  private async tell(): Promise<void> {
    try {
      const view = await (await this.attachments()).shared();
      const text = JSON.stringify(view);
      if (text === this.told) return;
      this.told = text;
      this.deps.shared(view);
    } catch (error) {
      this.deps.log(`What the editor shares is not known: ${String(error)}`);
    }
  }
}
