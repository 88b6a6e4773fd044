// Runs a command line as the person would in a terminal, and ends it with all that it has started.
import { spawn } from 'node:child_process';

export interface CommandResult {
  /** It ended well, or still ran when its time was over: a server that starts does what it should. */
  ok: boolean;
  /** The end of what it wrote. */
  output: string;
}

const MAX_OUTPUT = 4_000;

/** @param timeout milliseconds until it is ended. Never rejects. */
export function runCommand(
  command: string,
  { cwd, timeout, signal }: { cwd: string; timeout: number; signal: AbortSignal },
): Promise<CommandResult> {
  const { promise, resolve } = Promise.withResolvers<CommandResult>();
  const posix = process.platform !== 'win32';
  // What VS Code tells its own processes would mislead others.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:VSCODE|ELECTRON)_/.test(name)));
  // A group of its own, so that what the shell has started ends with it.
  const child = spawn(command, { cwd, shell: true, detached: posix, env, stdio: ['ignore', 'pipe', 'pipe'] });
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
