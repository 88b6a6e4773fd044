// Cases that more than one home runs: the same code, registered by the file that knows the home.
import { test } from 'vitest';

export interface Case {
  name: string;
  run(): Promise<void>;
  /** Part of every run on a self-hosted home too; the others with LETTA_E2E_HOME=selfHosted only. */
  onEachHome: boolean;
}

export function register(cases: readonly Case[]): void {
  for (const { name, run } of cases) test(name, run);
}
