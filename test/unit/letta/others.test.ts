// Two windows over one database, and two on a server that tells of no events: each hears what the other one did.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { type Connection, connect } from '../../../src/letta/connection.ts';
import { Others, type OthersDeps, type OthersEvent } from '../../../src/letta/others.ts';
import { createServer } from '../../../src/server/app.ts';
import { createModelRegistry } from '../../../src/server/models/create-model-registry.ts';

async function windows(): Promise<{ one: Connection; two: Connection; agentId: string }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'letta-others-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const open = async () => {
    const models = createModelRegistry({ endpoints: [], env: {}, probeLocal: false });
    const server = await createServer({ dataDir, models, version: '0.0.0' });
    onTestFinished(() => server.close());
    return connect({
      kind: 'embedded',
      fetch: (input, init) => server.fetch(new Request(input instanceof Request ? input : String(input), init)),
    });
  };
  const [one, two] = [await open(), await open()];
  const agent = await one.client.agents.create({ name: 'Ada', model: 'demo/offline', memory_blocks: [] });
  return { one, two, agentId: agent.id };
}

/** The machine may be busy. */
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 20 });

/** A window that listens. */
function listen(connection: Connection, agentId: string, deps: Partial<OthersDeps> = {}) {
  const heard: OthersEvent[] = [];
  let answers = 0;
  const get = async (...asked: [string, object]) => {
    const answer = await connection.client.get(...asked);
    answers++;
    return answer;
  };
  const client = new Proxy(connection.client, {
    get: (target, key) => {
      const value: unknown = key === 'get' ? get : Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const others = new Others({
    connection: { ...connection, client },
    agentId,
    shown: () => ['conv-shown'],
    working: () => false,
    heard: (events) => heard.push(...events),
    reachable: () => {},
    log: () => {},
    timing: { waitMs: 500, seenMs: 10, hiddenMs: 10 },
    ...deps,
  });
  onTestFinished(() => others.dispose());
  /** From now on nothing is missed. */
  const listening = () => eventually(() => expect(answers).toBeGreaterThan(0));
  return { others, heard, listening, kinds: () => heard.map(({ kind }) => kind) };
}

const say = (connection: Connection, threadId: string) =>
  connection.client.conversations.messages.create(threadId, {
    messages: [{ role: 'user', content: 'Hello' }],
    streaming: false,
  });

it('each window hears what the other one does, in order, and nothing of its own', async () => {
  const { one, two, agentId } = await windows();
  const [first, second] = [listen(one, agentId), listen(two, agentId)];
  await Promise.all([first.listening(), second.listening()]);
  const { id } = await one.client.conversations.create({ agent_id: agentId });
  await say(one, id);
  await eventually(() => expect(second.kinds()).toContain('run.ended'));
  const ofThread = second.heard.filter((event) => event.conversation_id === id).map(({ kind }) => kind);
  expect(ofThread.filter((kind) => kind !== 'conversation.updated')).toEqual([
    'conversation.created',
    'run.started',
    'run.ended',
  ]);
  await two.client.conversations.delete(id);
  await eventually(() => expect(first.heard).toContainEqual(expect.objectContaining({ subject: id })));
  expect(first.kinds().filter((kind) => kind !== 'conversation.deleted')).toEqual([]);
});

it('tells how much waits for review, to the windows of the same agent', async () => {
  const { one, two, agentId } = await windows();
  const other = await one.client.agents.create({ name: 'Bob', model: 'demo/offline', memory_blocks: [] });
  const [first, second, third] = [listen(one, agentId), listen(two, agentId), listen(two, other.id)];
  await Promise.all([first, second, third].map(({ listening }) => listening()));
  first.others.tellReviews(3);
  await eventually(() =>
    expect(second.heard).toContainEqual(expect.objectContaining({ kind: 'reviews.changed', subject: '3' })),
  );
  expect(third.kinds()).not.toContain('reviews.changed');
  expect(first.kinds()).not.toContain('reviews.changed');
});

it('a window that shows nothing asks seldom, and at once when it is shown again', async () => {
  const { one, two, agentId } = await windows();
  let shown: string[] = [];
  const second = listen(two, agentId, { shown: () => shown, timing: { waitMs: 500, hiddenMs: 3_600_000 } });
  await second.listening();
  await one.client.conversations.create({ agent_id: agentId });
  shown = ['conv-shown'];
  second.others.wake();
  await eventually(() => expect(second.kinds()).toContain('conversation.created'));
});

it('goes on after the home did not answer, and hears what happened meanwhile', async () => {
  const { one, two, agentId } = await windows();
  let down = false;
  const get = (...asked: [string, object]) => {
    if (down) throw new Error('down');
    return two.client.get(...asked);
  };
  const client = new Proxy(two.client, { get: (target, key) => (key === 'get' ? get : Reflect.get(target, key)) });
  const logged: string[] = [];
  const second = listen({ ...two, client }, agentId, {
    log: (line) => logged.push(line),
    timing: { waitMs: 1, hiddenMs: 1 },
  });
  await second.listening();
  down = true;
  await eventually(() => expect(logged).not.toEqual([]));
  await one.client.conversations.create({ agent_id: agentId });
  down = false;
  await eventually(() => expect(second.kinds()).toContain('conversation.created'));
});

it('on other homes it hears of new runs in the shown thread, and not of its own', async () => {
  const { one, two, agentId } = await windows();
  const [mine, theirs] = [
    await one.client.conversations.create({ agent_id: agentId }),
    await one.client.conversations.create({ agent_id: agentId }),
  ];
  let looks = 0;
  const list: Connection['client']['runs']['list'] = (...asked) => {
    looks++;
    return two.client.runs.list(...asked);
  };
  const client = new Proxy(two.client, {
    get: (target, key) => (key === 'runs' ? { list } : Reflect.get(target, key)),
  });
  let working = '';
  const second = listen({ ...two, client, kind: 'selfHosted' }, agentId, {
    shown: () => [mine.id, theirs.id],
    working: (threadId) => threadId === working,
  });
  const looked = async () => {
    const until = looks + 4;
    await eventually(() => expect(looks).toBeGreaterThan(until));
  };
  await looked();
  working = mine.id;
  await say(two, mine.id);
  await looked();
  working = '';
  await looked();
  await say(one, theirs.id);
  await eventually(() => expect(second.heard).not.toEqual([]));
  expect(second.heard.map((event) => event.conversation_id)).toEqual([theirs.id]);
});

it('says when another home does not answer, and when it does again', async () => {
  const { two, agentId } = await windows();
  const { id } = await two.client.conversations.create({ agent_id: agentId });
  let down = false;
  const failing =
    <A extends unknown[], R>(real: (...asked: A) => R) =>
    (...asked: A): R =>
      down ? (Promise.reject(new Error('down')) as R) : real(...asked);
  const get = failing(two.client.get.bind(two.client)) as Connection['client']['get'];
  const list = failing(two.client.runs.list.bind(two.client.runs));
  const client = new Proxy(two.client, {
    get: (target, key) => (key === 'get' ? get : key === 'runs' ? { list } : Reflect.get(target, key)),
  });
  const told: boolean[] = [];
  listen({ ...two, client, kind: 'selfHosted' }, agentId, { shown: () => [id], reachable: (is) => told.push(is) });
  await eventually(() => expect(told.at(-1)).toBe(true));
  down = true;
  await eventually(() => expect(told.at(-1)).toBe(false));
  down = false;
  await eventually(() => expect(told.at(-1)).toBe(true));
});
