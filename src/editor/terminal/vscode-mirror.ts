// Shows in a terminal of VS Code what a child process writes, and sends it what the person types there.
import * as vscode from 'vscode';
import { t } from '../../protocol/l10n.ts';
import type { Mirror } from './child-runner.ts';
import type { StartOptions } from './runner.ts';
import { mirrorOptions } from './vscode-terminals.ts';

/** Characters a second that are shown; a flood is only counted: its file holds all of it. */
const MOST = 200_000;
const SECOND_MS = 1_000;

interface Shown {
  terminal: vscode.Terminal;
  screen: Screen;
  owner: string;
}

/** One terminal for the commands of an owner that run one after the other. */
export class Mirrors implements vscode.Disposable {
  private readonly all = new Set<Shown>();

  open({ command, owner }: StartOptions): Mirror {
    const shown = [...this.all].find((each) => each.owner === owner && each.screen.free) ?? this.make(owner);
    const { terminal, screen } = shown;
    screen.begin(command);
    const mirror: Mirror = {
      write: (text) => screen.write(text),
      ended: (exitCode) => screen.end(exitCode),
      show: () => terminal.show(),
    };
    screen.mirror = mirror;
    return mirror;
  }

  dispose(): void {
    for (const { terminal } of this.all) terminal.dispose();
    this.all.clear();
  }

  private make(owner: string): Shown {
    const screen = new Screen(() => this.all.delete(shown));
    const terminal = vscode.window.createTerminal(mirrorOptions(screen));
    const shown: Shown = { terminal, screen, owner };
    this.all.add(shown);
    terminal.show(true);
    return shown;
  }
}

class Screen implements vscode.Pseudoterminal {
  /** The command that it shows. */
  mirror: Mirror | undefined;
  free = false;
  private readonly emitter = new vscode.EventEmitter<string>();
  readonly onDidWrite = this.emitter.event;
  private readonly closed: () => void;
  /** What came before VS Code opened it; undefined afterwards. */
  private early: string[] | undefined = [];
  private since = 0;
  private amount = 0;

  constructor(closed: () => void) {
    this.closed = closed;
  }

  open(): void {
    const early = this.early ?? [];
    this.early = undefined;
    for (const text of early) this.emitter.fire(text);
  }

  close(): void {
    this.closed();
    this.mirror?.onClose?.();
    this.emitter.dispose();
  }

  handleInput(text: string): void {
    if (this.free) return;
    const lines = text.replaceAll('\r', '\n');
    this.put(lines);
    this.mirror?.onInput?.(lines);
  }

  begin(command: string): void {
    this.free = false;
    this.put(`\x1b[1m$ ${command}\x1b[0m\n`);
  }

  write(text: string): void {
    if (Date.now() - this.since > SECOND_MS) {
      this.since = Date.now();
      this.amount = 0;
    }
    const before = this.amount;
    this.amount += text.length;
    if (this.amount <= MOST) this.put(text);
    else if (before <= MOST) this.put(`\n\x1b[2m${t('… (more than can be shown)')}\x1b[0m\n`);
  }

  end(exitCode: number | undefined): void {
    this.free = true;
    this.mirror = undefined;
    this.put(`\x1b[2m${exitCode === undefined ? t('Ended.') : t('Exit code {0}.', String(exitCode))}\x1b[0m\n`);
  }

  private put(text: string): void {
    const lines = text.replace(/\r?\n/g, '\r\n');
    if (this.early) this.early.push(lines);
    else this.emitter.fire(lines);
  }
}
