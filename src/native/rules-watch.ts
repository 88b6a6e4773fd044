// Watches the AGENTS.md and CLAUDE.md that were brought along: what is new in them is proposed, once.
import * as vscode from 'vscode';
import type { BringProposal } from '../memory/bring/bring.ts';
import { type AcceptedRules, rulesFileChanged } from '../memory/bring/rules-changed.ts';
import { type RulesDeps, rulesTool } from '../memory/bring/rules-files.ts';
import { plural, t } from '../protocol/l10n.ts';

export interface RulesWatchDeps {
  folder: vscode.WorkspaceFolder;
  state: vscode.Memento;
  /** Of the agent: what one has accepted another has not. */
  key: string;
  rules(): Promise<RulesDeps>;
  /** @param version of the file. @returns how many were new on the review list */
  propose(proposals: readonly BringProposal[], version: string): Promise<number>;
  review(): Promise<void>;
  log(line: string): void;
}

const WATCHED = /(?:^|\/)(?:AGENTS|CLAUDE)\.md$|^(?:agents|claude)\.md$/;

type Accepted = Record<string, AcceptedRules>;

export class RulesWatch implements vscode.Disposable {
  private readonly deps: RulesWatchDeps;
  private watcher: vscode.Disposable[] = [];
  /** One look after the other: two at once would propose the same twice. */
  private tail: Promise<unknown> = Promise.resolve();

  constructor(deps: RulesWatchDeps) {
    this.deps = deps;
  }

  /** Looks at what changed since the last time, and then at every change. Only for a workspace that is trusted. */
  start(): void {
    if (this.watcher.length > 0 || !vscode.workspace.isTrusted) return;
    const pattern = new vscode.RelativePattern(this.deps.folder, '**/{AGENTS,CLAUDE,agents,claude}.md');
    const watcher = vscode.workspace.createFileSystemWatcher(pattern, false, false, true);
    const look = (uri: vscode.Uri) => this.look(vscode.workspace.asRelativePath(uri, false));
    this.watcher = [watcher, watcher.onDidChange(look), watcher.onDidCreate(look)];
    for (const path of Object.keys(this.accepted())) this.look(path);
  }

  /** Files of which some rule was chosen: from here on only what is new in them is proposed. */
  async chosen(ids: ReadonlySet<string>): Promise<void> {
    const rules = await this.deps.rules();
    const now = this.accepted();
    for (const { path } of await rules.files.list()) {
      if (!WATCHED.test(path) || !rulesTool(path)) continue;
      const change = await rulesFileChanged(rules, path, now[path]);
      if (change.now.ids.some((id) => ids.has(id))) now[path] = change.now;
    }
    await this.deps.state.update(this.deps.key, now);
    this.start();
  }

  dispose(): void {
    for (const each of this.watcher.splice(0)) each.dispose();
  }

  private look(path: string): void {
    this.tail = this.tail.then(() =>
      this.check(path).catch((error: unknown) => this.deps.log(`${path} could not be compared: ${String(error)}`)),
    );
  }

  private async check(path: string): Promise<void> {
    const { state, key, rules, propose, review } = this.deps;
    const before = this.accepted()[path];
    if (!before) return;
    const { changed, now, proposals } = await rulesFileChanged(await rules(), path, before);
    if (!changed) return;
    const added = await propose(proposals, now.hash);
    // After they are on the list: a kill in between proposes them again, and the list takes them once.
    await state.update(key, { ...this.accepted(), [path]: now });
    if (added === 0) return;
    const said = plural(
      added,
      '{1} has {0} new rule, which waits for your review.',
      '{1} has {0} new rules, which wait for your review.',
      path,
    );
    void vscode.window.showInformationMessage(said, t('Review')).then(async (answer) => {
      if (answer === t('Review')) await review();
    });
  }

  private accepted(): Accepted {
    return { ...this.deps.state.get<Accepted>(this.deps.key, {}) };
  }
}
