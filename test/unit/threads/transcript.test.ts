// Stored messages as items: one answer one item, nothing shown that nobody said, unfinished work marked as such.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reminder } from '../../../src/letta/reminders.ts';
import { readRun } from '../../../src/letta/stream.ts';
import { readEvent, type WireEvent } from '../../../src/letta/wire.ts';
import { ItemSchema } from '../../../src/protocol/transcript-views.ts';
import { type ThreadMemory, type TranscriptOptions, transcript } from '../../../src/threads/transcript.ts';

const date = '2026-01-01T00:00:00+00:00';
let n = 0;
const event = (fields: Record<string, unknown>): WireEvent => {
  const read = readEvent({ id: `message-${++n}`, date, ...fields });
  if (!read) throw new Error('not an event');
  return read;
};
const user = (text: string, otid = `otid-${text}`, notes: string[] = []) =>
  event({
    message_type: 'user_message',
    otid,
    content: [...notes.map(reminder), ...(text ? [text] : [])].map((t) => ({ type: 'text', text: t })),
  });
const said = (text: string, otid = `said-${text}`) => event({ message_type: 'assistant_message', content: text, otid });
const thought = (reasoning: string) =>
  event({ message_type: 'reasoning_message', reasoning, otid: `think-${reasoning}` });
const call = (id: string, name = 'Read', args = '{"path":"a.ts"}') =>
  event({
    message_type: 'approval_request_message',
    tool_calls: [{ name, arguments: args, tool_call_id: id }],
    tool_call: { name, arguments: args, tool_call_id: id },
  });
const serverCall = (id: string, name: string, args: string) =>
  event({ message_type: 'tool_call_message', tool_call: { name, arguments: args, tool_call_id: id } });
const returned = (id: string, text: string, status = 'success') =>
  event({ message_type: 'tool_return_message', tool_call_id: id, tool_return: text, status });
const denied = (id: string, reason: string) =>
  event({
    message_type: 'approval_response_message',
    approvals: [{ type: 'approval', tool_call_id: id, approve: false, reason }],
  });

const completed = readRun({ id: 'run-1', status: 'completed', stop_reason: 'end_turn' });
const failed = (error_type: string) =>
  readRun({
    id: 'run-1',
    status: 'failed',
    stop_reason: 'error',
    metadata: { error: { error_type, message: 'words' } },
  });

const options = (more: Partial<TranscriptOptions> = {}): TranscriptOptions => ({
  describe: (name) => ({ title: name }),
  lastRun: completed,
  ...more,
});
const journal = (more: Partial<ThreadMemory> = {}): ThreadMemory => ({ calls: new Map(), stopped: false, ...more });
const shape = (messages: WireEvent[], more: Partial<TranscriptOptions> = {}) =>
  transcript(messages, options(more)).map((item) =>
    item.kind === 'agent'
      ? `agent ${item.state}: ${item.parts.map((p) => (p.type === 'tool' ? `${p.name} ${p.state}` : `${p.type} ${p.text}`)).join(', ')}`
      : `${item.kind}: ${item.text}`,
  );

