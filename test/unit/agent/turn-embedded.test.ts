// Turns against the embedded server in process, with a scripted model behind it: what the model is asked, what is stored,
// what a reload shows.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeWith } from '../../../src/agent/describe.ts';
import { SHUTDOWN } from '../../../src/agent/events.ts';
import { Journal } from '../../../src/agent/journal.ts';
import type { Connection } from '../../../src/letta/connection.ts';
import { listBlocks, saveBlock } from '../../../src/memory/blocks.ts';
import { ChangeLog } from '../../../src/memory/change-log.ts';
import { keepInInbox, MemoryConflict, undo } from '../../../src/memory/changes.ts';
import type { AgentItem, Item } from '../../../src/protocol/transcript-views.ts';
import { TranscriptPager } from '../../../src/threads/pager.ts';
import { Threads } from '../../../src/threads/threads.ts';
import {
  type ChatMessage,
  cutAfter,
  gate,
  httpError,
  malformedArgs,
  messageText,
  type ScriptedModel,
  text,
  toolCalls,
} from '../../support/scripted-model.ts';
import { OwnHome } from './own-home.ts';
import { tools, turn, type Workspace } from './turn-harness.ts';

let home: OwnHome;
let workspace: Workspace;
let model: ScriptedModel;
let connection: Connection;
let agentId: string;
let threadId: string;

beforeEach(async () => {
  home = await OwnHome.open();
  ({ workspace, model, connection, agentId } = home);
  threadId = await workspace.deps(connection).context.created(agentId, () => new Threads(connection, agentId).create());
});
afterEach(() => home.close());

const at = (more: object = {}) => ({ agentId, threadId, ...more });
const go = (begin: Parameters<typeof turn>[1], more: object = {}) => turn(workspace.deps(connection), begin, at(more));
const asked = (n: number): ChatMessage[] => model.requests[n]?.body.messages ?? [];
const lastUser = (n: number) => messageText(asked(n).findLast((m) => m.role === 'user'));
const system = (n: number) => messageText(asked(n)[0]);
const results = (n: number) =>
  asked(n)
    .filter((m) => m.role === 'tool')
    .map(messageText);

const pager = () =>
  new TranscriptPager({
    connection,
    agentId,
    describe: describeWith(tools(workspace.folder, workspace.ran, {})),
    memory: (id) => new Journal(join(workspace.folder, '.journal')).read(id),
  });
const reload = async () => (await pager().newest(threadId)).items;
const answerOf = (items: Item[]): AgentItem => {
  const last = items.at(-1);
  if (last?.kind !== 'agent') throw new Error('The last item is no answer');
  return last;
};
const shape = (item: AgentItem) =>
  item.parts.map((p) => (p.type === 'tool' ? `${p.name} ${p.state}` : `${p.type}: ${p.text}`));

const write = (content = 'new', path = 'a.txt') => ({ name: 'Write', args: { path, content } });
const read = (path = 'a.txt') => ({ name: 'Read', args: { path } });

/** The host is gone: its server is closed, its turn never heard of again. */
const restart = async () => {
  await home.restart();
  connection = home.connection;
};

