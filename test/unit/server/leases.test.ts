// Who owns a run: renewed while its process lives, given up for good once another process took it.
import { expect, onTestFinished, test, vi } from 'vitest';
import { INTERRUPTED, settleRun, stageAfter } from '../../../src/server/engine/settle.ts';
import { Store } from '../../../src/server/store/store.ts';
import { Feed, finish, Harness, temporaryFolder, words } from './support.ts';

async function streaming(options: object = {}) {
  const folder = temporaryFolder();
  const h = await Harness.start(folder, options);
  const conversation = await h.conversation((await h.agent()).id);
  const feed = new Feed();
  h.model.answers = [() => feed.stream];
  const events = await h.send(conversation.id, { messages: [{ role: 'user', content: 'Hi' }] });
  feed.push(...words('So far'));
  await events.until((list) => list.length >= 2);
  const store = new Store(folder);
  onTestFinished(() => store.close());
  return { folder, h, conversation, feed, events, store };
}

test('a lease is renewed as long as the run goes on, and gone with its end', async () => {
  const { conversation, feed, events, store } = await streaming({ lease: { heartbeatMs: 20, leaseMs: 5_000 } });
  const first = store.leases.get(conversation.id)?.expiresAt ?? Number.POSITIVE_INFINITY;
  await expect.poll(() => store.leases.get(conversation.id)?.expiresAt).toBeGreaterThan(first);
  feed.push(finish());
  feed.end();
  await events.all();
  expect(store.leases.get(conversation.id)).toBeUndefined();
});

test('streamed text is in the store within moments, before the run ends', async () => {
  const { events, store } = await streaming();
  await expect.poll(() => store.streamLog.partials(events.runId).map((partial) => partial.text)).toEqual(['So far']);
  expect(store.messages.ofRun(events.runId).map((message) => message.body.role)).toEqual(['user']);
});

test.each([
  ['before a word of it', []],
  ['in the middle', words('So far')],
])('a run that another process has taken over %s stores nothing any more', async (_name, before) => {
  const folder = temporaryFolder();
  const h = await Harness.start(folder);
  const conversation = await h.conversation((await h.agent()).id);
  const feed = new Feed();
  h.model.answers = [() => feed.stream];
  const events = await h.send(conversation.id, { messages: [{ role: 'user', content: 'Hi' }], background: false });
  feed.push(...before);
  await events.until((list) => list.length > before.length / 3);
  const store = new Store(folder);
  onTestFinished(() => store.close());
  const run = store.runs.get(events.runId);
  if (!run) throw new Error('no run');
  store.write('durable', () => settleRun(store, run, INTERRUPTED, stageAfter(store, run)));
  const kept = await h.messages(conversation.id);
  feed.push({ type: 'text-delta', id: 'late', delta: ' and more' }, finish());
  feed.end();
  await events.all();
  expect(events.list.at(-1).message_type).toBe('error_message');
  expect(await h.messages(conversation.id)).toEqual(kept);
  expect((await h.json('GET', `/v1/runs/${events.runId}`)).metadata.error.error_type).toBe('stream_incomplete');
  expect((await h.say(conversation.id, 'On')).stopReason).toBe('end_turn');
});

test('after the clock went back, what a process that ended has held is free as soon as ever', async () => {
  const folder = temporaryFolder();
  const first = await Harness.start(folder);
  const conversation = await first.conversation((await first.agent()).id);
  const store = new Store(folder);
  onTestFinished(() => store.close());
  const runId = 'run-00000000-0000-4000-8000-000000000000';
  // Taken by a process that was killed an hour later, by the clock as it went then.
  store.write('durable', () => {
    store.runs.create({
      id: runId,
      agentId: conversation.agent_id,
      owner: conversation.id,
      background: true,
      otid: null,
      request: {},
    });
    store.leases.take({ key: conversation.id, owner: 'gone', runId, expiresAt: Date.now() + 3_600_000 });
  });
  const h = await Harness.start(folder, { lease: { leaseMs: 200 } });
  expect((await h.send(conversation.id, { messages: [{ role: 'user', content: 'Hi' }] })).response.status).toBe(409);
  await expect.poll(async () => (await h.json('GET', `/v1/runs/${runId}`)).status).toBe('failed');
  expect((await h.say(conversation.id, 'On')).stopReason).toBe('end_turn');
});

test('a run goes on while the clock goes back and forth, and another process leaves it alone', async () => {
  const clock = vi.spyOn(Date, 'now');
  onTestFinished(() => clock.mockRestore());
  const lease = { heartbeatMs: 20, leaseMs: 1_500 };
  const { folder, conversation, feed, events } = await streaming({ lease });
  const other = await Harness.start(folder, { lease });
  clock.mockImplementation(() => Math.round(performance.timeOrigin + performance.now() - 3_600_000));
  for (let n = 0; n < 13; n++) {
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect((await other.json('GET', `/v1/runs/${events.runId}`)).status).toBe('running');
  }
  feed.push(finish());
  feed.end();
  await events.all();
  expect(events.stopReason).toBe('end_turn');
  expect((await other.say(conversation.id, 'On')).stopReason).toBe('end_turn');
});
