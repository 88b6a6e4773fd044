// Opens VS Code with the extension and a workspace: the desktop where there is one, else VS Code's server in a browser.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheDir } from './lib/cache.mjs';
import { type Desktop, findDesktop } from './lib/desktop.ts';
import { packageVsix, root } from './lib/package.ts';
import { cleanEnvironment, installVsix, provisionServer, startServer, type VsCodeServer } from './vscode-server.ts';

/** Tried first, so that the address stays the same from start to start. */
const USUAL_PORT = 7342;

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    workspace: { type: 'string' },
    'no-open': { type: 'boolean', default: false },
    /** Only the server, even where there is a desktop. */
    server: { type: 'boolean', default: false },
  },
});
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Everything of this VS Code lives here, never in the user's own. */
const home = join(cacheDir(), 'start');

const USER_SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'visible',
  'telemetry.telemetryLevel': 'off',
};

async function main(): Promise<void> {
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port < 65_536)) {
    throw new Error(`--port wants a number from 0 to 65535, not "${values.port}".`);
  }
  const workspace = await findWorkspace(values.workspace);
  say('Building the extension …');
  const vsix = await packageVsix();
  // A port or --no-open asks for the server: a desktop window has neither an address nor anything to hold back.
  const wantsServer = values.server || values['no-open'] || port !== undefined;
  const desktop = wantsServer ? 'the server was asked for' : findDesktop();
  if (typeof desktop !== 'string') return openDesktop(desktop, vsix, workspace);
  say(`Using VS Code's server: ${desktop}.`);
  await serve(vsix, workspace, port);
}

/** The given folder, or a copy of the sample that is the user's to change: the clone stays clean. */
async function findWorkspace(wanted: string | undefined): Promise<string> {
  if (wanted !== undefined) {
    const path = resolve(process.env.INIT_CWD ?? process.cwd(), wanted);
    if (!existsSync(path)) throw new Error(`There is no folder ${path}.`);
    return path;
  }
  const copy = join(home, 'sample-workspace');
  if (!existsSync(copy)) await cp(join(root, 'samples', 'workspace'), copy, { recursive: true });
  return copy;
}

async function writeIfMissing(path: string, settings: object): Promise<void> {
  if (existsSync(path)) return;
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, JSON.stringify(settings, null, 2));
}

async function openDesktop(desktop: Desktop, vsix: string, workspace: string): Promise<void> {
  const folders = ['--user-data-dir', join(home, 'desktop-data'), '--extensions-dir', join(home, 'desktop-extensions')];
  await writeIfMissing(join(home, 'desktop-data', 'User', 'settings.json'), USER_SETTINGS);
  const installed = desktop.run([...folders, '--install-extension', vsix, '--force']);
  if (!installed.ok) throw new Error(`VS Code did not install the extension:\n${installed.output}`);
  const opened = desktop.run([...folders, '--disable-workspace-trust', '--new-window', workspace]);
  if (!opened.ok) throw new Error(`VS Code did not open:\n${opened.output}`);
  process.stdout.write(`VS Code: opened ${workspace}\n`);
}

async function serve(vsix: string, workspace: string, wantedPort: number | undefined): Promise<void> {
  const serverHome = await provisionServer(say);
  const folders = { dataDir: join(home, 'server-data'), extensionsDir: join(home, 'server-extensions') };
  await writeIfMissing(join(folders.dataDir, 'data', 'User', 'settings.json'), USER_SETTINGS);
  await installVsix(serverHome, vsix, folders);
  const port = wantedPort ?? ((await isFree(USUAL_PORT)) ? USUAL_PORT : 0);
  let starting: Promise<VsCodeServer> | undefined;
  // Listening before the start: whoever stops us must not leave a server behind.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(
      signal,
      () =>
        void (starting ? starting.then((server) => server.stop()) : Promise.resolve()).finally(() => process.exit(0)),
    );
  }
  starting = startServer({ serverHome, ...folders, port, env: cleanEnvironment() });
  const server = await starting;
  const address = `http://127.0.0.1:${server.port}/?folder=${encodeURI(workspace)}`;
  process.stdout.write(`VS Code: ${address}\n`);
  say('Stop it with Ctrl+C.');
  if (!values['no-open']) openInBrowser(address);
  await server.exited;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const probe = createServer();
    probe.once('error', () => answer(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => answer(true)));
  });
}

/** Best effort: the address is printed anyway. */
function openInBrowser(address: string): void {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return;
  const [command, args]: [string, string[]] =
    process.platform === 'darwin'
      ? ['open', [address]]
      : process.platform === 'win32'
        ? ['rundll32', ['url.dll,FileProtocolHandler', address]]
        : ['xdg-open', [address]];
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}

try {
  await main();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
