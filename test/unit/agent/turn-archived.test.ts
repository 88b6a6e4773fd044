// Turns against a server of the archived kind: it refuses inside the stream and keeps nothing of a turn that failed.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SHUTDOWN } from '../../../src/agent/events.ts';
import { ArchivedLetta, type ScriptedStep } from './archived-letta.ts';
import { turn, Workspace } from './turn-harness.ts';

let workspace: Workspace;
beforeEach(async () => {
  workspace = await Workspace.make();
});
afterEach(() => workspace.remove());

const write = (id: string, path = 'a.txt', content = 'new') => ({
  id,
  name: 'Write',
  args: JSON.stringify({ path, content }),
});
const read = (id: string, path = 'a.txt') => ({ id, name: 'Read', args: JSON.stringify({ path }) });
const make = (...script: ScriptedStep[]) => new ArchivedLetta(script);
const approvals = (server: ArchivedLetta, send: number) =>
  server.sends[send]?.messages.find((m) => m.type === 'approval')?.approvals;
const users = (server: ArchivedLetta, send: number) =>
  server.sends[send]?.messages.filter((m) => m.role === 'user').map((m) => m.content?.map((c) => c.text));

describe('a turn', () => {
  it('streams reasoning and text under the names of their blocks', async () => {
    const server = make({ reasoning: 'hm', text: 'Hello there, person.' });
    const { outcome, text, events } = await turn(workspace.deps(server.connection), 'hi');
    expect(outcome).toEqual({ kind: 'done' });
    expect(text).toBe('Hello there, person.');
    expect(
      new Set(events.flatMap((e) => (e.type === 'text' || e.type === 'reasoning' ? [`${e.type} ${e.id}`] : []))),
    ).toEqual(new Set(['reasoning live-run-1-0', 'text live-run-1-1']));
    expect(events.at(-1)).toEqual({ type: 'ended', outcome });
    expect(users(server, 0)).toEqual([['hi']]);
  });

  it('answers the calls of a step in one message, in order, each with its result', async () => {
    await writeFile(join(workspace.folder, 'a.txt'), 'old');
    const server = make({ calls: [read('r1'), write('w1'), read('r2')] }, { text: 'done' });
    const { outcome, cards } = await turn(workspace.deps(server.connection), 'go');
    expect(outcome).toEqual({ kind: 'done' });
    expect(approvals(server, 1)?.map((a) => [a.tool_call_id, a.status, a.tool_return])).toEqual([
      ['r1', 'success', 'old'],
      ['w1', 'success', 'Wrote a.txt'],
      ['r2', 'success', 'new'],
    ]);
    expect(cards.w1).toMatchObject({ state: 'done', title: 'Write', target: 'a.txt', diff: { added: 1 } });
    expect(workspace.asked[0]).toMatchObject({
      callId: 'w1',
      title: 'Write',
      target: 'a.txt',
      plan: { targets: [{ before: 'old', after: 'new' }] },
    });
    expect(server.sends[1]?.client_tools.map((t) => t.name)).toEqual(['Write', 'Read']);
  });

  it('runs reading calls side by side', async () => {
    await writeFile(join(workspace.folder, 'a.txt'), 'old');
    let inside = 0;
    const both = Promise.withResolvers<void>();
    workspace.hooks.duringRead = () => {
      if (++inside === 2) both.resolve();
      return both.promise;
    };
    const server = make({ calls: [read('r1'), read('r2')] }, { text: 'done' });
    expect((await turn(workspace.deps(server.connection), 'go')).outcome).toEqual({ kind: 'done' });
  });

  it('lets the model correct what it got wrong', async () => {
    const server = make(
      {
        calls: [
          { id: 'a', name: 'Write', args: '{"path": "x", ' },
          { id: 'b', name: 'Write', args: '{"path": 3}' },
          { id: 'c', name: 'Delete', args: '{}' },
          { id: 'd', name: 'Write', args: '{"path":"forbidden","content":""}' },
          { id: 'e', name: 'Read', args: '{"path":"missing"}' },
        ],
      },
      { text: 'sorry' },
    );
    const { outcome, cards } = await turn(workspace.deps(server.connection), 'go');
    expect(outcome).toEqual({ kind: 'done' });
    const sent = approvals(server, 1);
    expect(sent?.map((a) => a.status)).toEqual(['error', 'error', 'error', 'error', 'error']);
    expect(sent?.[0]?.tool_return).toContain('not valid JSON');
    expect(sent?.[1]?.tool_return).toContain('content');
    expect(sent?.[2]?.tool_return).toContain('no tool named Delete');
    expect(sent?.[3]?.tool_return).toBe('forbidden cannot be written.');
    expect(sent?.[4]?.tool_return).toBe('missing does not exist.');
    expect(Object.values(cards).map((c) => c.state)).toEqual(['failed', 'failed', 'failed', 'failed', 'failed']);
    expect(workspace.ran.Write).toBe(0);
  });

  it('tells the agent a refusal, and the conversation goes on', async () => {
    const server = make({ calls: [write('w1')] }, { text: 'I see.' });
    const deps = workspace.deps(server.connection, { ask: async () => ({ allow: false, reason: 'not in this file' }) });
    const { outcome, cards, text } = await turn(deps, 'go');
    expect(outcome).toEqual({ kind: 'done' });
    expect(text).toBe('I see.');
    expect(approvals(server, 1)).toEqual([
      { type: 'approval', tool_call_id: 'w1', approve: false, reason: 'not in this file' },
    ]);
    expect(cards.w1?.state).toBe('denied');
    expect(workspace.ran.Write).toBe(0);
  });

  it('approves a write of memory, shows it, and knows it afterwards', async () => {
    const call = { id: 'm1', name: 'memory_insert', args: JSON.stringify({ label: 'human', new_string: 'likes tea' }) };
    const server = make({ calls: [call] }, { text: 'noted' }, { text: 'again' });
    const deps = workspace.deps(server.connection);
    await deps.context.created('agent-1', async () => 'conv-1');
    const { cards } = await turn(deps, 'I like tea');
    expect(approvals(server, 1)).toEqual([{ type: 'approval', tool_call_id: 'm1', approve: true }]);
    expect(server.blocks.human).toBe('likes tea');
    expect(cards.m1).toMatchObject({ state: 'done', memory: { label: 'human', before: '', after: 'likes tea' } });
    await turn(workspace.deps(server.connection), 'more');
    expect(users(server, 2)).toEqual([['more']]);
  });

  it('holds a write of memory back when the policy says so', async () => {
    const call = { id: 'm1', name: 'memory_rethink', args: JSON.stringify({ label: 'human', new_memory: 'evil' }) };
    const server = make({ calls: [call] }, { text: 'ok' });
    server.blocks.human = 'good';
    const seen: unknown[] = [];
    const decideMemory = (c: unknown) => {
      seen.push(c);
      return { decision: 'hold' as const, reason: 'came from the web' };
    };
    const { cards } = await turn(workspace.deps(server.connection, { decideMemory }), 'go');
    expect(seen[0]).toMatchObject({ label: 'human', before: 'good', after: 'evil', tool: 'memory_rethink' });
    // No refusal: a model tries again after one.
    expect(approvals(server, 1)?.[0]).toMatchObject({
      type: 'tool',
      status: 'success',
      tool_return: expect.stringMatching(/^Held for review: came from the web/),
    });
    expect(cards.m1).toMatchObject({ state: 'denied', memory: { before: 'good', after: 'evil', review: 'held' } });
    expect(server.blocks.human).toBe('good');
  });

  it('takes a broken connection up again, and says so', async () => {
    const server = make({ text: 'A somewhat longer answer than one piece.', breakAfter: 3 });
    const { outcome, text, events } = await turn(workspace.deps(server.connection), 'hi');
    expect(outcome).toEqual({ kind: 'done' });
    expect(text).toBe('A somewhat longer answer than one piece.');
    expect(events.some((e) => e.type === 'notice')).toBe(true);
    expect(server.sends).toHaveLength(1);
  });
});

