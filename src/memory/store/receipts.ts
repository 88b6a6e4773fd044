// What each answer was given with, and how memory has changed since.
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
      const kept: Receipt = { id, agentId, threadId, at: when, model, skills, memory, ...(pin ? { pin } : {}) };
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
