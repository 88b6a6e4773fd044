// A server killed at the worst moments: what was announced is in the database, and nothing is stuck afterwards.
import { describe, expect } from 'vitest';
import { gate, messageText, text, toolCalls } from '../support/scripted-model.ts';
import { eventually, userMessage } from './support/contract.ts';
import { integrity, storedText } from './support/database.ts';
import { textOf } from './support/turn.ts';
import {
  archiveOf,
  begin,
  blockOf,
  history,
  interruptedRun,
  json,
  lastRun,
  pair,
  say,
  sayWhenFree,
  test,
} from './support/world.ts';

const SLOW = 90_000;

const READ = { name: 'Read', description: 'Reads.', parameters: { type: 'object', properties: {} } };
const EDIT_RULES = [{ type: 'requires_approval', tool_name: 'memory_insert' }];

// Most of the time of these cases is a lease that runs out.
describe.concurrent('killed', () => {
  test(
    'during a stream: the text that came is stored, marked interrupted, and the thread goes on',
    async ({ world }) => {
      const first = await world.spawned();
      const { conversation } = await pair(first);
      const words = Array.from({ length: 400 }, (_, n) => `w${String(n).padStart(3, '0')} `).join('');
      world.model.script(gate(words, 'never'));
      const turn = await begin(first, conversation, { messages: [userMessage('Tell me')] });
      await turn.until((_, now) => now.text === words);
      // Durable 250 ms after it was announced, at the latest: seen by another reader while the server is silent.
      await eventually(() => (storedText(world.dataDir).includes('w399') ? true : undefined), 2000);
      await first.kill();
      await turn.drop();
      expect(integrity(world.dataDir)).toBe('ok');
      expect(storedText(world.dataDir)).toContain('Tell me');

      const second = await world.spawned();
      const run = await interruptedRun(second, conversation);
      expect(run).toMatchObject({
        status: 'failed',
        stop_reason: 'error',
        metadata: { error: { error_type: 'stream_incomplete' } },
      });
      const stored = (await history(second, conversation)).slice(1);
      expect(stored.map((event) => [event.message_type, textOf(event)])).toEqual([
        ['user_message', 'Tell me'],
        ['assistant_message', words],
      ]);

      world.model.script(text('The rest.'));
      const reminder = '<system-reminder>Go on exactly where you stopped.</system-reminder>';
      const next = await sayWhenFree(second, conversation, { messages: [userMessage(reminder)] });
      expect([next.stopReason, next.text]).toEqual(['end_turn', 'The rest.']);
      const sent = world.model.requests.at(-1)?.body.messages.map(messageText) ?? [];
      expect(sent.slice(1)).toEqual([expect.stringContaining('Tell me'), words, expect.stringContaining(reminder)]);
      expect(world.model.requests.length).toBe(2);
    },
    SLOW,
  );

  test(
    'before the model said a word: the message is kept, and sending it again stores it once',
    async ({ world }) => {
      const first = await world.spawned();
      const { conversation } = await pair(first);
      world.model.script(gate('', 'never'));
      const message = userMessage('Tell me');
      const turn = await begin(first, conversation, { messages: [message] });
      await world.model.whenRequest(1);
      await first.kill();
      await turn.drop();

      const second = await world.spawned();
      expect((await history(second, conversation)).map(textOf)).toContain('Tell me');
      world.model.script(text('Here.'));
      const again = await sayWhenFree(second, conversation, { messages: [message] });
      expect(again.text).toBe('Here.');
      const stored = (await history(second, conversation)).slice(1);
      expect(stored.map(textOf)).toEqual(['Tell me', 'Here.']);
    },
    SLOW,
  );

  test(
    'in the middle of a tool call: the half call is gone',
    async ({ world }) => {
      const first = await world.spawned();
      const { conversation } = await pair(first);
      const call = { name: 'Read', args: { path: 'a'.repeat(500) }, id: 'call_a' };
      world.model.script(toolCalls([call], { text: 'I look.', fragments: 50, delayMs: 100 }));
      const turn = await begin(first, conversation, { messages: [userMessage('Look')], client_tools: [READ] });
      await turn.until((_, now) => now.of('approval_request_message').length > 3);
      await first.kill();
      await turn.drop();

      const second = await world.spawned();
      expect((await interruptedRun(second, conversation))?.status).toBe('failed');
      const stored = (await history(second, conversation)).slice(1);
      expect(stored.map((event) => event.message_type)).toEqual(['user_message', 'assistant_message']);
      expect(textOf(stored[1])).toBe('I look.');
      const next = await sayWhenFree(second, conversation, { messages: [userMessage('Leave it')] });
      expect(next.stopReason).toBe('end_turn');
      expect(world.model.requests.at(-1)?.body.messages.flatMap((message) => message.tool_calls ?? [])).toEqual([]);
    },
    SLOW,
  );

  test(
    'with an approval pending: it can be answered at once',
    async ({ world }) => {
      const first = await world.spawned();
      const { agent, conversation } = await pair(first, { tool_rules: EDIT_RULES });
      const args = { label: 'human', new_string: 'Likes tea.' };
      world.model.script(
        toolCalls([
          { name: 'Read', args: {}, id: 'call_a' },
          { name: 'memory_insert', args, id: 'call_b' },
        ]),
      );
      const asked = await say(first, conversation, 'Look', { client_tools: [READ] });
      expect(asked.stopReason).toBe('requires_approval');
      await first.kill();
      expect(integrity(world.dataDir)).toBe('ok');

      const second = await world.spawned();
      expect((await history(second, conversation)).at(-1)?.message_type).toBe('approval_request_message');
      const refused = await say(second, conversation, 'Never mind');
      expect([refused.status, JSON.stringify(refused.body)]).toEqual([
        409,
        expect.stringContaining('waiting for approval'),
      ]);
      world.model.script(text('Seen.'));
      const answer = await begin(second, conversation, {
        client_tools: [READ],
        messages: [
          {
            type: 'approval',
            approvals: [
              { type: 'tool', tool_call_id: 'call_a', tool_return: 'text', status: 'success' },
              { type: 'approval', tool_call_id: 'call_b', approve: true },
            ],
          },
        ],
      });
      expect((await answer.end()).text).toBe('Seen.');
      expect(await blockOf(second, agent)).toContain('Likes tea.');
    },
    SLOW,
  );

  test(
    'between a memory write and the next step: the write is kept, and does not happen twice',
    async ({ world }) => {
      const first = await world.spawned();
      const { agent, conversation } = await pair(first);
      const args = { label: 'human', new_string: 'Likes tea.' };
      world.model.script(toolCalls([{ name: 'memory_insert', args, id: 'call_a' }]), gate('', 'never'));
      const turn = await begin(first, conversation, { messages: [userMessage('I like tea')] });
      await turn.until((event) => event.message_type === 'tool_return_message');
      await first.kill();
      await turn.drop();
      expect(integrity(world.dataDir)).toBe('ok');
      expect(storedText(world.dataDir)).toContain('Likes tea.');

      const second = await world.spawned();
      expect(await blockOf(second, agent)).toBe('Prefers tabs.\nLikes tea.');
      expect((await interruptedRun(second, conversation))?.status).toBe('failed');
      world.model.reset();
      world.model.script(text('Noted.'));
      const next = await sayWhenFree(second, conversation, { messages: [userMessage('Go on')] });
      expect(next.text).toBe('Noted.');
      expect(await blockOf(second, agent)).toBe('Prefers tabs.\nLikes tea.');
      const sent = world.model.requests.at(-1)?.body.messages ?? [];
      expect(sent.filter((message) => message.role === 'tool').map((message) => message.tool_call_id)).toEqual([
        'call_a',
      ]);
    },
    SLOW,
  );

  test(
    'again and again while it writes: the database stays sound and every answered write is there',
    async ({ world }) => {
      const kept: string[] = [];
      let agent: { id: string } | null = null;
      for (let round = 0; round < 4; round++) {
        const server = await world.spawned();
        agent ??= (await pair(server)).agent;
        const before = await archiveOf(server, agent);
        expect(before).toEqual(expect.arrayContaining(kept));
        let isDead = false;
        const writer = async () => {
          for (let n = 0; !isDead; n++) {
            const line = `round ${round} note ${n}`;
            await json(server, 'POST', `/v1/agents/${agent?.id}/archival-memory`, { text: line });
            kept.push(line);
          }
        };
        const writing = writer().catch(() => {});
        await eventually(() => (kept.some((line) => line.startsWith(`round ${round} note 1`)) ? true : undefined));
        await server.kill();
        isDead = true;
        await writing;
        expect(integrity(world.dataDir)).toBe('ok');
      }
      const all = storedText(world.dataDir);
      for (const line of kept) expect(all).toContain(line);
    },
    SLOW,
  );
});