describe('transcript', () => {
  it('makes one answer of everything between two messages of the person', () => {
    const messages = [
      event({ message_type: 'system_message', content: 'secret' }),
      user('hi'),
      thought('hm'),
      said('let me look'),
      call('a'),
      returned('a', 'text'),
      said('found'),
      user('thanks'),
      said('bye'),
    ];
    expect(shape(messages)).toEqual([
      'user: hi',
      'agent done: reasoning hm, text let me look, Read done, text found',
      'user: thanks',
      'agent done: text bye',
    ]);
  });

  it('hides what only reminders say, and joins the answers around it', () => {
    const messages = [user('hi', 'o1', ['ctx']), said('one'), user('', 'o2', ['go on']), said('two')];
    expect(shape(messages)).toEqual(['user: hi', 'agent done: text one, text two']);
  });

  it('keeps the same ids whatever page it is built from', () => {
    const messages = [user('hi', 'o1'), said('one'), user('more', 'o2'), said('two')];
    const whole = transcript(messages, options());
    const part = transcript(messages.slice(2), options());
    expect(part.map((i) => i.id)).toEqual(whole.slice(2).map((i) => i.id));
    expect(new Set(whole.map((i) => i.id)).size).toBe(whole.length);
  });

  it('shows a refused call as denied, and its words', () => {
    const messages = [user('hi'), call('a', 'Edit'), denied('a', 'not now'), returned('a', 'Error: not now', 'error')];
    expect(shape(messages)).toEqual(['user: hi', 'agent done: Edit denied']);
  });

  it('marks what was broken off, failed or stopped by its last run', () => {
    const messages = [user('hi'), said('half')];
    expect(shape(messages, { lastRun: failed('stream_incomplete') })[1]).toMatch(/^agent interrupted/);
    expect(shape(messages, { lastRun: failed('llm_error') })[1]).toMatch(/^agent failed/);
    expect(shape(messages, { lastRun: readRun({ status: 'cancelled' }) })[1]).toMatch(/^agent stopped/);
    expect(shape(messages, { lastRun: readRun({ status: 'running' }) })[1]).toMatch(/^agent streaming/);
  });

  it('says what failed even when nothing of an answer came', () => {
    const items = transcript([user('hi')], options({ lastRun: failed('llm_authentication') }));
    expect(items[1]).toMatchObject({ kind: 'agent', parts: [], state: 'failed', failure: { retry: true } });
  });

  it('shows calls nobody answered as interrupted, or as the journal knows them', () => {
    const waiting = readRun({ id: 'run-1', status: 'completed', stop_reason: 'requires_approval' });
    const messages = [user('hi'), call('a', 'Edit')];
    expect(shape(messages, { lastRun: waiting })[1]).toBe('agent interrupted: Edit interrupted');
    const part = {
      type: 'tool' as const,
      id: 'a',
      name: 'Edit',
      title: 'Edit',
      state: 'done' as const,
      input: '{}',
      output: 'Changed',
    };
    const memory = journal({ calls: new Map([['a', { result: { part }, sent: false }]]) });
    expect(shape(messages, { lastRun: waiting, memory })[1]).toBe('agent interrupted: Edit done');
    expect(shape(messages, { lastRun: waiting, memory: journal({ stopped: true }) })[1]).toBe(
      'agent stopped: Edit interrupted',
    );
  });

  it('keeps the diff that this computer knows of an edit', () => {
    const diff = { path: 'a.ts', unified: '@@', added: 1, removed: 0 };
    const part = {
      type: 'tool' as const,
      id: 'a',
      name: 'Edit',
      title: 'Edit',
      state: 'done' as const,
      input: '{}',
      diff,
    };
    const memory = journal({ calls: new Map([['a', { result: { part }, sent: true }]]) });
    const [, answer] = transcript([user('hi'), call('a', 'Edit'), returned('a', 'Changed')], options({ memory }));
    expect(answer).toMatchObject({ parts: [{ state: 'done', diff, output: 'Changed' }] });
  });

  it('shows a memory change with what it replaced', () => {
    const describe = () => ({ title: 'Rewrite', memory: { label: 'human', before: null, after: 'new' } });
    const messages = [user('hi'), serverCall('a', 'memory_rethink', '{}'), returned('a', 'new')];
    const memory = journal({ calls: new Map([['a', { sent: true, memoryBefore: 'old' }]]) });
    expect(transcript(messages, options({ describe, memory }))[1]).toMatchObject({
      parts: [{ memory: { label: 'human', before: 'old', after: 'new' } }],
    });
  });

  it('shows a message that never reached the server', () => {
    const outgoing = { otid: 'o9', text: 'lost?', at: date, answered: false };
    const memory = journal({ outgoing });
    expect(shape([user('hi'), said('yes')], { memory })).toEqual([
      'user: hi',
      'agent done: text yes',
      'user: lost?',
      'agent interrupted: ',
    ]);
    // Stored under its own name or, on a server that forgets names, with the same words: shown once.
    expect(shape([user('lost?', 'o9')], { memory, lastRun: failed('llm_error') })).toHaveLength(2);
    expect(shape([user('lost?', 'other')], { memory, lastRun: failed('llm_error') })).toHaveLength(2);
    expect(
      shape([user('hi'), said('yes')], { memory: journal({ outgoing: { ...outgoing, answered: true } }) }),
    ).toHaveLength(2);
  });

  it('tells a summary as a notice, and shows no alert as the person’s words', () => {
    const alert = JSON.stringify({ type: 'system_alert', message: 'summary', time: 'x' });
    const messages = [event({ message_type: 'user_message', content: alert }), user('hi'), said('yes')];
    expect(shape(messages)).toEqual([
      'notice: Older messages were summarised to make room.',
      'user: hi',
      'agent done: text yes',
    ]);
    const inside = [user('hi'), said('a'), event({ message_type: 'summary_message', summary: 's' }), said('b')];
    expect(shape(inside)[2]).toBe('agent done: text a, text b');
    const summary = event({ message_type: 'summary_message', id: 's-1', summary: 's' });
    const told = 'notice: Older messages were summarised to make room.';
    expect(shape([user('hi'), said('a'), summary])).toEqual(['user: hi', 'agent done: text a', told]);
    expect(shape([user('hi'), said('a'), summary, user('on'), said('b')])).toEqual([
      ...['user: hi', 'agent done: text a', told, 'user: on', 'agent done: text b'],
    ]);
  });

  it('is valid for any beginning of any history, and never shows work as going on', () => {
    const step = fc.constantFrom(
      () => [user(`u${n}`)],
      () => [user('', `o${n}`, ['note'])],
      () => [said(`s${n}`)],
      () => [thought('t')],
      () => [call('x'), returned('x', 'r')],
      () => [call(`c${n}`, 'Edit'), denied(`c${n - 1}`, 'no')],
      () => [call('same'), said('between'), call('same')],
      () => [serverCall(`m${n}`, 'memory_insert', '{bad'), returned(`m${n - 1}`, 'ok', 'error')],
      () => [returned('unknown', 'r')],
      () => [event({ message_type: 'something_new', content: 'x' })],
    );
    const runs = [null, completed, failed('stream_incomplete'), failed('llm_error'), readRun({})];
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), fc.nat(40), fc.constantFrom(...runs), (steps, cut, lastRun) => {
        const messages = steps.flatMap((make) => make()).slice(0, cut);
        const items = transcript(messages, options({ lastRun, memory: journal() }));
        for (const item of items) ItemSchema.parse(item);
        expect(new Set(items.map((i) => i.id)).size).toBe(items.length);
        for (const [i, item] of items.entries()) {
          if (item.kind !== 'agent') continue;
          expect(items[i + 1]?.kind).not.toBe('agent');
          expect(item.state).not.toBe('streaming');
          if (i < items.length - 2) expect(item.state).toBe('done');
          for (const part of item.parts)
            if (part.type === 'tool') expect(['running', 'waiting']).not.toContain(part.state);
        }
      }),
    );
  });
});
