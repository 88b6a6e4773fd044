// What each answer was given with, and how memory has changed since.
import type { Spent, ThreadSpent } from '../../protocol/thread-views.ts';
import type { MemoryDatabase } from './database.ts';
import type { Texts } from './texts.ts';
import type { Timeline } from './timeline.ts';
import type { NewReceipt, Receipt, ReceiptBlock, SeenBlock } from './types.ts';

export class Receipts {
  private readonly db: MemoryDatabase;
  private readonly texts: Texts;
  private readonly timeline: Timeline;

  constructor(db: MemoryDatabase, texts: Texts, timeline: Timeline) {
    this.db = db;
    this.texts = texts;
    this.timeline = timeline;
  }

  add(home: string, receipt: NewReceipt): void {
    this.db.write(() => {
      const memory = receipt.blocks.map((block): Receipt['memory'][number] => {
        const head = this.timeline.head(home, block.id);
        const hash = this.texts.put(block.value, head);
        const revision = this.timeline.newestIn(home, block.id);
        const known = revision !== null && this.timeline.head(home, block.id) === hash;
        return { blockId: block.id, label: block.label, hash, ...(known ? { revisionId: revision.id } : {}) };
      });
      const { id, agentId, threadId, at, model, skills, aliases = [], pin } = receipt;
      const when = new Date(at).toISOString();
      const costs = this.costs(home, id, when, receipt.spent);
      const kept: Receipt = {
        id,
        agentId,
        threadId,
        at: when,
        model,
        skills,
        memory,
        ...(pin ? { pin } : {}),
        ...costs,
      };
      for (const name of new Set([id, ...aliases])) {
        this.db.run(
          'INSERT OR REPLACE INTO receipts (home, agent, id, thread, at, json) VALUES (?, ?, ?, ?, ?, ?)',
          home,
          agentId,
          name,
          threadId,
          at,
          JSON.stringify(kept),
        );
      }
    });
  }

  /** A message that was answered in several goes: what each of them has cost counts. */
  private costs(
    home: string,
    id: string,
    at: string,
    spent: Spent | undefined,
  ): Pick<Receipt, 'spent' | 'spentBefore'> {
    const old = this.get(home, id);
    const before = old?.at === at ? old.spentBefore : old?.spent;
    const all = before && spent ? sum(before, spent) : (spent ?? before);
    return { ...(all ? { spent: all } : {}), ...(before ? { spentBefore: before } : {}) };
  }

  /** What the answers of a thread have cost; null where none was counted. */
  spentIn(home: string, threadId: string): ThreadSpent | null {
    const row = this.db.get<{
      answers: number;
      priced: number;
      prompt: number;
      cached: number;
      completion: number;
      cost: number | null;
    }>(
      `SELECT count(*) AS answers, count(json_extract(json, '$.spent.cost')) AS priced,
         sum(json_extract(json, '$.spent.prompt')) AS prompt, sum(json_extract(json, '$.spent.cached')) AS cached,
         sum(json_extract(json, '$.spent.completion')) AS completion, sum(json_extract(json, '$.spent.cost')) AS cost
       FROM receipts
       WHERE home = ? AND thread = ? AND id = json_extract(json, '$.id') AND json_extract(json, '$.spent') IS NOT NULL`,
      home,
      threadId,
    );
    if (!row || row.answers === 0) return null;
    const { answers, priced, prompt, cached, completion, cost } = row;
    return { answers, unpriced: answers - priced, prompt, cached, completion, ...(cost === null ? {} : { cost }) };
  }

  get(home: string, id: string): Receipt | null {
    const row = this.db.get<{ json: string }>('SELECT json FROM receipts WHERE home = ? AND id = ?', home, id);
    return row ? (JSON.parse(row.json) as Receipt) : null;
  }

  memory(home: string, id: string): SeenBlock[] | null {
    const receipt = this.get(home, id);
    return (
      receipt?.memory.map(({ blockId, label, hash }) => ({ id: blockId, label, value: this.texts.get(hash) })) ?? null
    );
  }

  blocks(home: string, id: string): ReceiptBlock[] | null {
    const receipt = this.get(home, id);
    if (!receipt) return null;
    return receipt.memory.map(({ blockId, label, hash, revisionId }) => {
      this.timeline.settle(home, blockId);
      // What was on its way when the receipt was written is known by now.
      const found =
        (revisionId === undefined ? null : this.timeline.revision(home, revisionId)) ??
        this.timeline.withValue(home, blockId, hash, Date.parse(receipt.at));
      return {
        blockId,
        label,
        value: this.texts.get(hash),
        same: this.timeline.head(home, blockId) === hash,
        ...(found
          ? { revisionId: found.id, revisedAt: found.at, since: this.timeline.after(home, blockId, found.id) }
          : {}),
      };
    });
  }
}

/** The price of the sum is known where that of each part is. */
const sum = (a: Spent, b: Spent): Spent => ({
  prompt: a.prompt + b.prompt,
  cached: a.cached + b.cached,
  completion: a.completion + b.completion,
  ...(a.cost === undefined || b.cost === undefined ? {} : { cost: a.cost + b.cost }),
});