describe('closed', () => {
  test('during a stream, it marks the run at once and the thread is free', async ({ world }) => {
    const first = await world.inProcess();
    const { conversation } = await pair(first);
    world.model.script(gate('Half an answer', 'never'));
    const turn = await begin(first, conversation, { messages: [userMessage('Tell me')] });
    await turn.until((_, now) => now.text === 'Half an answer');
    // Nobody lets the model go on: closing does not wait for it.
    await first.close();
    await turn.end().catch(() => {});

    const second = await world.inProcess();
    expect(await lastRun(second, conversation)).toMatchObject({
      status: 'failed',
      stop_reason: 'error',
      metadata: { error: { error_type: 'stream_incomplete' } },
    });
    expect((await history(second, conversation)).slice(1).map(textOf)).toEqual(['Tell me', 'Half an answer']);
    const next = await say(second, conversation, 'Go on');
    expect([next.status, next.stopReason]).toEqual([200, 'end_turn']);
  });

  test(
    'by a signal, the program flushes and ends with 0',
    async ({ world }) => {
      const first = await world.spawned();
      const { conversation } = await pair(first);
      world.model.script(gate('Half an answer', 'never'));
      const turn = await begin(first, conversation, { messages: [userMessage('Tell me')] });
      await turn.until((_, now) => now.text === 'Half an answer');
      await first.close();
      await turn.end().catch(() => {});
      expect([first.process.exitCode, first.process.signalCode]).toEqual([0, null]);
      const second = await world.spawned();
      expect((await lastRun(second, conversation))?.status).toBe('failed');
      expect((await say(second, conversation, 'Go on')).stopReason).toBe('end_turn');
    },
    SLOW,
  );
});
