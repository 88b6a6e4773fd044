// Which agent works in this workspace: a new one, or one of this home that exists. Loaded once there is something to choose.
import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { type OtherAgent, otherAgents, removeUnused } from './agent/choose-agent.ts';
import { createAgent, type SetupOptions } from './agent/setup.ts';
import { WorkspaceAgents } from './agent/workspace-agents.ts';
import type { Connection } from './letta/connection.ts';
import { language, t } from './protocol/l10n.ts';

export interface ChoosingDeps {
  connection: Connection;
  /** The workspace's agent now. */
  agentId: string;
  setup(): Promise<SetupOptions>;
  /** Another window has given this workspace another agent, and nothing was said to this one yet. */
  movedOn(): Promise<void>;
  log(line: string): void;
}

export interface ChosenAgent {
  id: string;
  kind: 'new' | 'existing';
}

interface Item extends vscode.QuickPickItem {
  agent?: OtherAgent | 'new';
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

  /** Asks the person. An agent that was never used goes. @returns undefined when all stays as it is. @throws LettaError */
  async select(): Promise<ChosenAgent | undefined> {
    const { connection, agentId } = this.deps;
    const others = await otherAgents(connection, agentId);
    const picked = await vscode.window.showQuickPick(itemsFor(others), {
      title: t('Select Agent'),
      placeHolder: t('Which agent works in this workspace? Its threads and its project memory come with it.'),
      matchOnDescription: true,
      matchOnDetail: true,
    });
    return picked?.agent && this.take(picked.agent);
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

function itemsFor(others: readonly OtherAgent[]): Item[] {
  const fresh: Item = {
    label: `$(add) ${t('New agent for this workspace')}`,
    detail: t('Its memory of the project begins empty. What is known about you is shared.'),
    agent: 'new',
  };
  if (others.length === 0) return [fresh];
  const existing = others.map((agent) => ({
    label: `$(hubot) ${agent.name}`,
    description: [agent.model, agent.lastRun ? t('last used {0}', day(agent.lastRun)) : ''].filter(Boolean).join(' · '),
    detail: agent.ours
      ? agent.description
      : [agent.description, t('Not made by this extension.')].filter(Boolean).join(' '),
    agent,
  }));
  return [fresh, { label: t('Existing agents'), kind: vscode.QuickPickItemKind.Separator }, ...existing];
}

const day = (at: string): string =>
  new Date(at).toLocaleDateString(language(), { year: 'numeric', month: 'short', day: 'numeric' });
