// What the view reads of the home: of the open one, or what was last seen of one that does not answer.
import type * as vscode from 'vscode';
import type { ChatHome } from './chat/home.ts';
import type { DownHome, DownHomeDeps } from './down-home.ts';
import { HomeDown } from './letta/home-down.ts';

export interface MaybeDownDeps extends Omit<DownHomeDeps, 'retry'> {
  /** The open home, or opens it. @throws HomeDown, and Error saying what to do */
  home(): Promise<{ chat: ChatHome }>;
}

export class MaybeDown implements vscode.Disposable {
  private readonly deps: MaybeDownDeps;
  /** There from when it did not answer until it does. */
  private down: Promise<DownHome> | undefined;

  constructor(deps: MaybeDownDeps) {
    this.deps = deps;
  }

  /** @throws Error saying what to do */
  async chat(): Promise<ChatHome> {
    if (!this.down) {
      try {
        return (await this.deps.home()).chat;
      } catch (error) {
        if (!this.down) throw error;
      }
    }
    return (await this.down).chat();
  }

  /** The home could not be opened. To be told before anybody who waits for it. */
  failed(error: unknown): void {
    if (!(error instanceof HomeDown)) return;
    if (this.down) void this.down.then((down) => down.failed(error));
    const deps = { ...this.deps, retry: () => this.retry() };
    this.down ??= import('./down-home.ts').then(({ DownHome: Loaded }) => new Loaded(deps, error));
  }

  /** Asks the home now. Why it does not answer is shown. */
  async retry(): Promise<void> {
    await this.deps.home().catch(() => {});
  }

  /** The home was opened, or another one is to be. @returns whether it did not answer before */
  over(): boolean {
    const { down } = this;
    this.down = undefined;
    void down?.then((each) => each.dispose());
    return down !== undefined;
  }

  dispose(): void {
    this.over();
  }
}
