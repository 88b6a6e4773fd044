// Runs one call of an agent's own tool in a child process: bounded in time, memory and output, and gone with all it has
// started when it ends, is stopped, or this process ends.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ToolReturn } from '../engine/render.ts';
import type { JsonObject } from '../store/json.ts';
import { boxed } from './box.ts';
import { RUN_TOOL } from './driver.ts';
import { findPython, type Python, PythonError } from './python.ts';

export interface ToolJob {
  name: string;
  source: string;
  args: JsonObject;
  agentId: string;
  /** What of secrets it finds in its environment. */
  secrets: Readonly<Record<string, string>>;
  /** Of the database: nothing in it is for tools. */
  dataDir: string;
}

export interface ToolLimits {
  seconds: number;
  /** Of address space, where the system bounds it. */
  bytes: number;
}

export type ToolOutcome = Pick<ToolReturn, 'status' | 'stdout' | 'stderr'> & { content: string };

/** The archived server gives them as long. */
export const TOOL_LIMITS: ToolLimits = { seconds: 180, bytes: 2 * 1024 ** 3 };
/** Of each stream; what comes after is dropped. */
const MAX_OUTPUT = 1024 * 1024;
const ERROR_CHARS = 1_500;
/** How long what was written before the end may take to be read. */
const DRAIN_MS = 500;

/** Never rejects: whatever goes wrong is the call's result. */
export async function runTool(job: ToolJob, signal: AbortSignal, limits = TOOL_LIMITS): Promise<ToolOutcome> {
  let python: Python;
  try {
    python = await findPython();
  } catch (error) {
    const why = error instanceof PythonError ? error.message : String(error);
    return failure(`Error: ${job.name} was not run. ${why}`);
  }
  const folder = await mkdtemp(join(tmpdir(), 'letta-tool-'));
  try {
    return await inFolder(python, folder, job, signal, limits);
  } catch (error) {
    return failure(`Error: ${job.name} could not be run: ${error instanceof Error ? error.message : error}`);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
  }
}

async function inFolder(
  python: Python,
  folder: string,
  job: ToolJob,
  signal: AbortSignal,
  limits: ToolLimits,
): Promise<ToolOutcome> {
  const marker = randomBytes(24).toString('hex');
  const trace = randomBytes(24).toString('hex');
  const { argv, isBoxed } = boxed(python, ['-u', '-X', 'utf8', '-c', RUN_TOOL], folder, job.dataDir);
  const [program = python.path, ...args] = argv;
  const child = spawn(program, args, {
    cwd: folder,
    env: environment(folder, trace, job),
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const stdout = gather(child.stdout);
  const stderr = gather(child.stderr);
  const closed = new Promise<number | null>((resolve) => {
    child.on('error', (error) => {
      stderr.text += `${error.message}\n`;
      resolve(null);
    });
    // Not `close`: what it left behind may hold its output open for ever.
    child.on('exit', (code) => resolve(code));
  });
  const drained = new Promise<void>((resolve) => child.on('close', () => resolve()));
  let ended: 'stopped' | 'late' | undefined;
  const end = (why: typeof ended) => () => {
    ended ??= why;
    killTree(child, isBoxed ? undefined : trace);
  };
  const onAbort = end('stopped');
  const timer = setTimeout(end('late'), limits.seconds * 1000);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  child.stdin.on('error', () => {});
  const { source, name, agentId, args: given } = job;
  const request = { source, name, args: given, agentId, marker, memory: limits.bytes, seconds: limits.seconds };
  child.stdin.write(`${JSON.stringify(request)}\n`);
  const code = await closed;
  clearTimeout(timer);
  signal.removeEventListener('abort', onAbort);
  killTree(child, isBoxed ? undefined : trace);
  await Promise.race([drained, new Promise((resolve) => setTimeout(resolve, DRAIN_MS))]);
  child.stdout.destroy();
  child.stderr.destroy();
  child.stdin.destroy();
  const at = stdout.text.lastIndexOf(marker);
  const said = { stdout: lines(at < 0 ? stdout.text : stdout.text.slice(0, at)), stderr: lines(stderr.text) };
  if (ended === 'stopped') return { ...failure('Error: stopped by the person before it was done.'), ...said };
  if (ended === 'late')
    return {
      ...failure(`Error executing function ${name}: it took longer than ${limits.seconds} seconds and was ended.`),
      ...said,
    };
  const result = at < 0 ? undefined : resultIn(stdout.text.slice(at + marker.length));
  if (code === 0 && result !== undefined) return { status: 'success', content: result, ...said };
  return { ...failure(`Error executing function ${name}: ${reasonIn(stderr.text, code)}`), ...said };
}

/** Nothing of the person's: a tool has no business with what their shell has set. */
function environment(folder: string, trace: string, { agentId, secrets }: ToolJob): NodeJS.ProcessEnv {
  const { PATH, SYSTEMROOT, LANG, SSL_CERT_FILE, SSL_CERT_DIR } = process.env;
  const kept = { PATH, SYSTEMROOT, LANG, SSL_CERT_FILE, SSL_CERT_DIR };
  const places = { HOME: folder, TMPDIR: folder, TEMP: folder, TMP: folder, PYTHONDONTWRITEBYTECODE: '1' };
  const given = Object.entries({ ...kept, ...places }).filter(([, value]) => value !== undefined);
  return { ...secrets, ...Object.fromEntries(given), LETTA_AGENT_ID: agentId, LETTA_TOOL_RUN: trace };
}

function gather(stream: NodeJS.ReadableStream): { text: string } {
  const gathered = { text: '' };
  // Decoded as a whole, so that no character is cut in two; the marker at the end must not be lost to the bound.
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    gathered.text += text;
    const over = gathered.text.length - 2 * MAX_OUTPUT;
    if (over > 0) gathered.text = gathered.text.slice(0, MAX_OUTPUT) + gathered.text.slice(MAX_OUTPUT + over);
  });
  return gathered;
}

const lines = (text: string): string[] => (text === '' ? [] : [text]);

const failure = (content: string): ToolOutcome => ({ status: 'error', content, stdout: [], stderr: [] });

function resultIn(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The last line of a traceback says what went wrong. */
function reasonIn(stderr: string, code: number | null): string {
  const last = stderr
    .trimEnd()
    .split('\n')
    .findLast((line) => /^\w[\w.]*(?:Error|Exception|Interrupt|Exit|Warning)\b/.test(line));
  const fallback =
    code === null ? 'it was ended by the system, perhaps because it took too much memory' : `it ended with ${code}`;
  return (last ?? fallback).slice(0, ERROR_CHARS);
}

/**
 * Ends a process and all that it has started.
 * @param trace in the environment of each of them; one that left the group is found by it. In the box none can.
 */
function killTree(child: ChildProcess, trace: string | undefined): void {
  const { pid } = child;
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true }).on('error', () => {});
    return;
  }
  kill(-pid);
  if (trace === undefined || process.platform !== 'linux') return;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (readFileSync(`/proc/${name}/environ`, 'latin1').includes(trace)) kill(Number(name));
    } catch {
      // Gone, or another user's.
    }
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