describe('what fails', () => {
  it.each([
    ['llm_authentication', /refused the key/],
    ['llm_rate_limit', /limits requests/],
    ['llm_error', /did not answer/],
  ])('a model that fails with %s is told in words, and Retry sends the message again', async (type, words) => {
    const server = make({ text: 'Half', fail: { type, message: 'upstream said no' } }, { text: 'Whole.' });
    const first = await turn(workspace.deps(server.connection), { kind: 'message', text: 'hi', reminders: ['ctx'] });
    expect(first.outcome).toMatchObject({
      kind: 'failed',
      failure: { message: expect.stringMatching(words), retry: true },
    });
    expect(server.messages).toHaveLength(0);
    const again = await turn(workspace.deps(server.connection), { kind: 'retry' });
    expect(again.outcome).toEqual({ kind: 'done' });
    expect(users(server, 1)).toEqual(users(server, 0));
    // A known name would only bring the failed run back.
    expect(server.sends[1]?.messages[0]?.otid).not.toBe(server.sends[0]?.messages[0]?.otid);
  });

  it('a step that fails after its tools is repeated with the same results, and no tool runs twice', async () => {
    const server = make({ calls: [write('w1')] }, { fail: { type: 'llm_error', message: 'down' } }, { text: 'done' });
    const first = await turn(workspace.deps(server.connection), 'go');
    expect(first.outcome.kind).toBe('failed');
    const again = await turn(workspace.deps(server.connection), { kind: 'retry' });
    expect(again.outcome).toEqual({ kind: 'done' });
    expect(approvals(server, 2)).toEqual(approvals(server, 1));
    expect(workspace.ran.Write).toBe(1);
  });

  it('a server that is away leaves the text in the journal', async () => {
    const server = make();
    const connection = server.connection;
    Object.assign(connection.client, { fetch: () => Promise.reject(new TypeError('fetch failed')), maxRetries: 0 });
    const { outcome } = await turn(workspace.deps(connection), 'precious');
    expect(outcome).toMatchObject({ kind: 'failed', failure: { retry: true } });
    const view = await workspace.deps(connection).journal.read('conv-1');
    expect(view.outgoing).toMatchObject({ text: 'precious', answered: false });
  });

  it('a server that never accepts results is not asked for ever', async () => {
    const server = make({ calls: [read('r1')] });
    const deps = workspace.deps(server.connection);
    // Whatever is sent, it waits for other calls by then.
    Object.defineProperty(server, 'waiting', { get: () => [`other-${server.sends.length}`] });
    const { outcome } = await turn(deps, 'go');
    expect(outcome.kind).toBe('failed');
    expect(server.sends.length).toBeLessThan(8);
  });
});

