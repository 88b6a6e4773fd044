import { describe, expect, it } from 'vitest';
import type { TurnEvent, TurnOutcome } from '../../../src/agent/events.ts';
import { type RememberBackend, remember, type StoredChange } from '../../../src/flows/remember.ts';
import type { BlockView } from '../../../src/protocol/memory-views.ts';

const block = (label: string, value: string): BlockView => ({
  id: `block-${label}`,
  label,
  description: `what ${label} holds`,
  value,
  limit: 1000,
  readOnly: false,
});

function make(values: Record<string, string>, turn: (text: string) => { events?: TurnEvent[]; outcome: TurnOutcome }) {
  const sent: { text: string; reminders: string[] }[] = [];
  const inbox: string[] = [];
  const records = new Map<string, StoredChange>();
  const backend: RememberBackend = {
    blocks: async () => Object.entries(values).map(([label, value]) => block(label, value)),
    runBeside: async (_title, text, reminders, sink) => {
      sent.push({ text, reminders });
      const { events = [], outcome } = turn(text);
      for (const event of events) sink(event);
      return outcome;
    },
    keepInInbox: async (text) => {
      inbox.push(text);
      return { text };
    },
    recall: (key) => records.get(key),
    record: async (key, change) => {
      records.set(key, change);
    },
  };
  return { backend, sent, inbox, values };
}

const wrote = (label: string, before: string, after: string, id = 'c'): TurnEvent => ({
  type: 'tool',
  part: {
    type: 'tool',
    id,
    name: 'memory_insert',
    title: 'Memory',
    state: 'done',
    input: '',
    memory: { label, before, after },
  },
});
const done = { kind: 'done' } as const;
const down = { kind: 'failed', failure: { message: 'connect ECONNREFUSED', hint: 'Start it.', retry: true } } as const;
const never = new AbortController().signal;

describe('remember', () => {
  it('gives the agent the note unescaped and the labels and descriptions of the blocks', async () => {
    const { backend, sent } = make({ conventions: '', human: '' }, () => ({
      events: [wrote('conventions', '', 'Use <tabs> & "quotes"')],
      outcome: done,
    }));
    const outcome = await remember(backend, { text: 'Use <tabs> & "quotes"' }, never);
    expect(outcome).toMatchObject({ kind: 'stored', changes: [{ label: 'conventions' }] });
    expect(sent[0]?.text).toBe('Use <tabs> & "quotes"');
    for (const label of ['conventions', 'human'])
      expect(sent[0]?.reminders[0]).toContain(`${label} (0 / 1000 characters): what ${label} holds`);
  });

  it('stores the same note once, without asking the agent again', async () => {
    const { backend, sent } = make({ conventions: '- Use tabs.\n' }, () => ({ outcome: done }));
    await expect(remember(backend, { text: ' use  TABS ' }, never)).resolves.toEqual({
      kind: 'known',
      label: 'conventions',
      text: 'use  TABS',
    });
    expect(sent).toEqual([]);
  });

  it('is not stored by a line that was only taken out: the note is kept, and not known the next time', async () => {
    const outcomes: TurnOutcome[] = [down, done];
    const { backend, inbox } = make({ conventions: '' }, () => ({
      events: [wrote('conventions', 'Indent with tabs', '')],
      outcome: outcomes.shift() ?? done,
    }));
    await expect(remember(backend, { text: 'Indent with spaces' }, never)).resolves.toMatchObject({ kind: 'kept' });
    await expect(remember(backend, { text: 'Indent with spaces' }, never)).resolves.toMatchObject({
      kind: 'kept',
      reason: 'The agent only took a line out of conventions.',
    });
    expect(inbox).toEqual(['Indent with spaces', 'Indent with spaces']);
  });

  it('is known again by the line that was written, not by the one that made room for it', async () => {
    const { backend, values, sent } = make({ conventions: 'Anything' }, () => ({
      events: [wrote('conventions', 'Indent with tabs', ''), wrote('conventions', '', 'Indent: spaces', 'd')],
      outcome: done,
    }));
    await expect(remember(backend, { text: 'Spaces!' }, never)).resolves.toMatchObject({ kind: 'stored' });
    values.conventions = 'Indent: spaces';
    await expect(remember(backend, { text: 'Spaces!' }, never)).resolves.toEqual({
      kind: 'known',
      label: 'conventions',
      text: 'Indent: spaces',
    });
    expect(sent).toHaveLength(1);
  });

  it('knows a note again that the agent put in its own words, as long as they stand there', async () => {
    const { backend, sent, values } = make({ conventions: '' }, () => ({
      events: [wrote('conventions', '', 'Indent with tabs')],
      outcome: done,
    }));
    await remember(backend, { text: 'we use tabs here' }, never);
    values.conventions = 'Indent with tabs';
    await expect(remember(backend, { text: 'we use tabs here' }, never)).resolves.toMatchObject({ kind: 'known' });
    expect(sent).toHaveLength(1);
    values.conventions = '';
    await expect(remember(backend, { text: 'we use tabs here' }, never)).resolves.toMatchObject({ kind: 'stored' });
    expect(sent).toHaveLength(2);
  });

  it('keeps the note word for word when no model answers', async () => {
    const { backend, inbox } = make({ inbox: '' }, () => ({ outcome: down }));
    const text = '  keep\n  this exactly  ';
    await expect(remember(backend, { text }, never)).resolves.toMatchObject({ kind: 'kept', noModel: true });
    expect(inbox).toEqual(['keep\n  this exactly']);
  });

  it('keeps the note when the agent stored nothing and did not say where it is', async () => {
    const { backend, inbox } = make({ inbox: '' }, () => ({
      events: [{ type: 'text', id: 't', delta: 'Sure, noted!' }],
      outcome: done,
    }));
    await expect(remember(backend, { text: 'n' }, never)).resolves.toMatchObject({ kind: 'kept', noModel: false });
    expect(inbox).toEqual(['n']);
  });

  it('believes "ALREADY" only for a block that exists', async () => {
    const says = (label: string) => () => ({
      events: [{ type: 'text', id: 't', delta: `ALREADY: ${label}` }] as TurnEvent[],
      outcome: done,
    });
    const known = make({ project: 'x' }, says('project'));
    await expect(remember(known.backend, { text: 'n' }, never)).resolves.toMatchObject({
      kind: 'known',
      label: 'project',
    });
    const unknown = make({ project: 'x' }, says('nowhere'));
    await expect(remember(unknown.backend, { text: 'n' }, never)).resolves.toMatchObject({ kind: 'kept' });
  });

  it('carries the note in the error when even the inbox cannot be written', async () => {
    const { backend } = make({ inbox: '' }, () => ({ outcome: down }));
    backend.keepInInbox = async () => {
      throw new Error('disk full');
    };
    await expect(remember(backend, { text: 'precious' }, never)).rejects.toThrow(/disk full.*precious/);
  });
});
