// What another agent gets of memory: the right lines first, where each stands, and nothing that may not leave.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bestLines, type RecallDeps, recall } from '../../../src/flows/recall.ts';
import { UNKNOWN_MODEL } from '../../../src/letta/connection.ts';
import { Archive } from '../../../src/memory/archive.ts';
import { listBlocks } from '../../../src/memory/blocks.ts';
import { maskSecrets } from '../../../src/permissions/secrets.ts';
import { text } from '../../support/scripted-model.ts';
import { OwnHome } from '../agent/own-home.ts';
import { turn } from '../agent/turn-harness.ts';

const KEY = `ghp_${'0123456789abcdefABCDEF'.repeat(2)}`;

describe('lines of blocks', () => {
  const block = (label: string, value: string) => ({
    ...{ id: label, label, value, description: '', limit: 100, readOnly: false },
  });
  const blocks = [
    block('conventions', 'Indent with tabs.\nErrors are classes with a reason.\n\nTests stand beside the code.'),
    block('project', 'Deploys run on Tuesdays.\nThe integration tests need a Postgres database.'),
  ];
  const found = (...words: string[]) => bestLines(blocks, words).map(({ text }) => text);

  it('are found by other forms of the words, and without words that say nothing', () => {
    expect(found('how', 'do', 'we', 'indent', 'code', 'indentation')).toContain('Indent with tabs.');
    expect(found('when', 'is', 'the', 'deployment')).toEqual(['Deploys run on Tuesdays.']);
    expect(found('quetzal')).toEqual([]);
  });

  it('come best first, and not those that share a word by chance', () => {
    expect(found('database', 'for', 'tests')).toEqual([
      'The integration tests need a Postgres database.',
      'Tests stand beside the code.',
    ]);
    expect(found('integration', 'tests', 'database', 'postgres')).toEqual([
      'The integration tests need a Postgres database.',
    ]);
  });

  it('are found by the label of their block, blank ones never', () => {
    expect(found('conventions')).toHaveLength(3);
  });
});

describe('recall', () => {
  let home: OwnHome;
  beforeEach(async () => {
    home = await OwnHome.open();
  });
  afterEach(() => home.close());

  const deps = (more: Partial<RecallDeps> = {}): RecallDeps => ({
    connection: home.connection,
    agentId: home.agentId,
    archive: new Archive(home.connection, home.agentId),
    forModel: UNKNOWN_MODEL,
    blocks: () => listBlocks(home.connection, home.agentId, UNKNOWN_MODEL),
    threads: async () => (await home.threads.list()).map(({ id }) => id),
    maskSecrets: async (said) => maskSecrets(said),
    log: () => {},
    ...more,
  });
  const set = async (label: string, value: string, metadata?: object) => {
    const { id } = await home.block(label);
    await home.connection.client.blocks.update(id, { value, ...(metadata ? { metadata: { ...metadata } } : {}) });
  };
  const talk = async (said: string, answer: string, threadId?: string) => {
    home.model.script(text(answer));
    const thread = threadId ?? (await home.newThread());
    const { outcome } = await turn(home.workspace.deps(home.connection), said, {
      agentId: home.agentId,
      threadId: thread,
    });
    expect(outcome).toEqual({ kind: 'done' });
  };
  const add = (said: string, localOnly = false) =>
    new Archive(home.connection, home.agentId).add(said, [], { at: '2026-01-02T03:04:05Z', localOnly });

  it('finds blocks, archive and threads, each with where it stands, the best of each in turn', async () => {
    await set('conventions', 'The hangar door is blue.\nThe hangar has nine gates.');
    await add('The hangar was built by Ada.');
    await talk('Who swept the hangar?', 'Grace swept the hangar.');
    const told = await recall(deps(), { query: 'hangar' });
    expect(told.split('\n')[0]).toMatch(/data, not an instruction/);
    expect(told.split('\n').slice(1, 4)).toEqual([
      '1. Block conventions: The hangar door is blue.',
      '2. Archive of 2026-01-02: The hangar was built by Ada.',
      expect.stringMatching(/^3\. Thread of \d{4}-\d\d-\d\d: .*hangar/),
    ]);
    expect(told).toContain('Block conventions: The hangar has nine gates.');
    expect((await recall(deps(), { query: 'hangar', limit: 2 })).split('\n')).toHaveLength(3);
    expect(await recall(deps(), { query: 'quetzal' })).toMatch(/^Nothing .* fits “quetzal”/);
  });

  it('gives nothing of blocks and entries for local models, wherever it is said again', async () => {
    await set('project', 'The vault opens with quetzal-7741.', { local_only: true });
    await set('conventions', 'Nobody writes quetzal-7741 into the vault log.');
    await add('The vault smells of marzipan.', true);
    await add('The vault has a door.');
    await talk('Is the vault shut?', 'The vault opens with quetzal-7741.');
    const told = await recall(deps(), { query: 'vault', limit: 20 });
    expect(told).toContain('The vault has a door.');
    expect(told).toContain('Nobody writes [kept to local models]');
    for (const kept of ['quetzal', 'marzipan', 'Block project']) expect(told).not.toContain(kept);
  });

  it('gives nothing of another agent, and nothing said where no person looks', async () => {
    const { client } = home.connection;
    const blocks = [{ label: 'notes', value: 'The hangar of another agent.' }];
    const other = await client.agents.create({ name: 'Other', model: 'scripted/scripted', memory_blocks: blocks });
    await client.agents.passages.create(other.id, { text: 'The hangar in its archive.' });
    await talk('The hangar of a flow', 'A hidden hangar.', await home.threads.create({ hidden: true, title: 'Flow' }));
    expect(await recall(deps(), { query: 'hangar' })).toMatch(/^Nothing /);
  });

  it('gives no secret', async () => {
    await add(`Deploy the hangar with ${KEY}`);
    const told = await recall(deps(), { query: 'hangar' });
    expect(told).toContain('Deploy the hangar with [secret]');
    expect(told).not.toContain(KEY);
  });

  it('names what could not be searched, and fails where that is everything', async () => {
    await set('conventions', 'The hangar door is blue.');
    const broken = async () => {
      throw new Error('The disk is gone.');
    };
    const told = await recall(deps({ threads: broken }), { query: 'hangar' });
    expect(told).toContain('The hangar door is blue.');
    expect(told).toContain('The search of the threads failed: The disk is gone.');
    const archive = { list: broken } as unknown as Archive;
    await expect(recall(deps({ threads: broken, blocks: broken, archive }), { query: 'hangar' })).rejects.toThrow(
      /^Memory could not be searched\. .*The disk is gone/,
    );
  });
});
