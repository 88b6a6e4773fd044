// Commands in the sandbox of the operating system, where it has one: they write in their folders only, and reach no network
// but what is named.
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { SandboxRuntimeConfig } from '@anthropic-ai/sandbox-runtime';
import { t } from '../protocol/l10n.ts';
import { guardedPaths } from './guarded-paths.ts';
import { IGNORE_FILE, ignoredLines } from './ignore-lists.ts';
import { lineEntries, type ReadEntry, ruleEntries } from './read-globs.ts';
import { findRipgrep } from './ripgrep.ts';
import { type CommandResult, type RunOptions, runProgram } from './run-command.ts';

export interface SandboxedResult extends CommandResult {
  /** It wanted more than it may: that it failed says nothing about the command. */
  kept: boolean;
}

export interface SandboxPlace {
  /** The folder that commands may write in, its protected files excepted. */
  folder: string;
  /** Whether a path in it is protected by one of its names. */
  isProtected(path: string): boolean;
  /** Told of protected files that came while commands ran: what is not there yet cannot be kept from being made everywhere. */
  appeared?(paths: readonly string[]): void;
  /** More folders of the same kind: a workspace may have several. */
  others?: readonly string[];
  /** Names of hosts that commands may reach, e.g. `registry.npmjs.org` or `*.example.org`; absent: none. */
  domains?: readonly string[];
  /** Globs of what rules refuse to read, as they are written in rules. */
  unreadable?: readonly string[];
  /** Folders that commands may not read, beside the usual places of keys. */
  secret: readonly string[];
  /** `dist/vendor` of the extension: the helper that closes local sockets on Linux. */
  vendor: string;
  /** Where VS Code is installed: it brings ripgrep along. */
  appRoot: string;
}

/** Protected names that a folder may have at its top, whether they are there or not. */
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
  /EROFS|EACCES|EPERM|ENOTFOUND|EAI_AGAIN|ENETUNREACH|ECONNREFUSED|read-only file system|operation not permitted|permission denied|network is unreachable|could not resolve|name resolution|not on the allow list|network allowlist|blocked-by-allowlist|CONNECT tunnel failed/i;

/** Whether an output looks as if the sandbox had kept its command from something. */
export const looksKept = (output: string): boolean => KEPT.test(output);

/** The library holds one configuration in a process. */
let taken = false;
/** Why there is none at the moment, though there may be one later. */
export const BUSY = t('The sandbox is in use.');
const DID_NOT_START = t('The sandbox did not start');
/** The library gives its helpers half a second to come up: on a busy machine that is not always enough. */
const STARTS = 3;

/** @param why what `Sandbox.open` gave in place of a sandbox @returns whether it may start another time */
export const didNotStart = (why: string): boolean => why.startsWith(DID_NOT_START);

/** What runs a command in the sandbox. */
export interface Boxed {
  argv: string[];
  env: NodeJS.ProcessEnv;
  /** Under which the library notes what it refused. */
  commandId: string;
}

export class Sandbox {
  private readonly manager: Manager;
  private readonly temporary: string;
  private place: SandboxPlace;
  /** Protected files that were there when they were looked for last. */
  private known: ReadonlySet<string> | undefined;
  /** One after the other: what was asked for last holds. */
  private renewal: Promise<void> = Promise.resolve();

  private constructor(manager: Manager, place: SandboxPlace, temporary: string) {
    this.manager = manager;
    this.place = place;
    this.temporary = temporary;
  }

  /**
   * One at a time in a process. `close` it when the commands have run.
   * @returns the sandbox, or a sentence that says what it needs here
   */
  static async open(place: SandboxPlace): Promise<Sandbox | string> {
    if (taken) return BUSY;
    const { SandboxManager: manager } = await import('@anthropic-ai/sandbox-runtime');
    // Its Windows form needs an account of its own, which nobody makes for this.
    if (process.platform === 'win32' || !manager.isSupportedPlatform()) return t('There is no sandbox on this system.');
    const ripgrep = { command: findRipgrep(place.appRoot) };
    const { errors } = await manager.checkDependenciesAsync(ripgrep);
    if (errors.length > 0)
      return process.platform === 'linux'
        ? t('A sandbox needs bubblewrap and socat: install them with the packages of your system.')
        : t('A sandbox is not possible here: {0}.', errors.join(', '));
    let begun = await Sandbox.begin(manager, place);
    for (let again = 1; again < STARTS && typeof begun === 'string' && didNotStart(begun); again++) {
      begun = await Sandbox.begin(manager, place);
    }
    return begun;
  }

