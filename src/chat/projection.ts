// The transcript of one thread as the host holds it: turn events in, patch operations out. Pure but for its own list.
import type { TurnEvent, TurnOutcome } from '../agent/events.ts';
import type { PatchOp } from '../protocol/thread-views.ts';
import type { AgentItem, Item, Part, ToolBody, UserItem } from '../protocol/transcript-views.ts';

type ItemState = AgentItem['state'];

const stateOf = (outcome: TurnOutcome): ItemState => {
  switch (outcome.kind) {
    case 'done':
      return 'done';
    case 'stopped':
      return 'stopped';
    case 'interrupted':
      return 'interrupted';
    case 'failed':
      return 'failed';
  }
};

/** Builds the items of a thread; every change is also handed to `emit` as an operation for the webview. */
export class Projection {
  items: Item[] = [];
  private live: AgentItem | undefined;
  private readonly emit: (op: PatchOp) => void;

  constructor(emit: (op: PatchOp) => void) {
    this.emit = emit;
  }

  /** Replaces everything by what the server has stored. Emits nothing: a snapshot follows. */
  reset(items: Item[]): void {
    this.items = items;
    this.live = undefined;
  }

  addUser(item: UserItem): void {
    this.items.push(item);
    this.emit({ op: 'item', item });
  }

  /** Begins an answer, or goes on with the last one when it was broken off. */
  beginAnswer(id: string, date: string, resume: boolean): void {
    const last = this.items.findLast((i) => i.kind !== 'notice');
    if (resume && last?.kind === 'agent') {
      last.state = 'streaming';
      delete last.failure;
      this.live = last;
      this.emit({ op: 'state', itemId: last.id, state: 'streaming' });
      return;
    }
    this.live = { kind: 'agent', id, parts: [], state: 'streaming', date };
    this.items.push(this.live);
    this.emit({ op: 'item', item: structuredClone(this.live) });
  }

  /** Applies one event of the running turn. Events without a running answer are ignored. */
  apply(event: TurnEvent): void {
    const item = this.live;
    if (!item) return;
    switch (event.type) {
      case 'text':
      case 'reasoning':
        this.append(item, event.type, event.id, event.delta);
        break;
      case 'tool':
        this.put(item, event.part);
        break;
      case 'notice':
        this.tell(event.text);
        break;
      case 'ended':
        this.end(item, event.outcome);
        break;
    }
  }

  /** Shows something new on the card of a call that was answered already. */
  refresh(callId: string, body: ToolBody): void {
    for (const item of this.items) {
      if (item.kind !== 'agent') continue;
      const part = item.parts.find((p) => p.type === 'tool' && p.id === callId);
      if (part?.type === 'tool') this.put(item, { ...part, body });
    }
  }

  /** What a call wrote to memory was taken back. */
  undone(callId: string): void {
    for (const item of this.items) {
      if (item.kind !== 'agent') continue;
      const part = item.parts.find((p) => p.type === 'tool' && p.id === callId);
      if (part?.type === 'tool' && part.memory)
        this.put(item, { ...part, memory: { ...part.memory, review: 'undone' } });
    }
  }

  private append(item: AgentItem, type: 'text' | 'reasoning', id: string, delta: string): void {
    if (delta === '') return;
    const part = item.parts.findLast((p) => p.type === type && p.id === id);
    if (part && part.type !== 'tool') {
      part.text += delta;
      this.emit({ op: 'append', itemId: item.id, partType: type, partId: id, text: delta });
    } else this.put(item, { type, id, text: delta });
  }

  private put(item: AgentItem, part: Part): void {
    const index = item.parts.findIndex((p) => p.type === part.type && p.id === part.id);
    if (index < 0) item.parts.push(part);
    else item.parts[index] = part;
    this.emit({ op: 'part', itemId: item.id, part: structuredClone(part) });
  }

  /** A line that nobody said. @returns its id: told again under it, the line says something else */
  tell(text: string, id = `notice-${crypto.randomUUID()}`): string {
    const item: Item = { kind: 'notice', id, text, date: new Date().toISOString() };
    const at = this.items.findIndex((other) => other.id === id);
    if (at < 0) this.items.push(item);
    else this.items[at] = item;
    this.emit({ op: 'item', item });
    return id;
  }

  remove(id: string): void {
    this.items = this.items.filter((item) => item.id !== id);
    this.emit({ op: 'remove', id });
  }

  private end(item: AgentItem, outcome: TurnOutcome): void {
    item.state = stateOf(outcome);
    if (outcome.kind === 'failed') item.failure = outcome.failure;
    this.live = undefined;
    this.emit({
      op: 'state',
      itemId: item.id,
      state: item.state,
      ...(outcome.kind === 'failed' ? { failure: outcome.failure } : {}),
    });
  }
}