describe('a turn on the embedded server', () => {
  it('asks the model with the person’s text last and unescaped, after the reminders', async () => {
    model.script(text('Hello <b>you</b>.', { reasoning: 'hm' }));
    const start = { kind: 'message' as const, text: 'is 1 < 2 & "x"?', reminders: ['Open: a.txt'] };
    const { outcome, text: said } = await go(start);
    expect(outcome).toEqual({ kind: 'done' });
    expect(said).toBe('Hello <b>you</b>.');
    expect(lastUser(0)).toMatch(/^<system-reminder>\nOpen: a\.txt\n<\/system-reminder>\s*is 1 < 2 & "x"\?$/);
    const items = await reload();
    expect(items[0]).toMatchObject({ kind: 'user', text: 'is 1 < 2 & "x"?' });
    expect(shape(answerOf(items))).toEqual(['reasoning: hm', 'text: Hello <b>you</b>.']);
    expect(answerOf(items).state).toBe('done');
  });

  it('shows the same parts under the same ids live and after a reload', async () => {
    await writeFile(join(workspace.folder, 'a.txt'), 'old');
    model.script(toolCalls([read(), write()], { text: 'Looking.', reasoning: 'hm' }), text('Done.'));
    const { events, cards } = await go('go');
    const live = new Set(
      events.flatMap((e) =>
        e.type === 'text' || e.type === 'reasoning'
          ? [`${e.type} ${e.id}`]
          : e.type === 'tool'
            ? [`tool ${e.part.id}`]
            : [],
      ),
    );
    const answer = answerOf(await reload());
    expect(new Set(answer.parts.map((p) => `${p.type} ${p.id}`))).toEqual(live);
    for (const part of answer.parts) if (part.type === 'tool') expect(part).toEqual(cards[part.id]);
  });

  it('runs parallel calls and gives the model every result', async () => {
    await writeFile(join(workspace.folder, 'a.txt'), 'old');
    model.script(toolCalls([read(), write(), read()]), text('Done.'));
    const { outcome } = await go('go');
    expect(outcome).toEqual({ kind: 'done' });
    expect(results(1)).toEqual(['old', 'Wrote a.txt', 'new']);
    expect(model.requests[0]?.body.tools?.map((t) => t.function.name)).toEqual(
      expect.arrayContaining(['Write', 'Read', 'memory_insert', 'conversation_search']),
    );
  });

  it('gives the model what it got wrong as results', async () => {
    model.script(malformedArgs('Write', '{"path": "a'), toolCalls([{ name: 'Nope', args: {} }]), text('Sorry.'));
    const { outcome, text: said } = await go('go');
    expect(outcome).toEqual({ kind: 'done' });
    expect(said).toBe('Sorry.');
    expect(results(1)[0]).toContain('JSON');
    expect(results(2)[1]).toContain('Nope');
  });

  it('keeps a refusal as a refusal', async () => {
    model.script(toolCalls([write()]), text('I see.'));
    const ask = async () => ({ allow: false, reason: 'not there' });
    await turn(workspace.deps(connection, { ask }), 'go', at());
    expect(results(1)[0]).toContain('not there');
    expect(shape(answerOf(await reload()))).toEqual(['Write denied', 'text: I see.']);
  });

  it('offers the skills it is given', async () => {
    model.script(text('ok'));
    const skills = () => [{ name: 'release', description: 'How to release.', location: '/x/SKILL.md' }];
    await turn(workspace.deps(connection, { skills }), 'go', at());
    expect(system(0)).toContain('release');
    expect(system(0)).toContain('How to release.');
  });

  it('titles and lists threads, newest first, without the hidden ones', async () => {
    const threads = new Threads(connection, agentId);
    expect(await threads.nameAfter(threadId, 'Fix the login\nplease')).toBe('Fix the login');
    expect(await threads.nameAfter(threadId, 'other')).toBe('Fix the login');
    const second = await threads.create({ title: 'Second' });
    await threads.create({ title: 'beside', hidden: true });
    model.script(text('hello'));
    await turn(workspace.deps(connection), 'hi', { agentId, threadId });
    expect((await threads.list()).map((t) => t.title)).toEqual(['Fix the login', 'Second']);
    expect((await threads.page({ query: 'sec', limit: 10 })).threads.map((t) => t.id)).toEqual([second]);
    const fork = await threads.fork(threadId);
    expect((await threads.get(fork)).title).toBe('Fix the login (fork)');
    expect(((await pager().newest(fork)).items[0] as { text: string }).text).toBe('hi');
    await threads.remove(second);
    await threads.remove(second);
    expect((await threads.list()).map((t) => t.id)).not.toContain(second);
  });
});

