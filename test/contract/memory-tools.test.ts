// The memory tools of the server, and when the stored prompt is compiled anew (Letta API: server memory tools, recompilation).
import { describe, expect, test } from 'vitest';
import { messageText, text, toolCalls } from '../support/scripted-model.ts';
import { contract, type Target, userMessage } from './support/contract.ts';
import { returnsOf, textOf } from './support/turn.ts';

contract('memory tools', (t: Target) => {
  /** Lets the model call one tool; answers what came back, to the client and to the model. */
  async function call(pair: { conversation: { id: string } }, name: string, args: object) {
    const id = `call_${crypto.randomUUID().slice(0, 8)}`;
    t.model.script(toolCalls([{ name, args, id }]), text('Done.'));
    const turn = await t.say(pair.conversation, 'Please.');
    expect(turn.stopReason).toBe('end_turn');
    const [returned] = turn.of('tool_return_message');
    const told = t.lastRequest.body.messages.find((m) => m.role === 'tool' && m.tool_call_id === id);
    return { status: returned?.status, result: returned?.tool_return ?? '', told: messageText(told) };
  }

  async function blockValue(agent: { id: string }, label: string): Promise<string> {
    return (await t.client.agents.blocks.retrieve(label, { agent_id: agent.id })).value;
  }

  describe('memory_insert', () => {
    test.each([
      ['at the end', {}, 'Line one.\nLine two.\nNew.'],
      ['at the end, named', { insert_line: -1 }, 'Line one.\nLine two.\nNew.'],
      ['at the beginning', { insert_line: 0 }, 'New.\nLine one.\nLine two.'],
      ['after a line', { insert_line: 1 }, 'Line one.\nNew.\nLine two.'],
    ])('puts text %s', async (_, extra, expected) => {
      const pair = await t.pair();
      const { status, told } = await call(pair, 'memory_insert', { label: 'project', new_string: 'New.', ...extra });
      expect(status).toBe('success');
      expect(await blockValue(pair.agent, 'project')).toBe(expected);
      expect(told).toContain('New.');
    });

    test('refuses a line that is not there', async () => {
      const pair = await t.pair();
      const { status } = await call(pair, 'memory_insert', { label: 'project', new_string: 'x', insert_line: 9 });
      expect(status).toBe('error');
      expect(await blockValue(pair.agent, 'project')).toBe('Line one.\nLine two.');
    });
  });

  describe('memory_replace', () => {
    test('replaces what stands there once', async () => {
      const pair = await t.pair();
      const args = { label: 'human', old_string: 'tabs', new_string: 'two spaces' };
      expect((await call(pair, 'memory_replace', args)).status).toBe('success');
      expect(await blockValue(pair.agent, 'human')).toBe('Prefers two spaces.');
    });

    test('takes text with signs that mean something elsewhere', async () => {
      const pair = await t.pair();
      const args = { label: 'human', old_string: 'Prefers tabs.', new_string: '$& \\1 $1 .* `x` 🙂' };
      expect((await call(pair, 'memory_replace', args)).status).toBe('success');
      expect(await blockValue(pair.agent, 'human')).toBe('$& \\1 $1 .* `x` 🙂');
    });

    test.each([
      ['what is not there', 'spaces', 'No replacement was performed'],
      ['what stands there twice', 'Line', '1'],
    ])('refuses %s', async (_, old_string, expected) => {
      const pair = await t.pair();
      const label = old_string === 'Line' ? 'project' : 'human';
      const before = await blockValue(pair.agent, label);
      const { status, told } = await call(pair, 'memory_replace', { label, old_string, new_string: 'x' });
      expect(status).toBe('error');
      expect(told).toContain(expected);
      if (old_string === 'spaces') expect(told).toContain('did not appear verbatim');
      expect(await blockValue(pair.agent, label)).toBe(before);
    });
  });

  test('memory_rethink writes the whole block', async () => {
    const pair = await t.pair();
    const { status } = await call(pair, 'memory_rethink', { label: 'project', new_memory: 'All new.' });
    expect(status).toBe('success');
    expect(await blockValue(pair.agent, 'project')).toBe('All new.');
  });

  describe('refused is', () => {
    test('an unknown label, with the labels there are', async () => {
      const pair = await t.pair();
      const { status, told } = await call(pair, 'memory_insert', { label: 'nowhere', new_string: 'x' });
      expect(status).toBe('error');
      expect(told).toContain('nowhere');
      for (const label of ['persona', 'human', 'project']) expect(told).toContain(label);
    });

    test('a read-only block, by the tools only', async () => {
      const pair = await t.pair({ memory_blocks: [{ label: 'rules', value: 'Fixed.', read_only: true }] });
      for (const [name, args] of [
        ['memory_insert', { label: 'rules', new_string: 'x' }],
        ['memory_replace', { label: 'rules', old_string: 'Fixed', new_string: 'x' }],
        ['memory_rethink', { label: 'rules', new_memory: 'x' }],
      ] as const) {
        const { status, told } = await call(pair, name, args);
        expect([name, status]).toEqual([name, 'error']);
        expect(told).toContain('This block is read-only and cannot be edited.');
      }
      expect(await blockValue(pair.agent, 'rules')).toBe('Fixed.');
      await t.client.agents.blocks.update('rules', { agent_id: pair.agent.id, value: 'By hand.' });
      expect(await blockValue(pair.agent, 'rules')).toBe('By hand.');
    });

    test('text that carries displayed line numbers', async () => {
      const pair = await t.pair();
      const args = { label: 'project', old_string: '1→ Line one.', new_string: 'x' };
      expect((await call(pair, 'memory_replace', args)).status).toBe('error');
      expect((await call(pair, 'memory_insert', { label: 'project', new_string: '12→ x' })).status).toBe('error');
      expect(await blockValue(pair.agent, 'project')).toBe('Line one.\nLine two.');
    });

    test('a call without its arguments', async () => {
      const pair = await t.pair();
      const { status, told } = await call(pair, 'memory_insert', { label: 'project' });
      expect(status).toBe('error');
      expect(told).toContain('new_string');
    });
  });

  test('two writes in one response both count', async () => {
    const pair = await t.pair();
    t.model.script(
      toolCalls([
        { name: 'memory_insert', args: { label: 'project', new_string: 'A.' }, id: 'call_a' },
        { name: 'memory_insert', args: { label: 'human', new_string: 'B.' }, id: 'call_b' },
      ]),
      text('Both.'),
    );
    const turn = await t.say(pair.conversation, 'Keep both.');
    const returned = turn.of('tool_return_message').flatMap(returnsOf);
    expect(returned.map((entry) => entry.tool_call_id).sort()).toEqual(['call_a', 'call_b']);
    if (!t.deviates('§2.4', 'puts all returns of a step into one message')) {
      expect(turn.of('tool_return_message').length).toBe(2);
    }
    expect(await blockValue(pair.agent, 'project')).toContain('A.');
    expect(await blockValue(pair.agent, 'human')).toContain('B.');
  });

  describe('the archive', () => {
    test('is written and searched by the model', async () => {
      const pair = await t.pair();
      const content = 'Releases are tagged on Thursdays.';
      const written = await call(pair, 'archival_memory_insert', { content, tags: ['release'] });
      expect(written.status).toBe('success');
      const [passage] = await t.client.agents.passages.list(pair.agent.id);
      expect(passage).toMatchObject({ text: content, tags: ['release'] });
      const found = await call(pair, 'archival_memory_search', { query: 'Thursdays' });
      expect(found.status).toBe('success');
      expect(found.told).toContain(content);
      const nothing = await call(pair, 'archival_memory_search', { query: 'xylophone' });
      expect(nothing.status).toBe('success');
      expect(nothing.told).not.toContain(content);
    });
  });

  test('conversation_search finds what was said, in other conversations too, and no tool output', async () => {
    const pair = await t.pair();
    t.model.script(text('The codeword is heliotrope.'));
    await t.say(pair.conversation, 'Tell me the codeword.');
    const other = await t.conversation(pair.agent);
    const found = await call({ conversation: other }, 'conversation_search', { query: 'heliotrope' });
    expect(found.status).toBe('success');
    expect(found.told).toContain('The codeword is heliotrope.');
    const again = await call(pair, 'conversation_search', { query: 'heliotrope', roles: ['user'] });
    expect(again.told).not.toContain('The codeword is heliotrope.');
  });
});

