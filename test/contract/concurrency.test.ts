// Two requests for one conversation, cancelling, and streams that are picked up again
// (Letta API: sending while something is pending, cancellation, resuming a dropped stream).
import { describe, expect, test } from 'vitest';
import { gate, hang, messageText, text, toolCalls } from '../support/scripted-model.ts';
import { contract, eventually, type Target, userMessage } from './support/contract.ts';
import { type Turn, textOf } from './support/turn.ts';

const READ = { name: 'Read', description: 'Reads.', parameters: { type: 'object', properties: {} } };
const tools = { client_tools: [READ] };

function said(turn: Turn): string {
  return turn.error === null ? JSON.stringify(turn.body) : `${turn.error.message} ${turn.error.detail}`;
}

contract('concurrency', (t: Target) => {
  /** A turn that has said `before` and waits to be released. */
  async function halfway(before: string, otid?: string) {
    const pair = await t.pair();
    const held = gate(before, ' And the rest.');
    t.model.script(held);
    const message = otid === undefined ? userMessage('Go') : userMessage('Go', otid);
    const turn = await t.begin(pair.conversation, { messages: [message] });
    await turn.until((_, now) => now.text === before);
    return { ...pair, turn, release: () => t.model.release(held.id) };
  }

  describe('a second message', () => {
    test('is refused while a turn runs, and names that run', async () => {
      const { conversation, turn, release } = await halfway('First half.');
      const second = await t.say(conversation, 'Me too');
      expect(second.status).toBe(409);
      expect(said(second)).toContain('is currently being processed');
      expect(second.body).toMatchObject({ run_id: turn.runId });
      if (!t.deviates('§0.1', 'lets the client retry a 409')) {
        expect(second.headers.get('x-should-retry')).toBe('false');
      }
      release();
      await turn.end();
      expect([turn.text, turn.stopReason]).toEqual(['First half. And the rest.', 'end_turn']);
      expect(t.model.requests.length).toBe(1);
      const stored = (await t.history(conversation)).map(textOf).join('\n');
      expect(stored).not.toContain('Me too');
    });

    test('is taken as soon as the end of the turn before was read', async () => {
      const { conversation } = await t.pair();
      for (let n = 0; n < 8; n++) {
        const turn = await t.say(conversation, `Message ${n}`);
        expect([n, turn.status, turn.stopReason]).toEqual([n, 200, 'end_turn']);
      }
    });

    test('is taken by another conversation of the same agent', async () => {
      const { agent, turn, release } = await halfway('First half.');
      const other = await t.conversation(agent);
      t.model.script(text('From the other thread.'));
      expect((await t.say(other, 'Hi')).text).toBe('From the other thread.');
      release();
      expect((await turn.end()).stopReason).toBe('end_turn');
    });

    test('is refused while an approval is pending, and the approval stays', async () => {
      const { conversation } = await t.pair();
      t.model.script(toolCalls([{ name: 'Read', args: {}, id: 'call_a' }]));
      await t.say(conversation, 'Look', tools);
      const second = await t.say(conversation, 'Never mind', tools);
      expect(said(second)).toMatch(/waiting for approval/);
      expect(said(second)).toContain('Cannot send a new message');
      if (t.deviates('§2.6', 'answers 200 and says it in the stream')) expect(second.status).toBe(200);
      else expect([second.status, second.headers.get('x-should-retry')]).toEqual([409, 'false']);
      expect(t.model.requests.length).toBe(1);
      const answer = { type: 'tool', tool_call_id: 'call_a', tool_return: 'x', status: 'success' };
      const third = await t.turn(conversation, { messages: [{ type: 'approval', approvals: [answer] }], ...tools });
      expect(third.stopReason).toBe('end_turn');
    });
  });

  describe('the same message again', () => {
    test('while its turn runs, joins that turn', async () => {
      const otid = crypto.randomUUID();
      const { conversation, turn, release } = await halfway('First half.', otid);
      const again = await t.begin(conversation, { messages: [userMessage('Go', otid)] });
      expect(again.status).toBe(200);
      await again.until((_, now) => now.text === 'First half.');
      release();
      await Promise.all([turn.end(), again.end()]);
      expect([again.text, again.stopReason]).toEqual([turn.text, 'end_turn']);
      expect(again.runId).toBe(turn.runId);
      expect(t.model.requests.length).toBe(1);
      expect((await t.history(conversation)).filter((event) => event.message_type === 'user_message').length).toBe(1);
    });

    test('after a failed turn, is not stored twice, and runs', async () => {
      const { conversation } = await t.pair();
      const message = userMessage('Go', crypto.randomUUID());
      t.model.script({ kind: 'httpError', status: 400, body: { error: { message: 'no' } } }, text('Now it works.'));
      const failed = await t.turn(conversation, { messages: [message] });
      expect(failed.stopReason).not.toBe('end_turn');
      const again = await t.turn(conversation, { messages: [message] });
      if (t.deviates('§2.6', 'replays the failed run')) return;
      expect(again.text).toBe('Now it works.');
      const users = (await t.history(conversation)).filter((event) => event.message_type === 'user_message');
      expect(users.map(textOf)).toEqual(['Go']);
      expect(t.lastRequest.body.messages.filter((entry) => entry.role === 'user').length).toBe(1);
    });
  });

  describe('cancelling', () => {
    const cancel = (id: string) => t.json<Record<string, string>>('POST', `/v1/conversations/${id}/cancel`);

    test('ends the stream, stops the model, and keeps what came', async () => {
      const { conversation, turn, release } = await halfway('First half.');
      const { status, body } = await cancel(conversation.id);
      expect([status, body]).toEqual([200, { [turn.runId]: 'cancelled' }]);
      if (t.deviates('§2.7', 'notices a cancel only when the model says something more')) release();
      await turn.end();
      expect(turn.stopReason).toBe('cancelled');
      expect(turn.isDone).toBe(true);
      expect((await t.client.runs.retrieve(turn.runId)).status).toBe('cancelled');

      const stored = (await t.history(conversation)).slice(1);
      if (t.deviates('§2.7', 'stores nothing of a cancelled turn')) {
        expect(stored).toEqual([]);
        return;
      }
      expect((await t.model.whenSettled(1)).outcome).toBe('aborted');
      expect(stored.map((event) => [event.message_type, textOf(event)])).toEqual([
        ['user_message', 'Go'],
        ['assistant_message', 'First half.'],
      ]);
      t.model.script(text('Gone on.'));
      expect((await t.say(conversation, 'Go on')).text).toBe('Gone on.');
      const sent = t.lastRequest.body.messages.slice(1);
      expect(sent.map((message) => message.role)).toEqual(['user', 'assistant', 'user']);
      expect(messageText(sent[1])).toContain('First half.');
    });

    test('works before the model has said anything, and through the agent', async () => {
      if (t.deviates('§2.7', 'notices a cancel only when the model says something more')) return;
      const { agent, conversation } = await t.pair();
      t.model.script(hang());
      const turn = await t.begin(conversation, { messages: [userMessage('Go')] });
      await turn.until((event) => event.message_type === 'ping');
      await t.model.whenRequest(1);
      const path = `/v1/agents/${agent.id}/messages/cancel`;
      const { status } = await t.json('POST', path, { run_ids: [turn.runId] });
      expect(status).toBe(200);
      await turn.end();
      expect(turn.stopReason).toBe('cancelled');
      expect((await t.say(conversation, 'Again')).stopReason).toBe('end_turn');
    });

    test('drops a call whose arguments have not all come', async () => {
      const { conversation } = await t.pair();
      const call = { name: 'Read', args: { path: 'a'.repeat(400) }, id: 'call_a' };
      t.model.script(toolCalls([call], { fragments: 40, delayMs: 100, text: 'I look.' }));
      const turn = await t.begin(conversation, { messages: [userMessage('Look')], ...tools });
      await turn.until((event) => event.message_type === 'approval_request_message');
      await cancel(conversation.id);
      await turn.end();
      expect(turn.stopReason).toBe('cancelled');
      const next = await t.say(conversation, 'Leave it');
      expect([next.status, next.stopReason]).toEqual([200, 'end_turn']);
      const sent = t.lastRequest.body.messages;
      expect(sent.flatMap((message) => message.tool_calls ?? [])).toEqual([]);
    });

    test('answers a pending approval with refusals, so that the conversation goes on', async () => {
      const { conversation } = await t.pair();
      const ids = ['call_a', 'call_b'];
      t.model.script(toolCalls(ids.map((id) => ({ name: 'Read', args: {}, id }))));
      await t.say(conversation, 'Look', tools);
      const { status } = await cancel(conversation.id);
      if (t.deviates('§2.7', 'answers 409 and stays stuck')) {
        expect(status).toBe(409);
        return;
      }
      expect(status).toBe(200);
      const next = await t.say(conversation, 'Something else', tools);
      expect([next.status, next.stopReason]).toEqual([200, 'end_turn']);
      const sent = t.lastRequest.body.messages;
      for (const id of ids) expect(sent.some((m) => m.role === 'tool' && m.tool_call_id === id)).toBe(true);
      const late = {
        type: 'approval',
        approvals: ids.map((id) => ({ type: 'tool', tool_call_id: id, tool_return: 'late', status: 'error' })),
      };
      const answer = await t.turn(conversation, { messages: [late], ...tools });
      expect([200, 400]).toContain(answer.status);
      expect((await t.say(conversation, 'Still there?', tools)).stopReason).toBe('end_turn');
    });

    test('of nothing is a 409 for a conversation', async () => {
      const { conversation } = await t.pair();
      const { status, body } = await cancel(conversation.id);
      expect(status).toBe(409);
      expect(JSON.stringify(body)).toMatch(/No active runs/);
    });
  });

  describe('a dropped stream', () => {
    test('does not end its turn, and is picked up from where it was', async () => {
      const { conversation, turn, release } = await halfway('First half.');
      const { runId, lastSeqId } = turn;
      await turn.drop();
      const opening = t.open(`/v1/runs/${runId}/stream`, { starting_after: lastSeqId, batch_size: 1000 });
      release();
      const resumed = await (await opening).end();
      expect(resumed.status).toBe(200);
      expect([resumed.text, resumed.stopReason, resumed.isDone]).toEqual([' And the rest.', 'end_turn', true]);
      const ids = resumed.events.flatMap((event) => (event.seq_id == null ? [] : [event.seq_id]));
      expect(ids[0]).toBe(lastSeqId + 1);
      expect(ids).toEqual([...ids].sort((a, b) => a - b));
      expect(textOf((await t.history(conversation)).at(-1))).toBe('First half. And the rest.');
    });

    test('is found by its conversation, or by the otid of its message', async () => {
      const otid = crypto.randomUUID();
      const { conversation, turn, release } = await halfway('First half.', otid);
      await turn.drop();
      const path = `/v1/conversations/${conversation.id}/stream`;
      const byConversation = await t.open(path, { starting_after: 0 });
      const byOtid = await t.open(path, { otid, starting_after: 0 });
      await Promise.all([byConversation, byOtid].map((s) => s.until((_, now) => now.text === 'First half.')));
      release();
      for (const stream of [byConversation, byOtid]) {
        expect([(await stream.end()).text, stream.stopReason]).toEqual(['First half. And the rest.', 'end_turn']);
        expect(stream.runId).toBe(turn.runId);
      }
    });

    test('of a finished run is replayed, the same every time', async () => {
      const { conversation } = await t.pair();
      const otid = crypto.randomUUID();
      t.model.script(text('The whole answer.', { reasoning: 'Why not.' }));
      const turn = await t.turn(conversation, { messages: [userMessage('Go', otid)] });
      const byOtid = await t.open(`/v1/conversations/${conversation.id}/stream`, { otid, starting_after: 0 });
      const byRun = await t.open(`/v1/runs/${turn.runId}/stream`, { starting_after: 0 });
      for (const replay of [byOtid, byRun]) {
        await replay.end();
        const events = (of: Turn) =>
          of.events.filter(
            (event) =>
              event.seq_id != null &&
              event.message_type !== 'ping' &&
              event.message_type !== 'stop_reason' &&
              event.message_type !== 'usage_statistics',
          );
        expect(events(replay)).toEqual(events(turn));
        expect([replay.text, replay.stopReason, replay.isDone]).toEqual(['The whole answer.', 'end_turn', true]);
      }
      const tail = await t.open(`/v1/runs/${turn.runId}/stream`, { starting_after: turn.lastSeqId });
      expect([(await tail.end()).text, tail.isDone]).toEqual(['', true]);
    });

    test('of nobody is an error', async () => {
      const { conversation } = await t.pair();
      const path = `/v1/conversations/${conversation.id}/stream`;
      const none = await t.open(path, {});
      expect([none.status, JSON.stringify(none.body)]).toEqual([400, expect.stringContaining('No active runs found')]);
      const unknown = await t.open(path, { otid: crypto.randomUUID() });
      expect([unknown.status, JSON.stringify(unknown.body)]).toEqual([
        404,
        expect.stringContaining('No run found for otid'),
      ]);
    });

    test('of a foreground turn lets the turn finish, and cannot be resumed', async () => {
      const { conversation } = await t.pair();
      const held = gate('First half.');
      t.model.script(held);
      const turn = await t.begin(conversation, { messages: [userMessage('Go')], background: false });
      await turn.until((_, now) => now.text === 'First half.');
      const [run] = (await t.client.runs.list({ conversation_id: conversation.id, limit: 1 })).items;
      await turn.drop();
      t.model.release(held.id);
      const last = await eventually(async () => {
        const found = (await t.history(conversation)).at(-1);
        return found?.message_type === 'assistant_message' ? found : undefined;
      });
      expect(textOf(last)).toContain('First half.');
      const resumed = await t.open(`/v1/runs/${run?.id}/stream`, {});
      expect(resumed.status).toBe(400);
      await eventually(async () => ((await t.say(conversation, 'Hi')).stopReason === 'end_turn' ? true : undefined));
    });
  });

  test('many conversations at a time keep their answers apart', async () => {
    const agent = await t.agent();
    const conversations = await Promise.all(Array.from({ length: 8 }, () => t.conversation(agent)));
    for (let n = 0; n < 8; n++) t.model.script({ ...text(`Answer ${n}.`, { chunkSize: 2 }), when: `Question ${n}.` });
    const turns = await Promise.all(conversations.map((conversation, n) => t.say(conversation, `Question ${n}.`)));
    expect(turns.map((turn) => turn.text)).toEqual(conversations.map((_, n) => `Answer ${n}.`));
    for (const [n, conversation] of conversations.entries()) {
      expect((await t.history(conversation)).slice(1).map(textOf)).toEqual([`Question ${n}.`, `Answer ${n}.`]);
    }
  });
});
