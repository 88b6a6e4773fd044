// Runs the agent's commands: terminals, their outputs, the sandbox. Loaded with the first command.
import { join } from 'node:path';
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import type { News } from './agent/telling.ts';
import { ChildRunner } from './editor/terminal/child-runner.ts';
import { RunNotes } from './editor/terminal/left-runs.ts';
import { commandLogs } from './editor/terminal/log-folder.ts';
import type { Run } from './editor/terminal/run.ts';
import { Runs } from './editor/terminal/runs.ts';
import type { OwnRun, Terminals } from './editor/terminal/terminals.ts';
import { Mirrors } from './editor/terminal/vscode-mirror.ts';
import { ShellRunner } from './editor/terminal/vscode-shell-runner.ts';
import { CommandBox } from './native/command-box.ts';
import { looksKept } from './native/sandbox.ts';
import { allowedDomains, sandboxWanted } from './native/settings.ts';
import { tellAppeared } from './native/tell-appeared.ts';
import { isGuarded } from './permissions/paths.ts';
import { refusedReads } from './permissions/rules.ts';
import type { ToolBody } from './protocol/transcript-views.ts';
import { commandBody, commandLine, endedNews, standingOf } from './tools/command-body.ts';

export interface RunningDeps {
  /** Where this window keeps what belongs to its workspace. */
  storage: string;
  extensionPath: string;
  /** Folders that commands in the sandbox may not read. */
  secretFolders: readonly string[];
  /** Absolute paths, with symlinks resolved. */
  folders(): readonly string[];
  /** Rules that refuse, as they stand now. */
  refused(): readonly string[];
  own(): readonly OwnRun[];
  refreshCard(threadId: string, callId: string, body: ToolBody): void;
  log(line: string): void;
}

const Outside = z.object({ outside: z.optional(z.boolean()) });

export class Running implements Terminals {
  readonly runs: Runs;
  readonly own: () => readonly OwnRun[];
  private readonly box: CommandBox;
  /** Inputs of calls that nobody was asked about because they run in the sandbox: whatever changes, they run there. */
  private readonly boxedOnly = new WeakSet<object>();
  private readonly mirrors = new Mirrors();
  private readonly shells: ShellRunner;

  constructor({ storage, extensionPath, secretFolders, folders, refused, own, refreshCard, log }: RunningDeps) {
    this.own = own;
    this.box = new CommandBox({
      wanted: sandboxWanted,
      place: () => {
        const [folder = '', ...others] = folders();
        return {
          folder,
          others,
          domains: allowedDomains(),
          isProtected: isGuarded,
          appeared: tellAppeared,
          unreadable: refusedReads(refused()),
          secret: secretFolders,
          vendor: join(extensionPath, 'dist', 'vendor'),
          appRoot: vscode.env.appRoot,
        };
      },
      log,
    });
    const mirror = this.mirrors.open.bind(this.mirrors);
    this.shells = new ShellRunner(new ChildRunner({ mirror }), log);
    const logs = commandLogs(storage);
    this.runs = new Runs({
      logs,
      notes: new RunNotes(logs, standingOf),
      runner: this.shells,
      boxed: new ChildRunner({ mirror, wrap: ({ command }) => this.box.wrap(command) }),
      changed: (run) => refreshCard(run.spec.threadId, run.spec.callId, commandBody(run)),
    });
  }

  /** Says that a call passes without a question, in the sandbox alone. @returns false where there is none */
  async onlyInBox(input: unknown): Promise<boolean> {
    const { outside } = z.parse(Outside, input);
    if (outside || !(await this.box.inUse())) return false;
    if (typeof input === 'object' && input !== null) this.boxedOnly.add(input);
    return true;
  }

  async boxed(input: object): Promise<boolean> {
    return this.boxedOnly.has(input) || this.box.inUse();
  }

  kept(run: Run): boolean {
    return run.spec.boxed && looksKept(run.tail);
  }

  /** What the agent is told of commands that ended behind the thread's turns. */
  news(threadId: string): News[] {
    return this.runs.news(threadId).map((run) => ({
      text: endedNews(run),
      sources: ['terminal' as const],
      told: () => {
        run.told = true;
      },
    }));
  }

  /** Background commands that have not ended, as lines. */
  get inBackground(): string[] {
    return this.runs.list().flatMap((run) => (run.background && !run.ended ? commandLine(run.spec.command) : []));
  }

  async dispose(): Promise<void> {
    await this.runs.dispose();
    this.shells.dispose();
    this.mirrors.dispose();
  }
}
