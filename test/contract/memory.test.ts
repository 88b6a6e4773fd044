// Blocks and the archive over REST (Letta API: blocks, archival memory).
import { describe, expect, test } from 'vitest';
import { contract } from './support/contract.ts';

contract('memory', (t) => {
  describe('blocks of an agent', () => {
    test('are listed and read by label', async () => {
      const agent = await t.agent();
      const blocks = (await t.client.agents.blocks.list(agent.id)).items;
      expect(blocks.map((block) => block.label).sort()).toEqual(['human', 'persona', 'project']);
      expect(await t.client.agents.blocks.retrieve('project', { agent_id: agent.id })).toMatchObject({
        id: expect.stringMatching(/^block-/),
        label: 'project',
        value: 'Line one.\nLine two.',
        description: 'What is known here.',
        limit: 8000,
      });
      expect((await t.json('GET', `/v1/agents/${agent.id}/core-memory/blocks/none`)).status).toBe(404);
    });

    test('are changed by label, and only in what is named', async () => {
      const agent = await t.agent();
      const changed = await t.client.agents.blocks.update('human', { agent_id: agent.id, value: 'Prefers spaces.' });
      expect(changed).toMatchObject({ label: 'human', value: 'Prefers spaces.', description: 'Whom you work with.' });
      const read = await t.client.agents.blocks.retrieve('human', { agent_id: agent.id });
      expect(read).toMatchObject({ value: 'Prefers spaces.', limit: 4000 });
    });

    test('take any text, without its NUL bytes', async () => {
      const agent = await t.agent();
      const value = 'Zeile 1\r\n\t„zwei“ 🙂 <b>&amp;\\';
      await t.client.agents.blocks.update('human', { agent_id: agent.id, value: `${value}\u0000` });
      expect((await t.client.agents.blocks.retrieve('human', { agent_id: agent.id })).value).toBe(value);
    });

    test('get a stock description where persona and human have none', async () => {
      const agent = await t.agent({
        memory_blocks: [
          { label: 'persona', value: 'p' },
          { label: 'human', value: 'h' },
        ],
      });
      for (const label of ['persona', 'human']) {
        const block = await t.client.agents.blocks.retrieve(label, { agent_id: agent.id });
        expect(block.description?.length).toBeGreaterThan(10);
      }
    });

    test('with a slash in their label are reached too', async () => {
      const agent = await t.agent({ memory_blocks: [{ label: 'skills/testing', value: 'v' }] });
      const blocks = (await t.client.agents.blocks.list(agent.id)).items;
      expect(blocks.map((block) => block.label)).toEqual(['skills/testing']);
      expect((await t.client.agents.retrieve(agent.id, { include: ['agent.blocks'] })).blocks[0]?.value).toBe('v');
    });
  });

  describe('blocks by themselves', () => {
    test('are created, read, changed, found and deleted', async () => {
      const label = `label-${crypto.randomUUID()}`;
      const block = await t.client.blocks.create({ label, value: 'one', description: 'd', metadata: { k: 1 } });
      expect(block).toMatchObject({ label, value: 'one', description: 'd', metadata: { k: 1 } });
      expect((await t.client.blocks.list({ label })).items.map((entry) => entry.id)).toEqual([block.id]);
      await t.client.blocks.update(block.id, { value: 'two' });
      expect(await t.client.blocks.retrieve(block.id)).toMatchObject({ value: 'two', description: 'd' });
      await t.client.blocks.delete(block.id);
      expect((await t.json('GET', `/v1/blocks/${block.id}`)).status).toBe(404);
      expect((await t.client.blocks.list({ label })).items).toEqual([]);
    });

    test('are shared by all agents they are attached to', async () => {
      const block = await t.client.blocks.create({ label: 'shared', value: 'one' });
      const [first, second] = [await t.agent({ block_ids: [block.id] }), await t.agent()];
      await t.client.agents.blocks.attach(block.id, { agent_id: second.id });
      await t.client.agents.blocks.update('shared', { agent_id: first.id, value: 'two' });
      expect((await t.client.agents.blocks.retrieve('shared', { agent_id: second.id })).value).toBe('two');
      const agents = await t.client.blocks.agents.list(block.id);
      expect(agents.items.map((agent) => agent.id).sort()).toEqual([first.id, second.id].sort());
      await t.client.agents.blocks.detach(block.id, { agent_id: second.id });
      expect((await t.json('GET', `/v1/agents/${second.id}/core-memory/blocks/shared`)).status).toBe(404);
      expect((await t.client.blocks.retrieve(block.id)).value).toBe('two');
    });

    test('whose label the agent has already are refused', async () => {
      const agent = await t.agent();
      const other = await t.client.blocks.create({ label: 'human', value: 'other' });
      const { status } = await t.json('PATCH', `/v1/agents/${agent.id}/core-memory/blocks/attach/${other.id}`);
      expect(status).toBe(409);
      expect((await t.client.agents.blocks.list(agent.id)).items.map((block) => block.label).sort()).toEqual([
        'human',
        'persona',
        'project',
      ]);
    });

    test('that no agent has keep value, label and metadata, are found by their label, and reach no prompt', async () => {
      const { agent, conversation } = await t.pair();
      const [name, body] = [
        `deploy-${crypto.randomUUID()}`,
        `Do it in step ${crypto.randomUUID()}.\r\n\tThen „rest“ 🙂\n`,
      ];
      const metadata = {
        letta_vscode_skill_of: agent.id,
        main: 'SKILL.md',
        files: { 'scripts/run.sh': 'make\r\n', 'empty.txt': '' },
        base64: { 'logo.bin': 'AP8KDQ==' },
      };
      const label = `skills/${name}`;
      const block = await t.client.blocks.create({
        label,
        value: body,
        limit: 100_000,
        description: 'A skill.',
        metadata,
      });
      const kept = { id: block.id, label, value: body, metadata };
      expect(await t.client.blocks.retrieve(block.id)).toMatchObject(kept);
      const found = async (query: { label?: string; label_search?: string }) => {
        const ids: string[] = [];
        for await (const each of t.client.blocks.list({ ...query, limit: 100 })) ids.push(each.id);
        return ids;
      };
      expect(await found({ label })).toEqual([block.id]);
      expect(await found({ label_search: 'skills/' })).toContain(block.id);
      expect((await t.client.blocks.agents.list(block.id)).items).toEqual([]);

      const value = `${body}More.\n`;
      await t.client.blocks.update(block.id, { value, metadata: { ...metadata, files: {} } });
      expect(await t.client.blocks.retrieve(block.id)).toMatchObject({ value, metadata: { ...metadata, files: {} } });

      const labels = (await t.client.agents.blocks.list(agent.id)).items.map((each) => each.label);
      expect(labels).not.toContain(label);
      await t.say(conversation, 'What can you do?');
      const compiled = await t.client.conversations.recompile(conversation.id);
      await t.say(conversation, 'And now?');
      const sent = JSON.stringify([compiled, ...t.model.requests.map((request) => request.body)]);
      expect(sent).toContain('What is known here.');
      for (const word of [name, body.slice(0, 30)]) expect(sent).not.toContain(word);
    });

    test('are paged', async () => {
      const label = `label-${crypto.randomUUID()}`;
      const made: string[] = [];
      for (let n = 0; n < 5; n++) made.push((await t.client.blocks.create({ label, value: `${n}` })).id);
      const seen: string[] = [];
      for await (const block of t.client.blocks.list({ label, limit: 2 })) {
        seen.push(block.id);
        if (seen.length > 10) break;
      }
      expect(seen).toEqual(made);
    });
  });

  describe('the archive', () => {
    test('keeps passages and finds them by word and by tag', async () => {
      const agent = await t.agent();
      const write = async (text: string, tags: string[]) => {
        const [passage] = await t.client.agents.passages.create(agent.id, { text, tags });
        expect(passage).toMatchObject({ id: expect.stringMatching(/^passage-/), text });
        return passage?.id ?? '';
      };
      const deploy = await write('The deployment runs on Fridays through the blue cluster.', ['ops']);
      const tests = await write('Integration tests need a running database.', ['tests', 'ops']);

      const listed = await t.client.agents.passages.list(agent.id);
      expect(listed.map((passage) => passage.id)).toEqual([deploy, tests]);

      const found = await t.client.agents.passages.search(agent.id, { query: 'database' });
      expect(found).toMatchObject({ count: found.results.length });
      expect(found.results[0]).toMatchObject({ id: tests, content: 'Integration tests need a running database.' });

      const tagged = async (tags: string[], tag_match_mode: 'any' | 'all') => {
        const { results } = await t.client.agents.passages.search(agent.id, {
          query: 'tests deployment',
          tags,
          tag_match_mode,
        });
        return results.map((result) => result.id).sort();
      };
      if (!t.deviates('§3.5', 'without embeddings the query is matched as one string')) {
        expect(await tagged(['tests'], 'any')).toEqual([tests]);
        expect(await tagged(['tests', 'ops'], 'any')).toEqual([deploy, tests].sort());
        expect(await tagged(['tests', 'ops'], 'all')).toEqual([tests]);
      }

      await t.client.agents.passages.delete(deploy, { agent_id: agent.id });
      expect((await t.client.agents.passages.list(agent.id)).map((passage) => passage.id)).toEqual([tests]);
      expect((await t.json('DELETE', `/v1/agents/${agent.id}/archival-memory/${deploy}`)).status).toBe(404);
    });

    test('is searched with any characters, and answers nothing to an empty query', async () => {
      const agent = await t.agent();
      await t.client.agents.passages.create(agent.id, { text: 'C++ needs "care" (always).' });
      for (const query of ['C++', '"care"', '(always)', 'AND OR NOT', "it's *", 'near:', '🙂', '%']) {
        const { status } = await t.json(
          'GET',
          `/v1/agents/${agent.id}/archival-memory/search?query=${encodeURIComponent(query)}`,
        );
        expect([query, status]).toEqual([query, 200]);
      }
      expect((await t.client.agents.passages.search(agent.id, { query: ' ' })).results).toEqual([]);
    });

    test('belongs to its agent alone', async () => {
      const [mine, other] = [await t.agent(), await t.agent()];
      const [passage] = await t.client.agents.passages.create(mine.id, { text: 'Only mine.' });
      expect(await t.client.agents.passages.list(other.id)).toEqual([]);
      expect((await t.client.agents.passages.search(other.id, { query: 'mine' })).results).toEqual([]);
      if (!t.deviates('§1.8', 'deletes a passage through any agent')) {
        expect((await t.json('DELETE', `/v1/agents/${other.id}/archival-memory/${passage?.id}`)).status).toBe(404);
        expect((await t.client.agents.passages.list(mine.id)).length).toBe(1);
      }
    });

    test('is paged', async () => {
      const agent = await t.agent();
      const made: string[] = [];
      for (let n = 0; n < 5; n++) {
        const [passage] = await t.client.agents.passages.create(agent.id, { text: `Passage ${n}` });
        made.push(passage?.id ?? '');
      }
      const page = async (after?: string) =>
        (await t.client.agents.passages.list(agent.id, { limit: 2, ...(after ? { after } : {}) })).map((p) => p.id);
      expect(await page()).toEqual(made.slice(0, 2));
      expect(await page(made[1])).toEqual(made.slice(2, 4));
      expect(await page(made[3])).toEqual(made.slice(4));
      expect(await page(made[4])).toEqual([]);
    });
  });
});
