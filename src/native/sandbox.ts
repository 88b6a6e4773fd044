// Commands in the sandbox of the operating system, where it has one: they write in one folder only and reach no network.
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
    const { SandboxManager: manager } = await import('@anthropic-ai/sandbox-runtime');
    // Its Windows form needs an account of its own, which nobody makes for this.
    if (process.platform === 'win32' || !manager.isSupportedPlatform()) return 'There is no sandbox on this system.';
    const ripgrep = { command: findRipgrep(place.appRoot) };
    const { errors } = await manager.checkDependenciesAsync(ripgrep);
    if (errors.length > 0)
      return process.platform === 'linux'
        ? 'A sandbox needs bubblewrap and socat: install them with the packages of your system.'
        : `A sandbox is not possible here: ${errors.join(', ')}.`;
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

  /** Runs a line of bash. Never rejects. */
  async run(command: string, options: RunOptions): Promise<SandboxedResult> {
    const commandId = crypto.randomUUID();
    try {
      // Said inside, because the wrapper names a folder there that only it makes, and not always.
      const line = `export TMPDIR='${this.temporary.replaceAll("'", "'\\''")}'\n${command}`;
      const wrapping = { commandId, commandText: command };
      const { argv, env } = await this.manager.wrapWithSandboxArgv(
        line,
        'bash',
        undefined,
        options.signal,
        this.folder,
        wrapping,
      );
      const result = await runProgram(argv, env, options);
      const denied = this.manager.getSandboxViolationStore().getViolationsForCommand(commandId).length > 0;
      return { ...result, kept: !result.ok && (denied || KEPT.test(result.output)) };
    } catch (error) {
      return { ok: false, output: error instanceof Error ? error.message : String(error), kept: true };
    } finally {
      this.manager.cleanupAfterCommand();
    }
  }

  async close(): Promise<void> {
    await this.manager.reset();
    await rm(this.temporary, { recursive: true, force: true });
  }
}

type Manager = typeof import('@anthropic-ai/sandbox-runtime')['SandboxManager'];

async function configure(
  { folder, isProtected, secret, vendor }: SandboxPlace,
  temporary: string,
  ripgrep: { command: string },
): Promise<SandboxRuntimeConfig> {
  const literal = (path: string) => ({ path, literal: true as const });
  const there = await readdir(folder);
  const guarded = new Set([...PROTECTED, ...there.filter(isProtected)]);
  return {
    network: { allowedDomains: [], deniedDomains: [] },
    filesystem: {
      allowWrite: [literal(folder), literal(temporary)],
      denyWrite: [...guarded].map((name) => literal(join(folder, name))),
      denyRead: [
        ...KEYS.map((name) => literal(join(homedir(), name))),
        ...secret.map(literal),
        ...(await hiddenIn(folder)),
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
