// Pictures that a tool looked at, on their way: to the model, over a restart, past a server that refuses them, into the view.
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describeWith } from '../../../src/agent/describe.ts';
import type { TurnEvent } from '../../../src/agent/events.ts';
import { SHUTDOWN } from '../../../src/agent/events.ts';
import { Journal } from '../../../src/agent/journal.ts';
import { fileKind } from '../../../src/editor/file-kind.ts';
import { attachedText } from '../../../src/letta/reminders.ts';
import { TranscriptPager } from '../../../src/threads/pager.ts';
import { noted } from '../../../src/tools/picture.ts';
import { type ChatMessage, text, toolCalls } from '../../support/scripted-model.ts';
import { Looking } from '../tools/looking.ts';
import { ArchivedLetta } from './archived-letta.ts';
import { OwnHome } from './own-home.ts';
import { turn, Workspace } from './turn-harness.ts';

/** A picture to a reader of headers, with bytes that nothing else has. */
function png(seed: number): Buffer {
  const data = Buffer.alloc(30_000, seed);
  data.write('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1');
  data.writeUInt32BE(40, 16);
  data.writeUInt32BE(30, 20);
  return data;
}
const SHOT = png(7);
const DESCRIBED = 'shot.png: PNG image, 40 × 30 pixels, 30,000 bytes.';
const urlOf = (data: Buffer) => `data:image/png;base64,${data.toString('base64')}`;
const urls = (messages: ChatMessage[] = []) =>
  messages.flatMap(({ content }) =>
    Array.isArray(content)
      ? content.flatMap((part) => ('image_url' in part ? [(part.image_url as { url: string }).url] : []))
      : [],
  );

let look: Looking;
beforeEach(() => {
  look = new Looking();
  writeFileSync(look.editor.path('shot.png'), SHOT);
});
afterEach(() => look.dispose());

const tools = () => ({ tools: look.tools, decide: () => ({ decision: 'allow' as const, reason: '' }) });
const call = (id: string, path = 'shot.png') => ({ name: 'Read', args: { path }, id });

describe('on the home of this computer', () => {
  let home: OwnHome;
  let threadId: string;
  beforeEach(async () => {
    home = await OwnHome.open();
    threadId = await deps().context.created(home.agentId, () => home.threads.create());
  });
  afterEach(() => home.close());

  const deps = () => home.workspace.deps(home.connection, tools());
  const go = (start: Parameters<typeof turn>[1], more: object = {}) =>
    turn(deps(), start, { agentId: home.agentId, threadId, ...more });
  const asked = (n: number) => home.model.requests[n]?.body.messages ?? [];
  const journal = () => {
    const folder = join(home.workspace.folder, '.journal');
    return readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  };

  test('the model gets the picture, the journal and the view its name and size', async () => {
    home.model.script(toolCalls([call('call_a')]), text('A square.'));
    const { outcome, cards, events } = await go('What is on it?');
    expect(outcome).toEqual({ kind: 'done' });
    expect(urls(asked(1))).toEqual([urlOf(SHOT)]);
    const body = { kind: 'picture', name: 'shot.png', what: 'PNG image, 40 × 30 pixels, 30,000 bytes' };
    expect(cards.call_a).toMatchObject({ state: 'done', output: DESCRIBED, body });

    const pager = new TranscriptPager({
      connection: home.connection,
      agentId: home.agentId,
      describe: describeWith(look.tools),
      memory: (id) => new Journal(join(home.workspace.folder, '.journal')).read(id),
    });
    const { items } = await pager.newest(threadId);
    const card = items.flatMap((item) => (item.kind === 'agent' ? item.parts : [])).find(({ type }) => type === 'tool');
    expect(card).toMatchObject({ state: 'done', title: 'Read', target: 'shot.png', output: DESCRIBED, body });
    const bytes = SHOT.toString('base64').slice(1_000, 1_100);
    for (const shown of [JSON.stringify(events), JSON.stringify(items), ...journal()])
      expect(shown).not.toContain(bytes);
  });

  test('it is there in later turns, and after a restart of the server', async () => {
    home.model.script(toolCalls([call('call_a')]), text('A square.'));
    await go('What is on it?');
    await home.restart();
    await go('Sure?');
    expect(urls(asked(2))).toEqual([urlOf(SHOT)]);
  });

  test.each([
    ['goes along when the window that had looked was closed before', SHOT, [urlOf(SHOT)]],
    ['of a file that was changed meanwhile is not sent, and the model is told', png(9), []],
  ])('one that %s', async (_, now, expected) => {
    home.model.script(toolCalls([call('call_a')]), text('A square.'));
    const closing = new AbortController();
    const watch = (event: TurnEvent) => {
      if (event.type === 'tool' && event.part.state === 'done') closing.abort(SHUTDOWN);
    };
    expect((await go('What is on it?', { signal: closing.signal, watch })).outcome).toEqual({ kind: 'interrupted' });
    writeFileSync(look.editor.path('shot.png'), now);
    expect((await go({ kind: 'continue' })).outcome).toEqual({ kind: 'done' });
    expect(urls(asked(1))).toEqual(expected);
    const told = JSON.stringify(asked(1).filter(({ role }) => role === 'tool'));
    expect(told).toContain(DESCRIBED);
    expect(told.includes('changed or deleted meanwhile')).toBe(expected.length === 0);
  });

  test('of many at once as many go along as one send may hold', async () => {
    for (const n of [1, 2, 3]) {
      const large = Buffer.concat([png(n), Buffer.alloc(3_600_000, n)]);
      writeFileSync(look.editor.path(`${n}.png`), large);
    }
    home.model.script(toolCalls([1, 2, 3].map((n) => call(`call_${n}`, `${n}.png`))), text('Many.'));
    expect((await go('Look at all')).outcome).toEqual({ kind: 'done' });
    expect(urls(asked(1)).length).toBe(2);
    const told = asked(1).filter(({ role }) => role === 'tool');
    expect(JSON.stringify(told.at(-1))).toContain('too many at once');
  });
});

