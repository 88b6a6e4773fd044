// The stream reader: the same text and calls, however the stream is cut, repeated or taken up again.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LettaError } from '../../../src/letta/errors.ts';
import { follow, type Piece, type RunSource, readRun, StreamReader } from '../../../src/letta/stream.ts';

type Event = Record<string, unknown>;

const word = fc.string({ unit: fc.constantFrom('a', 'é', '👍', ' ', '\n', '"', '{'), minLength: 1, maxLength: 6 });

/** One block of an answer, as the deltas it is streamed in. */
const block = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), deltas: fc.array(word, { minLength: 1, maxLength: 5 }) }),
  fc.record({ kind: fc.constant('reasoning' as const), deltas: fc.array(word, { minLength: 1, maxLength: 5 }) }),
  fc.record({ kind: fc.constant('call' as const), deltas: fc.array(word, { minLength: 0, maxLength: 5 }) }),
);
type Block = typeof block extends fc.Arbitrary<infer T> ? T : never;

function eventsOf(blocks: readonly Block[]): Event[] {
  const events: Event[] = [{ message_type: 'ping', id: 'ping-1' }];
  for (const [i, b] of blocks.entries()) {
    const common = { id: 'message-1', otid: `otid-${i}`, date: null, name: null, step_id: null };
    if (b.kind === 'text') {
      for (const [n, d] of b.deltas.entries()) {
        const content = n % 2 === 0 ? d : [{ type: 'text', text: d }];
        events.push({ ...common, message_type: 'assistant_message', content });
      }
    } else if (b.kind === 'reasoning') {
      for (const d of b.deltas) events.push({ ...common, message_type: 'reasoning_message', reasoning: d });
    } else {
      const first = { name: 'Read', tool_call_id: `call-${i}`, arguments: null };
      events.push({ ...common, message_type: 'approval_request_message', tool_call: first, tool_calls: first });
      for (const d of b.deltas) {
        // Some providers repeat the id, some leave it out.
        const next = { name: null, tool_call_id: d.length % 2 ? `call-${i}` : null, arguments: d };
        events.push({ ...common, message_type: 'approval_request_message', tool_call: next, tool_calls: next });
      }
    }
  }
  const sequenced: Event[] = events.map((event, i) => ({ ...event, seq_id: i + 1, run_id: 'run-1' }));
  return [
    ...sequenced,
    { message_type: 'stop_reason', stop_reason: 'requires_approval' },
    { message_type: 'usage_statistics', prompt_tokens: 3, completion_tokens: 2, run_ids: null },
  ];
}

/** What a person would see: blocks of text in order, arguments per call. */
function seen(pieces: readonly Piece[]) {
  const blocks = new Map<string, string>();
  const add = (key: string, delta: string) => blocks.set(key, (blocks.get(key) ?? '') + delta);
  const stops: string[] = [];
  for (const piece of pieces) {
    if (piece.type === 'text' || piece.type === 'reasoning') add(`${piece.type} ${piece.id}`, piece.delta);
    if (piece.type === 'call') add(`call ${piece.callId} ${piece.name}`, piece.delta);
    if (piece.type === 'stop') stops.push(piece.reason);
  }
  return { blocks: [...blocks], stops, usage: pieces.filter((p) => p.type === 'usage').length };
}

const expected = (blocks: readonly Block[]) => ({
  blocks: blocks.map((b, i) => [b.kind === 'call' ? `call call-${i} Read` : `${b.kind} otid-${i}`, b.deltas.join('')]),
  stops: ['requires_approval'],
  usage: 1,
});

async function* give(events: readonly Event[], breaks: boolean): AsyncGenerator<Event> {
  for (const event of events) yield event;
  if (breaks) throw new TypeError('terminated');
}

async function collect(source: RunSource, signal = new AbortController().signal): Promise<Piece[]> {
  const pieces: Piece[] = [];
  for await (const piece of follow(source, { signal, retryMs: 0, idleMs: 1_000 })) pieces.push(piece);
  return pieces;
}

const unreached = () => Promise.reject(new Error('not reached'));

describe('StreamReader', () => {
  it('tells blocks apart by otid and joins their deltas, in both forms of content', () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 6 }), (blocks) => {
        const reader = new StreamReader();
        const pieces = eventsOf(blocks).flatMap((event) => reader.push(event));
        expect(seen(pieces)).toEqual(expected(blocks));
      }),
    );
  });

  it('adds nothing for events it has read before, the unnumbered last ones included', () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 4 }), fc.nat(40), (blocks, from) => {
        const events = eventsOf(blocks);
        const reader = new StreamReader();
        const pieces = [...events, ...events.slice(Math.min(from, events.length))].flatMap((e) => reader.push(e));
        expect(seen(pieces)).toEqual(expected(blocks));
      }),
    );
  });

  it('survives whatever is no event', () => {
    fc.assert(
      fc.property(fc.array(fc.anything(), { maxLength: 10 }), (values) => {
        const reader = new StreamReader();
        for (const value of values) expect(reader.push(value)).toEqual([]);
      }),
    );
    const reader = new StreamReader();
    const odd = { message_type: 'assistant_message', content: { type: 'text', text: 'x' }, otid: 7, seq_id: 'one' };
    expect(reader.push(odd)).toEqual([{ type: 'text', id: 'assistant_message', delta: 'x' }]);
  });

  it('reads several results out of one message, by their own ids', () => {
    const reader = new StreamReader();
    const pieces = reader.push({
      message_type: 'tool_return_message',
      tool_call_id: 'call-1',
      tool_return: 'ignored',
      status: 'success',
      tool_returns: [
        { type: 'tool', tool_call_id: 'call-1', status: 'success', tool_return: 'one' },
        { type: 'tool', tool_call_id: 'call-2', status: 'error', tool_return: [{ type: 'text', text: 'two' }] },
      ],
    });
    expect(pieces).toEqual([
      { type: 'return', callId: 'call-1', status: 'success', text: 'one', denied: false },
      { type: 'return', callId: 'call-2', status: 'error', text: 'two', denied: false },
    ]);
  });

  it('gives every call of a whole message, sent without deltas', () => {
    const call = (id: string) => ({ name: 'Read', tool_call_id: id, arguments: '{}' });
    const pieces = new StreamReader().push({
      message_type: 'approval_request_message',
      id: 'message-1',
      tool_call: call('a'),
      tool_calls: [call('a'), call('b')],
    });
    expect(pieces.map((p) => p.type === 'call' && p.callId)).toEqual(['a', 'b']);
  });
});

