// One VS Code server in temporary folders, with a HOME of its own and a scripted model, and the windows opened on it.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { root } from '../../../scripts/lib/package.ts';
import { descendants, killQuietly, markedProcesses, waitUntil } from '../../../scripts/lib/processes.ts';
import { startServer, type VsCodeServer, writeSettings } from '../../../scripts/vscode-server.ts';
import { type ScriptedModel, type ScriptedModelOptions, startScriptedModel } from '../../support/scripted-model.ts';
import { type Kit, launchBrowser } from './kit.ts';
import { LettaServer, startModelFor, usualHome } from './letta-server.ts';
import { Workbench } from './workbench.ts';

/** Every process below a server inherits it, so nothing that was left behind goes unseen. */
const MARKER = 'LETTA_TEST_RUN';
/** The extension host may use 4 s to end; what is left after that is an orphan. */
const ORPHAN_GRACE_MS = 5_000;

export interface VsCodeOptions {
  /** Any settings; those of scope `machine` find their file by themselves. */
  settings?: Record<string, unknown>;
  /** How long the scripted model may send nothing; absent: as long as the product's default. */
  modelTimeoutSeconds?: number;
  /** A running model (ended with VS Code), options for a new one, or false: the offline demo model answers. */
  model?: ScriptedModel | ScriptedModelOptions | false;
  /** Where the agents live; absent: what LETTA_E2E_HOME says. Without a scripted model always embedded. */
  home?: 'embedded' | 'selfHosted';
  /** False: Workspace Trust is on, and folders open restricted. */
  trustAll?: boolean;
  /** True: what is sent to the window is packed, as VS Code does it; else not, which costs less. */
  packed?: boolean;
  env?: Record<string, string>;
  viewport?: { width: number; height: number };
}

export interface OpenOptions {
  /** Files of a new workspace, by path; absent: a copy of the sample workspace. */
  files?: Record<string, string>;
  /** An existing folder instead, e.g. that of another window. */
  folder?: string;
  /** A `.code-workspace` file that is opened in place of the folder. */
  workspace?: string;
  /** Runs in every frame of the window before anything else does. */
  initScript?: () => void;
  /** VS Code takes its platform from it. */
  userAgent?: string;
}

const DEFAULT_SETTINGS = {
  'files.autoSave': 'off',
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'visible',
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'update.mode': 'none',
  'git.openRepositoryInParentFolders': 'never',
  'window.confirmBeforeClose': 'never',
  // Else a notification offers every port that a test listens on.
  'remote.autoForwardPorts': false,
  // Nor look for such ports through all processes of the machine, every few seconds.
  'remote.autoForwardPortsSource': 'output',
  // As for people who ask for less motion: without a graphics card every frame of an animation is drawn by the processor.
  'workbench.reduceMotion': 'on',
  'editor.cursorBlinking': 'solid',
  'editor.minimap.enabled': false,
  // Processes that no case needs: VS Code's own agents, and a second language server for syntax alone.
  'chat.agentHost.enabled': false,
  'chat.disableAIFeatures': true,
  'extensions.webWorker': false,
  'terminal.integrated.enablePersistentSessions': false,
  'terminal.integrated.gpuAcceleration': 'off',
  'typescript.tsserver.useSyntaxServer': 'never',
  'typescript.disableAutomaticTypeAcquisition': true,
};

/** VS Code's own scope, and those of our settings that must not come from a workspace. */
function machineKeys(): Set<string> {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    contributes: { configuration: { properties: Record<string, { scope?: string }> } };
  };
  const own = Object.entries(manifest.contributes.configuration.properties);
  return new Set(own.filter(([, entry]) => entry.scope === 'machine').map(([key]) => key));
}

async function takeModel(options: VsCodeOptions): Promise<ScriptedModel | null> {
  const { model = {} } = options;
  if (model === false) return null;
  if ('requests' in model) return model;
  return await (homeOf(options) === 'selfHosted' ? startModelFor(model) : startScriptedModel(model));
}