describe('that the person attached', () => {
  const message = async () => {
    const path = look.editor.path('shot.png');
    const kind = await fileKind(path);
    if (!kind) throw new Error('no kind');
    const attached = attachedText({ kind: 'copy', label: 'shot.png' }, DESCRIBED, 'person');
    const pictures = [await noted(path, kind)];
    return {
      ...{ kind: 'message' as const, text: 'What is on it?', otid: randomUUID(), reminders: [attached], pictures },
      sources: ['untrustedWorkspace' as const],
    };
  };

  test('goes before the words, is there in later turns, and named in the view after a reload', async () => {
    const home = await OwnHome.open();
    const deps = () => home.workspace.deps(home.connection, tools());
    const threadId = await deps().context.created(home.agentId, () => home.threads.create());
    const go = (start: Parameters<typeof turn>[1]) => turn(deps(), start, { agentId: home.agentId, threadId });
    home.model.script(text('A square.'), text('Yes.'));
    expect((await go(await message())).outcome).toEqual({ kind: 'done' });
    const [first, second] = [0, 1].map((n) => () => home.model.requests[n]?.body.messages ?? []);
    expect(urls(first?.())).toEqual([urlOf(SHOT)]);
    const said = first?.().findLast(({ role }) => role === 'user')?.content;
    expect(Array.isArray(said) && said.at(-1)).toEqual({ type: 'text', text: 'What is on it?' });
    await home.restart();
    await go('Sure?');
    expect(urls(second?.())).toEqual([urlOf(SHOT)]);
    const journal = new Journal(join(home.workspace.folder, '.journal'));
    const pager = new TranscriptPager({
      ...{ connection: home.connection, agentId: home.agentId, describe: describeWith(look.tools) },
      memory: (id) => journal.read(id),
    });
    const { items } = await pager.newest(threadId);
    expect(items[0]).toMatchObject({ text: 'What is on it?', attached: [{ kind: 'copy', label: 'shot.png' }] });
    expect([...((await journal.read(threadId)).seen ?? [])]).toEqual(['untrustedWorkspace']);
    await home.close();
  });

  test('goes once more in words where a server takes none', async () => {
    const workspace = await Workspace.make();
    const refusal = { type: 'llm_bad_request', message: 'images are not supported' };
    const server = new ArchivedLetta([{ fail: refusal }, { text: 'A square.' }]);
    const { outcome } = await turn(workspace.deps(server.connection, tools()), await message());
    expect(outcome).toEqual({ kind: 'done' });
    const sent = server.sends.map(({ messages }) => messages.find(({ role }) => role === 'user'));
    const image = {
      ...{ type: 'image' },
      source: { type: 'base64', media_type: 'image/png', data: SHOT.toString('base64') },
    };
    expect(sent[0]?.content).toEqual([expect.anything(), image, { type: 'text', text: 'What is on it?' }]);
    // One that takes no pictures gets words in its place, under another name.
    expect(JSON.stringify(sent[1]?.content)).toMatch(/could not be sent/);
    expect(sent[1]?.otid).not.toBe(sent[0]?.otid);
    await workspace.remove();
  });
});

describe('on a server that says late what it refuses', () => {
  let workspace: Workspace;
  beforeEach(async () => {
    workspace = await Workspace.make();
  });
  afterEach(() => workspace.remove());

  const read = { id: 'call_a', name: 'Read', args: JSON.stringify({ path: 'shot.png' }) };
  const approvals = (server: ArchivedLetta, send: number) => {
    const message = server.sends[send]?.messages.find(({ type }) => type === 'approval');
    return { otid: message?.otid, returned: message?.approvals?.[0]?.tool_return };
  };

  test('the results go once more, with words in place of the picture', async () => {
    const refusal = { type: 'llm_bad_request', message: 'images are not supported' };
    const server = new ArchivedLetta([{ calls: [read] }, { fail: refusal }, { calls: [{ ...read, id: 'call_b' }] }]);
    const { outcome } = await turn(workspace.deps(server.connection, tools()), 'go');
    expect(outcome).toEqual({ kind: 'done' });
    const [first, second, third] = [1, 2, 3].map((n) => approvals(server, n));
    expect(first?.returned).toEqual([
      { type: 'text', text: DESCRIBED },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: SHOT.toString('base64') } },
    ]);
    expect(second?.returned).toMatch(/^shot\.png: PNG image.*\n\(The picture itself could not be sent/);
    expect(second?.otid).not.toBe(first?.otid);
    // What was refused once is not tried again in this turn.
    expect(third?.returned).toBe(second?.returned);
  });

  test('what fails for another reason, or without pictures, is not sent again', async () => {
    const limit = { type: 'llm_rate_limit', message: 'slow down' };
    const server = new ArchivedLetta([{ calls: [read] }, { fail: limit }]);
    const { outcome } = await turn(workspace.deps(server.connection, tools()), 'go');
    expect(outcome.kind).toBe('failed');
    expect(server.sends.length).toBe(2);
    writeFileSync(look.editor.path('shot.png'), 'words');
    const words = new ArchivedLetta([{ calls: [read] }, { fail: { type: 'llm_bad_request', message: 'no' } }]);
    expect((await turn(workspace.deps(words.connection, tools()), 'go')).outcome.kind).toBe('failed');
    expect(words.sends.length).toBe(2);
  });
});
