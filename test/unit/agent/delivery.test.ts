// What a server refuses is mended as far as that makes sense, and no further.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Delivery, type DeliveryDeps } from '../../../src/agent/delivery.ts';
import { Journal, type ThreadJournal } from '../../../src/agent/journal.ts';
import type { StepEnd } from '../../../src/agent/step.ts';
import { connect } from '../../../src/letta/connection.ts';
import { LettaError, type LettaErrorReason } from '../../../src/letta/errors.ts';

let folder: string;
let journal: ThreadJournal;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'delivery-'));
  journal = await new Journal(folder).open('t1');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const done: StepEnd = { reason: 'end_turn', error: undefined, calls: [], incomplete: false, begun: true };
const refused = (reason: LettaErrorReason): StepEnd => ({
  ...done,
  reason: null,
  error: new LettaError(reason),
  begun: false,
});

/** A server that stores nothing, and refuses as it is told to. */
function delivery(ends: StepEnd[], signal = new AbortController().signal) {
  const sent: Parameters<DeliveryDeps['body']>[0][] = [];
  const made = new Delivery({
    connection: connect({ kind: 'embedded', fetch: async () => Response.json([]) }),
    agentId: 'a1',
    threadId: 't1',
    journal,
    signal,
    body: (outgoing) => {
      sent.push(outgoing);
      return { messages: [] };
    },
    read: async () => ends.shift() ?? done,
    settle: async () => [],
    stored: vi.fn(async () => {}),
    busyMs: 0,
  });
  return { made, sent };
}

const user = { otid: 'o1', parts: ['Hello'] };
const answer = { type: 'tool', tool_call_id: 'c1', status: 'success', tool_return: 'x' } as const;
const part = { type: 'tool', id: 'c1', name: 'Read', title: 'Read', state: 'done', input: '{}' } as const;
const approvals = { otid: 'o2', answers: [answer] };

describe('a delivery', () => {
  it('is sent again while the server is busy, and gives up at last', async () => {
    const patient = delivery([refused('busy'), refused('busy')]);
    expect(await patient.made.deliver({ user })).toBe(done);
    expect(patient.sent).toHaveLength(3);
    const busy = refused('busy');
    const vain = delivery(Array.from({ length: 20 }, () => busy));
    expect(await vain.made.deliver({ user })).toBe(busy);
    expect(vain.sent.length).toBeLessThan(10);
  });

  it('goes without results that the server does not wait for', async () => {
    const { made, sent } = delivery([refused('nothing_pending')]);
    expect(await made.deliver({ user, approvals })).toBe(done);
    const said = { otid: 'o1', content: [{ type: 'text', text: 'Hello' }] };
    expect(sent).toEqual([{ user: said, approvals }, { user: said }]);
  });

  it('ends where nothing is left to say', async () => {
    const { made, sent } = delivery([refused('wrong_approval_ids')]);
    expect(await made.deliver({ approvals })).toMatchObject({ reason: 'nothing_pending', error: undefined });
    expect(sent).toHaveLength(1);
  });

  it('marks what the journal held as not sent when the server waits for nothing', async () => {
    await journal.append({ kind: 'result', callId: 'c1', print: '', answer, part });
    expect(journal.view.unsent).toBe(true);
    expect(await delivery([]).made.settlePending([])).toBeUndefined();
    expect(journal.view.unsent).toBe(false);
  });

  it('mends nothing of a step that had begun, or after Stop', async () => {
    const begun = { ...refused('busy'), begun: true };
    expect(await delivery([begun]).made.deliver({ user })).toBe(begun);
    const end = refused('busy');
    expect(await delivery([end], AbortSignal.abort()).made.deliver({ user })).toBe(end);
  });

  it('keeps a refusal that cannot be mended', async () => {
    const end = refused('bad_request');
    const { made, sent } = delivery([end]);
    expect(await made.deliver({ user })).toBe(end);
    expect(sent).toHaveLength(1);
  });
});
