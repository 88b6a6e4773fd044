// Messages of a thread that wait until its answer is done: in order, on disk at once, so that a reload loses none.
import { join } from 'node:path';
import * as z from 'zod/mini';
import { fileNameFor } from '../agent/files.ts';
import { StateFile } from '../agent/state-file.ts';
import { type Queued, QueuedSchema } from '../protocol/attachments.ts';
import { t } from '../protocol/l10n.ts';

const FileSchema = z.array(QueuedSchema);

/** So many wait at most: more is not meant. */
const MOST_QUEUED = 20;

export class MessageQueue {
  /** Shared by all windows of the workspace: each adds and takes single messages. */
  private readonly file: StateFile<Queued[]>;
  private readonly changed: (queued: Queued[]) => void;
  private list: Queued[] = [];

  /** @param folder of all threads' queues; made with the first message */
  constructor(folder: string, threadId: string, changed: (queued: Queued[]) => void) {
    const parse = (text: string) => FileSchema.safeParse(JSON.parse(text)).data;
    this.file = new StateFile(join(folder, `${fileNameFor(threadId)}.json`), parse, () => []);
    this.changed = changed;
  }

  /** The next one first. */
  get queued(): Queued[] {
    return [...this.list];
  }

  /**
   * What an earlier window left.
   * @param sent whether a message reached the thread already, by its id
   */
  async load(sent: (id: string) => boolean): Promise<void> {
    this.list = (await this.file.read().catch(() => [])).filter(({ id }) => !sent(id));
  }

  /** @throws Error where too many wait, or it cannot be written: then it does not wait */
  async add(message: Queued): Promise<void> {
    if (this.list.length >= MOST_QUEUED)
      throw new Error(t('{0} messages wait already. Remove one first.', MOST_QUEUED));
    await this.file.change((all) => [...all, message]);
    this.show([...this.list, message]);
  }

  /** @returns the message; undefined where it waits no longer @throws Error where that cannot be written */
  async take(id: string): Promise<Queued | undefined> {
    const found = this.list.find((each) => each.id === id);
    const there = await this.isThere(id);
    if (there) await this.file.change((all) => all.filter((each) => each.id !== id));
    if (found) this.show(this.list.filter((each) => each !== found));
    return there ? found : undefined;
  }

  /** The next message; those that another window has taken are no longer there. */
  async next(): Promise<Queued | undefined> {
    for (const message of this.queued) {
      if (await this.isThere(message.id)) return message;
      this.show(this.list.filter(({ id }) => id !== message.id));
    }
    return undefined;
  }

  /** It is the next one here. */
  first(id: string): void {
    this.show(this.list.toSorted((a, b) => Number(b.id === id) - Number(a.id === id)));
  }

  private async isThere(id: string): Promise<boolean> {
    return (await this.file.read()).some((each) => each.id === id);
  }

  private show(list: Queued[]): void {
    this.list = list;
    this.changed(this.queued);
  }
}
