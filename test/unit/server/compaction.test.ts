// Compaction as clients and models see it: nothing over the window, nothing torn apart, nothing lost.

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { LanguageModelV4CallOptions, LanguageModelV4Message } from '@ai-sdk/provider';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { planCut, safeCuts } from '../../../src/server/engine/compaction-plan.ts';
import { SUMMARY_PROMPT } from '../../../src/server/engine/summary.ts';
import type { MessageBody } from '../../../src/server/store/messages.ts';
import { migrations } from '../../../src/server/store/migrations.ts';
import { Store } from '../../../src/server/store/store.ts';
import { calls, Feed, finish, Harness, type Json, type Part, says, temporaryFolder, words } from './support.ts';

const WINDOW = 8_000;

/** As the scripted endpoint counts: a quarter of what goes over the wire. */
function wireTokens(options: LanguageModelV4CallOptions): number {
  return Math.ceil(Buffer.byteLength(JSON.stringify([options.tools ?? [], options.prompt])) / 4);
}

function isSummaryRequest(options: LanguageModelV4CallOptions): boolean {
  return options.prompt[0]?.role === 'system' && options.prompt[0].content === SUMMARY_PROMPT;
}

/** Every call has its return right after it, every return its call. */
function expectPaired(prompt: readonly LanguageModelV4Message[]): void {
  let open = new Set<string>();
  for (const message of prompt) {
    if (message.role === 'tool') {
      for (const part of message.content)
        if (part.type === 'tool-result') expect(open.delete(part.toolCallId)).toBe(true);
      continue;
    }
    expect([...open]).toEqual([]);
    open = new Set();
    if (message.role !== 'assistant') continue;
    for (const part of message.content) if (part.type === 'tool-call') open.add(part.toolCallId);
  }
  expect([...open]).toEqual([]);
}

const stream = (parts: Part[]) =>
  new ReadableStream<Part>({
    start(controller) {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });

async function smallAgent(harness: Harness, fields: object = {}) {
  const agent = await harness.agent({
    context_window_limit: WINDOW,
    tools: ['archival_memory_insert'],
    ...fields,
  });
  return { agent, conversation: await harness.conversation(agent.id) };
}

const filler = (n: number, length: number) =>
  Array.from({ length }, (_, i) => ['build', 'cache', 'parser', 'retry', 'token', 'queue'][(n * 7 + i * 3) % 6]).join(
    ' ',
  );

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
  }, 60_000);

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

