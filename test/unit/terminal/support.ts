// Commands in real processes, as they run where a shell has no integration with VS Code. As a program, so that it can be killed:
// `node support.ts FOLDER COMMAND [background]` runs a command and says where its output goes.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChildRunner } from '../../../src/editor/terminal/child-runner.ts';
import { RunNotes } from '../../../src/editor/terminal/left-runs.ts';
import { LogFolder } from '../../../src/editor/terminal/log-folder.ts';
import type { Run, RunSpec } from '../../../src/editor/terminal/run.ts';
import { Runs } from '../../../src/editor/terminal/runs.ts';
import { standingOf } from '../../../src/tools/command-body.ts';

export interface World {
  folder: string;
  runs: Runs;
  /** The last that was shown in a terminal. */
  readonly mirrored: string;
  changed: Run[];
  start(command: string, more?: Partial<RunSpec>): Promise<Run>;
  remove(): Promise<void>;
}

export async function makeWorld(given?: string): Promise<World> {
  const folder = given ?? (await mkdtemp(join(tmpdir(), 'runs-')));
  let mirrored = '';
  const changed: Run[] = [];
  const runner = new ChildRunner({
    mirror: () => ({
      write: (text) => {
        mirrored = text;
      },
      ended: () => {},
      show: () => {},
    }),
  });
  const logs = new LogFolder(join(folder, 'logs'));
  const notes = new RunNotes(logs, standingOf);
  const runs = new Runs({ logs, notes, runner, boxed: runner, changed: (run) => changed.push(run) });
  let calls = 0;
  return {
    folder,
    runs,
    get mirrored() {
      return mirrored;
    },
    changed,
    start: (command, more = {}) => {
      calls += 1;
      const spec = { threadId: 'thread', callId: `call-${calls}`, cwd: folder, background: false, boxed: false };
      return runs.start({ ...spec, command, ...more });
    },
    remove: async () => {
      await runs.dispose();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export const never = new AbortController().signal;

/** Whether a process with this in its command line is there. */
export async function alive(mark: string): Promise<boolean> {
  const { spawnSync } = await import('node:child_process');
  return spawnSync('pgrep', ['-f', mark]).status === 0;
}

if (import.meta.main) {
  const [, , folder = '', command = '', background] = process.argv;
  const run = await (await makeWorld(folder)).start(command, { background: background !== undefined });
  process.stdout.write(`${run.log.path}\n`);
}
