// One command from its start to its end: what it wrote, whether it waits for somebody, how it ended.
import { OutputLog, type Shown } from './output-log.ts';
import type { Process, Runner } from './runner.ts';

export interface RunSpec {
  threadId: string;
  callId: string;
  command: string;
  /** Absolute path of a folder. */
  cwd: string;
  background: boolean;
  /** It runs in the sandbox of the operating system. */
  boxed: boolean;
}

/** Why a run is looked at: it ended, time is over, it seems to wait for input, or the turn was stopped. */
export type Pause = 'ended' | 'late' | 'waits' | 'stopped';

/** Milliseconds without output after which a last line that looks like a question is one. */
const ASKS_MS = 3_000;
/** The same for any line that has no end yet, and for no output at all. */
const UNFINISHED_MS = 10_000;
const SILENT_MS = 45_000;
/** Characters: what asks somebody is shorter. Half a line of data is no question, however long the rest takes. */
const LONGEST_QUESTION = 300;
/** Milliseconds between two looks at how long it has been silent. */
const LOOK_MS = 250;
/** At most four times a second, and this much, is shown while it runs. */
const SHOW_MS = 250;
const SHOWN = 4_000;

const QUESTION =
  /(?:[?:>$#»❯]|\[[^\]]*\]|\((?:y\/n|yes\/no)[^)]*\)|password[^\n]*|passphrase[^\n]*|(?:press|hit)[^\n]*|continue\b[^\n]*)\s*$/i;

export class Run {
  readonly id: string;
  readonly spec: RunSpec;
  readonly log: OutputLog;
  /** Nobody waits for its end: the agent is told of it. */
  background: boolean;
  /** Who ended it, where it did not end by itself. */
  endedBy: 'person' | 'agent' | undefined;
  exitCode: number | undefined;
  /** It looks as if it waited for input. */
  waits = false;
  /** The agent knows that it has ended. */
  told = false;
  private readonly started = Date.now();
  private took: number | undefined;
  private heard = Date.now();
  private readonly process: Process;
  private readonly listeners = new Set<() => void>();
  private timer: NodeJS.Timeout | undefined;
  private readonly done: Promise<void>;

  /** @throws Error when it could not be started; then nothing ran */
  static async start(id: string, spec: RunSpec, path: string, runner: Runner): Promise<Run> {
    const log = await OutputLog.create(path);
    try {
      let run: Run | undefined;
      const process = await runner.start({
        command: spec.command,
        cwd: spec.cwd,
        owner: spec.threadId,
        interactive: spec.background,
        output: (text) => {
          log.write(text);
          run?.heardFrom();
          return log.crowded ? log.flush() : undefined;
        },
      });
      run = new Run(id, spec, log, process);
      return run;
    } catch (error) {
      await log.close();
      throw error;
    }
  }

  private constructor(id: string, spec: RunSpec, log: OutputLog, process: Process) {
    this.id = id;
    this.spec = spec;
    this.log = log;
    this.process = process;
    this.background = spec.background;
    this.done = process.ended.then(async (exitCode) => {
      this.exitCode = exitCode;
      await log.flush();
      this.took = Date.now() - this.started;
      this.waits = false;
      this.changed();
    });
  }

  get ended(): boolean {
    return this.took !== undefined;
  }

  /** Milliseconds that it took, or has taken so far. */
  get milliseconds(): number {
    return this.took ?? Date.now() - this.started;
  }

  get deaf(): string | undefined {
    return this.process.deaf;
  }

  get tail(): string {
    return this.log.binary ? '(binary output)' : this.log.tail(SHOWN);
  }

  /** Called when something to show has changed, at most four times a second. @returns to listen no more */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  look(since: 'begin' | 'last'): Promise<Shown> {
    return this.log.look(since);
  }

  input(text: string): void {
    this.heard = Date.now();
    this.waits = false;
    this.process.input(text);
  }

  kill(by: 'person' | 'agent'): void {
    if (this.ended) return;
    this.endedBy ??= by;
    this.process.kill();
  }

  show(): void {
    this.process.show();
  }

  /** Settles once it has ended. */
  whenEnded(): Promise<void> {
    return this.done;
  }

  /**
   * Settles when there is a reason to look at it. `most`: milliseconds. `quiet`: how long it may say nothing once it has
   * said something; absent: as long as it does not look as if it waited for input.
   */
  pause(most: number, signal: AbortSignal, quiet?: number): Promise<Pause> {
    return new Promise((resolve) => {
      const begun = Date.now();
      const settle = (pause: Pause) => {
        clearTimeout(late);
        clearInterval(looking);
        signal.removeEventListener('abort', stopped);
        resolve(pause);
      };
      const stopped = () => settle('stopped');
      const late = setTimeout(() => settle('late'), most);
      const looking = setInterval(() => {
        const silent = Date.now() - this.heard;
        this.waits = this.seemsToWait(silent);
        if (this.waits) settle('waits');
        else if (quiet !== undefined && this.heard > begun && silent >= quiet) settle('late');
      }, LOOK_MS);
      if (signal.aborted) return stopped();
      signal.addEventListener('abort', stopped, { once: true });
      void this.done.then(() => settle('ended'));
    });
  }

  private seemsToWait(silent: number): boolean {
    const { line } = this.log;
    if (line.trim() === '' || line.length > LONGEST_QUESTION) return silent >= SILENT_MS;
    return silent >= (QUESTION.test(line) ? ASKS_MS : UNFINISHED_MS);
  }

  private heardFrom(): void {
    this.heard = Date.now();
    this.waits = false;
    this.timer ??= setTimeout(() => this.changed(), SHOW_MS);
  }

  private changed(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const listener of [...this.listeners]) listener();
  }
}
