// What runs a command: a terminal of VS Code with shell integration, or a child process whose output is mirrored in one.

export interface StartOptions {
  command: string;
  /** Absolute path of a folder. */
  cwd: string;
  /** Commands of the same owner may share a terminal, one after the other. */
  owner: string;
  /** Somebody may write to it while it runs. */
  interactive: boolean;
  /** Takes what it writes. A promise: the reader is to wait for it. */
  output(text: string): Promise<void> | undefined;
}

/** A command that was started. */
export interface Process {
  /** The exit code; undefined where none is known: it was killed, or its terminal was closed. Never rejects. */
  ended: Promise<number | undefined>;
  /** Where its standard input is closed: what to do about it, for the agent. */
  deaf?: string;
  /** As if typed: no Enter is added. */
  input(text: string): void;
  /** Ends it with all that it has started. */
  kill(): void;
  /** Brings its terminal to the front. */
  show(): void;
}

export interface Runner {
  /** @throws Error when it could not be started; then nothing ran */
  start(options: StartOptions): Promise<Process>;
}