describe('memory on the embedded server', () => {
  it('is written after approval, and shown with old and new text, live and after a reload', async () => {
    const insert = { name: 'memory_insert', args: { label: 'conventions', new_string: 'Use tabs.' } };
    const replace = {
      name: 'memory_replace',
      args: { label: 'conventions', old_string: 'Use tabs.', new_string: 'Use spaces.' },
    };
    const rethink = { name: 'memory_rethink', args: { label: 'conventions', new_memory: 'Spaces, two.' } };
    model.script(toolCalls([insert]), toolCalls([replace]), toolCalls([rethink]), text('Noted.'));
    const { cards } = await go('I use spaces');
    const changes = Object.values(cards).map((c) => [c.state, c.memory]);
    expect(changes).toEqual([
      ['done', { label: 'conventions', before: '', after: 'Use tabs.' }],
      ['done', { label: 'conventions', before: 'Use tabs.', after: 'Use spaces.' }],
      ['done', { label: 'conventions', before: 'Use spaces.', after: 'Spaces, two.' }],
    ]);
    const parts = answerOf(await reload()).parts.filter((p) => p.type === 'tool');
    expect(parts.map((p) => [p.state, p.memory])).toEqual(changes);
    const blocks = await listBlocks(connection, agentId);
    expect(blocks.find((b) => b.label === 'conventions')?.value).toBe('Spaces, two.');
  });

  it('a thread is told what others changed, and not what it changed itself', async () => {
    const insert = { name: 'memory_insert', args: { label: 'project', new_string: 'Own line.' } };
    model.script(toolCalls([insert]), text('ok'), text('two'), text('three'), text('four'));
    await go('one');
    await go('two');
    expect(lastUser(2)).toBe('two');
    const [project] = (await listBlocks(connection, agentId)).filter((b) => b.label === 'project');
    if (!project) throw new Error('no project block');
    const log = new ChangeLog(join(workspace.folder, '.changes'));
    await saveBlock(connection, log, { blockId: project.id, value: `${project.value}\nBy hand.`, base: project.value });
    await go('three');
    expect(lastUser(3)).toContain('[project]\n+ By hand.');
    expect(lastUser(3)).not.toContain('Own line.');
    await go('four');
    expect(lastUser(4)).toBe('four');
    const users = (await reload()).flatMap((i) => (i.kind === 'user' ? [i.text] : []));
    expect(users).toEqual(['one', 'two', 'three', 'four']);
  });

  it('a thread that this computer does not know is compiled anew', async () => {
    const threads = new Threads(connection, agentId);
    const id = await threads.create();
    await keepInInbox(connection, new ChangeLog(join(workspace.folder, '.changes')), agentId, 'Remember the milk.');
    model.script(text('ok'));
    await turn(workspace.deps(connection), 'hi', { agentId, threadId: id });
    expect(system(0)).toContain('Remember the milk.');
    expect(lastUser(0)).toBe('hi');
  });

  it('saves what nobody changed meanwhile, and shows what somebody did', async () => {
    const log = new ChangeLog(join(workspace.folder, '.changes'));
    const block = (await listBlocks(connection, agentId))[0];
    if (!block) throw new Error('no block');
    const save = (value: string, base: string) => saveBlock(connection, log, { blockId: block.id, value, base });
    expect(await save('mine', block.value)).toMatchObject({ outcome: 'saved', block: { value: 'mine' } });
    expect(await save('theirs', block.value)).toMatchObject({ outcome: 'conflict', block: { value: 'mine' } });
    await expect(save('x'.repeat(block.limit + 7), 'mine')).rejects.toMatchObject({
      reason: 'bad_request',
      message: expect.stringContaining('Shorten it by 7'),
    });
    expect((await log.list()).map((c) => [c.label, c.after, c.outcome])).toEqual([[block.label, 'mine', 'applied']]);
  });

  it('keeps notes once, undoes one write, and refuses to guess', async () => {
    const log = new ChangeLog(join(workspace.folder, '.changes'));
    const keep = (note: string) => keepInInbox(connection, log, agentId, note);
    for (const note of ['One.\r\nTwo.', 'One.\nTwo.', 'Three.']) await keep(note);
    const inbox = (await listBlocks(connection, agentId)).find(({ label }) => label === 'inbox');
    expect(inbox?.value).toBe('One.\nTwo.\nThree.');
    expect((await undo(connection, log, agentId, { label: 'inbox', before: '', after: 'One.\nTwo.' })).value).toBe(
      'Three.',
    );
    const again = undo(connection, log, agentId, { label: 'inbox', before: '', after: 'One.\nTwo.' });
    await expect(again).rejects.toBeInstanceOf(MemoryConflict);
    await expect(undo(connection, log, agentId, { label: 'nowhere', before: '', after: 'x' })).rejects.toMatchObject({
      reason: 'gone',
    });
  });
});

