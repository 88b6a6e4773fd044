// Whether the workspace's agent can still be exchanged without a thought, and what the first view says of it.
import { type Choice, OpenChoice } from './agent/open-choice.ts';
import type { Choosing, ChoosingDeps } from './choosing.ts';

export interface AgentChoiceDeps extends ChoosingDeps {
  /** The extension's storage folder of this computer. */
  globalFolder: string;
  /** Of the workspace; null without a folder. */
  root: string | null;
}

export class AgentChoice {
  /** Shown while it can be exchanged. */
  kind: Choice['kind'] | undefined;
  /** Something was said to the agent. */
  private settled = false;
  private choosing: Promise<Choosing> | undefined;
  private readonly open: OpenChoice;
  private readonly deps: AgentChoiceDeps;

  constructor(deps: AgentChoiceDeps) {
    this.deps = deps;
    this.open = new OpenChoice(deps.globalFolder, deps.connection.homeKey, deps.root);
  }

  async dispose(): Promise<void> {
    await this.choosing?.then((choosing) => choosing.dispose());
  }

  private loadChoosing(): Promise<Choosing> {
    this.choosing ??= import('./choosing.ts').then(({ Choosing: Loaded }) => new Loaded(this.deps));
    return this.choosing;
  }

  /** Asks the person, or takes a new one (`fresh`). @returns whether the workspace has another agent now. @throws LettaError */
  async select(fresh = false): Promise<boolean> {
    const choosing = await this.loadChoosing();
    const chosen = await (fresh ? choosing.take('new') : choosing.select());
    if (!chosen) return false;
    await this.open.set({ agentId: chosen.id, kind: chosen.kind });
    return true;
  }

  leaveOpen(choice: Choice | undefined): void {
    this.open.set(choice).catch((error: unknown) => this.deps.log(String(error)));
  }

  /** Nothing waits for it: the chat is open with the workspace's own agent. */
  async offer(): Promise<void> {
    try {
      const open = await this.open.get();
      if (open?.agentId !== this.deps.agentId || this.settled) return;
      if (!(await (await this.loadChoosing()).hasOthers()) || this.settled) return;
      this.kind = open.kind;
      await this.deps.changed();
    } catch (error) {
      this.deps.log(`Other agents could not be listed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** From now on it is the workspace's. */
  settle(): void {
    if (this.settled) return;
    this.settled = true;
    this.leaveOpen(undefined);
    void this.choosing?.then((choosing) => choosing.dispose());
    if (!this.kind) return;
    this.kind = undefined;
    void this.deps.changed();
  }
}
