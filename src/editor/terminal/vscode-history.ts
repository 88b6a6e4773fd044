// What the person ran in terminals of their own since the agent came up: the last few commands, with the end of each output.
import * as vscode from 'vscode';
import { ScreenText } from './screen-text.ts';
import type { OwnRun } from './terminals.ts';
import { isOurs } from './vscode-terminals.ts';

/** Commands that are kept, and characters of each one's output. */
const KEEP = 20;
const MOST = 12_000;

export class TerminalHistory implements vscode.Disposable {
  private readonly runs: OwnRun[] = [];
  private readonly open = new Map<vscode.TerminalShellExecution, OwnRun>();
  private count = 0;
  private readonly subscriptions: vscode.Disposable[];

  constructor() {
    this.subscriptions = [
      vscode.window.onDidStartTerminalShellExecution(({ terminal, execution }) => {
        if (!isOurs(terminal)) this.began(terminal.name, execution);
      }),
      vscode.window.onDidEndTerminalShellExecution(({ execution, exitCode }) => {
        const run = this.open.get(execution);
        this.open.delete(execution);
        if (run) Object.assign(run, { running: false, exitCode });
      }),
    ];
  }

  /** Oldest first. */
  list(): readonly OwnRun[] {
    return this.runs;
  }

  dispose(): void {
    for (const subscription of this.subscriptions.splice(0)) subscription.dispose();
  }

  private began(terminal: string, execution: vscode.TerminalShellExecution): void {
    this.count += 1;
    let ended = '';
    const screen = new ScreenText((text) => {
      ended = (ended + text).slice(-MOST);
    });
    const run: OwnRun = {
      id: `p${this.count}`,
      terminal,
      command: execution.commandLine.value,
      running: true,
      exitCode: undefined,
      output: () => (ended + screen.open).slice(-MOST),
    };
    this.open.set(execution, run);
    this.runs.push(run);
    this.runs.splice(0, this.runs.length - KEEP);
    void this.follow(execution, screen);
  }

  /** VS Code loses what a command writes that ends within some 50 ms: it has ended before a reading can begin. */
  private async follow(execution: vscode.TerminalShellExecution, screen: ScreenText): Promise<void> {
    for await (const text of execution.read()) screen.write(text);
  }
}
