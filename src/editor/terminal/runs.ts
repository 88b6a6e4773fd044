// The commands of this window: started, found again by their terminal's id, and told about when they end behind a turn.
import { leftIn } from './excerpt.ts';
import type { RunNotes } from './left-runs.ts';
import type { LogFolder } from './log-folder.ts';
import { Run, type RunSpec } from './run.ts';
import type { Runner } from './runner.ts';

export interface RunsDeps {
  logs: LogFolder;
  runner: Runner;
  /** Runs commands in the sandbox. */
  boxed: Runner;
  /** Keeps for the next window what this one may not tell the agent any more. */
  notes?: Pick<RunNotes, 'update' | 'leave'>;
  /** A run that nobody waits for has something new to show. */
  changed(run: Run): void;
}

/** Runs that ended and can still be looked at. */
const KEEP_ENDED = 30;

export class Runs {
  private readonly deps: RunsDeps;
  private readonly runs = new Map<string, Run>();

  constructor(deps: RunsDeps) {
    this.deps = deps;
  }

  /** @throws Error when it could not be started; then nothing ran */
  async start(spec: RunSpec): Promise<Run> {
    const { logs, runner, boxed, notes, changed } = this.deps;
    const run = await Run.start(
      `t${await logs.next()}`,
      spec,
      logs.pathOf(spec.threadId, spec.callId),
      spec.boxed ? boxed : runner,
    );
    this.runs.set(run.id, run);
    notes?.update(run);
    run.onChange(() => {
      notes?.update(run);
      if (run.background) changed(run);
    });
    this.forget();
    return run;
  }

  get(id: string): Run | undefined {
    return this.runs.get(id);
  }

  byCall(callId: string): Run | undefined {
    return [...this.runs.values()].findLast((run) => run.spec.callId === callId);
  }

  /** Those that run, and the last ones that ended. */
  list(): Run[] {
    return [...this.runs.values()];
  }

  /** What a call that was interrupted had written; undefined where nothing was kept. */
  async leftBy(threadId: string, callId: string): Promise<string | undefined> {
    return leftIn(this.deps.logs.pathOf(threadId, callId));
  }

  /** What ended behind the thread's turns and was not told yet. */
  news(threadId: string): Run[] {
    return this.list().filter((run) => run.spec.threadId === threadId && run.background && run.ended && !run.told);
  }

  /** Ends everything that runs. */
  async dispose(): Promise<void> {
    const noted = this.deps.notes?.leave();
    for (const run of this.runs.values()) run.kill('person');
    await Promise.all([noted, ...this.list().map((run) => run.log.close())]);
  }

  private forget(): void {
    const ended = this.list().filter((run) => run.ended && (run.told || !run.background));
    for (const run of ended.slice(0, Math.max(0, ended.length - KEEP_ENDED))) {
      this.runs.delete(run.id);
      void run.log.close();
    }
  }
}