describe('orphaned calls', () => {
  it('are settled in the same request that brings the next message', async () => {
    const server = make({ text: 'Here I am.' });
    server.leavePending([write('w1'), { id: 'm1', name: 'memory_insert', args: '{"label":"human","new_string":"x"}' }]);
    const { outcome, cards } = await turn(workspace.deps(server.connection), 'hello?');
    expect(outcome).toEqual({ kind: 'done' });
    expect(server.sends).toHaveLength(2);
    expect(approvals(server, 1)).toEqual([
      {
        type: 'tool',
        tool_call_id: 'w1',
        status: 'error',
        tool_return: expect.stringContaining('Interrupted before it ran'),
      },
      { type: 'approval', tool_call_id: 'm1', approve: true },
    ]);
    expect(users(server, 1)).toEqual([['hello?']]);
    expect(cards.w1?.state).toBe('interrupted');
    expect(workspace.ran.Write).toBe(0);
    expect(workspace.asked).toEqual([]);
  });

  it('run on Continue when they never began', async () => {
    const server = make({ text: 'Done now.' });
    server.leavePending([write('w1')]);
    const { outcome } = await turn(workspace.deps(server.connection), { kind: 'continue' });
    expect(outcome).toEqual({ kind: 'done' });
    expect(workspace.asked).toHaveLength(1);
    expect(approvals(server, 0)).toMatchObject([{ tool_call_id: 'w1', status: 'success' }]);
    expect(users(server, 0)).toEqual([]);
    expect(await workspace.file('a.txt')).toBe('new');
  });
});

/** The host dies at a point of the turn: its promise is never heard of again. */
async function killedAt(server: ArchivedLetta, point: 'before' | 'after'): Promise<void> {
  const reached = Promise.withResolvers<void>();
  const never = () => {
    reached.resolve();
    return new Promise<void>(() => {});
  };
  if (point === 'before') workspace.hooks.beforeWrite = never;
  else workspace.hooks.afterWrite = never;
  void turn(workspace.deps(server.connection), 'go');
  await reached.promise;
  delete workspace.hooks.beforeWrite;
  delete workspace.hooks.afterWrite;
}

