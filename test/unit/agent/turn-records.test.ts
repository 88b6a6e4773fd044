// What a turn leaves on record: receipts follow it, changes of memory are noted, and a block shows what was changed in it last.
import { expect, it, vi } from 'vitest';
import type { TurnEvent, TurnStart } from '../../../src/agent/events.ts';
import { TurnRecords } from '../../../src/agent/turn-records.ts';
import { ARCHIVE } from '../../../src/letta/memory-tools.ts';
import type { BlockView } from '../../../src/protocol/memory-views.ts';

function world({ note = vi.fn(async () => {}) } = {}) {
  const take = vi.fn();
  const changed = vi.fn(async () => {});
  const logged: string[] = [];
  const records = new TurnRecords({
    model: () => 'scripted/scripted',
    note,
    receipts: async () => ({ take }),
    changed,
    log: (line) => logged.push(line),
  });
  const seen: TurnEvent[] = [];
  const start: TurnStart = { kind: 'message', text: 'We use pnpm', reminders: [], otid: 'o1' };
  const sink = records.following('t1', start, (event) => seen.push(event));
  return { records, sink, seen, take, changed, note, logged };
}

const wrote = (label: string, after: string): TurnEvent => ({
  type: 'tool',
  part: {
    type: 'tool',
    id: 'c1',
    name: 'memory_insert',
    title: 'Remember',
    state: 'done',
    input: '{"label":"project"}',
    memory: { label, before: '', after },
  },
});
const block = (value: string): BlockView => ({
  id: 'b1',
  label: 'project',
  description: '',
  value,
  limit: 100,
  readOnly: false,
});
const settled = () => new Promise((resolve) => setImmediate(resolve));

it('notes a change of memory with what led to it, and tells that there is one', async () => {
  const { sink, note, changed, seen } = world();
  const event = wrote('project', 'Uses pnpm');
  sink(event);
  await settled();
  expect(seen).toEqual([event]);
  expect(note).toHaveBeenCalledExactlyOnceWith({
    callId: 'c1',
    label: 'project',
    tool: 'memory_insert',
    args: { label: 'project' },
    threadId: 't1',
    at: expect.any(Number),
    cause: { text: 'We use pnpm', messageId: 'o1' },
  });
  expect(changed).toHaveBeenCalledOnce();
});

it('leaves the archive to its own history, and survives a history that cannot be written', async () => {
  const archived = world();
  archived.sink(wrote(ARCHIVE, 'Uses pnpm'));
  await settled();
  expect(archived.note).not.toHaveBeenCalled();
  const full = world({ note: vi.fn(() => Promise.reject(new Error('disk full'))) });
  full.sink(wrote('project', 'Uses pnpm'));
  await settled();
  expect(full.logged.join()).toContain('disk full');
  expect(full.changed).toHaveBeenCalledOnce();
});

it('shows the last change of a block while it stands', () => {
  const { records, sink } = world();
  sink(wrote('project', 'Uses pnpm'));
  const lastChange = { before: '', after: 'Uses pnpm' };
  expect(records.withLastChanges([block('Uses pnpm')])).toEqual([{ ...block('Uses pnpm'), lastChange }]);
  expect(records.withLastChanges([block('Uses npm')])).toEqual([block('Uses npm')]);
  records.undone(['project']);
  expect(records.withLastChanges([block('Uses pnpm')])).toEqual([block('Uses pnpm')]);
});

it('tells the receipts of what they are made of, with the model that answers', async () => {
  const { sink, take } = world();
  sink({ type: 'text', id: 'x', delta: 'Hi' });
  sink({ type: 'given', given: { messageIds: ['o1'], blocks: [] } });
  sink({ type: 'ended', outcome: { kind: 'done' } });
  await settled();
  expect(take.mock.calls.map(([turn, event]) => [turn.model, event.type])).toEqual([
    ['scripted/scripted', 'given'],
    ['scripted/scripted', 'ended'],
  ]);
});
