// What one process tells another of the database that they share: a route of this server alone.
import { expect } from 'vitest';
import { gate } from '../support/scripted-model.ts';
import { userMessage } from './support/contract.ts';
import { begin, type Door, json, pair, test } from './support/world.ts';

const SLOW = 90_000;

interface Event {
  n: number;
  at: string;
  kind: string;
  agent_id: string | null;
  conversation_id: string | null;
  subject: string;
}

interface Events {
  events: Event[];
  last: number;
}

const ask = (door: Door, query: string) => json<Events>(door, 'GET', `/v1/events?${query}`);

/** Asks on until something of this kind has come. */
async function until(door: Door, after: number, kind: string): Promise<Events> {
  const found: Event[] = [];
  let last = after;
  while (!found.some((event) => event.kind === kind)) {
    const more = await ask(door, `after=${last}&wait=30000`);
    found.push(...more.events);
    last = more.last;
  }
  return { events: found, last };
}

test(
  'a process hears of what another one does while it waits, and not of its own',
  async ({ world }) => {
    const [first, second] = [await world.spawned(), await world.inProcess()];
    const { agent, conversation } = await pair(first);
    const start = await ask(second, '');
    const held = gate('Half', ' and half.');
    world.model.script(held);
    const waiting = until(second, start.last, 'run.started');
    const turn = await begin(first, conversation, { messages: [userMessage('Tell me')] });
    const begun = await waiting;
    const run = begun.events.find(({ kind }) => kind === 'run.started');
    expect(run).toEqual({
      n: expect.any(Number),
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      kind: 'run.started',
      agent_id: agent.id,
      conversation_id: conversation.id,
      subject: expect.stringMatching(/^run-/),
    });
    world.model.release(held.id);
    await turn.end();
    const ended = await until(second, begun.last, 'run.ended');
    expect(ended.events.find(({ kind }) => kind === 'run.ended')?.subject).toBe(run?.subject);
    // Its own changes are passed over, and counted.
    await json(second, 'PATCH', `/v1/conversations/${conversation.id}`, { summary: 'Named here' });
    const own = await ask(second, `after=${ended.last}`);
    expect(own.events).toEqual([]);
    expect(own.last).toBeGreaterThan(ended.last);
    const told = await until(first, ended.last, 'conversation.updated');
    expect(told.events.map(({ conversation_id }) => conversation_id)).toEqual([conversation.id]);
  },
  SLOW,
);

test(
  'a program tells how much waits for review; anything else is refused',
  async ({ world }) => {
    const [first, second] = [await world.inProcess(), await world.inProcess()];
    const { agent } = await pair(first);
    const { last } = await ask(second, '');
    await json(first, 'POST', '/v1/events', { kind: 'reviews.changed', agent_id: agent.id, waiting: 2 });
    const { events } = await until(second, last, 'reviews.changed');
    expect(events.at(-1)).toMatchObject({ kind: 'reviews.changed', agent_id: agent.id, subject: '2' });
    for (const body of [
      { kind: 'block.updated', agent_id: agent.id, waiting: 2 },
      { kind: 'reviews.changed', agent_id: agent.id, waiting: -1 },
      { kind: 'reviews.changed', agent_id: 'nobody', waiting: 1 },
      {},
    ])
      await expect(json(first, 'POST', '/v1/events', body)).rejects.toThrow(/422/);
    await expect(ask(second, 'after=soon')).rejects.toThrow(/422/);
  },
  SLOW,
);
