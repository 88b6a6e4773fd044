// The embedded server in process with a scripted model behind it, and an agent with one thread: for turns with what lies beyond files.
import { join } from 'node:path';
import { MemoryContext } from '../../../src/agent/context.ts';
import { findOrCreateAgent } from '../../../src/agent/setup.ts';
import { ThreadNotes } from '../../../src/agent/thread-notes.ts';
import { type Connection, connect } from '../../../src/letta/connection.ts';
import { createServer, type LettaServer } from '../../../src/server/app.ts';
import { createModelRegistry } from '../../../src/server/models/create-model-registry.ts';
import { Threads } from '../../../src/threads/threads.ts';
import { type ChatMessage, messageText, type ScriptedModel, startScriptedModel } from '../../support/scripted-model.ts';
import { Workspace } from './turn-harness.ts';

export class AskingWorld {
  readonly workspace: Workspace;
  readonly model: ScriptedModel;
  readonly connection: Connection;
  readonly agentId: string;
  readonly threadId: string;
  readonly threads: Threads;
  private readonly server: LettaServer;

  private constructor(
    parts: Pick<AskingWorld, 'workspace' | 'model' | 'connection' | 'agentId' | 'threadId' | 'threads'> & {
      server: LettaServer;
    },
  ) {
    this.workspace = parts.workspace;
    this.model = parts.model;
    this.connection = parts.connection;
    this.agentId = parts.agentId;
    this.threadId = parts.threadId;
    this.threads = parts.threads;
    this.server = parts.server;
  }

  static async make(): Promise<AskingWorld> {
    const workspace = await Workspace.make();
    const model = await startScriptedModel();
    const endpoints = [{ name: 'scripted', baseUrl: model.baseUrl }];
    const server = await createServer({
      dataDir: join(workspace.folder, '.letta-data'),
      models: createModelRegistry({ endpoints, env: {}, probeLocal: false }),
      version: '0.0.0',
    });
    const connection = connect({ kind: 'embedded', fetch: (input, init) => server.fetch(new Request(input, init)) });
    const { agent } = await findOrCreateAgent({
      connection,
      workspace: { root: workspace.folder, name: 'demo', trusted: true },
      storageFolder: join(workspace.folder, '.storage'),
      globalFolder: join(workspace.folder, '.global'),
      model: 'scripted/scripted',
    });
    const threads = new Threads(connection, agent.id);
    const context = new MemoryContext(connection, join(workspace.folder, '.context'));
    const threadId = await context.created(agent.id, () => threads.create());
    return new AskingWorld({ workspace, model, server, connection, agentId: agent.id, threadId, threads });
  }

  async close(): Promise<void> {
    await this.server.close();
    await this.model.close();
    await this.workspace.remove();
  }

  /** Read anew, as after a restart. */
  notes(): ThreadNotes {
    return new ThreadNotes(join(this.workspace.folder, '.notes'));
  }

  asked(n: number): ChatMessage[] {
    return this.model.requests[n]?.body.messages ?? [];
  }

  /** What the tools returned, in the order of the request. */
  results(n: number): string[] {
    return this.asked(n)
      .filter((message) => message.role === 'tool')
      .map(messageText);
  }

  userTexts(n: number): string[] {
    return this.asked(n)
      .filter((message) => message.role === 'user')
      .map(messageText);
  }
}
