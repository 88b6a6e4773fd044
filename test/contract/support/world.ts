// A data folder, a scripted model and any number of servers over them, fresh for each case: servers that are killed,
// restarted, or share one database.
import { test as base } from 'vitest';
import { type ScriptedModel, startScriptedModel } from '../../support/scripted-model.ts';
import { eventually, STREAMING, userMessage } from './contract.ts';
import {
  type Fetch,
  type RunningServer,
  type SpawnedServer,
  type SpawnOptions,
  spawnServer,
  startInProcess,
  temporaryFolder,
} from './server.ts';
import { type LettaEvent, Turn } from './turn.ts';

/** A lease outlives its owner by 10 s; a restarted server may refuse a conversation that long. */
const LEASE = 15_000;

export interface Door {
  baseUrl: string;
  fetch: Fetch;
}

export interface Run {
  id: string;
  status: string;
  stop_reason: string | null;
  metadata: { error?: { error_type?: string } } | null;
}

export class World {
  readonly model: ScriptedModel;
  readonly dataDir: string;
  readonly #servers: RunningServer[] = [];

  constructor(model: ScriptedModel, dataDir: string) {
    this.model = model;
    this.dataDir = dataDir;
  }

  async spawned(options?: SpawnOptions): Promise<SpawnedServer> {
    const server = await spawnServer({ dataDir: this.dataDir, modelUrl: this.model.baseUrl }, options);
    this.#servers.push(server);
    return server;
  }

  async inProcess(): Promise<RunningServer> {
    const server = await startInProcess({ dataDir: this.dataDir, modelUrl: this.model.baseUrl });
    this.#servers.push(server);
    return server;
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()));
    await this.model.close();
  }
}

/** A case that gets a world of its own. */
export const test = base.extend<{ world: World }>({
  // biome-ignore lint/correctness/noEmptyPattern: the framework reads the fixtures that are used from this pattern
  world: async ({}, use) => {
    const folder = temporaryFolder();
    const world = new World(await startScriptedModel(), folder.path);
    await use(world);
    await world.close();
    folder.remove();
  },
});

/** @throws Error with the answer, unless it is a 2xx. */
export async function json<T>(door: Door, method: string, path: string, body?: unknown): Promise<T> {
  const response = await door.fetch(`${door.baseUrl}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer}`);
  return JSON.parse(answer) as T;
}

export function open(door: Door, path: string, body: object): Promise<Turn> {
  const controller = new AbortController();
  const answer = door.fetch(`${door.baseUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: controller.signal,
  });
  return Turn.open(answer, controller);
}

export function begin(door: Door, conversation: { id: string }, body: object): Promise<Turn> {
  return open(door, `/v1/conversations/${conversation.id}/messages`, { ...STREAMING, ...body });
}

export async function say(door: Door, conversation: { id: string }, words: string, body: object = {}): Promise<Turn> {
  return (await begin(door, conversation, { messages: [userMessage(words)], ...body })).end();
}

/**
 * Says it as soon as the lease of the killed server has run out. Until then it is refused; a message that the killed
 * server had taken already joins that run, and ends with it.
 */
export function sayWhenFree(door: Door, conversation: { id: string }, body: object): Promise<Turn> {
  return eventually(async () => {
    const turn = await begin(door, conversation, body);
    if (turn.status === 409) return undefined;
    await turn.end();
    return turn.error?.error_type === 'stream_incomplete' ? undefined : turn;
  }, LEASE);
}

/** An agent with one block, `human`, and a conversation with it. */
export async function pair(door: Door, agentBody: object = {}) {
  const agent = await json<{ id: string }>(door, 'POST', '/v1/agents/', {
    agent_type: 'letta_v1_agent',
    name: 'Ada',
    model: 'scripted/scripted',
    include_base_tools: false,
    tools: ['memory_insert', 'memory_replace'],
    memory_blocks: [{ label: 'human', value: 'Prefers tabs.' }],
    ...agentBody,
  });
  const conversation = await json<{ id: string }>(door, 'POST', `/v1/conversations/?agent_id=${agent.id}`, {});
  return { agent, conversation };
}

export function history(door: Door, conversation: { id: string }): Promise<LettaEvent[]> {
  return json(door, 'GET', `/v1/conversations/${conversation.id}/messages?order=asc&limit=200`);
}

export async function blockOf(door: Door, agent: { id: string }): Promise<string> {
  return (await json<{ value: string }>(door, 'GET', `/v1/agents/${agent.id}/core-memory/blocks/human`)).value;
}

export async function archiveOf(door: Door, agent: { id: string }): Promise<string[]> {
  const path = `/v1/agents/${agent.id}/archival-memory?limit=1000`;
  return (await json<{ text: string }[]>(door, 'GET', path)).map((passage) => passage.text);
}

export async function lastRun(door: Door, conversation: { id: string }): Promise<Run | undefined> {
  return (await json<Run[]>(door, 'GET', `/v1/runs/?conversation_id=${conversation.id}&limit=1`))[0];
}

/** The run of a killed server, once another server has noticed. */
export function interruptedRun(door: Door, conversation: { id: string }): Promise<Run> {
  return eventually(async () => {
    const run = await lastRun(door, conversation);
    return run?.status === 'running' || run?.status === 'created' ? undefined : run;
  }, LEASE);
}
