// Compacting because a person asks for it: what is answered, what stays, and what forks have of it.
import { describe, expect, test } from 'vitest';
import { expectPaired, smallAgent, stream } from './compaction-world.ts';
import { calls, Feed, finish, Harness, type Json, says, temporaryFolder, words } from './support.ts';

describe('compacting by hand', () => {
  async function talk(harness: Harness, turns: number) {
    const made = await smallAgent(harness);
    for (let i = 0; i < turns; i++) await harness.say(made.conversation.id, `Message ${i} about src/file${i}.ts`);
    return made;
  }

  test.each(['conversation', 'agent'])('of a %s answers with the summary and the counts', async (kind) => {
    const harness = await Harness.start();
    const agent = await harness.agent();
    const id = kind === 'agent' ? 'default' : (await harness.conversation(agent.id)).id;
    for (let i = 0; i < 6; i++) await harness.say(id, `Message ${i}`, { agent_id: agent.id });
    harness.model.answers = [says('Six messages.')];
    const path = kind === 'agent' ? `/v1/agents/${agent.id}/summarize` : `/v1/conversations/${id}/compact`;
    const answer = await harness.json('POST', path, { compaction_settings: { model: 'letta/auto', mode: 'all' } });
    expect(answer).toMatchObject({ num_messages_before: 13, num_messages_after: 2 });
    expect(answer.summary).toContain('Six messages.');
    const state = await harness.json('GET', `/v1/conversations/${id}?agent_id=${agent.id}`);
    expect(state.in_context_message_ids).toHaveLength(2);
  });

  test('an empty conversation is refused', async () => {
    const harness = await Harness.start();
    const { conversation } = await talk(harness, 0);
    expect((await harness.request('POST', `/v1/conversations/${conversation.id}/compact`, {})).status).toBe(400);
  });

  test.each([
    [
      'fails',
      () => {
        throw new Error('down');
      },
    ],
    ['says nothing', () => stream([finish()])],
  ])('when the summarizer %s, the summary says what was asked and which files', async (_, answer) => {
    const harness = await Harness.start();
    const { conversation } = await talk(harness, 5);
    harness.model.answers = [
      [...calls('r', 'Read', { path: 'src/deep/thing.ts' }), finish('tool-calls')],
      says('Done'),
      answer,
    ];
    await harness.say(conversation.id, 'Look into it');
    const { summary } = await harness.json('POST', `/v1/conversations/${conversation.id}/compact`, {
      compaction_settings: { mode: 'all' },
    });
    for (const part of ['Look into it', 'Message 4', 'src/deep/thing.ts', 'Read (1)']) expect(summary).toContain(part);
  });

  test('what waits for approval stays, and can be answered', async () => {
    const harness = await Harness.start();
    const { conversation } = await talk(harness, 4);
    const client_tools = [{ name: 'Bash' }];
    harness.model.answers = [
      [...words('I run it.'), ...calls('x', 'Bash', { command: 'ls' }), finish('tool-calls')],
      says('S.'),
    ];
    const asked = await harness.say(conversation.id, 'List', { client_tools });
    const request = asked.of('approval_request_message')[0];
    await harness.json('POST', `/v1/conversations/${conversation.id}/compact`, {
      compaction_settings: { mode: 'all' },
    });
    const { in_context_message_ids: ids } = await harness.json('GET', `/v1/conversations/${conversation.id}`);
    expect(ids.at(-1)).toBe(request.id);
    const back = await harness.send(conversation.id, {
      messages: [
        { type: 'approval', approvals: [{ type: 'tool', tool_call_id: 'x', status: 'success', tool_return: 'a.ts' }] },
      ],
      client_tools,
    });
    await back.all();
    expect(back.stopReason).toBe('end_turn');
    expectPaired(harness.model.last.prompt);
  });

  test('nobody can send meanwhile, and a server that ends in the middle has changed nothing', async () => {
    const folder = temporaryFolder();
    const harness = await Harness.start(folder);
    const { conversation } = await talk(harness, 4);
    const before = await harness.json('GET', `/v1/conversations/${conversation.id}`);
    const feed = new Feed();
    const asked = harness.model.requests.length;
    harness.model.answers = [() => feed.stream];
    const compaction = harness.request('POST', `/v1/conversations/${conversation.id}/compact`, {});
    await harness.model.asked(asked + 1);
    const refused = await harness.request('POST', `/v1/conversations/${conversation.id}/messages`, { input: 'Hi' });
    expect(refused.status).toBe(409);
    await harness.server.close();
    expect((await compaction).ok).toBe(false);
    const again = await Harness.start(folder);
    const after = await again.json('GET', `/v1/conversations/${conversation.id}`);
    expect(after.in_context_message_ids).toEqual(before.in_context_message_ids);
    expect((await again.say(conversation.id, 'Still there?')).stopReason).toBe('end_turn');
  });

  test('of an agent whose conversation is reset meanwhile changes nothing: the reset stays', async () => {
    const harness = await Harness.start();
    const { agent } = await talk(harness, 0);
    for (let i = 0; i < 5; i++) await harness.say('default', `Message ${i}`, { agent_id: agent.id });
    const feed = new Feed();
    const asked = harness.model.requests.length;
    harness.model.answers = [() => feed.stream];
    const compaction = harness.request('POST', `/v1/agents/${agent.id}/summarize`, {});
    await harness.model.asked(asked + 1);
    await harness.json('PATCH', `/v1/agents/${agent.id}/reset-messages`, {});
    feed.push(...words('What was said.'), finish());
    feed.end();
    expect((await compaction).status).toBe(409);
    const state = await harness.json('GET', `/v1/conversations/default?agent_id=${agent.id}`);
    expect(state.in_context_message_ids).toHaveLength(1);
  });

  test('a fork behind the cut has the summary, one before it has what was said', async () => {
    const harness = await Harness.start();
    const { conversation } = await talk(harness, 10);
    const listed = await harness.messages(conversation.id);
    const idOf = (text: string) => listed.find((message: Json) => message.content?.includes?.(text)).id;
    harness.model.answers = [says('Summed up.')];
    await harness.json('POST', `/v1/conversations/${conversation.id}/compact`, {});
    const fork = async (id: string) => {
      const made = await harness.json('POST', `/v1/conversations/${conversation.id}/fork?message_id=${id}`);
      await harness.say(made.id, 'Here');
      return harness.model.texts.at(-1) ?? '';
    };
    const late = await fork(idOf('Message 8'));
    expect(late).toContain('Summed up.');
    expect(late).not.toContain('Message 0 ');
    const early = await fork(idOf('Message 1'));
    expect(early).not.toContain('Summed up.');
    expect(early).toContain('Message 0 ');
    expect(early).not.toContain('Message 2 ');
  });
});
