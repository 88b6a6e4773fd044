// Tells the person what the mirror left alone: each problem once, as long as it lasts.
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { MirrorProblem, MirrorReport } from '../memory/mirror/types.ts';
import { t } from '../protocol/l10n.ts';

export class MirrorNotices {
  private readonly log: (line: string) => void;
  private problems = new Set<string>();
  private failure = '';

  constructor(log: (line: string) => void) {
    this.log = log;
  }

  report(folder: string, report: MirrorReport): void {
    this.failure = '';
    if (report.commits > 0) this.log(`Memory folder: ${report.commits} commits in ${folder}`);
    for (const copy of report.conflicts) this.log(`Memory folder: a version was set aside as ${copy}`);
    const all: MirrorProblem[] = report.gitMessage
      ? [{ path: '.git', reason: 'git', message: report.gitMessage }, ...report.problems]
      : report.problems;
    const fresh = all.filter((problem) => !this.problems.has(keyOf(problem)));
    this.problems = new Set(all.map(keyOf));
    for (const { path, message } of fresh) this.log(`Memory folder: ${path}: ${message}`);
    // Git that is busy is over in a moment.
    const shown = fresh.filter(({ reason }) => reason !== 'git' || report.git === 'missing');
    const [first] = shown;
    if (first) void this.warn(folder, first, shown.length - 1);
  }

  /** The mirror does not run, or a look failed. */
  failed(message: string): void {
    if (this.failure === message) return;
    this.failure = message;
    this.log(`Memory folder: ${message}`);
    void vscode.window.showWarningMessage(message);
  }

  private async warn(folder: string, { path, message }: MirrorProblem, more: number): Promise<void> {
    const said =
      more > 0
        ? t('Memory folder: {0}: {1}. (And {2} more, see the log.)', path, message, more)
        : t('Memory folder: {0}: {1}.', path, message);
    const open = t('Open File');
    const actions = path.endsWith('.md') ? [open] : [];
    const answer = await vscode.window.showWarningMessage(said, ...actions);
    if (answer === open) await vscode.window.showTextDocument(vscode.Uri.file(join(folder, path)));
  }
}

const keyOf = ({ path, reason, message }: MirrorProblem): string => `${path}\n${reason}\n${message}`;
