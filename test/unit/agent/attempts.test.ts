// Which call came to the same how often, and what of it the model and the person are told.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ASK_AT, Attempts, attemptPrint, HINT_AT } from '../../../src/agent/attempts.ts';
import type { AskRequest } from '../../../src/agent/calls.ts';
import { COMPACTED } from '../../../src/agent/events.ts';
import type { ThreadNotes } from '../../../src/agent/thread-notes.ts';
import { ToolError } from '../../../src/tools/tool.ts';
import { text, toolCalls } from '../../support/scripted-model.ts';
import { AskingWorld } from './asking-world.ts';
import { turn } from './turn-harness.ts';

describe('attempts', () => {
  const calls = fc.constantFrom('a', 'b', 'c');
  const results = fc.constantFrom('one', 'two');
  const events = fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant('call' as const), print: calls, text: results, ok: fc.boolean() }),
      fc.record({ kind: fc.constant('spoken' as const) }),
      fc.record({ kind: fc.constant('reload' as const) }),
      fc.record({ kind: fc.constant('goOn' as const), print: calls }),
    ),
    { maxLength: 60 },
  );

  it('count how often in a row each call came to the same, whatever was called between', () => {
    fc.assert(
      fc.property(events, (all) => {
        let attempts = new Attempts();
        const model = new Map<string, { text: string; times: number }>();
        for (const event of all) {
          if (event.kind === 'reload') attempts = new Attempts(structuredClone(attempts.list));
          else if (event.kind === 'spoken') {
            attempts.spoken();
            for (const known of model.values()) known.times = 0;
          } else if (event.kind === 'goOn') {
            attempts.goOn(event.print);
            const known = model.get(event.print);
            if (known) known.times = 0;
          } else {
            const { print, ok } = event;
            const known = model.get(print);
            const times = known?.text === event.text ? known.times + 1 : 1;
            model.set(print, { text: event.text, times });
            expect(attempts.note({ print, what: print, ok, text: event.text })).toBe(times);
          }
          for (const [print, { times }] of model) expect(attempts.times(print)).toBe(times);
        }
      }),
    );
  });

  it('tell a bounded number of failures in one line each, and none that was mended', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(300), fc.string(), fc.boolean()), { maxLength: 300 }), (all) => {
        const attempts = new Attempts();
        const last = new Map<string, boolean>();
        for (const [n, said, ok] of all) {
          attempts.note({ print: `p${n}`, what: `call-${n}-`, ok, text: said });
          last.set(`call-${n}-`, ok);
        }
        const told = attempts.describe();
        const lines = told?.split('\n') ?? [];
        expect(lines.length).toBeLessThanOrEqual(13);
        for (const line of lines.slice(1)) expect(last.get(/call-\d+-/.exec(line)?.[0] ?? '')).toBe(false);
        expect(attempts.list.length).toBeLessThanOrEqual(100);
        expect((told ?? '').length).toBeLessThan(6_000);
      }),
    );
  });

  it('take no notice of how long something took', () => {
    const attempts = new Attempts();
    attempts.note({ print: 'p', what: 'Bash', ok: false, text: '1 failed (took 812 ms)' });
    expect(attempts.note({ print: 'p', what: 'Bash', ok: false, text: '1 failed (took 1.2 s)' })).toBe(2);
    expect(attempts.note({ print: 'p', what: 'Bash', ok: false, text: '2 failed (took 1.2 s)' })).toBe(1);
  });

  it('know an input however it was spelled', () => {
    expect(attemptPrint('Read', { path: 'a' })).toBe(attemptPrint('Read', { path: 'a' }));
    expect(attemptPrint('Read', { path: 'a' })).not.toBe(attemptPrint('Edit', { path: 'a' }));
  });
});

