// What stands behind the answers of one home: receipts, asking again with another memory, pinned threads, traces. Loaded by the
// first turn that ends, or when it is asked for.
import * as vscode from 'vscode';
import type { TurnEvent } from './agent/events.ts';
import type { Journal } from './agent/journal.ts';
import type { Pin, Pins } from './agent/pins.ts';
import { type Noted, ReceiptKeeper, usedSkill } from './agent/receipt-keeper.ts';
import { inheritSeen } from './agent/seen.ts';
import type { AnswerTraces } from './answer-traces.ts';
import type { Asked, ChatAnswers } from './chat/home.ts';
import type { Inspector } from './inspector.ts';
import type { Connection } from './letta/connection.ts';
import { listBlocks } from './memory/blocks.ts';
import type { Receipt } from './memory/store/types.ts';
import type { MemoryStoreProxy } from './memory/store-client.ts';
import type { SkillLibrary } from './native/skill-library.ts';
import { language, t } from './protocol/l10n.ts';
import type { BlockView } from './protocol/memory-views.ts';
import type { PinView, ReceiptView, ThreadSpent } from './protocol/thread-views.ts';
import type { AgentItem } from './protocol/transcript-views.ts';
import { forkBefore } from './threads/fork-before.ts';
import { HIDDEN_TITLE, type Threads, titleFrom } from './threads/threads.ts';

export interface ReceiptsDeps {
  connection: Connection;
  agentId: string;
  pins: Pins;
  journal: Journal;
  threads: Threads;
  store(): Promise<MemoryStoreProxy>;
  inspector(): Promise<Inspector>;
  skills(): Promise<SkillLibrary>;
  /** Makes a thread and notes what its prompt holds. */
  created(create: () => Promise<string>): Promise<string>;
  log(line: string): void;
}

export class Receipts implements ChatAnswers {
  private readonly deps: ReceiptsDeps;
  private traces: Promise<AnswerTraces> | undefined;
  private readonly keeper: ReceiptKeeper;

  constructor(deps: ReceiptsDeps) {
    this.deps = deps;
    const { agentId, pins, store, log } = deps;
    this.keeper = new ReceiptKeeper({
      agentId,
      pinOf: async (threadId) => (await pins.read(threadId))?.kind,
      keep: async (receipt) => (await store()).addReceipt(this.home, receipt),
      log,
    });
  }

  /** What waits to be written is written. */
  flush(): Promise<void> {
    return this.keeper.flush();
  }

  async dispose(): Promise<void> {
    (await this.traces)?.dispose();
  }

  private get home(): string {
    return this.deps.connection.homeKey;
  }

  /** Follows a turn. Nothing waits for what is written. */
  take(turn: Noted, event: TurnEvent): void {
    this.keeper.take(turn, event);
  }

  private async receiptOf({ question }: Asked): Promise<Receipt | null> {
    await this.keeper.flush();
    return (await this.deps.store()).receipt(this.home, question.id);
  }

  // ── about an answer ──────────────────────────────────────────────────────────────────────────────────────────────

  async about(asked: Asked): Promise<ReceiptView | undefined> {
    const receipt = await this.receiptOf(asked);
    if (!receipt) return undefined;
    const now = await this.blocks();
    await (await this.deps.inspector()).observe(now);
    const blocks = (await (await this.deps.store()).receiptBlocks(this.home, receipt.id)) ?? [];
    const had = new Set(blocks.map(({ blockId }) => blockId));
    const pin = PIN_KINDS.find((kind) => kind === receipt.pin);
    return {
      at: receipt.at,
      model: receipt.model,
      skills: receipt.skills,
      blocks: blocks.map(({ blockId, label, value, revisionId, revisedAt, since }) => {
        const current = now.find(({ id }) => id === blockId);
        return {
          id: blockId,
          label,
          size: value.length,
          state: !current ? 'gone' : current.value === value ? 'same' : 'changed',
          ...(revisionId ? { revisionId } : {}),
          ...(revisedAt ? { revisedAt } : {}),
          ...(since === undefined ? {} : { since }),
        };
      }),
      newer: pin === 'none' ? [] : now.filter(({ id }) => !had.has(id)).map(({ label }) => label),
      ...(pin ? { pin } : {}),
      ...(receipt.spent ? { spent: receipt.spent } : {}),
    };
  }

  /** What the answers of a thread have cost, as far as this computer has counted them. */
  async spentIn(threadId: string): Promise<ThreadSpent | undefined> {
    await this.keeper.flush();
    return (await (await this.deps.store()).spentIn(this.home, threadId)) ?? undefined;
  }

  async compare(asked: Asked, blockId: string): Promise<void> {
    const receipt = await this.receiptOf(asked);
    const then = receipt && (await this.memoryOf(receipt)).find(({ id }) => id === blockId);
    if (!receipt || !then) throw new Error(t('This answer was not given with that block.'));
    const now = (await this.blocks()).find(({ id }) => id === blockId);
    const { diff } = await this.deps.inspector();
    await diff.show(
      then.label,
      { id: `answer-${receipt.id}-${blockId}`, title: dayOf(receipt.at), text: then.value },
      { id: `now-${Date.now()}-${blockId}`, title: now ? 'now' : 'gone', text: now?.value ?? '' },
    );
  }

