// Runs commands as child processes of their own group: in the sandbox, and where a shell has no integration with VS Code.
import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex, Readable } from 'node:stream';
import { endTree } from './process-tree.ts';
import type { Process, Runner, StartOptions } from './runner.ts';
import { cleanEnvironment, outputDecoder, shellCommand } from './shell.ts';

/** What is run instead of the command's shell, e.g. a sandbox around it. */
export interface Wrapped {
  argv: string[];
  env: NodeJS.ProcessEnv;
  /** Called when it has ended. */
  ended(): void;
}

/** A terminal that shows what a child process writes and sends it what the person types. */
export interface Mirror {
  write(text: string): void;
  ended(exitCode: number | undefined): void;
  show(): void;
  /** The person types, or closes the terminal. */
  onInput?: (text: string) => void;
  onClose?: () => void;
}

export interface ChildRunnerDeps {
  mirror(options: StartOptions): Mirror;
  /** @throws Error where it cannot be wrapped: then nothing runs */
  wrap?(options: StartOptions): Promise<Wrapped>;
}

/**
 * Holds the command's group together: should this process die, however, its end of the pipe closes and the group is
 * ended. Nothing that a command has started outlives the window.
 */
const KEEPER = '{ read _ <&3; kill -9 -$$; } >/dev/null 2>&1 & exec 3<&-; exec "$@"';
const DEAF =
  'Its standard input is closed. If it needs input, run it with background: true and answer with Terminal input.';

export class ChildRunner implements Runner {
  private readonly deps: ChildRunnerDeps;

  constructor(deps: ChildRunnerDeps) {
    this.deps = deps;
  }

  async start(options: StartOptions): Promise<Process> {
    const wrapped = await this.deps.wrap?.(options);
    const argv = wrapped?.argv ?? shellCommand(options.command);
    const env = cleanEnvironment(wrapped?.env ?? globalThis.process.env);
    const child = launch(argv, env, options);
    const mirror = this.deps.mirror(options);
    const process = follow(child, mirror, env, options);
    if (wrapped) void process.ended.then(() => wrapped.ended());
    return process;
  }
}

function launch(argv: readonly string[], env: NodeJS.ProcessEnv, { cwd, interactive }: StartOptions): ChildProcess {
  const posix = process.platform !== 'win32';
  // Open for nothing it would make programs wait that read what they are given, e.g. searches without a path.
  const stdin = interactive ? 'pipe' : 'ignore';
  const [file = '', ...args] = posix ? ['/bin/sh', '-c', KEEPER, 'sh', ...argv] : argv;
  return spawn(file, args, { cwd, env, detached: posix, stdio: [stdin, 'pipe', 'pipe', posix ? 'pipe' : 'ignore'] });
}

function follow(
  child: ChildProcess,
  mirror: Mirror,
  env: NodeJS.ProcessEnv,
  { output, interactive }: StartOptions,
): Process {
  const { promise: ended, resolve } = Promise.withResolvers<number | undefined>();
  const take = (text: string) => {
    mirror.write(text);
    return output(text);
  };
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== null);
  // Decoded stream by stream: a character may come in two pieces.
  for (const stream of streams) {
    const decoder = outputDecoder(env);
    stream.on('data', (bytes: Buffer) => waitFor(stream, take(decoder.decode(bytes, { stream: true }))));
    stream.on('end', () => {
      const rest = decoder.decode();
      if (rest !== '') void take(rest);
    });
  }
  const keeper = child.stdio[3] as Duplex | null | undefined;
  keeper?.on('error', () => {});
  child.stdin?.on('error', () => {});
  const kill = () => {
    if (child.pid !== undefined && child.exitCode === null) void endTree(child.pid, true);
  };
  // What the command has left running in its group ends with it: `background: true` is for that.
  child.once('exit', () => {
    keeper?.destroy();
    letGo(child, streams);
  });
  child.once('error', (error) => {
    void take(`${error.message}\n`);
    mirror.ended(undefined);
    resolve(undefined);
  });
  child.once('close', (code) => {
    mirror.ended(code ?? undefined);
    resolve(code ?? undefined);
  });
  mirror.onInput = (text) => child.stdin?.write(text);
  mirror.onClose = kill;
  return {
    ended,
    ...(interactive ? {} : { deaf: DEAF }),
    input: (text) => child.stdin?.write(text),
    kill,
    show: () => mirror.show(),
  };
}

/** Looks at the output of a command that has ended, and how often it must have been silent then, one after the other. */
const LOOK_MS = 250;
const SILENT_LOOKS = 4;

/** What has left the group, e.g. a daemon, may hold the output open for ever: the end of the command does not wait for that. */
function letGo(child: ChildProcess, streams: readonly Readable[]): void {
  let silent = 0;
  const timer = setInterval(() => {
    silent = streams.some((stream) => stream.isPaused()) ? 0 : silent + 1;
    if (silent > SILENT_LOOKS) for (const stream of streams) stream.destroy();
  }, LOOK_MS);
  for (const stream of streams)
    stream.on('data', () => {
      silent = 0;
    });
  child.once('close', () => clearInterval(timer));
}

function waitFor(stream: Readable, written: Promise<void> | undefined): void {
  if (!written) return;
  stream.pause();
  void written.then(() => stream.resume());
}