  private static async begin(manager: Manager, place: SandboxPlace): Promise<Sandbox | string> {
    if (taken) return BUSY;
    taken = true;
    const temporary = await mkdtemp(join(tmpdir(), 'letta-sandbox-'));
    const sandbox = new Sandbox(manager, place, temporary);
    try {
      await manager.initialize(await sandbox.configure());
      // That the programs are there does not say that the system lets them: containers often do not.
      const tried = await sandbox.run('true', {
        cwd: place.folder,
        timeout: 10_000,
        signal: new AbortController().signal,
      });
      if (tried.ok) return sandbox;
      await sandbox.close();
      return t('The system does not allow a sandbox: {0}', tried.output.trim().slice(0, 200));
    } catch (error) {
      await sandbox.close();
      return `${DID_NOT_START}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  /**
   * From here on other folders, hosts and files count: what runs already sees its files as before, what is started next
   * does not. @throws Error where it is not known what must be kept from commands
   */
  renew(place: SandboxPlace): Promise<void> {
    this.renewal = this.renewal
      .catch(() => {})
      .then(async () => {
        this.place = place;
        this.manager.updateConfig(await this.configure());
      });
    return this.renewal;
  }

  /** What runs a line of bash; call `ran` afterwards. @throws Error when it cannot be wrapped */
  async wrap(command: string, signal?: AbortSignal): Promise<Boxed> {
    const commandId = crypto.randomUUID();
    // Said inside, because the wrapper names a folder there that only it makes, and not always.
    const line = `export TMPDIR='${this.temporary.replaceAll("'", "'\\''")}'\n${command}`;
    const wrapping = { commandId, commandText: command };
    const wrapped = await this.manager.wrapWithSandboxArgv(
      line,
      'bash',
      undefined,
      signal,
      this.place.folder,
      wrapping,
    );
    return { ...wrapped, commandId };
  }

  /** A command has ended. Settles when it was looked for what it left. */
  async ran(): Promise<void> {
    this.manager.cleanupAfterCommand();
    if (this.place.appeared) await this.guarded();
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
      await this.ran();
    }
  }

  async close(): Promise<void> {
    await this.manager.reset();
    await rm(this.temporary, { recursive: true, force: true });
    taken = false;
  }

  private async configure(): Promise<SandboxRuntimeConfig> {
    const { folder, others = [], domains = [], unreadable = [], secret, vendor, appRoot } = this.place;
    const folders = [folder, ...others];
    const guarded = await this.guarded();
    const below = guarded.filter((path) => basename(path) === IGNORE_FILE).map((path) => dirname(path));
    const hidden = [...new Set([...folders, ...below])].map((each) => readEntries(each, folders.includes(each)));
    return {
      network: { allowedDomains: [...domains], deniedDomains: [] },
      filesystem: {
        allowWrite: [...folders, this.temporary].map(literal),
        denyWrite: [...new Set([...this.expected(), ...guarded])].map(literal),
        denyRead: [
          ...KEYS.map((name) => literal(join(homedir(), name))),
          ...secret.map(literal),
          ...unreadable.flatMap((pattern) => ruleEntries(pattern, folders)),
          ...(await Promise.all(hidden)).flat(),
        ],
      },
      ripgrep: { command: findRipgrep(appRoot) },
      seccomp: { applyPath: join(vendor, 'seccomp', process.arch, 'apply-seccomp') },
    };
  }

  /** Where nothing can be made: the library puts something in the place of what is not there. */
  private expected(): string[] {
    const { folder, others = [] } = this.place;
    return [folder, ...others].flatMap((each) => PROTECTED.map((name) => join(each, name)));
  }

  /** Protected files that are there now; tells of those that were not there before. */
  private async guarded(): Promise<string[]> {
    const { folder, others = [], isProtected, appeared } = this.place;
    const found = await Promise.all([folder, ...others].map((each) => guardedPaths(each, isProtected)));
    const paths = found.flat();
    const { known } = this;
    this.known = new Set(paths);
    const expected = new Set(this.expected());
    const added = known ? paths.filter((path) => !known.has(path) && !expected.has(path)) : [];
    if (added.length > 0) appeared?.(added);
    return paths;
  }
}

type Manager = typeof import('@anthropic-ai/sandbox-runtime')['SandboxManager'];

const literal = (path: string) => ({ path, literal: true as const });

/**
 * What a folder's own `.lettaignore` keeps from being read: all of the folder where that cannot be told.
 * @throws Error where that would be a folder of the workspace: nothing could run there
 */
async function readEntries(folder: string, isRoot: boolean): Promise<ReadEntry[]> {
  try {
    return (await ignoredLines(folder)).flatMap((line) => lineEntries(line, folder));
  } catch (error) {
    if (!isRoot) return [literal(folder)];
    const why = `${join(folder, IGNORE_FILE)} cannot be read, so nobody knows what it hides: ${String(error)}.`;
    throw new Error(`${why} Make it a file that can be read, or remove it.`);
  }
}