  private async memoryOf(receipt: Receipt): Promise<{ id: string; label: string; value: string }[]> {
    return (await (await this.deps.store()).memoryOf(this.home, receipt.id)) ?? [];
  }

  private blocks(): Promise<BlockView[]> {
    return listBlocks(this.deps.connection, this.deps.agentId);
  }

  // ── asking again, pinning ────────────────────────────────────────────────────────────────────────────────────────

  async forkFor(asked: Asked, memory: 'today' | 'then' | 'none'): Promise<{ threadId: string; reminders: string[] }> {
    const { connection, agentId, journal, pins, created } = this.deps;
    const pin = await this.pinFor(asked, memory);
    const title = `${titleFrom(asked.question.text)} (${memoryName(pin)})`;
    let reminders: string[] = [];
    const threadId = await created(async () => {
      const { question } = asked;
      const plain = memory === 'none';
      const fork = await forkBefore(connection, agentId, asked.threadId, question.id, { title, plain });
      if (fork.retold !== undefined) {
        reminders = [fork.retold];
        void vscode.window.showInformationMessage(plain ? RETOLD_PLAIN : RETOLD);
      }
      return fork.threadId;
    });
    // Before anything is asked there.
    await pins.set(threadId, pin);
    await inheritSeen(journal, asked.threadId, threadId);
    return { threadId, reminders };
  }

  private async pinFor(asked: Asked, memory: 'today' | 'then' | 'none'): Promise<Pin> {
    const now = new Date().toISOString();
    if (memory === 'none') return { kind: 'none', at: now, blocks: [] };
    const blocks = await this.blocks();
    if (memory === 'today') return { kind: 'today', at: now, blocks: blocks.map(pinned) };
    const receipt = await this.receiptOf(asked);
    if (!receipt)
      throw new Error(t('Nothing was kept of the memory that this answer had. Ask with today’s memory, or with none.'));
    if (receipt.pin === 'none') return { kind: 'none', at: receipt.at, blocks: [] };
    const then = await this.memoryOf(receipt);
    return {
      kind: 'then',
      at: receipt.at,
      blocks: then.map(({ id, label, value }) => {
        const current = blocks.find((block) => block.id === id);
        const { description = '', limit = value.length, readOnly = false } = current ?? {};
        return { id, label, value, description, limit, readOnly };
      }),
    };
  }

  async pin(threadId: string, wanted: boolean): Promise<{ pin?: PinView; title?: string }> {
    const { pins, threads } = this.deps;
    // One that cannot be read is taken away or written anew: turns of the thread fail until then.
    const had = await pins.read(threadId).catch(() => undefined);
    if (wanted) {
      const pin = had ?? {
        kind: 'pinned' as const,
        at: new Date().toISOString(),
        blocks: (await this.blocks()).map(pinned),
      };
      if (!had) await pins.set(threadId, pin);
      return { pin: { kind: pin.kind, at: pin.at } };
    }
    await pins.remove(threadId);
    if (!had || had.kind === 'pinned') return {};
    // Its name must not say any longer what is not so.
    const ending = ` (${memoryName(had)})`;
    const { title } = await threads.get(threadId);
    if (!title.endsWith(ending)) return { title };
    await threads.rename(threadId, title.slice(0, -ending.length));
    return { title: title.slice(0, -ending.length) };
  }

  // ── why ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  async why(asked: Asked): Promise<void> {
    const receipt = await this.receiptOf(asked);
    const used = receipt?.skills ?? asked.answer.parts.flatMap((part) => skillOf(part) ?? []);
    await (await this.loadTraces()).why(asked, used, receipt && { ...receipt, blocks: await this.memoryOf(receipt) });
  }

  /** `/doctor <symptom>`. */
  async symptom(text: string): Promise<void> {
    await (await this.loadTraces()).symptom(text);
  }

  private loadTraces(): Promise<AnswerTraces> {
    const { inspector, skills } = this.deps;
    this.traces ??= import('./answer-traces.ts').then(
      ({ AnswerTraces: Loaded }) =>
        new Loaded({
          inspector,
          skills,
          blocks: () => this.blocks(),
          titles: async () => {
            const all = await this.deps.threads.all().catch(() => []);
            return new Map(all.map(({ id, title }) => [id, title.replaceAll(HIDDEN_TITLE, '')]));
          },
        }),
    );
    return this.traces;
  }
}

const PIN_KINDS = ['pinned', 'today', 'then', 'none'] as const;
function memoryName({ kind, at }: PinView): string {
  switch (kind) {
    case 'today':
      return 'today’s memory';
    case 'then':
      return t('memory of {0}', dayOf(at));
    case 'none':
      return t('no memory');
    case 'pinned':
      return t('pinned memory');
  }
}

const RETOLD = t(
  'This server cannot fork a thread in its middle: the new thread was told what was said before, without tool calls.',
);
const RETOLD_PLAIN = t(
  'What memory had told the earlier thread was left out: the new one was told only what you and the agent had said.',
);
const pinned = ({ id, label, description, value, limit, readOnly }: BlockView) => ({
  id,
  label,
  description,
  value,
  limit,
  readOnly,
});

const dayOf = (at: string): string =>
  new Date(at).toLocaleString(language() === 'en' ? 'en-GB' : language(), {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  });

type Part = AgentItem['parts'][number];

const skillOf = (part: Part): string | undefined => (part.type === 'tool' ? usedSkill(part) : undefined);
