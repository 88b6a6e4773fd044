// Starts servers for the contract suite: in this process, or as the program that people run, which can be killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbeddedServer } from '../../../src/letta/embedded.ts';
import { createServer } from '../../../src/server/app.ts';
import { fileVault } from '../../../src/server/file-vault.ts';
import { createModelRegistry } from '../../../src/server/models/create-model-registry.ts';

export type Fetch = (input: string, init?: RequestInit) => Promise<Response>;

export interface RunningServer {
  baseUrl: string;
  fetch: Fetch;
  close(): Promise<void>;
}

export interface SpawnedServer extends RunningServer {
  process: ChildProcess;
  /** What it printed so far, both streams. */
  output(): string;
  /** Ends it at once, as a crash would; resolves when it is gone. */
  kill(): Promise<void>;
}

export interface ServerSetup {
  dataDir: string;
  /** Base URL of the model endpoint named `scripted`. */
  modelUrl: string;
}

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** Node 24, even where the suite itself was started with an older one. */
const node =
  Number(process.versions.node.split('.')[0]) >= 24 ? process.execPath : join(root, 'node_modules', '.bin', 'node');

/** A machine that runs all tiers takes its time. */
const START_TIMEOUT = 45_000;

export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'letta-contract-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) };
}

/** The app without a socket. */
export async function startInProcess(setup: ServerSetup): Promise<RunningServer> {
  const models = createModelRegistry({
    endpoints: [{ name: 'scripted', baseUrl: setup.modelUrl }],
    env: {},
    probeLocal: false,
  });
  const vault = fileVault(join(setup.dataDir, 'providers.json'));
  const server = await createServer({ dataDir: setup.dataDir, models, vault, version: '0.1.0', ownTools: 'allow' });
  return {
    baseUrl: 'http://embedded.invalid',
    fetch: (input, init) => server.fetch(new Request(input, init)),
    close: () => server.close(),
  };
}

/** The app in a worker thread, reached as the extension reaches it. */
export async function startWorker(setup: ServerSetup): Promise<RunningServer> {
  const server = await startEmbeddedServer({
    workerPath: new URL('../../../src/server/worker.ts', import.meta.url),
    dataDir: setup.dataDir,
    version: '0.1.0',
    endpoints: [{ name: 'scripted', baseUrl: setup.modelUrl }],
  });
  return { baseUrl: 'http://embedded.invalid', fetch: server.fetch, close: () => server.close() };
}

/** Where programs that start again and again keep what they have compiled, when the run has a place for it. */
function compileCache(): Record<string, string> {
  const folder = process.env.NODE_COMPILE_CACHE;
  return folder ? { NODE_COMPILE_CACHE: folder } : {};
}

export interface SpawnOptions {
  env?: Record<string, string>;
  /** A program and its first arguments that start it in their turn. */
  through?: readonly string[];
  /** The user whose rights it has. */
  uid?: number;
}

/** Runs `cli.ts` with `args` and waits for the line that names its address. @throws Error with its output. */
export async function spawnCli(args: string[], { env, through = [], uid }: SpawnOptions = {}): Promise<SpawnedServer> {
  const [program = node, ...rest] = [...through, node, join(root, 'src/server/cli.ts'), ...args];
  const child = spawn(program, rest, {
    cwd: root,
    ...(uid === undefined ? {} : { uid, gid: uid }),
    // Keys of the person who runs the suite are no part of it.
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...compileCache(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let output = '';
  const baseUrl = await new Promise<string>((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`cli.ts ${args.join(' ')}: ${why}\n${output}`));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail('did not start in time');
    }, START_TIMEOUT);
    const collect = (text: string) => {
      output += text;
      const address = /^Letta server: (\S+)$/m.exec(output)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    };
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    // Not `exit`: what it said last may come after that.
    child.once('close', (code) => {
      clearTimeout(timer);
      fail(`ended with code ${code}`);
    });
  });
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exited;
  };
  return {
    baseUrl,
    fetch: (input, init) => fetch(input, init),
    process: child,
    output: () => output,
    close: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

const TOKEN = 'the-token-of-the-suite';
const place = ({ dataDir, modelUrl }: ServerSetup) => [
  ...['--port', '0', '--data-dir', dataDir],
  ...['--endpoint', `scripted=${modelUrl}`],
];

/** The program behind a socket, with no token. */
export function spawnServer(setup: ServerSetup, options?: SpawnOptions): Promise<SpawnedServer> {
  return spawnCli([...place(setup), '--no-token'], options);
}

/** The program behind a socket and a token, which `fetch` brings along; agents' own tools run there. */
export async function spawnWithTools(setup: ServerSetup): Promise<SpawnedServer> {
  const server = await spawnCli([...place(setup), '--token', TOKEN, '--allow-tools']);
  const fetch: Fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('authorization', `Bearer ${TOKEN}`);
    return server.fetch(input, { ...init, headers });
  };
  return { ...server, fetch };
}
