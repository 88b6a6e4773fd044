// Agents' own Python tools: made, listed, attached, changed, deleted, and run (Letta API: tools; tool rules).
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { messageText, text, toolCalls } from '../support/scripted-model.ts';
import { contract, type Target, type TurnBody, userMessage } from './support/contract.ts';
import { type LettaEvent, type Turn, textOf } from './support/turn.ts';

interface Tool {
  id: string;
  name: string;
  description: string;
  source_code: string;
  tool_type: string;
  tags: string[];
  json_schema: { name: string; description: string; parameters: { properties: object; required: string[] } };
}

/** A name of its own: servers keep tools for all agents. */
const unique = (base: string) => `${base}_${crypto.randomUUID().replaceAll('-', '').slice(0, 10)}`;

const greeting = (name: string, word = 'Hello') => `
def ${name}(who: str, times: int = 1) -> str:
    """
    Greets somebody.

    Args:
        who (str): The name of whom to greet.
        times (int): How often.

    Returns:
        str: The greeting.
    """
    print("greeting", who)
    return " ".join(["${word} " + who] * times)
`;

const hash = (source: string) => createHash('sha256').update(source).digest('hex');

contract('tools', (t: Target) => {
  async function made(name = unique('greet'), source = greeting(name), more: object = {}): Promise<Tool> {
    const { status, body } = await t.json<Tool>('POST', '/v1/tools/', {
      source_code: source,
      source_type: 'python',
      ...more,
    });
    expect([status, body]).toEqual([200, expect.anything()]);
    return body;
  }

  async function withTool(source: (name: string) => string, params: object = {}) {
    const name = unique('tool');
    const tool = await made(name, source(name));
    const pair = await t.pair({ tools: ['conversation_search', name], ...params });
    return { ...pair, tool, name };
  }

  /** A turn in which the tool is called once; where a person has to see its source first, they have. */
  async function calling(conversation: { id: string }, tool: Tool, args: object, body: TurnBody = {}): Promise<Turn> {
    t.model.script(toolCalls([{ name: tool.name, args, id: 'call_own' }]), text('Done.'));
    const turn = await t.say(conversation, 'Use it', body);
    if (!t.asksForTools) return turn;
    expect(turn.stopReason).toBe('requires_approval');
    return approve(conversation, { source_sha256: hash(tool.source_code) }, body);
  }

  function approve(conversation: { id: string }, given: object, body: TurnBody = {}): Promise<Turn> {
    const approvals = [{ type: 'approval', tool_call_id: 'call_own', approve: true, ...given }];
    return t.turn(conversation, { messages: [{ type: 'approval', approvals, otid: crypto.randomUUID() }], ...body });
  }

  const resultToldToModel = () =>
    messageText(
      t.lastRequest.body.messages.find((message) => message.role === 'tool' && message.tool_call_id === 'call_own'),
    );

  describe('a tool of a client', () => {
    test('gets its name and schema from its source', async () => {
      const name = unique('greet');
      const tool = await made(name);
      expect(tool).toMatchObject({
        id: expect.stringMatching(/^tool-/),
        name,
        tool_type: 'custom',
        source_type: 'python',
      });
      expect(tool.source_code).toContain('Greets somebody');
      expect(tool.json_schema).toMatchObject({
        name,
        parameters: {
          type: 'object',
          properties: {
            who: { type: 'string', description: 'The name of whom to greet.' },
            times: { type: 'integer', description: 'How often.' },
          },
          required: ['who'],
        },
      });
      expect(tool.json_schema.description).toContain('Greets somebody.');
      expect((await t.json('GET', `/v1/tools/${tool.id}`)).body).toMatchObject({ id: tool.id, name });
      const { body } = await t.json<Tool[]>('GET', `/v1/tools/?name=${name}`);
      expect(body.map(({ id }) => id)).toEqual([tool.id]);
    });

    test('keeps a schema that is given', async () => {
      const name = unique('given');
      const parameters = {
        type: 'object',
        properties: { x: { type: 'number', description: 'A number.' } },
        required: ['x'],
      };
      const source = `def ${name}(x):\n    return x * 2\n`;
      const tool = await made(name, source, { json_schema: { name, description: 'Doubles.', parameters } });
      expect(tool).toMatchObject({ name, description: 'Doubles.', json_schema: { parameters } });
    });

    test('is the same when it is made again, and changed by an upsert', async () => {
      const name = unique('greet');
      const tool = await made(name);
      expect((await made(name)).id).toBe(tool.id);
      const put = await t.json<Tool>('PUT', '/v1/tools/', { source_code: greeting(name, 'Salut'), tags: ['french'] });
      expect([put.status, put.body.id, put.body.tags]).toEqual([200, tool.id, ['french']]);
      expect(put.body.source_code).toContain('Salut');
    });

    test('is changed by its id, and its schema with its source', async () => {
      const name = unique('greet');
      const tool = await made(name);
      const source = `def ${name}(whom: str) -> str:\n    """Greets.\n\n    Args:\n        whom (str): Whom.\n    """\n    return whom\n`;
      const { status, body } = await t.json<Tool>('PATCH', `/v1/tools/${tool.id}`, { source_code: source });
      expect(status).toBe(200);
      if (t.deviates('§1.9', 'a new source keeps the schema of the old one')) return;
      expect(Object.keys(body.json_schema.parameters.properties)).toEqual(['whom']);
    });

    test.each([
      ['what is no Python', 'def f(:'],
      ['what defines nothing', 'x = 1'],
    ])('is refused for %s', async (_, source) => {
      const { status, body } = await t.json<{ detail: string }>('POST', '/v1/tools/', { source_code: source });
      if (t.deviates('§0.5', '500 for what does not parse')) return;
      expect(status).toBe(400);
      expect(body.detail).toMatch(/source/i);
    });

    test.each(['memory', 'run_code', 'open_files', 'grep_files', 'semantic_search_files'])(
      'is refused under the name %s, which says elsewhere what a tool has read',
      async (name) => {
        if (t.isArchived) return;
        const source = { source_code: greeting(name), source_type: 'python' };
        const { status, body } = await t.json<{ detail: string }>('POST', '/v1/tools/', source);
        expect([status, body.detail]).toEqual([400, expect.stringContaining('Give yours another name')]);
      },
    );

    test('is attached and detached, and gone when it is deleted', async () => {
      const tool = await made();
      const agent = await t.agent();
      const names = async () =>
        (await t.client.agents.tools.list(agent.id, { limit: 50 })).items.map(({ name }) => name);
      await t.client.agents.tools.attach(tool.id, { agent_id: agent.id });
      expect(await names()).toContain(tool.name);
      await t.client.agents.tools.detach(tool.id, { agent_id: agent.id });
      expect(await names()).not.toContain(tool.name);
      await t.client.agents.tools.attach(tool.id, { agent_id: agent.id });
      expect((await t.json('DELETE', `/v1/tools/${tool.id}`)).status).toBe(200);
      expect((await t.json('GET', `/v1/tools/${tool.id}`)).status).toBe(404);
      expect(await names()).not.toContain(tool.name);
    });

    test('that asks by itself does so on an agent that gets it', async () => {
      const name = unique('asks');
      await made(name, greeting(name), { default_requires_approval: true });
      const agent = await t.agent({ tools: [name] });
      expect(agent.tool_rules).toContainEqual(expect.objectContaining({ type: 'requires_approval', tool_name: name }));
    });
  });

  describe('a call', () => {
    test('is offered to the model with its schema, run, and its result told and shown', async () => {
      const { conversation, tool } = await withTool(greeting);
      const turn = await calling(conversation, tool, { who: 'Ada', times: 2 });
      expect(turn.stopReason).toBe('end_turn');
      expect(turn.text).toBe('Done.');
      const [result] = turn.of('tool_return_message');
      expect(result).toMatchObject({ status: 'success', tool_call_id: 'call_own', stdout: ['greeting Ada\n'] });
      expect(resultToldToModel()).toContain('Hello Ada Hello Ada');
      const offered = t.lastRequest.body.tools?.find((each) => each.function.name === tool.name);
      expect(offered?.function.parameters).toMatchObject({ required: ['who'] });
      const stored = (await t.history(conversation)).find(({ message_type }) => message_type === 'tool_return_message');
      expect(stored).toMatchObject({ status: 'success', tool_call_id: 'call_own' });
      expect(stored?.tool_return).toContain('Hello Ada Hello Ada');
    });

    test('that fails is an error for the model, with the traceback in stderr', async () => {
      const { conversation, tool } = await withTool(
        (name) => `def ${name}() -> str:\n    """Fails."""\n    return {}["missing"]\n`,
      );
      const turn = await calling(conversation, tool, {});
      const [result] = turn.of('tool_return_message') as (LettaEvent & { stderr: string[] })[];
      expect(result?.status).toBe('error');
      expect(result?.stderr.join('')).toContain('Traceback');
      expect(resultToldToModel()).toContain(`Error executing function ${tool.name}`);
      expect(turn.text).toBe('Done.');
    });

    test('finds the secrets of its agent', async () => {
      const source = (name: string) =>
        `def ${name}() -> str:\n    """Reads."""\n    import os\n    return os.environ.get("OWN_KEY", "none")\n`;
      const { conversation, tool } = await withTool(source, { secrets: { OWN_KEY: 'k-123' } });
      await calling(conversation, tool, {});
      expect(resultToldToModel()).toContain('k-123');
    });

    test('is answered in whole messages too', async () => {
      const { conversation, tool } = await withTool(greeting);
      const turn = await calling(conversation, tool, { who: 'Ada' }, { stream_tokens: false });
      const results = turn.of('tool_return_message');
      expect(JSON.stringify(results)).toContain('Hello Ada');
      expect(turn.text).toBe('Done.');
    });

    test('waits for approval where a rule says so', async () => {
      const { agent, conversation, tool } = await withTool(greeting);
      await t.json('PATCH', `/v1/agents/${agent.id}/tools/approval/${tool.name}?requires_approval=true`, {
        requires_approval: true,
      });
      t.model.script(toolCalls([{ name: tool.name, args: { who: 'Ada' }, id: 'call_own' }]), text('Done.'));
      expect((await t.say(conversation, 'Use it')).stopReason).toBe('requires_approval');
      const turn = await approve(conversation, { source_sha256: hash(tool.source_code) });
      expect(turn.of('tool_return_message')[0]).toMatchObject({ status: 'success' });
      expect(resultToldToModel()).toContain('Hello Ada');
    });

    test('runs only the source that was shown', async () => {
      if (!t.asksForTools) return;
      const { agent, conversation, tool } = await withTool(greeting);
      const asked = async (conversation: { id: string }) => {
        t.model.script(toolCalls([{ name: tool.name, args: { who: 'Ada' }, id: 'call_own' }]), text('Done.'));
        expect((await t.say(conversation, 'Use it')).stopReason).toBe('requires_approval');
      };
      await asked(conversation);
      await approve(conversation, {});
      expect(resultToldToModel()).toContain('Nobody was shown its source');
      t.model.reset();
      const other = await t.conversation(agent);
      await asked(other);
      await t.json('PATCH', `/v1/tools/${tool.id}`, { source_code: greeting(tool.name, 'Bye') });
      await approve(other, { source_sha256: hash(tool.source_code) });
      expect(JSON.stringify(t.lastRequest.body.messages)).toContain('changed after it was shown');
      expect(JSON.stringify(t.lastRequest.body.messages)).not.toContain('Bye Ada');
    });

    test('is stopped with its turn, and leaves no call without a return', async () => {
      const source = (name: string) =>
        `def ${name}() -> str:\n    """Waits."""\n    import time\n    time.sleep(120)\n    return "late"\n`;
      const { conversation, tool } = await withTool(source);
      if (t.deviates('§2.7', 'a cancel waits for the tool')) return;
      t.model.script(toolCalls([{ name: tool.name, args: {}, id: 'call_own' }]), text('Later.'));
      let turn: Turn;
      if (t.asksForTools) {
        await t.say(conversation, 'Use it');
        const approvals = [
          { type: 'approval', tool_call_id: 'call_own', approve: true, source_sha256: hash(tool.source_code) },
        ];
        turn = await t.begin(conversation, { messages: [{ type: 'approval', approvals }] });
      } else turn = await t.begin(conversation, { messages: [userMessage('Use it')] });
      await turn.until((event) => event.message_type === (t.asksForTools ? 'ping' : 'tool_call_message'));
      await new Promise((resolve) => setTimeout(resolve, 500));
      await t.client.conversations.cancel(conversation.id);
      await turn.end();
      expect(turn.stopReason).toBe('cancelled');
      t.model.reset();
      t.model.script(text('Go on.'));
      expect((await t.say(conversation, 'And now?')).text).toBe('Go on.');
      expect(resultToldToModel()).toMatch(/stopped|interrupted/);
    });
  });

  describe('a call without a turn', () => {
    test('gives its result', async () => {
      const { agent, tool } = await withTool(greeting);
      const path = `/v1/agents/${agent.id}/tools/${tool.name}/run`;
      const { status, body } = await t.json('POST', path, {
        args: { who: 'Ada' },
        // Other servers take no field that they do not know.
        ...(t.isArchived ? {} : { source_sha256: hash(tool.source_code) }),
      });
      expect([status, body]).toEqual([200, expect.objectContaining({ status: 'success', func_return: 'Hello Ada' })]);
    });
  });

  describe('rules of order', () => {
    const simple = (name: string) => `def ${name}() -> str:\n    """Does ${name}."""\n    return "ok"\n`;

    const offered = (request = t.lastRequest) => (request.body.tools ?? []).map(({ function: { name } }) => name);

    test('a first tool is the only one at first, and has to be called', async () => {
      const { conversation } = await t.pair({
        tools: ['conversation_search', 'memory_insert'],
        tool_rules: [{ type: 'run_first', tool_name: 'conversation_search' }],
      });
      t.model.script(toolCalls([{ name: 'conversation_search', args: { query: 'x' }, id: 'call_a' }]), text('Done.'));
      await t.say(conversation, 'Go');
      const [first, second] = t.model.requests.slice(-2);
      expect(offered(first)).toEqual(['conversation_search']);
      if (!t.deviates('§1.9', 'names the one tool to be called')) expect(first?.body.tool_choice).toBe('required');
      expect(offered(second)).toContain('memory_insert');
    });

    test('a tool that ends the loop ends it', async () => {
      const { conversation } = await t.pair({
        tools: ['conversation_search'],
        tool_rules: [{ type: 'exit_loop', tool_name: 'conversation_search' }],
      });
      t.model.script(toolCalls([{ name: 'conversation_search', args: { query: 'x' }, id: 'call_a' }]), text('Never.'));
      const turn = await t.say(conversation, 'Go');
      expect(turn.stopReason).toBe('tool_rule');
      expect(turn.text).toBe('');
    });

    test('only the children of a tool come after it', async () => {
      const { conversation } = await t.pair({
        tools: ['conversation_search', 'memory_insert', 'memory_replace'],
        tool_rules: [{ type: 'constrain_child_tools', tool_name: 'conversation_search', children: ['memory_insert'] }],
      });
      const insert = { name: 'memory_insert', args: { label: 'human', new_string: 'Likes tea.' }, id: 'call_b' };
      t.model.script(
        toolCalls([{ name: 'conversation_search', args: { query: 'x' }, id: 'call_a' }]),
        toolCalls([insert]),
        text('Done.'),
      );
      await t.say(conversation, 'Go');
      const [first, second, third] = t.model.requests.slice(-3);
      expect(offered(first)).toHaveLength(3);
      expect(offered(second)).toEqual(['memory_insert']);
      expect(offered(third)).toHaveLength(3);
    });

    test('a turn goes on until it has called what it must', async () => {
      const { conversation } = await t.pair({
        tools: ['conversation_search'],
        tool_rules: [{ type: 'required_before_exit', tool_name: 'conversation_search' }],
      });
      t.model.script(
        text('I am done.'),
        toolCalls([{ name: 'conversation_search', args: { query: 'x' }, id: 'call_a' }]),
        text('Now I am.'),
      );
      const turn = await t.say(conversation, 'Go');
      expect(turn.stopReason).toBe('end_turn');
      expect(t.model.requests.slice(-3)).toHaveLength(3);
      expect(JSON.stringify(t.model.requests.at(-2)?.body.messages)).toContain('You must call conversation_search');
    });

    test('it is reminded three times, with nothing else to call, and then left at that', async () => {
      if (t.kind === 'remote') return;
      const { conversation } = await t.pair({
        tools: ['conversation_search', 'memory_insert'],
        tool_rules: [{ type: 'required_before_exit', tool_name: 'conversation_search' }],
      });
      const before = t.model.requests.length;
      t.model.script(...Array.from({ length: 4 }, (_, n) => text(`Done ${n}.`)));
      const turn = await t.say(conversation, 'Go');
      expect(turn.stopReason).toBe('end_turn');
      const [first, ...reminded] = t.model.requests.slice(before);
      expect(offered(first)).toHaveLength(2);
      expect(reminded.map((request) => [offered(request), request.body.tool_choice])).toEqual(
        Array.from({ length: 3 }, () => [['conversation_search'], 'required']),
      );
    });

    test('a tool that nobody can call is not waited for', async () => {
      if (t.kind === 'remote') return;
      const { conversation } = await t.pair({
        tools: ['conversation_search', 'web_search'],
        tool_rules: [{ type: 'required_before_exit', tool_name: 'web_search' }],
      });
      const before = t.model.requests.length;
      t.model.script(text('Done.'));
      expect((await t.say(conversation, 'Go')).stopReason).toBe('end_turn');
      expect(t.model.requests.length - before).toBe(1);
    });

    test('a tool of the agent’s own that ends the loop is run first', async () => {
      const name = unique('last');
      const tool = await made(name, simple(name));
      const { conversation } = await t.pair({ tools: [name], tool_rules: [{ type: 'exit_loop', tool_name: name }] });
      const turn = await calling(conversation, tool, {});
      expect(turn.stopReason).toBe('tool_rule');
      const [result] = (await t.history(conversation)).filter(
        ({ message_type }) => message_type === 'tool_return_message',
      );
      expect(result).toMatchObject({ status: 'success' });
    });
  });

  describe('an agent of an older type', () => {
    const speaking = (message: string, more: object = {}) =>
      toolCalls([{ name: 'send_message', args: { ...more, message }, id: 'call_say' }]);
    const legacy = () =>
      t.pair({ agent_type: 'memgpt_agent', tools: ['send_message', 'conversation_search'], include_base_tools: false });

    test('answers by send_message: streamed, stored and shown as its answer', async () => {
      const { conversation } = await legacy();
      t.model.script(speaking('Hello "Ada",\nhow are you? ✓'));
      const turn = await t.say(conversation, 'Hi');
      if (t.deviates('§2.3', 'streams nothing of what an agent of an older type says')) return;
      expect(turn.text).toBe('Hello "Ada",\nhow are you? ✓');
      expect(turn.of('tool_return_message')).toEqual([]);
      expect(['end_turn', 'tool_rule']).toContain(turn.stopReason);
      const stored = (await t.history(conversation)).filter(({ message_type }) => message_type === 'assistant_message');
      expect(stored.map(textOf)).toContain('Hello "Ada",\nhow are you? ✓');
    });

    test('goes on after its answer where it asks for a heartbeat', async () => {
      if (t.isArchived) return;
      const { conversation } = await legacy();
      t.model.script(speaking('One moment.', { request_heartbeat: true }), speaking('Here it is.'));
      const turn = await t.say(conversation, 'Hi');
      expect(turn.text).toBe('One moment.Here it is.');
      expect(turn.stopReason).toBe('end_turn');
    });

    test('works in its default conversation', async () => {
      const { agent } = await legacy();
      t.model.script(speaking('From before.'));
      const { status, body } = await t.json<{ messages: LettaEvent[] }>('POST', `/v1/agents/${agent.id}/messages`, {
        messages: [userMessage('Hi')],
      });
      expect(status).toBe(200);
      expect(body.messages.filter(({ message_type }) => message_type === 'assistant_message').map(textOf)).toEqual([
        'From before.',
      ]);
    });
  });
});
