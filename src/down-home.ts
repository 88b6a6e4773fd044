// A home that did not answer when it was opened: what was last seen of it can be read, and it is asked again by itself. Loaded then.
import { join } from 'node:path';
import type * as vscode from 'vscode';
import type { ChatHome } from './chat/home.ts';
import { seenHome } from './chat/seen-home.ts';
import { AgainLater } from './letta/again-later.ts';
import type { HomeDown } from './letta/home-down.ts';
import { homeView, storageOf } from './open-home.ts';
import { lastSeen } from './seeing.ts';

export interface DownHomeDeps {
  context: vscode.ExtensionContext;
  /** Asks the home once more. Never rejects. */
  retry(): Promise<void>;
  /** It does not answer for another reason now. */
  changed(): void;
  log(line: string): void;
}

export class DownHome implements vscode.Disposable {
  private readonly deps: DownHomeDeps;
  private readonly again: AgainLater;
  private down: HomeDown;
  private seen: Promise<ChatHome> | undefined;

  constructor(deps: DownHomeDeps, down: HomeDown) {
    this.deps = deps;
    this.down = down;
    this.again = new AgainLater(() => void deps.retry());
    this.failed(down);
  }

  dispose(): void {
    this.again.dispose();
  }

  /** It did not answer. */
  failed(down: HomeDown): void {
    const other = this.down.message !== down.message;
    this.down = down;
    if (down.passes) this.again.later();
    if (other) this.deps.changed();
  }

  /** What was last seen of it. */
  chat(): Promise<ChatHome> {
    const { context, log } = this.deps;
    const workspace = storageOf(context);
    this.seen ??= seenHome({
      seen: lastSeen({ globalFolder: context.globalStorageUri.fsPath, workspace, log }),
      about: homeView(),
      why: () => this.down.message,
      queueFolder: join(workspace, 'queue'),
    });
    return this.seen;
  }
}
