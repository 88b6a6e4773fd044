// Reflection on the embedded server in process, with a scripted model: a window, its threads, and what was carried out.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askOnce } from '../../../src/agent/ask-once.ts';
import type { TurnEvent } from '../../../src/agent/events.ts';
import { findOrCreateAgent } from '../../../src/agent/setup.ts';
import type { ReflectBackend } from '../../../src/flows/reflect.ts';
import { ReflectLedger } from '../../../src/flows/reflect-ledger.ts';
import { SYSTEM } from '../../../src/flows/reflect-prompt.ts';
import { SpendingLedger } from '../../../src/flows/reflect-spending.ts';
import type { Answer } from '../../../src/flows/reflect-state.ts';
import { type Connection, connect } from '../../../src/letta/connection.ts';
import { lastRun } from '../../../src/letta/history.ts';
import { listBlocks } from '../../../src/memory/blocks.ts';
import { decideMemoryEdit } from '../../../src/permissions/memory-policy.ts';
import { maskSecrets } from '../../../src/permissions/secrets.ts';
import type { MemorySource } from '../../../src/protocol/sources.ts';
import { createServer, type LettaServer } from '../../../src/server/app.ts';
import { createModelRegistry } from '../../../src/server/models/create-model-registry.ts';
import { saidSince } from '../../../src/threads/said-since.ts';
import { Threads } from '../../../src/threads/threads.ts';
import { type ScriptedModel, startScriptedModel, text } from '../../support/scripted-model.ts';
import { turn, Workspace } from '../agent/turn-harness.ts';

export class ReflectWorld {
  readonly carried: { run: string; answer: Answer }[] = [];
  readonly logged: string[] = [];
  readonly seen = new Map<string, MemorySource[]>();
  declined: string[] = [];
  /** What waits because of where it came from. */
  held: string[] = [];
  apply = false;
  budget = 50_000;
  /** Milliseconds that the clock is ahead. */
  later = 0;
  /** Called before anything is carried out, e.g. to die. */
  beforeCarrying: () => Promise<void> = async () => {};
  readonly threads: Threads;
  readonly folder: string;
  readonly model: ScriptedModel;
  readonly connection: Connection;
  readonly agentId: string;
  private readonly server: LettaServer;
  private readonly workspace: Workspace;

  private constructor(
    folder: string,
    model: ScriptedModel,
    server: LettaServer,
    connection: Connection,
    agentId: string,
    workspace: Workspace,
  ) {
    this.folder = folder;
    this.model = model;
    this.server = server;
    this.connection = connection;
    this.agentId = agentId;
    this.workspace = workspace;
    this.threads = new Threads(connection, agentId);
  }

  /** What was asked of the server. */
  urls: string[] = [];

  static async make(): Promise<ReflectWorld> {
    const folder = await mkdtemp(join(tmpdir(), 'reflect-'));
    const model = await startScriptedModel();
    const endpoints = [{ name: 'scripted', baseUrl: model.baseUrl }];
    const models = createModelRegistry({ endpoints, env: {}, probeLocal: false });
    const server = await createServer({ dataDir: join(folder, 'data'), models, version: '0.0.0' });
    const urls: string[] = [];
    const connection = connect({
      kind: 'embedded',
      fetch: (input, init) => {
        const request = new Request(input, init);
        urls.push(request.url);
        return server.fetch(request);
      },
    });
    const { agent } = await findOrCreateAgent({
      connection,
      workspace: { root: folder, name: 'demo', trusted: true },
      storageFolder: join(folder, 'storage'),
      globalFolder: join(folder, 'global'),
      model: 'scripted/scripted',
    });
    const world = new ReflectWorld(folder, model, server, connection, agent.id, await Workspace.make());
    world.urls = urls;
    return world;
  }

  async close(): Promise<void> {
    await this.server.close();
    await this.model.close();
    await this.workspace.remove();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** A thread in which the person says something and is answered. @returns its id */
  async say(words: string, answer = 'Noted.', threadId?: string): Promise<string> {
    const thread = threadId ?? (await this.threads.create({ title: words.slice(0, 20) }));
    this.model.script(text(answer));
    await turn(this.workspace.deps(this.connection), words, { agentId: this.agentId, threadId: thread });
    return thread;
  }

  /** What turns of `turn` told. */
  readonly events: TurnEvent[] = [];

  /** A turn of the thread, told to `sink` too. */
  async turn(words: string, threadId: string, sink: (event: TurnEvent) => void): Promise<void> {
    const watch = (event: TurnEvent) => {
      this.events.push(event);
      sink(event);
    };
    await turn(this.workspace.deps(this.connection), words, { agentId: this.agentId, threadId, watch });
  }

  async set(label: string, value: string): Promise<void> {
    const block = (await listBlocks(this.connection, this.agentId)).find((each) => each.label === label);
    if (!block) throw new Error(`There is no ${label}.`);
    await this.connection.client.blocks.update(block.id, { value });
  }

  /** A window: another one each time, on the same files. `agent`: whose. */
  backend(owner = 'window-1', agent = 'state'): ReflectBackend {
    const { connection, agentId, threads } = this;
    const now = () => Date.now() + this.later;
    return {
      ledger: new ReflectLedger(join(this.folder, 'reflection', `${agent}.json`), now),
      spending: new SpendingLedger(join(this.folder, 'reflection', 'spending.json')),
      owner,
      blocks: () => listBlocks(connection, agentId),
      threads: () => threads.list(),
      running: async (threadId) => (await lastRun(connection, agentId, threadId))?.status === 'running',
      said: (threadId, from) => saidSince(connection, agentId, threadId, { ...from, model: 'scripted/scripted' }),
      seen: async (threadId) => this.seen.get(threadId) ?? ['person'],
      declined: async () => [
        ...this.declined.map((text) => ({ text, own: true })),
        ...this.held.map((text) => ({ text, own: false })),
      ],
      ask: (words, maxOutput, signal) =>
        askOnce(
          connection,
          {
            name: 'Reflection',
            tags: ['reflection'],
            system: SYSTEM,
            text: words,
            model: 'scripted/scripted',
            provider: 'openai',
            maxOutput,
          },
          signal,
        ),
      judge: async (edit) => decideMemoryEdit(edit),
      mask: maskSecrets,
      carryOut: async (run, answer) => {
        await this.beforeCarrying();
        this.carried.push({ run, answer });
        return { waiting: answer.proposals.length, applied: [], dropped: [] };
      },
      apply: () => this.apply,
      budget: () => this.budget,
      now,
      log: (line) => this.logged.push(line),
    };
  }
}

/** The answer of a model that proposes these. */
export const proposes = (...edits: { block: string; old?: string; new: string; cites: string[]; why?: string }[]) =>
  text(JSON.stringify({ edits }));
