// What the embedded server keeps of a call that was held because of a secret, and what it says of a search.
import { expect, test } from 'vitest';
import { text, toolCalls } from '../support/scripted-model.ts';
import { contract, type Target } from './support/contract.ts';

const SECRET = 'sk-proj-4f9d8e7c6b5a';
const ARGS = { label: 'human', new_string: `The key is ${SECRET}.` };
const MASKED = JSON.stringify({ ...ARGS, new_string: 'The key is [secret].' });
const approval = (answer: object) => ({
  messages: [{ type: 'approval', approvals: [answer], otid: crypto.randomUUID() }],
});

contract('calls with a secret', (t: Target) => {
  async function waiting() {
    const pair = await t.pair({ tool_rules: [{ type: 'requires_approval', tool_name: 'memory_insert' }] });
    t.model.script(toolCalls([{ name: 'memory_insert', args: ARGS, id: 'call_a' }]));
    const turn = await t.say(pair.conversation, 'Note it');
    const all = async () =>
      JSON.stringify([
        await t.json('GET', `/v1/conversations/${pair.conversation.id}/messages?order=asc&limit=100`),
        await t.json('GET', `/v1/runs/${turn.runId}/messages`),
        (await (await t.open(`/v1/runs/${turn.runId}/stream`, { starting_after: 0 })).end()).frames.map(
          ({ data }) => data,
        ),
      ]);
    return { ...pair, turn, all };
  }

  test('are kept masked once they are answered without being carried out', async () => {
    const { conversation, all } = await waiting();
    expect(await all()).toContain(SECRET);
    t.model.script(text('Held, then.'));
    const answer = { type: 'tool', tool_call_id: 'call_a', tool_return: 'Held for review.', status: 'success' };
    const turn = await t.begin(conversation, approval({ ...answer, masked_arguments: MASKED }));
    await turn.end();
    expect(turn.stopReason).toBe('end_turn');
    if (t.deviates('§2.5', 'keeps the arguments of an answered call as they were')) return;
    expect(await all()).not.toContain(SECRET);
    expect(await all()).toContain('The key is [secret].');
    // The model that goes on reads the same.
    const { messages } = t.model.requests.at(-1)?.body ?? { messages: [] };
    expect(JSON.stringify(messages)).not.toContain(SECRET);
    expect(JSON.stringify(messages)).toContain('[secret]');
  });

  test('stay as they are when they are carried out, whatever came with the answer', async () => {
    const { conversation, all } = await waiting();
    t.model.script(text('Done.'));
    const answer = { type: 'approval', tool_call_id: 'call_a', approve: true, masked_arguments: MASKED };
    await (await t.begin(conversation, approval(answer))).end();
    expect(await all()).toContain(SECRET);
  });
});
