// The workspace's agent: made as documented, found again, made once by two windows.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setWindow } from '../../../src/agent/agent-settings.ts';
import { findOrCreateAgent } from '../../../src/agent/setup.ts';
import { connect } from '../../../src/letta/connection.ts';
import { listBlocks } from '../../../src/memory/blocks.ts';
import { messageText, text } from '../../support/scripted-model.ts';
import { OwnHome } from './own-home.ts';
import { turn, Workspace } from './turn-harness.ts';

let home: OwnHome;

beforeEach(async () => {
  home = await OwnHome.open();
});
afterEach(() => home.close());

describe('setup on the embedded server', () => {
  it('makes the agent as documented', async () => {
    const raw = await home.connection.client.agents.retrieve(home.agentId, {
      include: ['agent.tools', 'agent.blocks', 'agent.tags'],
    });
    expect(raw.agent_type).toBe('letta_v1_agent');
    expect(raw.tools.map((t) => t.name).sort()).toEqual(
      [
        'memory_insert',
        'memory_replace',
        'memory_rethink',
        'conversation_search',
        'archival_memory_insert',
        'archival_memory_search',
      ].sort(),
    );
    const rules = (raw.tool_rules ?? []).map((r) => [r.type, r.tool_name]);
    expect(rules).toEqual(
      expect.arrayContaining(
        ['memory_insert', 'memory_replace', 'memory_rethink', 'archival_memory_insert'].map((t) => [
          'requires_approval',
          t,
        ]),
      ),
    );
    expect((await listBlocks(home.connection, home.agentId)).map((b) => [b.label, b.limit])).toEqual([
      ['persona', 4_000],
      ['human', 4_000],
      ['project', 8_000],
      ['conventions', 6_000],
      ['lessons', 6_000],
      ['inbox', 8_000],
    ]);
  });

  it('limits what a request may have, and knows it the next time; other notes on the agent stay', async () => {
    const limit = async () => {
      const { agent } = await home.setup();
      return [agent.windowLimit, agent.contextWindow];
    };
    const { metadata: before } = await home.connection.client.agents.retrieve(home.agentId);
    const [none, known] = await limit();
    expect(none).toBe(0);
    await setWindow(home.connection, home.agentId, 9_000);
    expect(await limit()).toEqual([9_000, 9_000]);
    await setWindow(home.connection, home.agentId, 0);
    expect(await limit()).toEqual([0, known]);
    const { metadata } = await home.connection.client.agents.retrieve(home.agentId);
    expect(metadata).toMatchObject(before ?? {});
  });

  it('finds it again, also without the file, and two windows at once make one', async () => {
    expect(await home.setup()).toMatchObject({ created: false, agent: { id: home.agentId } });
    await rm(join(home.workspace.folder, '.letta', 'settings.local.json'));
    expect(await home.setup()).toMatchObject({ created: false, agent: { id: home.agentId } });
    const other = await Workspace.make();
    try {
      // Both would find nothing before either has made one, if they were not kept apart.
      const slow = connect({
        kind: 'embedded',
        fetch: async (input, init) => {
          const request = new Request(input, init);
          const response = await home.server.fetch(request);
          if (request.method === 'GET') await new Promise((resolve) => setTimeout(resolve, 20));
          return response;
        },
      });
      const open = () =>
        findOrCreateAgent({
          connection: slow,
          workspace: { root: other.folder, name: 'other', trusted: false },
          storageFolder: join(other.folder, '.storage'),
          globalFolder: join(other.folder, '.global'),
          model: 'scripted/scripted',
        });
      const both = await Promise.all([open(), open()]);
      expect(new Set(both.map((r) => r.agent.id)).size).toBe(1);
      expect(both.filter((r) => r.created)).toHaveLength(1);
      const mine = await listBlocks(home.connection, home.agentId);
      const theirs = await listBlocks(home.connection, both[0]?.agent.id ?? '');
      const human = (blocks: typeof mine) => blocks.find((b) => b.label === 'human')?.id;
      expect(human(mine)).toBe(human(theirs));
      expect(mine.find((b) => b.label === 'project')?.id).not.toBe(theirs.find((b) => b.label === 'project')?.id);
    } finally {
      await other.remove();
    }
  });

  it('shares the person’s block with their own agents only, on a server that others use too', async () => {
    const fetch = async (input: string | URL | Request, init?: RequestInit) =>
      home.server.fetch(new Request(input, init));
    const team = connect({ kind: 'selfHosted', url: 'http://letta.example', fetch });
    const human = { label: 'human', description: '', limit: 4_000 };
    const mark = { shared: 'letta-vscode:human' };
    await team.client.blocks.create({ ...human, value: 'Ada likes tabs.', metadata: { ...mark, owner: 'Ada' } });
    await team.client.blocks.create({ ...human, value: 'Whose is this?', metadata: mark });
    const blockOf = async (name: string) => {
      const { agent } = await findOrCreateAgent({
        connection: team,
        workspace: { root: join(home.workspace.folder, name), name, trusted: false },
        storageFolder: join(home.workspace.folder, `.storage-${name}`),
        globalFolder: join(home.workspace.folder, '.global'),
        model: 'scripted/scripted',
      });
      return (await listBlocks(team, agent.id)).find(({ label }) => label === 'human');
    };
    const first = await blockOf('first');
    expect(first?.value).toBe('');
    expect((await blockOf('second'))?.id).toBe(first?.id);
  });

  it('stays under 6,000 tokens of fixed prompt', async () => {
    const { agentId, connection, model, workspace } = home;
    model.script(text('ok'));
    await turn(workspace.deps(connection), 'hi', { agentId, threadId: await home.newThread() });
    const [request] = model.requests;
    const fixed = messageText(request?.body.messages[0]).length + JSON.stringify(request?.body.tools).length;
    expect(fixed / 4).toBeLessThan(6_000 - 2_000);
  });
});