describe('where it is cut', () => {
  type Entry = { body: MessageBody; stepId: string | null };
  const tool = (callId: string): MessageBody => ({
    role: 'tool',
    callId,
    name: 't',
    status: 'success',
    content: '',
    stdout: null,
    stderr: null,
  });
  const call = (id: string) => ({ id, name: 't', arguments: '{}' });

  /** Histories as the engine writes them: steps with server calls, with client calls, with both; maybe one pending. */
  const histories = fc
    .tuple(
      fc.array(fc.record({ user: fc.boolean(), text: fc.boolean(), server: fc.nat(2), client: fc.nat(2) }), {
        maxLength: 12,
      }),
      fc.boolean(),
    )
    .map(([steps, isPending]) => {
      const list: Entry[] = [];
      steps.forEach((step, n) => {
        const stepId = `step-${n}`;
        if (step.user || n === 0)
          list.push({ body: { role: 'user', content: [{ type: 'text', text: 'hi' }] }, stepId: null });
        const server = Array.from({ length: step.server }, (_, i) => `s${n}.${i}`);
        const client = Array.from({ length: step.client }, (_, i) => `c${n}.${i}`);
        const blocks = [
          ...(step.text || server.length + client.length === 0 ? [{ type: 'text' as const, text: 'x' }] : []),
          ...server.map((id) => ({ type: 'tool_call' as const, call: call(id) })),
        ];
        if (blocks.length > 0) list.push({ body: { role: 'assistant', blocks }, stepId });
        if (client.length > 0) {
          list.push({ body: { role: 'request', calls: client.map(call) }, stepId });
          if (isPending && n === steps.length - 1) return;
          list.push({ body: { role: 'response', requestId: 'r', approvals: [] }, stepId });
        }
        for (const id of [...client, ...server]) list.push({ body: tool(id), stepId });
      });
      return list;
    });

  const callsIn = (list: readonly Entry[]) =>
    list.flatMap(({ body }) =>
      body.role === 'request'
        ? body.calls.map(({ id }) => id)
        : body.role === 'assistant'
          ? body.blocks.flatMap((block) => (block.type === 'tool_call' ? [block.call.id] : []))
          : [],
    );
  const returnsIn = (list: readonly Entry[]) => list.flatMap(({ body }) => (body.role === 'tool' ? [body.callId] : []));

  test('never between a call and its return, nor before what waits', () => {
    fc.assert(
      fc.property(histories, (list) => {
        for (const cut of safeCuts(list)) {
          const kept = list.slice(cut);
          const known = new Set(callsIn(kept));
          for (const id of returnsIn(kept)) expect(known.has(id)).toBe(true);
          if (list.at(-1)?.body.role === 'request') {
            expect(kept.at(-1)).toBe(list.at(-1));
            const open = callsIn(list).filter((id) => !returnsIn(list).includes(id));
            for (const id of open) expect(known.has(id)).toBe(true);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test('what is left fits where any cut makes it fit', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 1, max: 60 }), fc.boolean(), (list, limit, keepTurn) => {
        const sizes = list.map((_, index) => 1 + (index % 5));
        const rest = (cut: number) => sizes.slice(cut).reduce((a, b) => a + b, 0);
        const cut = planCut({
          messages: list,
          sizes,
          target: limit * 0.7,
          limit,
          share: 0.3,
          all: false,
          least: 1,
          keepTurn,
        });
        const cuts = safeCuts(list);
        if (cuts.length === 0) {
          expect(cut).toBe(0);
          return;
        }
        expect(cuts).toContain(cut);
        if (cuts.some((each) => rest(each) <= limit)) expect(rest(cut)).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 500 },
    );
  });
});

test('a database of the first version is brought up to date with all it holds', () => {
  const folder = temporaryFolder();
  const [first = ''] = migrations;
  const db = new DatabaseSync(join(folder, 'letta.db'));
  db.exec(`PRAGMA journal_mode = WAL; ${first} PRAGMA user_version = 1;
    INSERT INTO agents (id, name, system, created_at, updated_at) VALUES ('agent-1', 'Ada', 'x', 0, 0);
    INSERT INTO conversations (id, agent_id, recompiled_at, created_at, updated_at) VALUES ('agent-1', 'agent-1', 0, 0, 0);
    INSERT INTO messages (id, agent_id, owner, role, body, text, created_at)
      VALUES ('message-1', 'agent-1', 'agent-1', 'user', '{"role":"user","content":[{"type":"text","text":"migrated oddWords"}]}', 'migrated oddWords', 0);
    INSERT INTO history (owner, position, message) VALUES ('agent-1', 1, 1);
    INSERT INTO passages (id, agent_id, archive_id, text, created_at) VALUES ('passage-1', 'agent-1', 'archive-1', 'Use the retryPolicy helper', 0);`);
  db.close();
  const store = new Store(folder);
  onTestFinished(() => store.close());
  expect(store.messages.contextIds('agent-1')).toEqual(['message-1']);
  expect(store.messageSearch.find('words', { limit: 5 })).toHaveLength(1);
  const search = { agentId: 'agent-1', tagMode: 'any' as const, limit: 5 };
  const find = (query: string) => store.passages.search({ ...search, query }).map(({ id }) => id);
  expect(find('retry policy')).toEqual(['passage-1']);
  const passage = store.passages.get('passage-1');
  if (passage) store.write('durable', () => store.passages.delete(passage));
  expect(find('retry policy')).toEqual([]);
});
