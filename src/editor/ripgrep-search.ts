// Searches with ripgrep: in a process of its own, ended as soon as there is enough.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { pathReader, resultReader } from './ripgrep-output.ts';
import {
  badPattern,
  type Found,
  MAX_LINE_BYTES,
  type Scope,
  SEARCH_MS,
  type Search,
  type SearchEnd,
  SearchError,
  type TextQuery,
} from './search.ts';

/** Most that is kept of what it complains about, in characters. */
const MAX_COMPLAINT = 2_000;

/** Its own configuration file could name programs to run; sorted, so that going on with an offset misses nothing. */
const ALWAYS = ['--no-config', '--no-messages', '--color=never', '--null', '--sort=path', '--path-separator=/'];

/** @param program its absolute path */
export class RipgrepSearch implements Search {
  private readonly program: string;

  constructor(program: string) {
    this.program = program;
  }

  files(scope: Scope, each: (path: string) => boolean, signal: AbortSignal): Promise<SearchEnd> {
    const read = pathReader((path) => each(inRoot(scope, path)));
    return this.run([...ALWAYS, '--files', ...where(scope)], scope.root, read, signal);
  }

  text(scope: Scope, query: TextQuery, each: (found: Found) => boolean, signal: AbortSignal): Promise<SearchEnd> {
    const read = reader(query, (found) => each({ ...found, path: inRoot(scope, found.path) }));
    const args = [...ALWAYS, ...what(query), ...where(scope)];
    return explained(query, this.run(args, scope.root, read, signal));
  }

  textIn(text: string, query: TextQuery, each: (found: Found) => boolean, signal: AbortSignal): Promise<SearchEnd> {
    const read = reader(query, (found) => each({ ...found, path: '' }));
    const { name: _, ...rest } = query;
    const args = [...ALWAYS, ...what(rest), '--', '-'];
    return explained(query, this.run(args, dirname(this.program), read, signal, text));
  }

  private run(
    args: readonly string[],
    cwd: string,
    read: (chunk: Buffer) => boolean,
    signal: AbortSignal,
    input?: string,
  ): Promise<SearchEnd> {
    const { promise, resolve, reject } = Promise.withResolvers<SearchEnd>();
    if (signal.aborted) return Promise.resolve('stopped');
    const child = spawn(this.program, args, { cwd, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
    let end: SearchEnd | undefined;
    let complaint = '';
    const stop = (why: SearchEnd): void => {
      end ??= why;
      child.kill('SIGKILL');
    };
    const abort = () => stop('stopped');
    const timer = setTimeout(() => stop('late'), SEARCH_MS);
    signal.addEventListener('abort', abort, { once: true });
    child.stdout?.on('data', (chunk: Buffer) => {
      if (end === undefined && !read(chunk)) stop('stopped');
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(0, MAX_COMPLAINT);
    });
    // It may have ended before it has read all of it: what it found counts all the same.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
    const settle = (finish: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      finish();
    };
    child.once('error', (error) =>
      settle(() => reject(new SearchError('failed', `The search failed: ${error.message}`))),
    );
    child.once('close', () =>
      settle(() => {
        if (end === undefined && complaint !== '') reject(new SearchError('failed', complaint.trim()));
        else resolve(end ?? 'done');
      }),
    );
    return promise;
  }
}

/** The program's absolute path, looked for on PATH where it is a plain name; undefined: there is none. */
export function resolveProgram(program: string): string | undefined {
  if (isAbsolute(program)) return existsSync(program) ? program : undefined;
  const name = process.platform === 'win32' && !program.endsWith('.exe') ? `${program}.exe` : program;
  const folders = (process.env.PATH ?? '').split(delimiter).filter(isAbsolute);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

function inRoot({ root }: Scope, path: string): string {
  return join(root, path);
}

function reader(query: TextQuery, each: (found: Found) => boolean): (chunk: Buffer) => boolean {
  if (query.mode === 'files') return pathReader((path) => each({ path }));
  return resultReader(query.mode, each);
}

function where({ root, start, dotted }: Scope): string[] {
  const rest = relative(root, start).split(sep).join('/');
  const lettaignore = join(root, '.lettaignore');
  return [
    ...(dotted ? ['--hidden', '--glob=!**/.git'] : []),
    // Only spares it the work: what is hidden is decided elsewhere.
    ...(existsSync(lettaignore) ? [`--ignore-file=${lettaignore}`] : []),
    // Outside of a repository a `.gitignore` says the same, but one in a folder above is somebody else's.
    ...(inRepository(root) ? [] : ['--no-require-git', '--no-ignore-parent']),
    '--',
    `./${rest}`,
  ];
}

function inRepository(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return true;
    if (dirname(at) === at) return false;
  }
}

function what({ pattern, ignoreCase, context, mode, name }: TextQuery): string[] {
  return [
    // What Rust's engine does not know (look-around, references) goes to PCRE2.
    '--engine=auto',
    '--crlf',
    '--with-filename',
    ...(ignoreCase ? ['--ignore-case'] : []),
    ...(name === undefined ? [] : [`--type-add=letta:${name}`, '--type=letta']),
    ...output(mode, context),
    `--regexp=${pattern}`,
  ];
}

function output(mode: TextQuery['mode'], context: number): string[] {
  if (mode === 'files') return ['--files-with-matches'];
  if (mode === 'count') return ['--count'];
  const lines = ['--line-number', '--column', '--no-heading', '--no-context-separator', `--context=${context}`];
  return [...lines, `--max-columns=${MAX_LINE_BYTES}`, '--max-columns-preview'];
}

/** What it says of a pattern that it cannot use, for the model. */
async function explained(query: TextQuery, running: Promise<SearchEnd>): Promise<SearchEnd> {
  try {
    return await running;
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    if (/escape sequence.*\\n|literal .* is not allowed/i.test(message))
      throw badPattern(query.pattern, 'it holds a line break');
    const why = /error: (?!.*look-a)(.+)/.exec(message)?.[1] ?? /PCRE2: (.+)/.exec(message)?.[1];
    if (/regex|PCRE2/i.test(message)) throw badPattern(query.pattern, why ?? message.slice(0, 300));
    throw error;
  }
}
