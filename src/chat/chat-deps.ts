// What the chat needs of the window that it is in.
import type * as vscode from 'vscode';
import type { PermissionMode } from '../protocol/about-views.ts';
import type { Params } from '../protocol/messages.ts';
import type { ChangesView } from '../protocol/transcript-views.ts';
import type { ChatHome } from './home.ts';
import type { EarlyPage } from './html.ts';
import type { Kept } from './kept.ts';
import type { ViewKeeper } from './kept-view.ts';
import type { ThreadRequestsDeps } from './thread-requests.ts';

export interface ChatDeps {
  context: vscode.ExtensionContext;
  kept: Kept;
  page: ViewKeeper;
  home(): Promise<ChatHome>;
  openTab(title: string): Promise<EarlyPage>;
  connectModel(): Promise<void>;
  selectAgent(): Promise<unknown>;
  /** Asks the home that does not answer once more. Never rejects. */
  retryHome(): Promise<void>;
  selectHome(): Promise<unknown>;
  /** A message, or what is selected of it, is to be remembered. */
  remember(message: Params<'remember'>): Promise<void>;
  /** Files, conversation or both shall be as before a message of the person. */
  restore(message: { threadId: string; messageId: string; text: string; date: string }): Promise<void>;
  hasCommand(command: string): boolean;
  /** What is wrong with it is told there. */
  runCommand(command: string, args: unknown[]): void;
  mode(): PermissionMode;
  selectMode(mode: PermissionMode): Promise<void>;
  /** Puts the diff of a waiting approval in front. */
  showDiff(approvalId: string): Promise<void>;
  status(running: number, waiting: number): void;
  /** The agent's changes that wait, once anything is known of them. */
  changes(): Promise<ChangesView> | undefined;
  /** Keeps, undoes or opens them. */
  change(what: Params<'changes'>): Promise<unknown>;
  /** Follows symlinks of what exists of a path. */
  realPath(path: string): string;
  offerUndo: ThreadRequestsDeps['offerUndo'];
  log(line: string): void;
}