const homeOf = ({ home, model }: VsCodeOptions) => (model === false ? 'embedded' : (home ?? usualHome));

export class VsCode {
  readonly kit: Kit;
  readonly folder: string;
  readonly home: string;
  /** The scripted model; throws when the server was started without one. */
  get model(): ScriptedModel {
    if (!this.scripted) throw new Error('This VS Code was started without a scripted model.');
    return this.scripted;
  }
  private readonly scripted: ScriptedModel | null;
  private lettaServer: LettaServer | null = null;
  private beside: LettaServer | null = null;
  private server: VsCodeServer | null = null;
  private browser: Browser | null = null;
  private readonly contexts: BrowserContext[] = [];
  private readonly run = randomUUID();
  private readonly options: VsCodeOptions;
  private workspaces = 0;

  /** Use `VsCode.start`. */
  private constructor(kit: Kit, folder: string, scripted: ScriptedModel | null, options: VsCodeOptions) {
    this.kit = kit;
    this.folder = folder;
    this.home = join(folder, 'home');
    this.scripted = scripted;
    this.options = options;
  }

  static async start(kit: Kit, options: VsCodeOptions = {}): Promise<VsCode> {
    const folder = await mkdtemp(join(tmpdir(), 'letta-vscode-'));
    const scripted = await takeModel(options);
    const vscode = new VsCode(kit, folder, scripted, options);
    try {
      await mkdir(vscode.home);
      if (scripted && homeOf(options) === 'selfHosted') vscode.lettaServer = await LettaServer.start(folder, scripted);
      await vscode.writeSettings();
      await vscode.startServer();
      vscode.browser = await launchBrowser();
    } catch (error) {
      await vscode.dispose();
      throw error;
    }
    return vscode;
  }

  /** Where the server's database lies: `letta.embedded.dataDir` as it is by default, or the folder of the self-hosted one. */
  get lettaDir(): string {
    return this.lettaServer ? LettaServer.dataDir(this.folder) : join(this.home, '.letta', 'vscode');
  }

  /** The self-hosted home; throws on the embedded one. */
  get selfHosted(): LettaServer {
    if (!this.lettaServer) throw new Error('This VS Code was started on the embedded home.');
    return this.lettaServer;
  }

  /** The API over what the agents of the windows live in; for the embedded home a server of its own, on the same files. */
  async api(): Promise<LettaServer> {
    if (this.lettaServer) return this.lettaServer;
    this.beside ??= await LettaServer.over(this.lettaDir, this.model);
    return this.beside;
  }

  get hasModel(): boolean {
    return this.scripted !== null;
  }

  /** The pages of all open windows. */
  get pages(): Page[] {
    return this.contexts.flatMap((context) => context.pages());
  }

  get serverPid(): number {
    return this.running.pid;
  }

  /** Opens a window on a new workspace (or a given folder) and waits until the extension's stub is active. */
  async open(options: OpenOptions = {}): Promise<Workbench> {
    if (!this.browser) throw new Error('The browser is not running.');
    const folder = options.folder ?? (await this.makeWorkspace(options.files));
    const context = await this.browser.newContext({
      viewport: this.options.viewport ?? { width: 1280, height: 800 },
      permissions: ['clipboard-read', 'clipboard-write'],
      // The same for what the view itself animates.
      reducedMotion: 'reduce',
      ...(options.userAgent === undefined ? {} : { userAgent: options.userAgent }),
    });
    this.contexts.push(context);
    if (options.initScript) await context.addInitScript(options.initScript);
    const before = new Set(this.extensionHosts());
    const opened = options.workspace === undefined ? { folder } : { workspace: options.workspace };
    const query = new URLSearchParams({ ...opened, payload: '[["skipWelcome","true"]]' });
    const window = new Workbench({
      page: await context.newPage(),
      url: `http://localhost:${this.running.port}/?${query}`,
      folder,
      hosts: () => this.extensionHosts().filter((pid) => !before.has(pid)),
      ...(this.lettaServer ? { server: this.lettaServer } : {}),
    });
    await window.load();
    return window;
  }

