// Compaction as clients and models see it: nothing over the window, nothing torn apart, nothing lost.
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { describe, expect, test } from 'vitest';
import { expectPaired, filler, isSummaryRequest, smallAgent, stream, WINDOW, wireTokens } from './compaction-world.ts';
import { calls, finish, Harness, type Part, says, words } from './support.ts';

describe('a small window', () => {
  test('200 turns with tools: nothing above it, nothing torn apart, and turn 3 is found in turn 200', async () => {
    const harness = await Harness.start();
    const { conversation } = await smallAgent(harness);
    let turn = 0;
    const answer = (options: LanguageModelV4CallOptions) => {
      expect(wireTokens(options)).toBeLessThanOrEqual(WINDOW);
      expectPaired(options.prompt);
      if (isSummaryRequest(options)) return stream(says(`Work up to about turn ${turn}: ${filler(turn, 200)}`));
      const last = options.prompt.at(-1);
      if (last?.role === 'tool') return stream(says(`Turn ${turn} is done. ${filler(turn, 30)}`));
      if (turn === 200)
        return stream([
          ...calls('s', 'conversation_search', { query: 'production database port' }),
          finish('tool-calls'),
        ]);
      if (turn % 3 === 0)
        return stream([
          ...calls(`a${turn}`, 'Read', { path: `src/part${turn}.ts` }),
          ...calls(`b${turn}`, 'archival_memory_insert', { content: `note ${turn}` }),
          finish('tool-calls'),
        ]);
      return stream([
        ...calls(`c${turn}`, 'archival_memory_insert', { content: filler(turn, 40) }),
        finish('tool-calls'),
      ]);
    };
    harness.model.answers = Array.from({ length: 1200 }, () => answer);
    let found = '';
    for (turn = 1; turn <= 200; turn++) {
      const fact = turn === 3 ? 'The production database listens on port 54329. ' : '';
      const client_tools = [{ name: 'Read', parameters: { type: 'object', properties: { path: { type: 'string' } } } }];
      const sent = await harness.say(conversation.id, `${fact}Turn ${turn}: ${filler(turn, 60)}`, { client_tools });
      if (sent.stopReason === 'requires_approval') {
        const id = sent.of('approval_request_message')[0].tool_call.tool_call_id;
        const back = await harness.send(conversation.id, {
          messages: [
            {
              type: 'approval',
              approvals: [
                {
                  type: 'tool',
                  tool_call_id: id,
                  status: 'success',
                  tool_return: filler(turn, turn % 9 === 0 ? 900 : 100),
                },
              ],
            },
          ],
          client_tools,
        });
        await back.all();
        expect(back.stopReason).toBe('end_turn');
      } else expect(sent.stopReason).toBe('end_turn');
      if (turn === 200) found = sent.of('tool_return_message')[0].tool_return;
    }
    expect(found).toContain('port 54329');
    expect(harness.model.requests.some(isSummaryRequest)).toBe(true);

    const { in_context_message_ids: ids } = await harness.json('GET', `/v1/conversations/${conversation.id}`);
    const listed = await harness.messages(conversation.id);
    expect(ids.length).toBeLessThan(60);
    expect(new Set(listed.map((message) => message.id)).size).toBeGreaterThan(700);
    expect(JSON.stringify(listed)).toContain('port 54329');
  }, 120_000);

  test('a result of tools that would not fit is not all that is left', async () => {
    const harness = await Harness.start();
    const { conversation } = await smallAgent(harness);
    const client_tools = [{ name: 'Read' }];
    const many = Array.from({ length: 8 }, (_, i) => calls(`r${i}`, 'Read', { path: `${i}.ts` })).flat();
    harness.model.answers = [[...many, finish('tool-calls')]];
    const asked = await harness.say(conversation.id, 'Read all eight.', { client_tools });
    const ids = new Set<string>(asked.of('approval_request_message').map((event) => event.tool_call.tool_call_id));
    const back = await harness.send(conversation.id, {
      messages: [
        {
          type: 'approval',
          approvals: [...ids].map((tool_call_id) => ({
            type: 'tool',
            tool_call_id,
            status: 'success',
            tool_return: `begin ${tool_call_id} ${filler(1, 1500)}`,
          })),
        },
      ],
      client_tools,
    });
    await back.all();
    expect(back.stopReason).toBe('end_turn');
    expect(wireTokens(harness.model.last)).toBeLessThanOrEqual(WINDOW);
    expectPaired(harness.model.last.prompt);
    for (const id of ids) expect(harness.model.texts.at(-1)).toContain(`begin ${id} `);
  });

  test('instructions that fill most of the window leave the turn under way in context', async () => {
    const harness = await Harness.start();
    const { conversation } = await smallAgent(harness, { system: filler(1, 3_200) });
    const client_tools = [{ name: 'Read' }];
    let turn = 0;
    harness.model.answers = Array.from({ length: 300 }, () => (options: LanguageModelV4CallOptions) => {
      expect(wireTokens(options)).toBeLessThanOrEqual(WINDOW);
      expectPaired(options.prompt);
      if (isSummaryRequest(options)) return stream(says(filler(turn, 2_000)));
      if (options.prompt.at(-1)?.role !== 'tool')
        return stream([...calls(`r${turn}`, 'Read', { path: 'a.ts' }), finish('tool-calls')]);
      expect(JSON.stringify(options.prompt)).toContain(`result of ${turn} `);
      return stream(says(`Answer ${turn}`));
    });
    for (turn = 1; turn <= 25; turn++) {
      const asked = await harness.say(conversation.id, `Question ${turn} ${filler(turn, 40)}`, { client_tools });
      expect(harness.model.texts.at(-1)).toContain(`Question ${turn} `);
      const id = asked.of('approval_request_message')[0].tool_call.tool_call_id;
      const back = await harness.send(conversation.id, {
        messages: [
          {
            type: 'approval',
            approvals: [
              {
                type: 'tool',
                tool_call_id: id,
                status: 'success',
                tool_return: `result of ${turn} ${filler(turn, 250)}`,
              },
            ],
          },
        ],
        client_tools,
      });
      await back.all();
      expect(back.text).toBe(`Answer ${turn}`);
    }
  });

  test('a message that alone is too long is refused with what to do, and the next one works', async () => {
    const harness = await Harness.start();
    const { conversation } = await smallAgent(harness);
    const events = await harness.say(conversation.id, filler(1, 9_000));
    expect(events.list.find((event) => event.message_type === 'error_message').message).toContain('Send less at once');
    expect(harness.model.requests.filter((options) => !isSummaryRequest(options))).toEqual([]);
    expect((await harness.say(conversation.id, 'Hello?')).stopReason).toBe('end_turn');
    expect(wireTokens(harness.model.last)).toBeLessThanOrEqual(WINDOW);
  });

  test('instructions that alone are too long end the run with the reason', async () => {
    const harness = await Harness.start();
    const { conversation } = await smallAgent(harness, { system: filler(1, 9_000) });
    const events = await harness.say(conversation.id, 'Hello?');
    expect(events.stopReason).toBe('context_window_overflow_in_system_prompt');
    expect(harness.model.requests).toEqual([]);
  });
});

