// What the view asks about an answer, and pinning: what it was given with, asking again in a fork, why it came out so.
import { t } from '../protocol/l10n.ts';
import type { Handlers } from '../protocol/rpc.ts';
import type { Snapshot } from '../protocol/thread-views.ts';
import { acknowledge } from './acknowledge.ts';
import type { Asked, ChatHome } from './home.ts';
import type { ThreadSession } from './session.ts';

export interface AnswersDeps {
  home(): Promise<ChatHome>;
  open(threadId: string): Promise<ThreadSession>;
  threadsChanged(): Promise<void>;
  log(line: string): void;
}

type Method = 'threads.pin' | 'answer.about' | 'answer.compare' | 'answer.askAgain' | 'answer.why';

export class Answers {
  private readonly deps: AnswersDeps;

  constructor(deps: AnswersDeps) {
    this.deps = deps;
  }

  /** @param show in the view that asks */
  handlers(show: (threadId: string) => Promise<Snapshot>): Pick<Handlers, Method> {
    const answers = async () => (await this.deps.home()).answers();
    return {
      'threads.pin': ({ threadId, pinned }) => acknowledge(this.pin(threadId, pinned)),
      'answer.about': async ({ threadId, itemId }) => {
        const receipt = await (await answers()).about(await this.asked(threadId, itemId));
        return receipt ? { receipt } : {};
      },
      'answer.compare': async ({ threadId, itemId, blockId }) =>
        acknowledge((await answers()).compare(await this.asked(threadId, itemId), blockId)),
      'answer.askAgain': ({ threadId, itemId, memory }) => this.askAgain(show, threadId, itemId, memory),
      'answer.why': async ({ threadId, itemId }) =>
        acknowledge((await answers()).why(await this.asked(threadId, itemId))),
    };
  }

  /** Pins the memory of a thread, or lets it go. @returns whether it is pinned now. @throws Error saying what to do */
  async togglePin(threadId: string): Promise<boolean> {
    const session = await this.deps.open(threadId);
    await this.pin(threadId, !session.pinned);
    return session.pinned;
  }

  private async pin(threadId: string, pinned: boolean): Promise<void> {
    const session = await this.deps.open(threadId);
    if (session.running)
      throw new Error(t('The agent is still answering here. Stop it first, or wait until it is done.'));
    const { pin, title } = await (await (await this.deps.home()).answers()).pin(threadId, pinned);
    session.setPin(pin);
    if (title !== undefined && title !== session.title) session.retitle(title);
    await this.deps.threadsChanged();
  }

  private async asked(threadId: string, itemId: string): Promise<Asked> {
    const found = (await this.deps.open(threadId)).answer(itemId);
    if (!found) throw new Error(t('This answer is no longer shown. Open its thread again.'));
    return { threadId, ...found };
  }

  private async askAgain(
    show: (threadId: string) => Promise<Snapshot>,
    threadId: string,
    itemId: string,
    memory: 'today' | 'then' | 'none',
  ): Promise<Snapshot> {
    const { home, open, log } = this.deps;
    const backend = await home();
    const asked = await this.asked(threadId, itemId);
    if (!(await backend.settleModel())) throw new Error(t('No model was chosen, so nothing was asked.'));
    const fork = await (await backend.answers()).forkFor(asked, memory);
    const snapshot = await show(fork.threadId);
    // The answer to this request goes out before the first patch of the new thread.
    setImmediate(() => {
      open(fork.threadId)
        .then((session) => session.send(asked.question.text, fork.reminders))
        .catch((error: unknown) => log(`A question could not be asked again: ${String(error)}`));
    });
    return snapshot;
  }
}