  /** A workspace folder, not opened yet. */
  async makeWorkspace(files?: Record<string, string>): Promise<string> {
    const folder = join(this.folder, `workspace-${++this.workspaces}`);
    if (files === undefined) await cp(join(root, 'samples', 'workspace'), folder, { recursive: true });
    else await mkdir(folder);
    for (const [path, content] of Object.entries(files ?? {})) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    return folder;
  }

  /** The process ids of all windows' extension hosts. */
  extensionHosts(): number[] {
    return descendants(this.running.pid)
      .filter((entry) => entry.command.includes('--type=extensionHost'))
      .map((entry) => entry.pid);
  }

  /** Ends the server and starts it again on the same folders: everything that was not durable is gone. */
  async restart(): Promise<void> {
    await this.closeWindows();
    await this.running.stop();
    await this.startServer();
  }

  async closeWindows(): Promise<void> {
    // Leaving the page lets the window say goodbye; without it the server keeps its extension host for hours.
    for (const context of this.contexts.splice(0)) {
      for (const page of context.pages()) await page.goto('about:blank').catch(() => {});
      await context.close().catch(() => {});
    }
  }

  /** Everything that VS Code and the extensions wrote into logs, for a failed case. */
  serverLog(): string {
    return this.server?.log() ?? '';
  }

  get logsFolder(): string {
    return join(this.folder, 'data', 'data', 'logs');
  }

  /** Ends everything. @throws Error when a process was left behind (it is killed first) */
  async dispose(): Promise<void> {
    await this.closeWindows();
    await this.browser?.close();
    await this.server?.stop();
    await this.lettaServer?.stop();
    await this.beside?.stop();
    await this.scripted?.close();
    const leftover = (): number[] => markedProcesses(MARKER, this.run);
    const clean = await waitUntil(() => leftover().length === 0, ORPHAN_GRACE_MS);
    const orphans = clean ? [] : leftover();
    for (const pid of orphans) killQuietly(pid, 'SIGKILL');
    if (process.env.LETTA_KEEP !== '1') await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
    if (orphans.length > 0) throw new Error(`Processes were left behind: ${orphans.join(', ')}.`);
  }

  private get running(): VsCodeServer {
    if (!this.server) throw new Error('VS Code is not running.');
    return this.server;
  }

  private async writeSettings(): Promise<void> {
    const { modelTimeoutSeconds: timeoutSeconds } = this.options;
    const model = this.scripted
      ? {
          'letta.models.endpoints': [{ name: 'scripted', baseUrl: this.scripted.baseUrl, timeoutSeconds }],
          'letta.models.default': this.lettaServer?.model ?? 'scripted/scripted',
        }
      : {};
    const home = this.lettaServer
      ? { 'letta.server.home': 'selfHosted', 'letta.server.url': this.lettaServer.url }
      : {};
    const all = Object.entries({ ...DEFAULT_SETTINGS, ...model, ...home, ...this.options.settings });
    const machine = machineKeys();
    await writeSettings(
      join(this.folder, 'data'),
      Object.fromEntries(all.filter(([key]) => !machine.has(key))),
      Object.fromEntries(all.filter(([key]) => machine.has(key))),
    );
  }

  private async startServer(): Promise<void> {
    this.server = await startServer({
      serverHome: this.kit.serverHome,
      dataDir: join(this.folder, 'data'),
      extensionsDir: this.kit.extensionsDir,
      trustAll: this.options.trustAll ?? true,
      packed: this.options.packed ?? false,
      // Nothing of the tester's own: a key in the environment would bring a real model into the test.
      env: {
        PATH: process.env.PATH,
        LANG: 'C.UTF-8',
        HOME: this.home,
        [MARKER]: this.run,
        ...(process.env.NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE } : {}),
        ...this.options.env,
      },
    });
  }
}