describe('what breaks on the embedded server', () => {
  it.each([
    ['401', httpError(401), /refused the key/],
    ['429', httpError(429, undefined, { 'retry-after': '600' }), /limits requests/],
    ['500', httpError(500), /did not answer/],
    ['a broken stream', cutAfter(10), /did not answer/],
  ])(
    '%s from the model: told in words, Retry repeats the step with the message stored once',
    async (_name, reply, words) => {
      model.script(reply, text('Here.'));
      const first = await go('hi');
      expect(first.outcome).toMatchObject({
        kind: 'failed',
        failure: { message: expect.stringMatching(words), retry: true },
      });
      expect(answerOf(await reload())).toMatchObject({ state: 'failed', failure: { retry: true } });
      const again = await go({ kind: 'retry' });
      expect(again.outcome).toEqual({ kind: 'done' });
      const items = await reload();
      expect(items.filter((i) => i.kind === 'user')).toHaveLength(1);
      expect(answerOf(items).state).toBe('done');
      expect(
        asked(1)
          .filter((m) => m.role === 'user')
          .map(messageText)[0],
      ).toBe('hi');
    },
  );

  it('a step that fails after a tool: the tool does not run again', async () => {
    model.script(toolCalls([write()]), httpError(500), text('Done.'));
    expect((await go('go')).outcome.kind).toBe('failed');
    expect((await go({ kind: 'retry' })).outcome).toEqual({ kind: 'done' });
    expect(workspace.ran.Write).toBe(1);
    expect(shape(answerOf(await reload()))).toEqual(['Write done', 'text: Done.']);
    expect(results(2)).toEqual(['Wrote a.txt']);
  });

  it('Stop: the text so far stays, marked as stopped, and the next message goes through', async () => {
    model.script(gate('So far so', ' never said'), text('Yes?'));
    const abort = new AbortController();
    const watch = (event: { type: string }) => event.type === 'text' && abort.abort();
    const { outcome } = await go('hi', { signal: abort.signal, watch });
    expect(outcome).toEqual({ kind: 'stopped' });
    expect(answerOf(await reload()).state).toBe('stopped');
    expect((await go('still there?')).outcome).toEqual({ kind: 'done' });
    const items = await reload();
    expect(items.filter((i) => i.kind === 'user')).toHaveLength(2);
    model.release();
  });

  it('Stop while it asks: the change is not made, and the thread goes on', async () => {
    model.script(toolCalls([write()]), text('All right.'));
    const abort = new AbortController();
    const ask = async () => {
      abort.abort();
      return { allow: false };
    };
    const stopped = await turn(workspace.deps(connection, { ask }), 'go', at({ signal: abort.signal }));
    expect(stopped.outcome).toEqual({ kind: 'stopped' });
    expect(answerOf(await reload())).toMatchObject({ state: 'stopped', parts: [{ state: 'interrupted' }] });
    expect((await go('other')).outcome).toEqual({ kind: 'done' });
    expect(results(1)[0]).toContain('Stopped by the person');
    expect(lastUser(1)).toBe('other');
    expect(workspace.ran.Write).toBe(0);
  });

  it('the host closes in the middle of an answer: the part is there, Continue finishes it', async () => {
    model.script(gate('The first half,', ' never'), text(' and the second.'));
    const abort = new AbortController();
    const begun = Promise.withResolvers<void>();
    const running = go('tell me', {
      signal: abort.signal,
      watch: (e: { type: string }) => e.type === 'text' && begun.resolve(),
    });
    await begun.promise;
    abort.abort(SHUTDOWN);
    await restart();
    expect((await running).outcome).toEqual({ kind: 'interrupted' });
    const broken = answerOf(await reload());
    expect(broken.state).toBe('interrupted');
    expect(shape(broken)).toEqual(['text: The first half,']);
    const { outcome } = await go({ kind: 'continue' });
    expect(outcome).toEqual({ kind: 'done' });
    const items = await reload();
    expect(items).toHaveLength(2);
    expect(shape(answerOf(items))).toEqual(['text: The first half,', 'text:  and the second.']);
    expect(lastUser(1)).toContain('exactly where it stopped');
    expect(
      asked(1)
        .filter((m) => m.role === 'assistant')
        .map(messageText),
    ).toEqual(['The first half,']);
    model.release();
  });

  it.each([
    ['before', 'not applied', null],
    ['after', 'Applied', 'new'],
  ] as const)(
    'the host is killed %s an edit: no result is given twice, nothing runs twice',
    async (point, words, content) => {
      model.script(toolCalls([write()]), text('I see.'));
      const reached = Promise.withResolvers<void>();
      const never = () => {
        reached.resolve();
        return new Promise<void>(() => {});
      };
      workspace.hooks[point === 'before' ? 'beforeWrite' : 'afterWrite'] = never;
      void go('go');
      await reached.promise;
      await restart();
      workspace.hooks.beforeWrite = workspace.hooks.afterWrite = async () => {};
      expect(answerOf(await reload()).state).toBe('interrupted');
      expect((await go({ kind: 'continue' })).outcome).toEqual({ kind: 'done' });
      expect(results(1)).toEqual([expect.stringContaining(words)]);
      expect(workspace.ran.Write).toBe(1);
      expect(await workspace.file('a.txt')).toBe(content);
      expect(answerOf(await reload()).state).toBe('done');
    },
  );

  it('a message after a kill settles the orphaned call in the same request', async () => {
    model.script(toolCalls([write()]), text('Hello.'));
    const reached = Promise.withResolvers<void>();
    workspace.hooks.afterWrite = () => {
      reached.resolve();
      return new Promise<void>(() => {});
    };
    void go('go');
    await reached.promise;
    await restart();
    workspace.hooks.afterWrite = async () => {};
    expect((await go('are you there?')).outcome).toEqual({ kind: 'done' });
    expect(results(1)[0]).toContain('Applied');
    expect(lastUser(1)).toBe('are you there?');
    expect(model.requests).toHaveLength(2);
  });

  it('a second window that follows a run sees all of it', async () => {
    model.script(gate('First. ', 'Second.'));
    const begun = Promise.withResolvers<void>();
    const first = go('hi', { watch: (e: { type: string }) => e.type === 'text' && begun.resolve() });
    await begun.promise;
    const page = await pager().newest(threadId);
    expect(page.runId).toBeDefined();
    expect(answerOf(page.items)).toMatchObject({ state: 'streaming', parts: [] });
    const second = go({ kind: 'attach', runId: page.runId ?? '' });
    model.release();
    expect((await second).text).toBe('First. Second.');
    expect((await first).text).toBe('First. Second.');
  });

  it('a second window that follows a run leaves its tool calls to the first', async () => {
    model.script(gate('Let me write. ', toolCalls([write()])), text('Done.'));
    const begun = Promise.withResolvers<void>();
    const first = go('hi', { watch: (e: { type: string }) => e.type === 'text' && begun.resolve() });
    await begun.promise;
    const { runId } = await pager().newest(threadId);
    const second = go({ kind: 'attach', runId: runId ?? '' });
    model.release();
    expect((await second).outcome).toEqual({ kind: 'interrupted' });
    expect((await first).outcome).toEqual({ kind: 'done' });
    expect(workspace.ran.Write).toBe(1);
    expect(workspace.asked).toHaveLength(1);
  });

  it('two windows that send at once: one waits for the other', async () => {
    model.script(gate('One. ', 'done'), text('Two.'));
    const begun = Promise.withResolvers<void>();
    const first = go('first', { watch: (e: { type: string }) => e.type === 'text' && begun.resolve() });
    await begun.promise;
    const deps = workspace.deps(connection, { timing: { busyMs: 40 } });
    const second = turn(deps, 'second', at());
    model.release();
    expect((await first).outcome).toEqual({ kind: 'done' });
    expect((await second).outcome).toEqual({ kind: 'done' });
    expect((await reload()).flatMap((i) => (i.kind === 'user' ? [i.text] : []))).toEqual(['first', 'second']);
  });
});

describe('paging on the embedded server', () => {
  it('gives every message once, each page beginning with the person', async () => {
    for (let i = 0; i < 130; i++) model.script(text(`answer ${i}`));
    const deps = workspace.deps(connection);
    for (let i = 0; i < 130; i++) await turn(deps, `question ${i}`, at());
    const pages = pager();
    const first = await pages.newest(threadId);
    let items = first.items;
    let more = first.hasMore;
    let count = 1;
    while (more && count++ < 20) {
      const page = await pages.older(threadId, items[0]?.id ?? '');
      expect(page.items[0]?.kind).toBe('user');
      items = [...page.items, ...items];
      more = page.hasMore;
    }
    expect(count).toBeGreaterThan(3);
    expect(items.map((i) => (i.kind === 'agent' ? shape(i)[0] : i.text))).toEqual(
      Array.from({ length: 130 }, (_, i) => [`question ${i}`, `text: answer ${i}`]).flat(),
    );
  });
});
