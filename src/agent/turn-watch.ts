// Which turns of open threads run in this window, and whether one of them was compacted.
import { COMPACTED, type TurnEvent } from './events.ts';

type Sink = (event: TurnEvent) => void;

export class TurnWatch {
  private count = 0;
  private readonly began: () => void;
  private readonly ended: (threadId: string, compacted: boolean) => void;

  constructor(began: () => void, ended: (threadId: string, compacted: boolean) => void) {
    this.began = began;
    this.ended = ended;
  }

  get running(): boolean {
    return this.count > 0;
  }

  /** @param own false: it is another window's, and followed here; there it is counted */
  async during<T>(threadId: string, sink: Sink, turn: (sink: Sink) => Promise<T>, own = true): Promise<T> {
    let compacted = false;
    this.count++;
    this.began();
    try {
      return await turn((event) => {
        compacted ||= event.type === 'notice' && event.text === COMPACTED;
        sink(event);
      });
    } finally {
      this.count--;
      if (own) this.ended(threadId, compacted);
    }
  }
}