describe('when the provider counts', () => {
  const full = (prompt: number, completion = 10): Part => ({
    type: 'finish',
    usage: {
      inputTokens: { total: prompt, noCache: prompt, cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: completion, text: completion, reasoning: undefined },
    },
    finishReason: { unified: 'stop', raw: 'stop' },
  });

  test('a prompt over nine tenths is compacted at the end of the turn, announced and counted', async () => {
    const harness = await Harness.start();
    const { agent, conversation } = await smallAgent(harness);
    for (let i = 0; i < 6; i++) await harness.say(conversation.id, `Message ${i}`);
    await harness.json('PATCH', `/v1/agents/${agent.id}`, { system: 'You are Ada, newly instructed.' });
    harness.model.answers = [[...words('Long.'), full(7_300)], says('They said six things.')];
    const events = await harness.say(conversation.id, 'One more', { include_compaction_messages: true });
    const types = events.list.map((event) => event.message_type);
    expect(types.slice(-4)).toEqual(['event_message', 'summary_message', 'stop_reason', 'usage_statistics']);
    expect(events.of('event_message')[0]).toMatchObject({
      event_type: 'compaction',
      event_data: { trigger: 'post_step_context_check', context_window: WINDOW },
    });
    const [summary] = events.of('summary_message');
    expect(summary.summary).toContain('They said six things.');
    expect(summary.compaction_stats.messages_count_after).toBeLessThan(summary.compaction_stats.messages_count_before);
    expect(events.stopReason).toBe('end_turn');

    const { in_context_message_ids: ids } = await harness.json('GET', `/v1/conversations/${conversation.id}`);
    expect(ids[1]).toBe(summary.id);
    expect((await harness.json('GET', `/v1/messages/${summary.id}`))[0].message_type).toBe('summary_message');
    await harness.say(conversation.id, 'And now?');
    expect(harness.model.texts.at(-1)).toContain('They said six things.');
    expect(harness.model.texts.at(-1)).toContain('newly instructed');
    expect(harness.model.texts.at(-1)).not.toContain('Message 0');
  });

  test('a long answer alone is no reason', async () => {
    const harness = await Harness.start();
    const { conversation } = await smallAgent(harness);
    harness.model.answers = [[...words('Long.'), full(3_000, 6_000)]];
    await harness.say(conversation.id, 'Tell me');
    expect(harness.model.requests).toHaveLength(1);
  });

  test('clients that did not ask for it see the summary as a message of the person, and no event', async () => {
    const harness = await Harness.start();
    const { conversation } = await smallAgent(harness);
    for (let i = 0; i < 4; i++) await harness.say(conversation.id, `Message ${i}`);
    harness.model.answers = [[...words('Long.'), full(7_300)], says('In short.')];
    const events = await harness.say(conversation.id, 'One more');
    expect(events.list.map((event) => event.message_type)).not.toContain('event_message');
    const shown = (await harness.messages(conversation.id)).at(-1);
    expect(shown.message_type).toBe('user_message');
    expect(JSON.parse(shown.content)).toMatchObject({
      type: 'system_alert',
      compaction_stats: { context_window: WINDOW },
    });
  });

  test('a refusal as too long leads to a shorter request, at most three times', async () => {
    const harness = await Harness.start();
    const { conversation } = await smallAgent(harness, { context_window_limit: 100_000 });
    for (let i = 0; i < 12; i++) await harness.say(conversation.id, `Message ${i} ${filler(i, 100)}`);
    const tooLong = Object.assign(new Error("This model's maximum context length is 8192 tokens."), {
      statusCode: 400,
    });
    const refuse = (): ReadableStream<Part> => {
      throw tooLong;
    };
    harness.model.answers = [refuse, says('Summary one.'), says('Fine now.')];
    const events = await harness.say(conversation.id, 'Go on', { include_compaction_messages: true });
    expect(events.text).toBe('Fine now.');
    expect(events.of('event_message')[0].event_data.trigger).toBe('context_window_exceeded');

    const before = harness.model.requests.length;
    harness.model.answers = Array.from(
      { length: 20 },
      () => (options: LanguageModelV4CallOptions) => (isSummaryRequest(options) ? stream(says('Short.')) : refuse()),
    );
    const failed = await harness.say(conversation.id, 'Again');
    expect(failed.list.find((event) => event.message_type === 'error_message').error_type).toBe('llm_bad_request');
    const asked = harness.model.requests.slice(before).filter((options) => !isSummaryRequest(options));
    expect(asked.length).toBeLessThanOrEqual(4);
  });
});
