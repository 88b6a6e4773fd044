// What the Memory panel does to whole blocks and to the archive, against the embedded server.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Connection, connect } from '../../../src/letta/connection.ts';
import { snippet } from '../../../src/letta/found-messages.ts';
import { Archive } from '../../../src/memory/archive.ts';
import { listBlocks } from '../../../src/memory/blocks.ts';
import { ContextWatch } from '../../../src/memory/context-view.ts';
import { BlockManager } from '../../../src/memory/manage-blocks.ts';
import { inBlocks, searchEverywhere } from '../../../src/memory/search.ts';
import { createServer, type LettaServer } from '../../../src/server/app.ts';
import { createModelRegistry } from '../../../src/server/models/create-model-registry.ts';
import { Threads } from '../../../src/threads/threads.ts';
import { ThreadTitles } from '../../../src/threads/titles.ts';
import { type ScriptedModel, startScriptedModel, text } from '../../support/scripted-model.ts';

let folder: string;
let model: ScriptedModel;
let server: LettaServer;
let connection: Connection;
let agentId: string;
let otherId: string;

const agent = async (name: string, labels: string[]): Promise<string> => {
  const made = await connection.client.agents.create({
    name,
    model: 'scripted/scripted',
    memory_blocks: labels.map((label) => ({ label, value: `The ${label} of ${name}.`, limit: 500 })),
  });
  return made.id;
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'manage-'));
  model = await startScriptedModel();
  const endpoints = [{ name: 'scripted', baseUrl: model.baseUrl }];
  server = await createServer({ dataDir: folder, version: '0', models: createModelRegistry({ endpoints, env: {} }) });
  connection = connect({
    kind: 'embedded',
    fetch: (input, init) => server.fetch(new Request(input, init)),
  });
  agentId = await agent('Ann', ['project', 'lessons']);
  otherId = await agent('Ben', ['human']);
});
afterEach(async () => {
  await server.close();
  await model.close();
  await rm(folder, { recursive: true, force: true });
});

const labels = async (id = agentId) => (await listBlocks(connection, id)).map((block) => block.label);

describe('blocks', () => {
  it('makes one, and refuses a label that is taken or a value that is too long, naming both figures', async () => {
    const blocks = new BlockManager(connection, agentId);
    const made = await blocks.create({ label: 'team', description: 'Who is who', value: 'Ann leads.', limit: 100 });
    expect(made).toMatchObject({ label: 'team', description: 'Who is who', value: 'Ann leads.', limit: 100 });
    expect(await labels()).toContain('team');
    await expect(blocks.create({ label: 'team', description: '', value: '', limit: 9 })).rejects.toThrow(
      /team already/,
    );
    await expect(blocks.create({ label: 'long', description: '', value: 'abcd', limit: 3 })).rejects.toThrow(/4.*3/);
    expect(await labels()).not.toContain('long');
  });

  it('renames and changes limits, never below what stands there', async () => {
    const blocks = new BlockManager(connection, agentId);
    const [project] = (await listBlocks(connection, agentId)).filter((block) => block.label === 'project');
    if (!project) throw new Error('no project block');
    const changed = await blocks.change(project.id, {
      label: 'app',
      description: 'The app',
      limit: 60,
      readOnly: true,
    });
    expect(changed).toMatchObject({ label: 'app', description: 'The app', limit: 60, readOnly: true });
    expect(changed.value).toBe(project.value);
    await expect(blocks.change(project.id, { limit: 3 })).rejects.toThrow(/more than the limit of 3/);
    await expect(blocks.change(project.id, { label: 'lessons' })).rejects.toThrow(/lessons already/);
  });

  it('deletes one and brings it back with all that it held', async () => {
    const blocks = new BlockManager(connection, agentId);
    const [lessons] = (await listBlocks(connection, agentId)).filter((block) => block.label === 'lessons');
    if (!lessons) throw new Error('no lessons block');
    const removed = await blocks.takeAway(lessons.id);
    expect(removed.shared).toBe(false);
    expect(await labels()).toEqual(['project']);
    const back = await blocks.putBack(removed);
    expect(back).toMatchObject({ label: 'lessons', value: lessons.value, limit: lessons.limit });
    expect(await labels()).toContain('lessons');
  });

  it('shares the block of another agent, and deleting it here leaves it there', async () => {
    const blocks = new BlockManager(connection, agentId);
    const [choice] = await blocks.choices();
    expect(choice).toMatchObject({ block: { label: 'human' }, agents: ['Ben'] });
    if (!choice) throw new Error('nothing to share');
    await blocks.attach(choice.block.id);
    expect(await labels()).toContain('human');
    expect(await blocks.isShared(choice.block.id)).toBe(true);
    const removed = await blocks.takeAway(choice.block.id);
    expect(removed.shared).toBe(true);
    expect(await labels()).not.toContain('human');
    expect(await labels(otherId)).toContain('human');
    await blocks.putBack(removed);
    expect(await labels()).toContain('human');
  });
});

