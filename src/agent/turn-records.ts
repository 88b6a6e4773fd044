// What every turn of a home leaves on record: its receipt, and the changes of memory that it made.
import { ARCHIVE } from '../letta/memory-tools.ts';
import type { CallNote } from '../memory/store/types.ts';
import type { BlockView } from '../protocol/memory-views.ts';
import type { ToolPart } from '../protocol/transcript-views.ts';
import type { TurnEvent, TurnStart } from './events.ts';
import type { Noted, ReceiptKeeper } from './receipt-keeper.ts';

export interface TurnRecordsDeps {
  /** The handle of the model that answers now. */
  model(): string;
  /** Notes in the history of memory that a call of the agent's succeeded. */
  note(call: Omit<CallNote, 'agentId'>): Promise<void>;
  receipts(): Promise<Pick<ReceiptKeeper, 'take'>>;
  /** The agent has changed a block. */
  changed(): Promise<void>;
  log(line: string): void;
}

const calledBy = (start: TurnStart): string[] =>
  start.kind === 'message' ? (start.skills ?? []).map(({ name }) => name) : [];

export class TurnRecords {
  private readonly deps: TurnRecordsDeps;
  /** By label: what the agent changed last in this window. */
  private readonly lastChanges = new Map<string, { before: string | null; after: string }>();

  constructor(deps: TurnRecordsDeps) {
    this.deps = deps;
  }

  /** Follows a turn that begins. @returns where its events go instead of to `sink`, which is told all of them */
  following(threadId: string, start: TurnStart, sink: (event: TurnEvent) => void): (event: TurnEvent) => void {
    const turn: Noted = { threadId, model: this.deps.model(), skills: new Set(calledBy(start)) };
    return (event) => {
      sink(event);
      const tells =
        event.type === 'given' ||
        event.type === 'usage' ||
        event.type === 'ended' ||
        (event.type === 'tool' && event.part.name === 'Skill');
      if (tells) void this.deps.receipts().then((receipts) => receipts.take(turn, event));
      if (event.type !== 'tool' || !event.part.memory || event.part.state !== 'done') return;
      const { label, before, after } = event.part.memory;
      this.lastChanges.set(label, { before, after });
      const cause =
        start.kind === 'message' ? { text: start.text, ...(start.otid ? { messageId: start.otid } : {}) } : undefined;
      void this.noteMemory(threadId, event.part, cause).finally(() => this.deps.changed());
    };
  }

  /** Adds to each block what the agent changed in it last, where that still stands. */
  withLastChanges(blocks: readonly BlockView[]): BlockView[] {
    return blocks.map((block) => {
      const lastChange = this.lastChanges.get(block.label);
      // What was undone or changed again is no longer the last word.
      const stands = lastChange && (lastChange.after === '' || block.value.includes(lastChange.after));
      return stands ? { ...block, lastChange } : block;
    });
  }

  /** What the agent changed in these blocks was taken back. */
  undone(labels: Iterable<string>): void {
    for (const label of labels) this.lastChanges.delete(label);
  }

  /** What cannot be noted here is found in the thread's history later. */
  private async noteMemory(threadId: string, part: ToolPart, cause: CallNote['cause']): Promise<void> {
    if (!part.memory || part.memory.label === ARCHIVE) return;
    try {
      const args = JSON.parse(part.input) as unknown;
      const call = { callId: part.id, label: part.memory.label, tool: part.name, args };
      await this.deps.note({ ...call, threadId, at: Date.now(), ...(cause ? { cause } : {}) });
    } catch (error) {
      this.deps.log(`A change of memory could not be noted: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