describe('a host that was killed', () => {
  it.each([
    ['before', 'error', 'not applied', null],
    ['after', 'success', 'Applied', 'new'],
  ] as const)(
    '%s the file was changed: Continue tells the truth and runs nothing twice',
    async (point, status, words, content) => {
      const server = make({ calls: [write('w1')] }, { text: 'I see.' });
      await killedAt(server, point);
      const { outcome } = await turn(workspace.deps(server.connection), { kind: 'continue' });
      expect(outcome).toEqual({ kind: 'done' });
      expect(approvals(server, 1)).toMatchObject([
        { tool_call_id: 'w1', status, tool_return: expect.stringContaining(words) },
      ]);
      expect(workspace.ran.Write).toBe(1);
      expect(await workspace.file('a.txt')).toBe(content);
    },
  );

  it('with a file that somebody changed since: the agent is told to look', async () => {
    const server = make({ calls: [write('w1')] }, { text: 'I see.' });
    await killedAt(server, 'after');
    await writeFile(join(workspace.folder, 'a.txt'), 'by hand');
    await turn(workspace.deps(server.connection), 'well?');
    expect(approvals(server, 1)).toMatchObject([{ status: 'error', tool_return: expect.stringContaining('unknown') }]);
    expect(await workspace.file('a.txt')).toBe('by hand');
  });

  it('between result and send: the result is sent as it was', async () => {
    const server = make({ calls: [write('w1'), read('r1')] }, { text: 'fine' });
    const reached = Promise.withResolvers<void>();
    workspace.hooks.duringRead = () => {
      reached.resolve();
      return new Promise<void>(() => {});
    };
    void turn(workspace.deps(server.connection), 'go');
    await reached.promise;
    delete workspace.hooks.duringRead;
    const { outcome } = await turn(workspace.deps(server.connection), { kind: 'continue' });
    expect(outcome).toEqual({ kind: 'done' });
    expect(approvals(server, 1)).toMatchObject([
      { tool_call_id: 'w1', status: 'success', tool_return: 'Wrote a.txt' },
      { tool_call_id: 'r1', status: 'success', tool_return: 'new' },
    ]);
    expect(workspace.ran).toEqual({ Write: 1, Read: 2 });
  });

  it('before the message was posted: Continue posts it', async () => {
    const server = make({ text: 'Hello.' });
    const journal = await workspace.deps(server.connection).journal.open('conv-1');
    await journal.append({ kind: 'message', at: new Date().toISOString(), otid: 'o1', text: 'hi', parts: ['hi'] });
    const { outcome, text } = await turn(workspace.deps(server.connection), { kind: 'continue' });
    expect(outcome).toEqual({ kind: 'done' });
    expect(text).toBe('Hello.');
    expect(server.sends[0]?.messages[0]).toMatchObject({ content: [{ text: 'hi' }] });
  });

  it('after the answer was done: Continue only nudges', async () => {
    const server = make({ text: 'Hello.' }, { text: 'All done.' });
    await turn(workspace.deps(server.connection), 'hi');
    await turn(workspace.deps(server.connection), { kind: 'continue' });
    expect(users(server, 1)?.[0]?.[0]).toMatch(/^<system-reminder>[\s\S]*exactly where it stopped/);
    expect(users(server, 1)?.[0]).toHaveLength(1);
  });
});

