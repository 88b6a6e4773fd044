// Which agent works in this workspace: a new one, or one of this home that exists. Loaded once there is something to choose.
import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { type OtherAgent, otherAgents, removeUnused } from './agent/choose-agent.ts';
import { type AgentInfo, createAgent, type SetupOptions } from './agent/setup.ts';
import { WorkspaceAgents } from './agent/workspace-agents.ts';
import type { Connection } from './letta/connection.ts';

export interface ChoosingDeps {
  connection: Connection;
  /** The workspace's agent now. */
  agentId: string;
  /** The same, as far as it is known here. */
  agent: AgentInfo;
  setup(): Promise<SetupOptions>;
  /** Another window has given this workspace another agent, and nothing was said to this one yet. */
  movedOn(): Promise<void>;
  /** What the view says of the agent has changed. */
  changed(): Promise<void>;
  log(line: string): void;
}

export interface ChosenAgent {
  id: string;
  kind: 'new' | 'existing';
}

export class Choosing implements vscode.Disposable {
  private readonly deps: ChoosingDeps;
  private readonly subscriptions: vscode.Disposable[] = [];

  constructor(deps: ChoosingDeps) {
    this.deps = deps;
  }

  dispose(): void {
    for (const subscription of this.subscriptions.splice(0)) subscription.dispose();
  }

  /** @throws LettaError */
  async hasOthers(): Promise<boolean> {
    const others = await otherAgents(this.deps.connection, this.deps.agentId);
    if (others.length > 0) await this.watch();
    return others.length > 0;
  }

  /** Asks the person, who may also rename and delete agents. The one that was never used goes. @returns undefined when all stays as it is. @throws LettaError */
  async select(): Promise<ChosenAgent | undefined> {
    const { connection, agentId } = this.deps;
    const { agent, changed } = this.deps;
    const [{ selectAgent }, { belongingsOf, deleteAgent, renameAgent }] = await Promise.all([
      import('./commands/select-agent.ts'),
      import('./agent/manage-agent.ts'),
    ]);
    const picked = await selectAgent({
      own: { id: agentId, name: agent.name },
      others: () => otherAgents(connection, agentId),
      rename: async (id, name) => {
        await renameAgent(connection, id, name);
        if (id !== agentId) return;
        agent.name = name;
        await changed();
      },
      belongings: (id) => belongingsOf(connection, id),
      export: async (id) => (await import('./agent-files.ts')).exportAgent(connection, id),
      remove: (id) => deleteAgent(connection, id),
    });
    return picked && this.take(picked);
  }

  /** Gives the workspace this one. The agent it had goes where it was never used. @throws LettaError */
  async take(agent: OtherAgent | 'new'): Promise<ChosenAgent> {
    const { connection, agentId } = this.deps;
    this.dispose();
    const setup = await this.deps.setup();
    const chosen: ChosenAgent =
      agent === 'new' ? { id: (await createAgent(setup)).id, kind: 'new' } : { id: agent.id, kind: 'existing' };
    if (chosen.kind === 'existing')
      await new WorkspaceAgents(setup.workspace, setup.storageFolder).set(connection.homeKey, chosen.id);
    // The workspace has its agent by now: what is left behind is litter at worst.
    await removeUnused(connection, agentId).catch((error: unknown) => this.deps.log(String(error)));
    return chosen;
  }

  /** Two windows on one workspace have one agent: what is chosen in the other one counts here. */
  private async watch(): Promise<void> {
    const { workspace, storageFolder } = await this.deps.setup();
    const remembered = new WorkspaceAgents(workspace, storageFolder);
    const look = async (): Promise<void> => {
      const now = await remembered.get(this.deps.connection.homeKey);
      if (this.subscriptions.length === 0 || now === undefined || now === this.deps.agentId) return;
      this.dispose();
      await this.deps.movedOn();
    };
    for (const path of remembered.files) {
      const watcher = vscode.workspace.createFileSystemWatcher(
        new vscode.RelativePattern(vscode.Uri.file(dirname(path)), basename(path)),
      );
      const looked = (): void => void look().catch((error: unknown) => this.deps.log(String(error)));
      this.subscriptions.push(watcher, watcher.onDidChange(looked), watcher.onDidCreate(looked));
    }
  }
}
