// Runs a command line as the person would in a terminal, and ends it with all that it has started.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

export interface CommandResult {
  /** It ended well, or still ran when its time was over: a server that starts does what it should. */
  ok: boolean;
  /** The end of what it wrote. */
  output: string;
}

const MAX_OUTPUT = 4_000;

export interface RunOptions {
  cwd: string;
  /** Milliseconds until it is ended. */
  timeout: number;
  signal: AbortSignal;
}

const posix = process.platform !== 'win32';

/** What VS Code tells its own processes would mislead others. */
const plain = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^(?:VSCODE|ELECTRON)_/.test(name)));

/** Runs it in the shell of the system. Never rejects. */
export function runCommand(command: string, options: RunOptions): Promise<CommandResult> {
  return follow(spawn(command, { ...spawning(options.cwd), env: plain(process.env), shell: true }), options);
}

/** Runs a program with its arguments. Never rejects. */
export function runProgram(
  [file = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  options: RunOptions,
): Promise<CommandResult> {
  return follow(spawn(file, args, { ...spawning(options.cwd), env: plain(env) }), options);
}

/** A group of its own, so that what the command has started ends with it. */
const spawning = (cwd: string) => ({
  cwd,
  detached: posix,
  stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'],
});

function follow(
  child: ChildProcessByStdio<null, Readable, Readable>,
  { timeout, signal }: RunOptions,
): Promise<CommandResult> {
  const { promise, resolve } = Promise.withResolvers<CommandResult>();
  let output = '';
  let late = false;
  const collect = (text: string): void => {
    output = (output + text).slice(-MAX_OUTPUT);
  };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', collect);
  const end = (): void => {
    if (child.pid === undefined) return;
    try {
      if (posix) process.kill(-child.pid, 'SIGKILL');
      else
        spawn('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore' }).on('error', () => child.kill());
    } catch {
      // It has ended by itself.
    }
  };
  const timer = setTimeout(() => {
    late = true;
    end();
  }, timeout);
  signal.addEventListener('abort', end, { once: true });
  const done = (ok: boolean): void => {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    resolve({ ok: ok || late, output });
  };
  child.once('error', (error) => {
    collect(error.message);
    done(false);
  });
  child.once('close', (code) => done(code === 0));
  return promise;
}