describe('Stop', () => {
  it('cancels on the server and ends as stopped', async () => {
    const hold = Promise.withResolvers<void>();
    const server = make({ reasoning: 'thinking', hold: hold.promise, text: 'never said' }, { text: 'next' });
    const abort = new AbortController();
    const { outcome, text } = await turn(workspace.deps(server.connection), 'hi', {
      signal: abort.signal,
      watch: (event) => event.type === 'reasoning' && abort.abort(),
    });
    expect(outcome).toEqual({ kind: 'stopped' });
    expect(text).toBe('');
    expect(server.runs[0]?.status).toBe('cancelled');
    expect((await turn(workspace.deps(server.connection), 'go on')).outcome).toEqual({ kind: 'done' });
  });

  it('while it asks: the call does not run, and the next message brings its answer', async () => {
    const server = make({ calls: [write('w1')] }, { text: 'ok' });
    const abort = new AbortController();
    const deps = workspace.deps(server.connection, {
      ask: async () => {
        abort.abort();
        return { allow: false };
      },
    });
    const { outcome, cards } = await turn(deps, 'go', { signal: abort.signal });
    expect(outcome).toEqual({ kind: 'stopped' });
    expect(cards.w1?.state).toBe('interrupted');
    expect(server.waiting).toEqual(['w1']);
    const next = await turn(workspace.deps(server.connection), 'something else');
    expect(next.outcome).toEqual({ kind: 'done' });
    expect(server.sends).toHaveLength(2);
    expect(approvals(server, 1)).toMatchObject([
      { type: 'tool', status: 'error', tool_return: expect.stringContaining('Stopped') },
    ]);
    expect(users(server, 1)).toEqual([['something else']]);
    expect(server.waiting).toEqual([]);
  });

  it('while a tool runs: a change that was made is told as made', async () => {
    const server = make({ calls: [write('w1')] }, { text: 'ok' });
    const abort = new AbortController();
    workspace.hooks.afterWrite = async () => abort.abort();
    const { outcome, cards } = await turn(workspace.deps(server.connection), 'go', { signal: abort.signal });
    expect(outcome).toEqual({ kind: 'stopped' });
    expect(cards.w1?.state).toBe('done');
    await turn(workspace.deps(server.connection), 'and?');
    expect(approvals(server, 1)).toMatchObject([{ status: 'success', tool_return: 'Wrote a.txt' }]);
  });

  it('is not what a closing host does: nothing is cancelled', async () => {
    const hold = Promise.withResolvers<void>();
    const server = make({ reasoning: 'thinking', hold: hold.promise, text: 'said later' });
    const abort = new AbortController();
    const { outcome } = await turn(workspace.deps(server.connection), 'hi', {
      signal: abort.signal,
      watch: (event) => event.type === 'reasoning' && abort.abort(SHUTDOWN),
    });
    expect(outcome).toEqual({ kind: 'interrupted' });
    expect(server.asked.some((line) => line.endsWith('/cancel'))).toBe(false);
    hold.resolve();
  });
});

describe('memory', () => {
  it('tells a thread what changed since its prompt, once', async () => {
    const server = make({ text: 'a' }, { text: 'b' }, { text: 'c' });
    server.blocks.project = 'uses npm\nhas tests';
    const deps = workspace.deps(server.connection);
    await deps.context.created('agent-1', async () => 'conv-1');
    await turn(deps, 'one');
    server.blocks.project = 'uses pnpm\nhas tests';
    await turn(workspace.deps(server.connection), 'two');
    await turn(workspace.deps(server.connection), 'three');
    expect(users(server, 0)).toEqual([['one']]);
    const [notice, text] = users(server, 1)?.[0] ?? [];
    expect(text).toBe('two');
    expect(notice).toMatch(/^<system-reminder>/);
    expect(notice).toContain('[project]\n- uses npm\n+ uses pnpm');
    expect(notice).not.toContain('has tests');
    expect(users(server, 2)).toEqual([['three']]);
    expect(server.asked.filter((line) => line.endsWith('/recompile'))).toEqual([]);
  });

  it('is told again when the message that told it failed', async () => {
    const server = make({ fail: { type: 'llm_error', message: 'down' } }, { text: 'b' });
    const deps = workspace.deps(server.connection);
    await deps.context.created('agent-1', async () => 'conv-1');
    server.blocks.project = 'new fact';
    await turn(deps, 'one');
    await turn(workspace.deps(server.connection), { kind: 'retry' });
    expect(users(server, 1)?.[0]?.[0]).toContain('+ new fact');
    expect(users(server, 1)?.[0]?.[1]).toBe('one');
  });

  it('that changed much, or of a thread not known here, is compiled into the prompt instead', async () => {
    const server = make({ text: 'a' }, { text: 'b' });
    await turn(workspace.deps(server.connection), 'one');
    const compiled = () => server.asked.filter((line) => line.endsWith('/recompile')).length;
    expect(compiled()).toBe(1);
    server.blocks.project = 'x\n'.repeat(2_000);
    await turn(workspace.deps(server.connection), 'two');
    expect(compiled()).toBe(2);
    expect(users(server, 1)).toEqual([['two']]);
  });

  it('of a thread that was idle is compiled into the prompt', async () => {
    const server = make({ text: 'a' }, { text: 'b' });
    const deps = workspace.deps(server.connection);
    await deps.context.created('agent-1', async () => 'conv-1');
    await turn(deps, 'one');
    server.blocks.project = 'new';
    const { MemoryContext } = await import('../../../src/agent/context.ts');
    const later = new MemoryContext(
      server.connection,
      join(workspace.folder, '.context'),
      () => Date.now() + 6 * 60_000,
    );
    await turn(workspace.deps(server.connection, { context: later }), 'two');
    expect(server.asked.filter((line) => line.endsWith('/recompile'))).toHaveLength(1);
    expect(users(server, 1)).toEqual([['two']]);
  });
});
