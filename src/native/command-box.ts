// The sandbox that the agent's commands run in: opened with the first one, closed behind the last.
import { type Boxed, Sandbox, type SandboxPlace } from './sandbox.ts';
import { sandboxWanted } from './settings.ts';

export interface CommandBoxDeps {
  /** What holds now; read each time the sandbox is opened. */
  place(): SandboxPlace;
  log(line: string): void;
}

export class CommandBox {
  private readonly deps: CommandBoxDeps;
  private opened: Promise<Sandbox | string> | undefined;
  private users = 0;
  private possible: Promise<boolean> | undefined;

  constructor(deps: CommandBoxDeps) {
    this.deps = deps;
  }

  /** Whether commands run in it: it is wanted, and this computer has one. */
  async inUse(): Promise<boolean> {
    if (!sandboxWanted()) return false;
    this.possible ??= this.try();
    return this.possible;
  }

  /** What runs a command in it. @throws Error where it cannot be opened: then nothing may run */
  async wrap(command: string): Promise<Boxed & { ended(): void }> {
    this.users += 1;
    try {
      const sandbox = await this.open();
      if (typeof sandbox === 'string') throw new Error(sandbox);
      return {
        ...(await sandbox.wrap(command)),
        ended: () => {
          sandbox.ran();
          void this.leave();
        },
      };
    } catch (error) {
      await this.leave();
      throw error;
    }
  }

  private open(): Promise<Sandbox | string> {
    this.opened ??= Sandbox.open(this.deps.place());
    return this.opened;
  }

  /** Behind the last one, so that the next finds what is hidden and protected by then. */
  private async leave(): Promise<void> {
    this.users -= 1;
    if (this.users > 0) return;
    const { opened } = this;
    const sandbox = await opened;
    if (this.users > 0 || this.opened !== opened) return;
    this.opened = undefined;
    if (typeof sandbox === 'object') await sandbox.close();
  }

  private async try(): Promise<boolean> {
    this.users += 1;
    const sandbox = await this.open();
    await this.leave();
    if (typeof sandbox === 'string') this.deps.log(`Commands run without a sandbox. ${sandbox}`);
    return typeof sandbox === 'object';
  }
}
