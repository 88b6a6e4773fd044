// A real VS Code without a desktop: the server from the npm package `code-server`, provisioned once, started in folders of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDir } from './lib/cache.mjs';
import { withLock } from './lib/lock.mjs';
import { npm } from './lib/npm.mjs';
import { descendants, isAlive, killQuietly, waitUntil } from './lib/processes.ts';

/** VS Code 1.139.1. */
const CODE_SERVER_VERSION = '4.139.1';
/** Raised when the way of provisioning changes, so that an older cache is not taken for a good one. */
const RECIPE = 1;

const START_TIMEOUT_MS = 60_000;
/** Extension hosts end within 4 s of the server's SIGTERM by themselves. */
const STOP_GRACE_MS = 6_000;

const INSTALL = ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'];

/**
 * Makes sure that VS Code's server is in the cache (20 to 30 s the first time).
 * @returns the folder that holds `out/server-main.js`
 */
export async function provisionServer(say: (line: string) => void = () => {}): Promise<string> {
  const home = join(cacheDir(), `vscode-server-${CODE_SERVER_VERSION}-${RECIPE}`);
  const isThere = (): boolean => existsSync(join(home, 'out', 'server-main.js'));
  if (isThere()) return home;
  const wait = (): void => say('Another process is provisioning VS Code; waiting …');
  await withLock(
    `${home}.lock`,
    async () => {
      if (isThere()) return;
      say('Provisioning VS Code (once, about half a minute) …');
      const making = `${home}.making`;
      await rm(making, { recursive: true, force: true });
      const download = join(making, 'download');
      await mkdir(download, { recursive: true });
      await writeFile(join(download, 'package.json'), '{"private":true}');
      await npm(
        ['install', '--ignore-scripts', '--no-audit', '--no-fund', `code-server@${CODE_SERVER_VERSION}`],
        download,
      );
      // Moved out of node_modules, else npm would take it for a part of another project.
      const server = join(making, 'server');
      await rename(join(download, 'node_modules', 'code-server', 'lib', 'vscode'), server);
      await npm(INSTALL, server);
      // Without its own modules this folder has no TypeScript, and no `.ts` file ever has a problem.
      await npm(INSTALL, join(server, 'extensions'));
      await rename(server, home);
      await rm(making, { recursive: true, force: true });
    },
    wait,
  );
  return home;
}

/** Variables of a VS Code or an npm that happens to run us; a server that inherits them behaves differently. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(VSCODE_|ELECTRON_|npm_|INIT_CWD$|VITEST|NODE_OPTIONS$)/i.test(name),
    ),
  );
}

function main(serverHome: string): string {
  return join(serverHome, 'out', 'server-main.js');
}

export interface Folders {
  /** `--server-data-dir`: settings, logs, workspace storage. */
  dataDir: string;
  extensionsDir: string;
}

/** Installs a VSIX into an extensions folder. @throws Error with what VS Code said */
export async function installVsix(serverHome: string, vsix: string, folders: Folders): Promise<void> {
  const args = ['--install-extension', vsix, '--force', '--accept-server-license-terms'];
  const child = spawn(
    process.execPath,
    [main(serverHome), ...args, '--server-data-dir', folders.dataDir, '--extensions-dir', folders.extensionsDir],
    { env: cleanEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  await new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0 && /successfully installed/.test(said)) resolve();
      else reject(new Error(`VS Code did not install ${vsix}:\n${said}`));
    });
  });
}

/**
 * Writes the settings files; before the start, because VS Code misses some later writes.
 * `machine` holds the settings of scope `machine`: the window is a remote one, in the User file they do not last.
 */
export async function writeSettings(dataDir: string, user: object, machine: object): Promise<void> {
  for (const [name, settings] of [
    ['User', user],
    ['Machine', machine],
  ] as const) {
    const folder = join(dataDir, 'data', name);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'settings.json'), JSON.stringify(settings, null, 2));
  }
}

export interface StartOptions extends Folders {
  serverHome: string;
  /** 0 or absent: any free port. */
  port?: number;
  /** False: Workspace Trust is on, and folders open restricted. */
  trustAll?: boolean;
  /** False: what is sent to the window is not packed, which costs less where both are on one machine. */
  packed?: boolean;
  /** The whole environment of the server and of the extension hosts. */
  env: NodeJS.ProcessEnv;
}

export interface VsCodeServer {
  port: number;
  pid: number;
  /** All that it has printed. */
  log(): string;
  /** Ends the server and everything below it. */
  stop(): Promise<void>;
  /** Resolves when the server has ended, for whatever reason. */
  exited: Promise<void>;
}

/** Starts the server on 127.0.0.1. @throws Error with its output when it does not come up */
export async function startServer(options: StartOptions): Promise<VsCodeServer> {
  const args = [
    main(options.serverHome),
    '--host',
    '127.0.0.1',
    '--port',
    String(options.port ?? 0),
    '--without-connection-token',
    '--accept-server-license-terms',
    '--server-data-dir',
    options.dataDir,
    '--extensions-dir',
    options.extensionsDir,
    '--telemetry-level',
    'off',
    ...(options.packed === false ? ['--disable-websocket-compression'] : []),
    ...(options.trustAll === false ? [] : ['--disable-workspace-trust']),
  ];
  // A group of its own: Ctrl+C in the terminal must not reach the server before we have stopped it in order.
  const child = spawn(process.execPath, args, { env: options.env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let said = '';
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const port = await listening(child, (chunk) => {
    said = (said + chunk).slice(-200_000);
    return said;
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error('VS Code has no process id.');
  endWithUs(pid, exited);
  return { port, pid, log: () => said, stop: () => stopTree(child, pid, exited), exited };
}

/** However this process ends, the server must not outlive it: its group is killed. */
function endWithUs(pid: number, exited: Promise<void>): void {
  const kill = (): void => killQuietly(-pid, 'SIGKILL');
  const end = (): void => process.exit(143);
  process.on('exit', kill);
  // Without a listener a signal ends a process with no `exit` event; whoever stops in order has a listener of its own.
  if (process.listenerCount('SIGTERM') === 0) process.once('SIGTERM', end);
  void exited.then(() => {
    process.off('exit', kill);
    process.off('SIGTERM', end);
  });
}

function listening(child: ChildProcess, keep: (chunk: string) => string): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = '';
    const fail = (why: string): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Error(`VS Code did not start: ${why}\n${said}`));
    };
    const timer = setTimeout(() => fail('it took too long.'), START_TIMEOUT_MS);
    const look = (chunk: Buffer): void => {
      said = keep(String(chunk));
      const match = /Extension host agent listening on (\d+)/.exec(said);
      if (!match) return;
      clearTimeout(timer);
      resolve(Number(match[1]));
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code) => fail(`it ended with code ${code}.`));
  });
}

async function stopTree(child: ChildProcess, pid: number, exited: Promise<void>): Promise<void> {
  const tree = descendants(pid);
  const below = tree.map((entry) => entry.pid);
  // VS Code's own, with nothing of ours in it: it alone would take five seconds to end.
  for (const { pid: own, command } of tree) if (command.includes('--type=agentHost')) killQuietly(own, 'SIGKILL');
  child.kill('SIGTERM');
  await Promise.race([exited, new Promise((resolve) => setTimeout(resolve, STOP_GRACE_MS).unref())]);
  await waitUntil(() => !below.some(isAlive), STOP_GRACE_MS);
  for (const each of [pid, ...below]) if (isAlive(each)) killQuietly(each, 'SIGKILL');
}
