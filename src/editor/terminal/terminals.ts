// What the tools know of terminals: the agent's commands, and what the person ran in terminals of their own.
import type { Run } from './run.ts';
import type { Runs } from './runs.ts';

/** A command of the person. */
export interface OwnRun {
  id: string;
  /** The terminal's name. */
  terminal: string;
  command: string;
  running: boolean;
  exitCode: number | undefined;
  /** The end of what it wrote. */
  output(): string;
}

export interface Terminals {
  runs: Runs;
  /** Oldest first. */
  own(): readonly OwnRun[];
  /** Whether the command of this input runs in the sandbox. */
  boxed(input: object): Promise<boolean>;
  /** Whether a run in the sandbox failed because of it, as far as can be told. */
  kept(run: Run): boolean;
}
