// What pinned memory stands on: a client's tool in the place of a server's is asked for, and what the client answers counts
// (Letta API: client-side tools and approvals).
import { expect, test } from 'vitest';
import { messageText, text, toolCalls } from '../support/scripted-model.ts';
import { contract } from './support/contract.ts';

contract('a writing tool that the client takes over', (t) => {
  test('is asked for, writes nothing, and tells the model what the client says', async () => {
    const { agent, conversation } = await t.pair();
    const value = async () => (await t.client.agents.blocks.retrieve('human', { agent_id: agent.id })).value;
    const before = await value();
    const client_tools = [
      { name: 'memory_insert', description: 'Refused here.', parameters: { type: 'object', properties: {} } },
    ];
    const args = { label: 'human', new_string: 'Prefers spaces.' };
    t.model.script(toolCalls([{ name: 'memory_insert', args, id: 'call_a' }]), text('It is pinned.'));
    const asked = await t.say(conversation, 'Remember it', { client_tools });
    expect(asked.stopReason).toBe('requires_approval');
    expect(asked.calls('approval_request_message')).toEqual([{ id: 'call_a', name: 'memory_insert', args }]);

    const refused = { type: 'tool', tool_call_id: 'call_a', tool_return: 'Memory is pinned.', status: 'error' };
    const message = { type: 'approval', approvals: [refused], otid: crypto.randomUUID() };
    const answered = await t.turn(conversation, { messages: [message], client_tools });
    expect(answered.stopReason).toBe('end_turn');
    const result = t.lastRequest.body.messages.find(({ role }) => role === 'tool');
    expect(messageText(result)).toContain('Memory is pinned.');
    expect(await value()).toBe(before);
  });
});