contract('the stored prompt', (t: Target) => {
  async function promptOf(conversation: { id: string }): Promise<string> {
    return textOf((await t.history(conversation))[0]);
  }

  async function defaultPrompt(agent: { id: string }): Promise<string> {
    const id = (await t.client.agents.retrieve(agent.id)).message_ids?.[0];
    const [message] = (await t.json<{ content: string; message_type: string }[]>('GET', `/v1/messages/${id}`)).body;
    return message?.content ?? '';
  }

  test('of a conversation stays as it was when memory changes, until it is recompiled', async () => {
    const { agent, conversation } = await t.pair();
    const before = await promptOf(conversation);
    const id = (await t.client.conversations.retrieve(conversation.id)).in_context_message_ids?.[0];
    await t.client.agents.blocks.update('human', { agent_id: agent.id, value: 'Prefers spaces.' });
    await t.say(conversation, 'Hi');
    expect(messageText(t.lastRequest.body.messages[0])).toContain('Prefers tabs.');
    expect(await promptOf(conversation)).toBe(before);

    const preview = await t.client.conversations.recompile(conversation.id, { dry_run: true } as object);
    expect(preview).toContain('Prefers spaces.');
    expect(await promptOf(conversation)).toBe(before);

    const compiled = await t.client.conversations.recompile(conversation.id);
    expect(compiled).toContain('Prefers spaces.');
    expect(await promptOf(conversation)).toContain('Prefers spaces.');
    const ids = (await t.client.conversations.retrieve(conversation.id)).in_context_message_ids;
    expect(ids?.[0]).toBe(id);
    await t.say(conversation, 'Hi');
    expect(messageText(t.lastRequest.body.messages[0])).toContain('Prefers spaces.');
    expect(messageText(t.lastRequest.body.messages[0])).not.toContain('Prefers tabs.');
  });

  test('of a conversation stays even when the agent itself writes, and a new one knows', async () => {
    const { agent, conversation } = await t.pair();
    t.model.script(
      toolCalls([{ name: 'memory_insert', args: { label: 'human', new_string: 'Likes tea.' } }]),
      text('Noted.'),
    );
    await t.say(conversation, 'I like tea.');
    expect(messageText(t.lastRequest.body.messages[0])).not.toContain('Likes tea.');
    await t.say(conversation, 'And?');
    expect(messageText(t.lastRequest.body.messages[0])).not.toContain('Likes tea.');
    const fresh = await t.conversation(agent);
    await t.say(fresh, 'Hi');
    expect(messageText(t.lastRequest.body.messages[0])).toContain('Likes tea.');
  });

  test('of the default conversation follows the blocks', async () => {
    const agent = await t.agent();
    await t.client.agents.blocks.update('human', { agent_id: agent.id, value: 'Prefers spaces.' });
    expect(await defaultPrompt(agent)).toContain('Prefers spaces.');
    const block = await t.client.agents.blocks.retrieve('human', { agent_id: agent.id });
    await t.client.blocks.update(block.id, { value: 'Prefers neither.' });
    expect(await defaultPrompt(agent)).toContain('Prefers neither.');
    await t.turn({ id: 'default' }, { messages: [userMessage('Hi')], agent_id: agent.id });
    expect(messageText(t.lastRequest.body.messages[0])).toContain('Prefers neither.');
  });

  test('does not follow a changed system text by itself', async () => {
    const { agent, conversation } = await t.pair({ system: 'You are Ada.' });
    await t.client.agents.update(agent.id, { system: 'You are Bea.' });
    await t.say(conversation, 'Hi');
    expect(messageText(t.lastRequest.body.messages[0])).toContain('You are Ada.');
    await t.client.conversations.recompile(conversation.id);
    await t.say(conversation, 'Hi');
    expect(messageText(t.lastRequest.body.messages[0])).toContain('You are Bea.');
    if (t.deviates('§3.3', 'keeps the old system text in the default conversation')) return;
    expect(await t.client.agents.recompile(agent.id)).toContain('You are Bea.');
  });

  test('takes the place that {CORE_MEMORY} marks', async () => {
    const { conversation } = await t.pair({ system: 'Before.\n{CORE_MEMORY}\nAfter.' });
    const prompt = await promptOf(conversation);
    expect(prompt.indexOf('Before.')).toBeLessThan(prompt.indexOf('Prefers tabs.'));
    expect(prompt.indexOf('Prefers tabs.')).toBeLessThan(prompt.indexOf('After.'));
    expect(prompt).not.toContain('{CORE_MEMORY}');
  });

  test('holds block text as it is, whatever it looks like', async () => {
    const value = '$& $1 {CORE_MEMORY} </value> \\n %s';
    const { conversation } = await t.pair({ system: 'S.', memory_blocks: [{ label: 'human', value }] });
    expect(await promptOf(conversation)).toContain(value);
  });

  test('counts what is in the archive, and names its tags', async () => {
    const agent = await t.agent();
    await t.client.agents.passages.create(agent.id, { text: 'One.', tags: ['ops'] });
    const prompt = await promptOf(await t.conversation(agent));
    expect(prompt).toMatch(/- 1 .*archival memory/);
    if (t.deviates('§3.2', 'names no tags')) return;
    expect(prompt).toMatch(/archival memory tags: .*ops/);
  });

  test('marks a block that is read-only', async () => {
    const { conversation } = await t.pair({ memory_blocks: [{ label: 'rules', value: 'Fixed.', read_only: true }] });
    expect(await promptOf(conversation)).toContain('- read_only=true');
  });
});
