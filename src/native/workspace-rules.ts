// Keeps the permission rules of `.letta/settings.json` current. What they allow counts after the person accepted that very file.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.ts';
import { readRuleFile } from './rule-sources.ts';
import { watchWorkspace } from './watch-files.ts';

interface Rules {
  allow: string[];
  ask: string[];
  deny: string[];
}

export interface WorkspaceRulesDeps {
  /** Paths in a workspace folder that may hold rules. */
  files: readonly string[];
  /** `text`: null where the file is there and cannot be read. */
  parse(text: string | null, path: string): Rules;
  /** Hashes of accepted files, by absolute path; for all workspaces of this computer. */
  state: vscode.Memento;
}

interface RuleFile extends Rules {
  path: string;
  name: string;
  hash: string;
}

const KEY = 'letta.permissions.accepted';
export const RULES_GLOB = '**/.letta/{settings,settings.local}.json';

/** The rules that lie in the folders of the workspace, as they stand now. Asks nobody: what they allow counts when it was accepted. */
export async function readWorkspaceRules(
  names: WorkspaceRulesDeps['files'],
  parse: WorkspaceRulesDeps['parse'],
): Promise<RuleFile[]> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  const files = folders.flatMap(({ uri }) => names.map((name) => ({ name, path: join(uri.fsPath, name) })));
  const found = await Promise.all(
    files.map(async ({ name, path }): Promise<RuleFile[]> => {
      const text = await readRuleFile(path);
      if (text === undefined) return [];
      const hash = createHash('sha256')
        .update(text ?? '')
        .digest('hex');
      return [{ ...parse(text, name), path, name, hash }];
    }),
  );
  return found.flat();
}

export class WorkspaceRules implements vscode.Disposable {
  private readonly deps: WorkspaceRulesDeps;
  private files: RuleFile[] = [];
  private reading: Promise<void> | undefined;
  private subscriptions: vscode.Disposable[] = [];
  /** Hashes that the person was asked about in this window. */
  private readonly offered = new Set<string>();

  constructor(deps: WorkspaceRulesDeps) {
    this.deps = deps;
  }

  /** What counts now. None in a workspace that is not trusted. Reads the files the first time, and then when they change. */
  async rules(): Promise<Rules> {
    if (!vscode.workspace.isTrusted) return { allow: [], ask: [], deny: [] };
    this.watch();
    this.reading ??= this.read();
    await this.reading;
    const accepted = this.accepted();
    return {
      allow: this.files.flatMap(({ allow, path, hash }) => (accepted[path] === hash ? allow : [])),
      ask: this.files.flatMap(({ ask }) => ask),
      deny: this.files.flatMap(({ deny }) => deny),
    };
  }

  dispose(): void {
    for (const subscription of this.subscriptions.splice(0)) subscription.dispose();
  }

  private watch(): void {
    if (this.subscriptions.length > 0) return;
    this.subscriptions = watchWorkspace(RULES_GLOB, () => {
      this.reading = undefined;
    });
  }

  private async read(): Promise<void> {
    this.files = await readWorkspaceRules(this.deps.files, this.deps.parse);
    for (const file of this.files) void this.offer(file);
  }

  /** Asks once for each state of a file. Nobody has to answer: until then its allowing rules do not count. */
  private async offer({ path, name, hash, allow }: RuleFile): Promise<void> {
    if (allow.length === 0 || this.accepted()[path] === hash || this.offered.has(hash)) return;
    this.offered.add(hash);
    const rules = allow.slice(0, 6).join(', ');
    const shown = allow.length > 6 ? t('{0}, and {1} more', rules, allow.length - 6) : rules;
    const question = t('{0} of this workspace lets the agent do this without asking: {1}', name, shown);
    const answer = await vscode.window.showInformationMessage(question, t('Accept'), t('Show File'));
    if (answer === t('Accept')) await this.deps.state.update(KEY, { ...this.accepted(), [path]: hash });
    if (answer === t('Show File')) {
      this.offered.delete(hash);
      await vscode.window.showTextDocument(vscode.Uri.file(path));
    }
  }

  private accepted(): Record<string, string> {
    return this.deps.state.get<Record<string, string>>(KEY, {});
  }
}
