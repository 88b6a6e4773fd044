// Wires permissions to this window: settings, the workspace's own rules, `.lettaignore`, trust, and the parser of command lines.
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { ScriptGuard } from './agent/decide-scripts.ts';
import { COMMAND_LANGUAGE } from './editor/terminal/shell.ts';
import { realPathOf } from './native/real-path.ts';
import * as settings from './native/settings.ts';
import type { ShellParser } from './native/shell-parser.ts';
import { WorkspaceRules } from './native/workspace-rules.ts';
import type { ShellContext } from './permissions/commands/decide-command.ts';
import { decide } from './permissions/decide.ts';
import type { Decision, Policy } from './permissions/decision.ts';
import { joinRules, parseWorkspaceRules, RULE_FILES } from './permissions/workspace-settings.ts';
import type { Access } from './tools/tool.ts';

export interface PermittingDeps {
  /** `.lettaignore`, and the folders it counts from. */
  ignored: { readonly lines: Policy['lettaignore']; readonly workspace: string[]; whole(): Promise<void> };
  /** `dist/vendor` of the extension. */
  vendorPath: string;
  /** For all workspaces of this computer. */
  state: vscode.Memento;
  scripts: ScriptGuard;
  log(line: string): void;
}

export class Permitting implements vscode.Disposable {
  private readonly deps: PermittingDeps;
  private readonly workspaceRules: WorkspaceRules;
  private parser: Promise<ShellParser | undefined> | undefined;
  /** Refusing rules, as they stood when a call was judged last. */
  refused: string[] = [];

  constructor(deps: PermittingDeps) {
    this.deps = deps;
    this.workspaceRules = new WorkspaceRules({ files: RULE_FILES, parse: parseWorkspaceRules, state: deps.state });
  }

  /** Judges a call by what it would touch; `mode`: as if that were the chosen one. */
  async decide(access: Access, toolName: string, mode = settings.permissionMode()): Promise<Decision> {
    const policy = { ...(await this.policy()), mode };
    this.refused = policy.deny;
    if (access.kind !== 'command') return decide(access, toolName, policy);
    return this.deps.scripts.decide(access, toolName, policy, await this.shell());
  }

  /** Right before a command runs: what was judged is what is there. @throws ToolError */
  async checkScripts(command: Parameters<ScriptGuard['check']>[0]): Promise<void> {
    await this.deps.scripts.check(command, this.deps.ignored, await this.shell());
  }

  /** What commands are read with; undefined where the parser cannot be loaded. */
  async shell(): Promise<ShellContext | undefined> {
    const parser = await this.loadParser();
    return parser && { shell: COMMAND_LANGUAGE, parser, realPath: realPathOf };
  }

  async policy(): Promise<Policy> {
    await this.deps.ignored.whole();
    const mirror = settings.mirrorFolder();
    return {
      mode: settings.permissionMode(),
      ...joinRules([settings.permissionRules(), await this.workspaceRules.rules()]),
      lettaignore: this.deps.ignored.lines,
      trusted: vscode.workspace.isTrusted,
      workspace: this.deps.ignored.workspace,
      memoryFolder: mirror === null ? undefined : realPathOf(mirror),
    };
  }

  dispose(): void {
    this.workspaceRules.dispose();
  }

  /** A parser that cannot be loaded leaves every command asked about. */
  private loadParser(): Promise<ShellParser | undefined> {
    const folder = join(this.deps.vendorPath, 'tree-sitter');
    this.parser ??= import('./native/shell-parser.ts')
      .then(({ ShellParser: Loaded }) => Loaded.load((name) => join(folder, `${name}.wasm`)))
      .catch((error: unknown) => {
        this.deps.log(`Commands cannot be read, so each is asked about: ${String(error)}`);
        return undefined;
      });
    return this.parser;
  }
}
