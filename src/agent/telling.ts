// What a turn tells the agent beside the person's words: what changed in memory, what happened behind it, what was summarised
// away. Each is told until it has arrived.
import { randomUUID } from 'node:crypto';
import { reminder } from '../letta/reminders.ts';
import type { MemorySource } from '../protocol/sources.ts';
import type { Notice } from './context.ts';
import type { UserMessage } from './outgoing.ts';
import type { ThreadNote } from './thread-notes.ts';

/** What happened behind the thread's turns. `told` is called when the agent has it for good. */
export interface News {
  text: string;
  /** Where text in it comes from that this program did not write. */
  sources?: readonly MemorySource[];
  told(): void;
}

export interface TellingDeps {
  notice(): Promise<Notice>;
  news(): readonly News[];
  note: Pick<ThreadNote, 'reminder' | 'reminded'> | undefined;
  /** The blocks that the agent was told of arrived with the message that was sent as `otid`. */
  given(blocks: Notice['blocks'], otid: string): void;
}

export class Telling {
  private readonly deps: TellingDeps;
  private notice: Notice | undefined;
  private news: readonly News[] = [];
  /** What goes out next tells what was summarised away. */
  private again = false;

  constructor(deps: TellingDeps) {
    this.deps = deps;
  }

  /** Reads what changed in memory, for the next message that `with` makes. */
  async readNotice(): Promise<void> {
    this.notice = await this.deps.notice();
  }

  /** The message with all that is to be told before what the person wrote. */
  with({ parts, ...rest }: UserMessage): UserMessage {
    const text = this.notice?.text;
    const added = [...this.takeNews(), text, this.takeAgain()].flatMap((each) => (each ? [reminder(each)] : []));
    return { ...rest, parts: [...parts.slice(0, -1), ...added, ...parts.slice(-1)] };
  }

  /** In the middle of an answer: what happened meanwhile, and what was summarised away. */
  meanwhile(): { user?: UserMessage } {
    const added = [...this.takeNews(), this.takeAgain()].flatMap((each) => (each ? [reminder(each)] : []));
    return added.length > 0 ? { user: { otid: randomUUID(), parts: added } } : {};
  }

  /** Where the text of what goes out next comes from: the model will have read it. */
  get sources(): MemorySource[] {
    return this.news.flatMap(({ sources = [] }) => sources);
  }

  /** A step went through, with this message. */
  arrived(user: UserMessage | undefined): void {
    if (user) this.tellGiven(user.otid);
    if (user && this.again) this.deps.note?.reminded();
    this.again = false;
    for (const { told } of this.news) told();
    this.news = [];
  }

  private tellGiven(otid: string): void {
    const { notice } = this;
    if (!notice) return;
    this.notice = undefined;
    notice.delivered();
    this.deps.given(notice.blocks, otid);
  }

  private takeAgain(): string | null {
    const text = this.deps.note?.reminder() ?? null;
    this.again ||= text !== null;
    return text;
  }

  private takeNews(): string[] {
    this.news = this.deps.news();
    return this.news.map(({ text }) => text);
  }
}
