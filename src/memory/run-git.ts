// Asks the person's own git, so that nothing a repository's configuration names is run by it, and nothing is written or fetched.
import { spawn } from 'node:child_process';
import { dirname } from 'node:path';

export interface GitAnswer {
  /** Null: there is no git, or it was ended. */
  code: number | null;
  output: string;
  /** The same, before it was read as text. */
  bytes: Buffer;
  /** What it said on standard error. */
  complaint: string;
  /** There was more output than was asked for. */
  cut: boolean;
}

export interface GitOptions {
  signal?: AbortSignal | undefined;
  /** Most of its output, in bytes; then it is ended. */
  maxBytes?: number;
  /** Settings for this call, by their full names. */
  config?: Readonly<Record<string, string>>;
  /** What it reads from standard input. */
  input?: string;
  timeoutMs?: number;
}

const TIMEOUT_MS = 15_000;
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_COMPLAINT = 4_000;

/** A repository's own configuration could name programs for these. */
const QUIET = {
  'core.fsmonitor': 'false',
  'core.hooksPath': '/dev/null',
  'log.showSignature': 'false',
  'protocol.allow': 'never',
  'core.quotePath': 'false',
  'i18n.logOutputEncoding': 'UTF-8',
};

/** Never rejects. @param root where it shall look: an absolute path */
export function runGit(root: string, args: readonly string[], options: GitOptions = {}): Promise<GitAnswer> {
  const { signal, maxBytes = MAX_BYTES, config = {}, input, timeoutMs = TIMEOUT_MS } = options;
  const { promise, resolve } = Promise.withResolvers<GitAnswer>();
  const settings = Object.entries(QUIET).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn('git', [...settings, '--no-pager', '-C', root, ...args], {
    // Not the repository: Windows looks for programs there first.
    cwd: dirname(process.execPath),
    env: environment(config),
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    ...(signal ? { signal } : {}),
  });
  // It may end before it has read all.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const pieces: Buffer[] = [];
  let size = 0;
  let complaint = '';
  child.stdout.on('data', (piece: Buffer) => {
    if (size < maxBytes) pieces.push(piece.subarray(0, maxBytes - size));
    size += piece.length;
    if (size > maxBytes) child.kill('SIGKILL');
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, MAX_COMPLAINT);
  });
  child.once('error', (error) => {
    complaint ||= error.message;
  });
  child.once('close', (code) => {
    const cut = size > maxBytes;
    const bytes = Buffer.concat(pieces);
    resolve({ code: cut ? 0 : code, output: bytes.toString('utf8'), bytes, complaint, cut });
  });
  return promise;
}

/** Its output; undefined: git said no, or is not there. */
export async function gitOutput(
  root: string,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { code, output, cut } = await runGit(root, args, { signal });
  return code === 0 && !cut ? output : undefined;
}

/** Without what a git that runs us has set for itself; where the person keeps their configuration stays known. */
function environment(config: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^GIT_(?!CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM)$)/i.test(name),
  );
  // By variables, because a name may hold what `-c` would take for its end.
  const settings = Object.entries(config).flatMap(([name, value], n) => [
    [`GIT_CONFIG_KEY_${n}`, name],
    [`GIT_CONFIG_VALUE_${n}`, value],
  ]);
  return {
    ...Object.fromEntries([...own, ...settings]),
    GIT_CONFIG_COUNT: String(Object.keys(config).length),
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_LAZY_FETCH: '1',
    LC_ALL: 'C',
  };
}
