// What the model gets: prompt, blocks, history, tools, skills (Letta API: turn protocol, prompt compilation).
import { expect, test } from 'vitest';
import { messageText, text } from '../support/scripted-model.ts';
import { contract, SERVER_TOOLS, userMessage } from './support/contract.ts';
import { textOf } from './support/turn.ts';

contract('the model request', (t) => {
  test('has the system prompt, the blocks, the history, the person last, and the tools', async () => {
    const { agent, conversation } = await t.pair({ system: 'You are Ada.' });
    t.model.script(text('First answer.'), text('Second answer.'));
    await t.say(conversation, 'First question');
    await t.say(conversation, 'Second <question> & "more"');
    const { messages, tools, model } = t.lastRequest.body;
    expect(model).toBe('scripted');
    expect(messages.map((message) => message.role)).toEqual(['system', 'user', 'assistant', 'user']);
    const system = messageText(messages[0]);
    expect(system).toContain('You are Ada.');
    for (const line of [
      '<memory_blocks>',
      '<human>',
      'Whom you work with.',
      '- chars_current=13',
      '- chars_limit=4000',
      'Prefers tabs.',
      'Line one.\nLine two.',
      '</memory_blocks>',
      '<memory_metadata>',
      `- AGENT_ID: ${agent.id}`,
      `- CONVERSATION_ID: ${conversation.id}`,
    ]) {
      expect(system).toContain(line);
    }
    expect(messageText(messages[1])).toContain('First question');
    expect(messageText(messages[2])).toBe('First answer.');
    expect(messageText(messages[3])).toContain('Second <question> & "more"');
    expect(tools?.map((tool) => tool.function.name).sort()).toEqual([...SERVER_TOOLS].sort());
  });

  test('keeps its beginning from one turn to the next', async () => {
    const { conversation } = await t.pair();
    await t.say(conversation, 'One');
    const first = t.lastRequest.body;
    await t.say(conversation, 'Two');
    const second = t.lastRequest.body;
    expect(second.messages.slice(0, first.messages.length)).toEqual(first.messages);
    expect(second.tools).toEqual(first.tools);
  });

  test('has the client tools and skills of this request only', async () => {
    const { conversation } = await t.pair();
    const client_tools = [
      {
        name: 'Read',
        description: 'Reads a file.',
        parameters: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
      },
      { name: 'memory_insert', description: 'Mine.', parameters: { type: 'object', properties: {} } },
    ];
    const client_skills = [{ name: 'release', description: 'How we release.', location: '/skills/release/SKILL.md' }];
    await t.say(conversation, 'Hi', { client_tools, client_skills });
    const withThem = t.lastRequest.body;
    const functions = Object.fromEntries((withThem.tools ?? []).map((tool) => [tool.function.name, tool.function]));
    expect(functions.Read).toMatchObject({ description: 'Reads a file.', parameters: client_tools[0]?.parameters });
    expect(functions.memory_insert?.description).toBe('Mine.');
    expect(Object.keys(functions).length).toBe(SERVER_TOOLS.length + 1);
    const prompt = withThem.messages.map(messageText).join('\n');
    expect(prompt).toContain('<available_skills>');
    expect(prompt).toContain('release');
    expect(prompt).toContain('How we release.');

    await t.say(conversation, 'Again');
    const without = t.lastRequest.body;
    expect(without.tools?.map((tool) => tool.function.name)).not.toContain('Read');
    expect(without.messages.map(messageText).join('\n')).not.toContain('<available_skills>');
    const stored = await t.history(conversation);
    expect(stored.map(textOf).join('\n')).not.toContain('available_skills');
  });

  test('takes text parts in their order', async () => {
    const { conversation } = await t.pair();
    const content = [
      { type: 'text', text: '<system-reminder>Memory changed.</system-reminder>' },
      { type: 'text', text: 'What now?' },
    ];
    await t.turn(conversation, { messages: [{ role: 'user', content, otid: crypto.randomUUID() }] });
    const sent = messageText(t.lastRequest.body.messages.at(-1));
    expect(sent.indexOf('Memory changed.')).toBeLessThan(sent.indexOf('What now?'));
    expect(sent.trimEnd().endsWith('What now?')).toBe(true);
    const stored = (await t.history(conversation)).find((event) => event.message_type === 'user_message');
    expect(stored?.content).toEqual([expect.objectContaining(content[0]), expect.objectContaining(content[1])]);
  });

  test('takes input in place of messages, and several messages in order', async () => {
    const { conversation } = await t.pair();
    await t.turn(conversation, { input: 'Only this.' });
    expect(messageText(t.lastRequest.body.messages.at(-1))).toContain('Only this.');
    await t.turn(conversation, { messages: [userMessage('One.'), userMessage('Two.')] });
    const last = t.lastRequest.body.messages.slice(-2).map(messageText).join('\n');
    expect(last.indexOf('One.')).toBeLessThan(last.indexOf('Two.'));
  });

  test('goes to another model, or with another system prompt, for one request', async () => {
    const { conversation } = await t.pair();
    await t.say(conversation, 'Hi', { override_model: t.secondHandle });
    expect(t.lastRequest.body.model).toBe('second');
    if (t.kind !== 'remote')
      expect((await t.say(conversation, 'Hi', { override_model: 'letta/auto' })).stopReason).toBe('end_turn');
    await t.say(conversation, 'Hi', { override_system: 'Only this prompt.' });
    expect(t.lastRequest.body.model).toBe('scripted');
    expect(messageText(t.lastRequest.body.messages[0])).toBe('Only this prompt.');
    await t.say(conversation, 'Hi');
    expect(messageText(t.lastRequest.body.messages[0])).toContain('Prefers tabs.');
  });

  test('is not made for an unknown model', async () => {
    const { conversation } = await t.pair();
    const turn = await t.say(conversation, 'Hi', { override_model: 'nobody/nothing' });
    expect([400, 404]).toContain(turn.status);
    expect(t.model.requests.length).toBe(0);
    expect((await t.say(conversation, 'Hi')).stopReason).toBe('end_turn');
  });
});
