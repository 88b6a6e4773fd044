// Receipts behind the turn: written once for a short one, early for a long one, and never in its way.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Noted, ReceiptKeeper } from '../../../src/agent/receipt-keeper.ts';
import type { NewReceipt } from '../../../src/memory/store/types.ts';
import type { ToolPart } from '../../../src/protocol/transcript-views.ts';

beforeEach(() => vi.useFakeTimers({ now: 1_000 }));
afterEach(() => vi.useRealTimers());

const GIVEN = { messageIds: ['m-2', 'm-1'], blocks: [{ id: 'block-1', label: 'project', value: 'v' }] };
const ENDED = { type: 'ended', outcome: { kind: 'done' } } as const;
const skill = (name: string, state: ToolPart['state']): { type: 'tool'; part: ToolPart } => ({
  type: 'tool',
  part: { type: 'tool', id: name, name: 'Skill', title: 'Skill', state, input: JSON.stringify({ name }) },
});

function make(keep: (receipt: NewReceipt) => Promise<void> = async () => {}) {
  const kept: NewReceipt[] = [];
  const logged: string[] = [];
  const keeper = new ReceiptKeeper({
    agentId: 'agent-1',
    pinOf: async (threadId) => (threadId === 'conv-pinned' ? 'pinned' : undefined),
    keep: async (receipt) => {
      await keep(receipt);
      kept.push(receipt);
    },
    log: (line) => logged.push(line),
  });
  const turn = (threadId = 'conv-1'): Noted => ({ threadId, model: 'a/model', skills: new Set() });
  return { keeper, kept, logged, turn };
}

describe('a receipt', () => {
  it('of a short turn is written once, when it ends, under every name of the message', async () => {
    const { keeper, kept, turn } = make();
    const noted = turn();
    keeper.take(noted, { type: 'given', given: GIVEN });
    keeper.take(noted, skill('release', 'running'));
    keeper.take(noted, skill('release', 'done'));
    keeper.take(noted, skill('other', 'failed'));
    vi.advanceTimersByTime(100);
    keeper.take(noted, ENDED);
    vi.advanceTimersByTime(10_000);
    await keeper.flush();
    expect(kept).toEqual([
      {
        id: 'm-2',
        aliases: ['m-1'],
        agentId: 'agent-1',
        threadId: 'conv-1',
        at: 1_000,
        model: 'a/model',
        skills: ['release'],
        blocks: GIVEN.blocks,
      },
    ]);
  });

  it('of a turn that goes on is on record before it ends, and says more when it has', async () => {
    const { keeper, kept, turn } = make();
    const noted = turn('conv-pinned');
    keeper.take(noted, { type: 'given', given: GIVEN });
    vi.advanceTimersByTime(300);
    await keeper.flush();
    expect(kept).toMatchObject([{ id: 'm-2', skills: [], pin: 'pinned' }]);
    keeper.take(noted, skill('release', 'done'));
    keeper.take(noted, ENDED);
    await keeper.flush();
    expect(kept[1]).toMatchObject({ id: 'm-2', at: 1_000, skills: ['release'], pin: 'pinned' });
    expect(kept).toHaveLength(2);
  });

  it('is none of a turn whose message never reached the agent', async () => {
    const { keeper, kept, turn } = make();
    keeper.take(turn(), { type: 'ended', outcome: { kind: 'stopped' } });
    await keeper.flush();
    expect(kept).toEqual([]);
  });

  it('that cannot be written is logged, and the next one is written', async () => {
    let fail = true;
    const { keeper, kept, logged, turn } = make(async () => {
      if (fail) throw new Error('The disk is full.');
    });
    for (const id of ['m-1', 'm-2']) {
      const noted = turn();
      keeper.take(noted, { type: 'given', given: { ...GIVEN, messageIds: [id] } });
      keeper.take(noted, ENDED);
      await keeper.flush();
      fail = false;
    }
    expect(logged).toEqual([expect.stringContaining('The disk is full.')]);
    expect(kept.map(({ id }) => id)).toEqual(['m-2']);
  });

  it('holds what all runs of the turn have cost, with a price only where each of them has one', async () => {
    const usage = (prompt: number, cost?: number) => ({
      ...{ type: 'usage' as const, tokens: prompt + 1, context: null },
      spent: { prompt, cached: 5, completion: 1, ...(cost === undefined ? {} : { cost }) },
    });
    const { keeper, kept, turn } = make();
    const priced = turn();
    keeper.take(priced, { type: 'given', given: GIVEN });
    keeper.take(priced, usage(100, 0.5));
    keeper.take(priced, usage(200, 0.25));
    keeper.take(priced, { ...usage(0, 0), spent: { prompt: 0, cached: 0, completion: 0 } });
    keeper.take(priced, ENDED);
    const partly = turn();
    keeper.take(partly, { type: 'given', given: GIVEN });
    keeper.take(partly, usage(100, 0.5));
    keeper.take(partly, usage(200));
    keeper.take(partly, ENDED);
    const free = turn();
    keeper.take(free, { type: 'given', given: GIVEN });
    keeper.take(free, ENDED);
    await keeper.flush();
    expect(kept.map(({ spent }) => spent)).toEqual([
      { prompt: 300, cached: 10, completion: 2, cost: 0.75 },
      { prompt: 300, cached: 10, completion: 2 },
      undefined,
    ]);
  });
});