describe('the archive', () => {
  it('pages through everything newest first, each entry once', async () => {
    const archive = new Archive(connection, agentId);
    for (let i = 0; i < 120; i++) await archive.add(`Entry number ${i}`, i % 2 === 0 ? ['even'] : []);
    const seen: string[] = [];
    let after: string | undefined;
    for (;;) {
      const page = await archive.list({ query: '', after });
      seen.push(...page.passages.map((passage) => passage.text));
      if (!page.hasMore) break;
      after = page.passages.at(-1)?.id;
    }
    expect(seen).toEqual(Array.from({ length: 120 }, (_, i) => `Entry number ${119 - i}`));
    const even = await archive.list({ query: '', tag: 'even' });
    expect(even.passages.every((passage) => passage.tags.includes('even'))).toBe(true);
    expect(even.passages.length).toBeGreaterThan(20);
  });

  it('pages as well where a server reads cursors in the order of time', async () => {
    const all = Array.from({ length: 120 }, (_, i) => ({
      id: `passage-${i}`,
      text: `Entry ${i}`,
      created_at: new Date(Date.UTC(2026, 0, 1, 0, i)).toISOString(),
    }));
    const list = async (_agent: string, query: { limit: number; after?: string; before?: string }) =>
      all
        .filter(({ id }) => {
          const at = Number(id.slice('passage-'.length));
          const cut = (cursor: string | undefined) => Number(cursor?.slice('passage-'.length));
          return !(query.after && at <= cut(query.after)) && !(query.before && at >= cut(query.before));
        })
        .reverse()
        .slice(0, query.limit);
    const byTime = { ...connection, client: { agents: { passages: { list } } } } as unknown as Connection;
    const archive = new Archive(byTime, agentId);
    const seen: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await archive.list({ query: '', after });
      seen.push(...page.passages.map((passage) => passage.id));
      after = page.passages.at(-1)?.id;
      if (!page.hasMore) break;
    }
    expect(seen).toEqual(all.map(({ id }) => id).reverse());
  });

  it('says why an entry was found, replaces it, and finds it by its id', async () => {
    const archive = new Archive(connection, agentId);
    const made = await archive.add('Deploys go through the blue pipeline.', ['deploy']);
    await archive.add('The canteen closes at two.', []);
    const { passages } = await archive.list({ query: 'deploy pipeline' });
    expect(passages[0]).toMatchObject({ id: made.id, tags: ['deploy'] });
    expect(passages[0]?.why).toMatch(/pipeline/);
    const changed = await archive.replace(made.id, 'Deploys go through the green pipeline.', ['deploy']);
    expect((await archive.get(changed.id)).text).toBe('Deploys go through the green pipeline.');
    await expect(archive.get(made.id)).rejects.toThrow(/no longer/);
    await archive.remove(changed.id);
    await archive.remove(changed.id);
    expect((await archive.list({ query: '' })).passages.map((passage) => passage.text)).toEqual([
      'The canteen closes at two.',
    ]);
  });
});

