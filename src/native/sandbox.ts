// Commands in the sandbox of the operating system, where it has one: they write in their folders only, and reach no network
// but what is named.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SandboxRuntimeConfig } from '@anthropic-ai/sandbox-runtime';
import { findRipgrep } from './ripgrep.ts';
import { type CommandResult, type RunOptions, runProgram } from './run-command.ts';

export interface SandboxedResult extends CommandResult {
  /** It wanted more than it may: that it failed says nothing about the command. */
  kept: boolean;
}

export interface SandboxPlace {
  /** The folder that commands may write in, its protected files excepted. */
  folder: string;
  /** Whether a name in it is protected. */
  isProtected(name: string): boolean;
  /** More folders of the same kind: a workspace may have several. */
  others?: readonly string[];
  /** Names of hosts that commands may reach, e.g. `registry.npmjs.org` or `*.example.org`; absent: none. */
  domains?: readonly string[];
  /** Folders that commands may not read, beside the usual places of keys. */
  secret: readonly string[];
  /** `dist/vendor` of the extension: the helper that closes local sockets on Linux. */
  vendor: string;
  /** Where VS Code is installed: it brings ripgrep along. */
  appRoot: string;
}

/** Protected names whose place is known, whether they are there or not. */
const PROTECTED = [
  ...['.git', '.vscode', '.letta', '.agents', '.skills', '.claude', '.husky'],
  ...['.lettaignore', 'AGENTS.md', 'CLAUDE.md'],
];
/** Where people keep what nobody else may read. */
const KEYS = [
  '.ssh',
  '.gnupg',
  '.aws',
  '.azure',
  '.config/gcloud',
  '.config/gh',
  '.kube',
  '.docker',
  '.netrc',
  '.letta',
];
/** What a program says that cannot write, connect or look: none of it is the command's own fault. */
const KEPT =
  /EROFS|EACCES|EPERM|ENOTFOUND|EAI_AGAIN|ENETUNREACH|ECONNREFUSED|read-only file system|operation not permitted|permission denied|network is unreachable|could not resolve|name resolution|not on the allow list/i;

/** Whether an output looks as if the sandbox had kept its command from something. */
export const looksKept = (output: string): boolean => KEPT.test(output);

/** The library holds one configuration in a process. */
let taken = false;

/** What runs a command in the sandbox. */
export interface Boxed {
  argv: string[];
  env: NodeJS.ProcessEnv;
  /** Under which the library notes what it refused. */
  commandId: string;
}

export class Sandbox {
  private readonly manager: Manager;
  private readonly folder: string;
  private readonly temporary: string;

  private constructor(manager: Manager, folder: string, temporary: string) {
    this.manager = manager;
    this.folder = folder;
    this.temporary = temporary;
  }

  /**
   * One at a time in a process. `close` it when the commands have run.
   * @returns the sandbox, or a sentence that says what it needs here
   */
  static async open(place: SandboxPlace): Promise<Sandbox | string> {
    if (taken) return 'The sandbox is in use.';
    const { SandboxManager: manager } = await import('@anthropic-ai/sandbox-runtime');
    // Its Windows form needs an account of its own, which nobody makes for this.
    if (process.platform === 'win32' || !manager.isSupportedPlatform()) return 'There is no sandbox on this system.';
    const ripgrep = { command: findRipgrep(place.appRoot) };
    const { errors } = await manager.checkDependenciesAsync(ripgrep);
    if (errors.length > 0)
      return process.platform === 'linux'
        ? 'A sandbox needs bubblewrap and socat: install them with the packages of your system.'
        : `A sandbox is not possible here: ${errors.join(', ')}.`;
    if (taken) return 'The sandbox is in use.';
    taken = true;
    const temporary = await mkdtemp(join(tmpdir(), 'letta-sandbox-'));
    const sandbox = new Sandbox(manager, place.folder, temporary);
    try {
      await manager.initialize(await configure(place, temporary, ripgrep));
      // That the programs are there does not say that the system lets them: containers often do not.
      const tried = await sandbox.run('true', {
        cwd: place.folder,
        timeout: 10_000,
        signal: new AbortController().signal,
      });
      if (tried.ok) return sandbox;
      await sandbox.close();
      return `The system does not allow a sandbox: ${tried.output.trim().slice(0, 200)}`;
    } catch (error) {
      await sandbox.close();
      return `The sandbox did not start: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  /** What runs a line of bash; call `ran` afterwards. @throws Error when it cannot be wrapped */
  async wrap(command: string, signal?: AbortSignal): Promise<Boxed> {
    const commandId = crypto.randomUUID();
    // Said inside, because the wrapper names a folder there that only it makes, and not always.
    const line = `export TMPDIR='${this.temporary.replaceAll("'", "'\\''")}'\n${command}`;
    const wrapping = { commandId, commandText: command };
    const wrapped = await this.manager.wrapWithSandboxArgv(line, 'bash', undefined, signal, this.folder, wrapping);
    return { ...wrapped, commandId };
  }

  /** A command has ended. */
  ran(): void {
    this.manager.cleanupAfterCommand();
  }

  /** Runs a line of bash. Never rejects. */
  async run(command: string, options: RunOptions): Promise<SandboxedResult> {
    try {
      const { argv, env, commandId } = await this.wrap(command, options.signal);
      const result = await runProgram(argv, env, options);
      const denied = this.manager.getSandboxViolationStore().getViolationsForCommand(commandId).length > 0;
      return { ...result, kept: !result.ok && (denied || looksKept(result.output)) };
    } catch (error) {
      return { ok: false, output: error instanceof Error ? error.message : String(error), kept: true };
    } finally {
      this.ran();
    }
  }

  async close(): Promise<void> {
    await this.manager.reset();
    await rm(this.temporary, { recursive: true, force: true });
    taken = false;
  }
}

type Manager = typeof import('@anthropic-ai/sandbox-runtime')['SandboxManager'];

async function configure(
  { folder, others = [], domains = [], isProtected, secret, vendor }: SandboxPlace,
  temporary: string,
  ripgrep: { command: string },
): Promise<SandboxRuntimeConfig> {
  const literal = (path: string) => ({ path, literal: true as const });
  const folders = [folder, ...others];
  const guarded = async (each: string) => {
    const names = new Set([...PROTECTED, ...(await readdir(each)).filter(isProtected)]);
    return [...names].map((name) => literal(join(each, name)));
  };
  return {
    network: { allowedDomains: [...domains], deniedDomains: [] },
    filesystem: {
      allowWrite: [...folders, temporary].map(literal),
      denyWrite: (await Promise.all(folders.map(guarded))).flat(),
      denyRead: [
        ...KEYS.map((name) => literal(join(homedir(), name))),
        ...secret.map(literal),
        ...(await Promise.all(folders.map(hiddenIn))).flat(),
      ],
    },
    ripgrep,
    seccomp: { applyPath: join(vendor, 'seccomp', process.arch, 'apply-seccomp') },
  };
}

/** What `.lettaignore` hides, as patterns; a line that takes something back takes nothing back here. */
async function hiddenIn(folder: string): Promise<string[]> {
  const text = await readFile(join(folder, '.lettaignore'), 'utf8').catch(() => '');
  return text.split(/\r?\n/).flatMap((line) => {
    const pattern = line.trim().replace(/\/+$/, '');
    if (pattern === '' || pattern.startsWith('#') || pattern.startsWith('!')) return [];
    if (pattern.includes('/')) return [join(folder, pattern)];
    return [join(folder, pattern), join(folder, '**', pattern)];
  });
}