describe('a model that goes round in circles', () => {
  let world: AskingWorld;
  beforeEach(async () => {
    world = await AskingWorld.make();
  });
  afterEach(() => world.close());

  const go = (message: string, ask?: (request: AskRequest) => boolean) => {
    const { workspace, connection, agentId, threadId } = world;
    const answer = async (request: AskRequest) => ({ allow: ask?.(request) ?? true });
    const deps = workspace.deps(connection, { notes: world.notes(), ...(ask ? { ask: answer } : {}) });
    return turn(deps, message, { agentId, threadId });
  };
  const read = () => toolCalls([{ name: 'Read', args: { path: 'missing.txt' } }]);

  it(`gets a hint at the ${HINT_AT}rd same result, and the person is asked before the ${ASK_AT}th`, async () => {
    world.model.script(read(), read(), read(), read(), read(), text('I give up.'));
    const asked: string[] = [];
    const { outcome } = await go('Read it.', (request) => {
      asked.push(request.decision.reason);
      return false;
    });
    expect(outcome).toEqual({ kind: 'done' });
    const results = world.results(5);
    expect(results).toHaveLength(5);
    for (const result of results.slice(0, 2)) expect(result).not.toContain('in a row');
    expect(results[2]).toContain('now come to this result 3 times in a row');
    expect(results[3]).toContain('4 times in a row');
    expect(asked).toEqual(['The agent has made this very call 4 times with the same result. Shall it go on?']);
    expect(world.workspace.ran.Read).toBe(4);
    expect(results[4]).toContain('declined');
  });

  it('gets the hint for calls that do not fit the tool as well, and the person is asked', async () => {
    const call = { name: 'Read', args: { path: 7 } };
    const again = () => toolCalls([call]);
    world.model.script(again(), again(), again(), again(), again(), text('I give up.'));
    const asked: string[] = [];
    await go('Do it.', (request) => {
      asked.push(request.decision.reason);
      return false;
    });
    const results = world.results(5);
    expect(results[1]).not.toContain('in a row');
    expect(results[2]).toContain('now come to this result 3 times in a row');
    expect(asked).toEqual(['The agent has made this very call 4 times with the same result. Shall it go on?']);
    expect(results[4]).toContain('declined');
  });

  it('gets the hint for calls that are asked about anyway, and the person is told how often it was', async () => {
    const write = () => toolCalls([{ name: 'Write', args: { path: 'forbidden', content: 'x' } }]);
    const fail = async () => {
      throw new ToolError('The disk is full.');
    };
    world.workspace.hooks.beforeWrite = fail;
    const again = () => toolCalls([{ name: 'Write', args: { path: 'a.txt', content: 'x' } }]);
    world.model.script(write(), again(), again(), again(), again(), again(), text('I give up.'));
    const asked: string[] = [];
    await go('Write it.', (request) => asked.push(request.decision.reason) > 0);
    expect(asked).toHaveLength(5);
    expect(asked.slice(0, 4).every((reason) => reason === 'Edits are asked.')).toBe(true);
    expect(asked[4]).toBe(
      'The agent has made this very call 4 times with the same result. Shall it go on? Edits are asked.',
    );
    expect(world.results(6)[3]).toContain('3 times in a row');
  });

  it('goes on where the person says so, and starts anew when they speak', async () => {
    world.model.script(read(), read(), read(), read(), read(), read(), text('Still nothing.'), read(), text('No.'));
    let asked = 0;
    await go('Read it.', () => ++asked > 0);
    expect(asked).toBe(1);
    expect(world.workspace.ran.Read).toBe(6);
    await go('Once more.', () => ++asked > 0);
    expect(asked).toBe(1);
    expect(world.results(8).at(-1)).not.toContain('in a row');
  });

  const plan = [
    { content: 'Find the bug', status: 'completed' as const },
    { content: 'Mend it', status: 'in_progress' as const },
  ];
  const run = (message: string, notes: ThreadNotes) => {
    const { workspace, connection, agentId, threadId } = world;
    return turn(workspace.deps(connection, { notes }), message, { agentId, threadId });
  };

  it('is told of its plan and of what failed with the message after the server has summarised, once', async () => {
    const notes = world.notes();
    await (await notes.open(world.threadId)).setTodos(plan);
    // A prompt that no model can hold: the server has what stands before it summarised.
    const full = text('It is not there.', { usage: { prompt: 1_000_000 } });
    world.model.script(text('Hello.'), read(), full, text('They talked.'), text('On with it.'), text('Yes.'));
    await run('Hello?', notes);
    const { events } = await run('Read it.', notes);
    expect(events).toContainEqual({ type: 'notice', text: COMPACTED });
    await run('And now?', notes);
    const told = world.userTexts(4).at(-1) ?? '';
    expect(told).toContain('Older messages were summarised.');
    expect(told).toContain('[x] Find the bug\n[>] Mend it');
    expect(told).toMatch(/Tried in this conversation, and failed:\n- Read missing\.txt: .*does not exist/);
    expect(told).toMatch(/And now\?$/);
    await run('Good.', notes);
    expect(world.userTexts(5).at(-1)).toBe('Good.');
  });

  it('is told in the middle of an answer, beside the result that it waits for', async () => {
    const notes = world.notes();
    const note = await notes.open(world.threadId);
    await note.setTodos(plan);
    world.workspace.hooks.duringRead = async () => note.compacted();
    world.model.script(read(), text('On with it.'));
    const { outcome } = await run('Read it.', notes);
    expect(outcome).toEqual({ kind: 'done' });
    expect(
      world
        .asked(1)
        .slice(-2)
        .map(({ role }) => role),
    ).toEqual(['tool', 'user']);
    expect(world.userTexts(1).at(-1)).toContain('[>] Mend it');
  });

  it('is told after a restart, with the next message, what it was not told before', async () => {
    const before = world.notes();
    const note = await before.open(world.threadId);
    await note.setTodos([{ content: 'Mend it', status: 'pending' }]);
    note.compacted();
    await before.flush();
    world.model.script(text('On with it.'), text('Yes.'));
    await go('And now?');
    expect(world.userTexts(0).at(-1)).toMatch(/\[ \] Mend it[\s\S]*And now\?$/);
    await go('Good.');
    expect(world.userTexts(1).at(-1)).toBe('Good.');
  });
});
