// What the parts of a home share.
import type { MemoryContext } from './agent/context.ts';
import type { Journal } from './agent/journal.ts';
import type { Pins } from './agent/pins.ts';
import type { AgentInfo } from './agent/setup.ts';
import type { TurnHolds } from './agent/turn-holds.ts';
import type { BringingDeps } from './bringing.ts';
import type { OpenBeside, RunBeside } from './flows/run-beside.ts';
import type { Connection } from './letta/connection.ts';
import type { ChangeLog } from './memory/change-log.ts';
import type { HomeDeps } from './open-home.ts';
import type { Threads } from './threads/threads.ts';

export interface Core {
  deps: HomeDeps;
  connection: Connection;
  agent: AgentInfo;
  changes: ChangeLog;
  journal: Journal;
  memory: MemoryContext;
  pins: Pins;
  holds: TurnHolds;
  threads: Threads;
  /** One message in a hidden thread, where a model answers that is one. */
  askBeside: RunBeside;
  openBeside: OpenBeside;
  /** Takes notes back. */
  undo: BringingDeps['undo'];
  /** The model that a background run may ask; null: none. */
  answering(): Promise<string | null>;
}
