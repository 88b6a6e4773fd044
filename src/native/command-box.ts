// The sandbox that the agent's commands run in: opened with the first one, made current for each, closed behind the last.
import { type Boxed, BUSY, didNotStart, Sandbox, type SandboxPlace } from './sandbox.ts';

/** Commands that wait for a sandbox that does not start, until none does any more. */
const TRIES = 3;

type Box = Pick<Sandbox, 'wrap' | 'ran' | 'renew' | 'close'>;

export interface CommandBoxDeps {
  /** Whether the person wants commands in it. */
  wanted(): boolean;
  /** What holds now; read for each command. */
  place(): SandboxPlace;
  /** Absent: the one of the operating system. */
  open?(place: SandboxPlace): Promise<Box | string>;
  log(line: string): void;
}

export class CommandBox {
  private readonly deps: CommandBoxDeps;
  private opened: Promise<Box | string> | undefined;
  private users = 0;
  private possible: Promise<boolean> | undefined;
  private tries = 0;

  constructor(deps: CommandBoxDeps) {
    this.deps = deps;
  }

  /** Whether commands run in it: it is wanted, and this computer has one. */
  async inUse(): Promise<boolean> {
    if (!this.deps.wanted()) return false;
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
        ended: () => void sandbox.ran().finally(() => this.leave()),
      };
    } catch (error) {
      await this.leave();
      throw error;
    }
  }

  /** One that is open for another command still goes by what held when that began. */
  private async open(): Promise<Box | string> {
    const { opened } = this;
    if (!opened) {
      this.opened = (this.deps.open ?? Sandbox.open)(this.deps.place());
      return this.opened;
    }
    const sandbox = await opened;
    if (typeof sandbox === 'object') await sandbox.renew(this.deps.place());
    return sandbox;
  }

  /** Behind the last one. */
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
    // Somebody else has it at the moment: that says nothing about the next command.
    if (sandbox === BUSY) this.possible = undefined;
    else if (typeof sandbox === 'string' && didNotStart(sandbox) && ++this.tries < TRIES) this.possible = undefined;
    return typeof sandbox === 'object';
  }
}