describe('what the model would see', () => {
  it('is told part by part, and what changed since it was looked at', async () => {
    const conversation = await connection.client.conversations.create({ agent_id: agentId });
    const watch = new ContextWatch();
    const along = [{ name: 'Editor tools', text: 'Read: reads', tokens: 7 }];
    const query = { connection, agentId, threadId: conversation.id, along };
    const first = await watch.read(query);
    const memory = first.parts.find((part) => part.name === 'Memory');
    expect(memory?.text).toContain('The project of Ann.');
    expect(first.parts.some((part) => part.changed)).toBe(false);
    expect(first.parts.at(-1)).toMatchObject({ name: 'Editor tools', tokens: 7 });
    expect(first.total).toBe(first.parts.reduce((sum, part) => sum + part.tokens, 0));
    model.script(text('Hello.'));
    await connection.client.conversations.messages.create(conversation.id, {
      messages: [{ role: 'user', content: 'Good morning' }],
      streaming: false,
    });
    const second = await watch.read(query);
    const changed = second.parts.filter((part) => part.changed).map((part) => part.name);
    expect(changed).toEqual(['Messages']);
    expect(second.parts.find((part) => part.name === 'Messages')?.text).toContain('Good morning');
  });
});

describe('the search over everything', () => {
  it('finds lines of blocks, entries and messages of listed threads, and goes on when one of them fails', async () => {
    const archive = new Archive(connection, agentId);
    await archive.add('The tokenizer is written in Rust.', []);
    const conversation = await connection.client.conversations.create({ agent_id: agentId });
    model.script(text('It is.'));
    await connection.client.conversations.messages.create(conversation.id, {
      messages: [{ role: 'user', content: 'Is the tokenizer fast?' }],
      streaming: false,
    });
    const block = {
      id: 'b',
      label: 'project',
      description: '',
      value: 'Uses npm.\nThe tokenizer caches.',
      limit: 100,
      readOnly: false,
    };
    const logged: string[] = [];
    const deps = {
      connection,
      agentId,
      archive,
      blocks: async () => [block],
      titles: async () => new Map([[conversation.id, 'About speed']]),
      log: (line: string) => logged.push(line),
    };
    const hits = await searchEverywhere(deps, 'tokenizer');
    expect(hits.map(({ kind, title }) => [kind, title])).toEqual([
      ['block', 'project'],
      ['archive', expect.stringMatching(/^\d{4}-/)],
      ['message', 'About speed'],
    ]);
    expect(hits[2]).toMatchObject({ threadId: conversation.id, messageId: expect.stringMatching(/^message-/) });
    const broken = { ...deps, blocks: () => Promise.reject(new Error('gone')) };
    expect((await searchEverywhere(broken, 'tokenizer')).map((hit) => hit.kind)).toEqual(['archive', 'message']);
    expect(logged).toEqual(['The search of blocks failed: gone']);
    expect(await searchEverywhere(deps, '  ')).toEqual([]);
  });

  it('finds what was said in archived threads and in those without a known title, and nothing of hidden ones', async () => {
    const threads = new Threads(connection, agentId);
    const said = async (title: string, words: string, hidden = false) => {
      const id = await threads.create({ title, hidden });
      model.script(text('It is.'));
      const messages = [{ role: 'user' as const, content: words }];
      await connection.client.conversations.messages.create(id, { messages, streaming: false });
      return id;
    };
    const archived = await said('Last year', 'The tokenizer of last year.');
    await connection.client.conversations.update(archived, { archived: true });
    const hidden = await said('Remember', 'The tokenizer of a flow.', true);
    await connection.client.conversations.update(hidden, { archived: true });
    const listed = await said('Long ago', 'The tokenizer of long ago.');
    const titles = new ThreadTitles({ all: async () => (await threads.all()).filter(({ id }) => id !== listed) });
    const deps = {
      connection,
      agentId,
      archive: new Archive(connection, agentId),
      blocks: async () => [],
      titles: () => titles.shown(),
      untitled: 'Thread',
      log: (line: string) => expect.fail(line),
    };
    const hits = await searchEverywhere(deps, 'tokenizer');
    expect(hits.map(({ title, threadId }) => [title, threadId]).toSorted()).toEqual([
      ['Last year', archived],
      ['Thread', listed],
    ]);
    const { untitled: _, ...known } = deps;
    expect((await searchEverywhere(known, 'tokenizer')).map(({ title }) => title)).toEqual(['Last year']);
  });

  it('needs every word in a line, and shows the place', () => {
    const block = { id: 'b', label: 'p', description: '', value: 'one two\none', limit: 9, readOnly: false };
    expect(inBlocks([block], ['one', 'two']).map((hit) => hit.text)).toEqual(['one two']);
    expect(snippet(`${'x '.repeat(200)}needle${' y'.repeat(300)}`, ['needle'])).toMatch(/^… .*needle.* …$/);
  });
});
