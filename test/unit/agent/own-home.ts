// A home of our own in process: the embedded server over a temporary workspace, an agent as the extension makes it, and a
// scripted model behind both.
import { join } from 'node:path';
import { findOrCreateAgent, type SetupResult } from '../../../src/agent/setup.ts';
import { type Connection, connect } from '../../../src/letta/connection.ts';
import { listBlocks } from '../../../src/memory/blocks.ts';
import type { BlockView } from '../../../src/protocol/memory-views.ts';
import { createServer, type LettaServer } from '../../../src/server/app.ts';
import { createModelRegistry } from '../../../src/server/models/create-model-registry.ts';
import { Threads } from '../../../src/threads/threads.ts';
import { type ScriptedModel, startScriptedModel } from '../../support/scripted-model.ts';
import { Workspace } from './turn-harness.ts';

export class OwnHome {
  readonly workspace: Workspace;
  readonly model: ScriptedModel;
  private running: LettaServer | undefined;
  private door: Connection | undefined;
  private readonly through: (request: Request) => Request;
  agentId = '';

  private constructor(workspace: Workspace, model: ScriptedModel, through: (request: Request) => Request) {
    this.workspace = workspace;
    this.model = model;
    this.through = through;
  }

  /** @param through what the server gets of a request: for one that understands less */
  static async open(through?: (request: Request) => Request): Promise<OwnHome> {
    return OwnHome.in(await Workspace.make(), through);
  }

  /** In a workspace that is there already; it goes with the home. */
  static async in(workspace: Workspace, through = (request: Request) => request): Promise<OwnHome> {
    const home = new OwnHome(workspace, await startScriptedModel(), through);
    await home.start();
    home.agentId = (await home.setup()).agent.id;
    return home;
  }

  /** Another process on the same data: what ran in the first one is never heard of again. */
  async restart(): Promise<void> {
    await this.server.close();
    await this.start();
  }

  private async start(): Promise<void> {
    const server = await createServer({
      dataDir: join(this.workspace.folder, '.letta-data'),
      models: createModelRegistry({
        endpoints: [{ name: 'scripted', baseUrl: this.model.baseUrl }],
        env: {},
        probeLocal: false,
      }),
      version: '0.0.0',
      ownTools: 'ask',
    });
    this.running = server;
    this.door = connect({
      kind: 'embedded',
      fetch: (input, init) => server.fetch(this.through(new Request(input, init))),
    });
  }

  get server(): LettaServer {
    if (!this.running) throw new Error('The home is not open.');
    return this.running;
  }

  get connection(): Connection {
    if (!this.door) throw new Error('The home is not open.');
    return this.door;
  }

  setup(): Promise<SetupResult> {
    return findOrCreateAgent({
      connection: this.connection,
      workspace: { root: this.workspace.folder, name: 'demo', trusted: true },
      storageFolder: join(this.workspace.folder, '.storage'),
      globalFolder: join(this.workspace.folder, '.global'),
      model: 'scripted/scripted',
    });
  }

  get threads(): Threads {
    return new Threads(this.connection, this.agentId);
  }

  /** As the extension makes one. */
  newThread(): Promise<string> {
    return this.workspace.deps(this.connection).context.created(this.agentId, () => this.threads.create());
  }

  async block(label: string): Promise<BlockView> {
    const found = (await listBlocks(this.connection, this.agentId)).find((each) => each.label === label);
    if (!found) throw new Error(`The agent has no block ${label}.`);
    return found;
  }

  async close(): Promise<void> {
    await this.server.close();
    await this.model.close();
    await this.workspace.remove();
  }
}