describe('follow', () => {
  it('shows the same, whatever connections broke and whatever was replayed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(block, { minLength: 1, maxLength: 4 }),
        fc.array(fc.record({ cut: fc.nat(30), overlap: fc.nat(5), throws: fc.boolean() }), { maxLength: 4 }),
        async (blocks, drops) => {
          const events = eventsOf(blocks);
          const left = [...drops];
          const serve = (after: number) => {
            const rest = events.slice(Math.min(after, events.length - 2));
            const drop = left.shift();
            if (!drop || rest.length <= 2) return give(rest, false);
            // At least one new event each time, so that no connection is the last one by mistake.
            return give(rest.slice(0, Math.max(1, Math.min(drop.cut, rest.length - 2))), drop.throws);
          };
          const source: RunSource = {
            open: async () => serve(0),
            resume: async (runId, after) => {
              expect(runId).toBe('run-1');
              return serve(Math.max(0, after - (left[0]?.overlap ?? 0)));
            },
            find: unreached,
            run: unreached,
          };
          expect(seen(await collect(source))).toEqual(expected(blocks));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('finds a run by what was sent when the connection broke before its first event', async () => {
    const events = eventsOf([{ kind: 'text', deltas: ['hi'] }]);
    const source: RunSource = {
      open: async () => give([], true),
      find: async () => give(events, false),
      resume: unreached,
      run: unreached,
    };
    const pieces = await collect(source);
    expect(pieces[0]).toEqual({ type: 'dropped' });
    expect(seen(pieces).blocks).toEqual([['text otid-0', 'hi']]);
  });

  it('tells how a run ended whose events are gone', async () => {
    const source = (run: unknown): RunSource => ({
      open: async () => give([{ message_type: 'ping', run_id: 'run-1', seq_id: 1 }], true),
      resume: () => Promise.reject(new LettaError('not_found', { status: 410 })),
      find: unreached,
      run: async () => readRun(run),
    });
    const completed = await collect(source({ id: 'run-1', status: 'completed', stop_reason: 'requires_approval' }));
    expect(completed.at(-1)).toEqual({ type: 'stop', reason: 'requires_approval', incomplete: true });
    const error = { error_type: 'stream_incomplete', message: 'The process ended.' };
    const broken = await collect(source({ id: 'run-1', status: 'failed', stop_reason: 'error', metadata: { error } }));
    const last = broken.at(-1);
    expect(last?.type === 'error' && last.error.interrupted).toBe(true);
  });

  it('gives up after some tries that bring nothing, with an error and not by hanging', async () => {
    let tries = 0;
    const source: RunSource = {
      open: async () => give([{ message_type: 'ping', run_id: 'run-1', seq_id: 1 }], true),
      resume: async () => {
        tries++;
        throw new TypeError('fetch failed');
      },
      find: unreached,
      run: unreached,
    };
    const last = (await collect(source)).at(-1);
    expect(last?.type === 'error' && last.error.reason).toBe('unreachable');
    expect(tries).toBeGreaterThan(2);
    expect(tries).toBeLessThan(20);
  });

  it('counts a connection that says nothing as broken', async () => {
    const events = eventsOf([{ kind: 'text', deltas: ['hi'] }]);
    async function* silent() {
      yield events[0];
      await new Promise(() => {});
    }
    const source: RunSource = {
      open: async () => silent(),
      resume: async (_run, after) => give(events.slice(after), false),
      find: unreached,
      run: unreached,
    };
    const pieces: Piece[] = [];
    const { signal } = new AbortController();
    for await (const piece of follow(source, { signal, retryMs: 0, idleMs: 20 })) pieces.push(piece);
    expect(seen(pieces).blocks).toEqual([['text otid-0', 'hi']]);
  });

  it('ends at once when it is let go', async () => {
    const abort = new AbortController();
    async function* endless() {
      yield { message_type: 'assistant_message', otid: 'o', content: 'x', seq_id: 1, run_id: 'run-1' };
      await new Promise(() => {});
    }
    const source: RunSource = { open: async () => endless(), resume: unreached, find: unreached, run: unreached };
    const pieces: string[] = [];
    for await (const piece of follow(source, { signal: abort.signal })) {
      pieces.push(piece.type);
      if (piece.type === 'text') abort.abort();
    }
    expect(pieces).toEqual(['run', 'text']);
  });

  it('throws what refused the request, as a typed error', async () => {
    const source: RunSource = {
      open: () => Promise.reject(new LettaError('busy', { status: 409 })),
      resume: unreached,
      find: unreached,
      run: unreached,
    };
    await expect(collect(source)).rejects.toMatchObject({ reason: 'busy' });
  });
});
