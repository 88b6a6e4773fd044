// Searches with ripgrep: in a process of its own, ended as soon as there is enough.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { setImmediate as breathe } from 'node:timers/promises';
import { ResultReader } from './ripgrep-output.ts';
import {
  anyLineBreak,
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
/** Milliseconds of work at a time. */
const SLICE_MS = 8;

/** Its own configuration file could name programs to run; sorted, so that going on with an offset misses nothing. */
const ALWAYS = ['--no-config', '--no-messages', '--color=never', '--null', '--sort=path', '--path-separator=/'];

/** @param program its absolute path */
export class RipgrepSearch implements Search {
  private readonly program: string;

  constructor(program: string) {
    this.program = program;
  }

  files(scope: Scope, each: (path: string) => boolean, signal: AbortSignal): Promise<SearchEnd> {
    const args = [...ALWAYS, '--files', ...where(scope)];
    return this.run({ args, cwd: scope.root, mode: 'files' }, ({ path }) => each(join(scope.root, path)), signal);
  }

  text(scope: Scope, query: TextQuery, each: (found: Found) => boolean, signal: AbortSignal): Promise<SearchEnd> {
    const args = [...ALWAYS, ...what(query), ...where(scope)];
    const found = (one: Found) => each({ ...one, path: join(scope.root, one.path) });
    return explained(query, this.run({ args, cwd: scope.root, mode: query.mode }, found, signal));
  }

  textIn(text: string, query: TextQuery, each: (found: Found) => boolean, signal: AbortSignal): Promise<SearchEnd> {
    const { name: _, ...rest } = query;
    const args = [...ALWAYS, ...what(rest), '--', '-'];
    const found = (one: Found) => each({ ...one, path: '' });
    const job = { args, cwd: dirname(this.program), mode: query.mode, input: text };
    return explained(query, this.run(job, found, signal));
  }

  private async run(
    { args, cwd, mode, input }: Job,
    each: (found: Found) => boolean,
    signal: AbortSignal,
  ): Promise<SearchEnd> {
    if (signal.aborted) return 'stopped';
    const child = spawn(this.program, args, { cwd, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
    const closed = new Promise<Error | undefined>((resolve) =>
      child.once('error', resolve).once('close', () => resolve(undefined)),
    );
    let end: SearchEnd | undefined;
    let complaint = '';
    const stop = (why: SearchEnd): void => {
      end ??= why;
      child.kill('SIGKILL');
    };
    const abort = () => stop('stopped');
    const timer = setTimeout(() => stop('late'), SEARCH_MS);
    signal.addEventListener('abort', abort, { once: true });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(0, MAX_COMPLAINT);
    });
    // It may have ended before it has read all of it: what it found counts all the same.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
    try {
      const ended = () => end !== undefined;
      if (child.stdout && !(await readAll(child.stdout, new ResultReader(mode), each, ended))) stop('stopped');
      const failed = await closed;
      if (failed) throw new SearchError('failed', `The search failed: ${failed.message}`);
      if (end === undefined && complaint !== '') throw new SearchError('failed', complaint.trim());
      return end ?? 'done';
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
  }
}

interface Job {
  args: readonly string[];
  cwd: string;
  mode: TextQuery['mode'];
  /** For its standard input. */
  input?: string;
}

/**
 * Hands on what it reads, and lets others have their turn in between: ripgrep finds faster than results are judged.
 * @returns false when there was enough
 */
async function readAll(
  output: Readable,
  reader: ResultReader,
  each: (found: Found) => boolean,
  ended: () => boolean,
): Promise<boolean> {
  let begun = performance.now();
  for await (const piece of output as AsyncIterable<Buffer>) {
    for (const found of reader.read(piece)) {
      if (ended() || !each(found)) return false;
      if (performance.now() - begun < SLICE_MS) continue;
      await breathe();
      begun = performance.now();
    }
  }
  return true;
}

/** The program's absolute path, looked for on PATH where it is a plain name; undefined: there is none. */
export function resolveProgram(program: string): string | undefined {
  if (isAbsolute(program)) return existsSync(program) ? program : undefined;
  const name = process.platform === 'win32' && !program.endsWith('.exe') ? `${program}.exe` : program;
  const folders = (process.env.PATH ?? '').split(delimiter).filter(isAbsolute);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
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

function what({ pattern, multiline, ignoreCase, context, mode, name }: TextQuery): string[] {
  return [
    // What Rust's engine does not know (look-around, references) goes to PCRE2.
    '--engine=auto',
    '--crlf',
    '--with-filename',
    ...(ignoreCase ? ['--ignore-case'] : []),
    ...(name === undefined ? [] : [`--type-add=letta:${name}`, '--type=letta']),
    ...output(mode, context, multiline),
    ...(multiline ? ['--multiline', '--multiline-dotall'] : []),
    `--regexp=${multiline ? anyLineBreak(pattern) : pattern}`,
  ];
}

function output(mode: TextQuery['mode'], context: number, multiline: boolean): string[] {
  if (mode === 'files') return ['--files-with-matches'];
  if (mode === 'count') return [multiline ? '--count-matches' : '--count'];
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
