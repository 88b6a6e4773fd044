// The stub that VS Code loads at startup: registers what must be there at once, loads `host.cjs` on first use.
import * as vscode from 'vscode';
import type { Host } from './host.ts';

let host: Promise<Host> | undefined;

/** Threads whose answer a reload or a crash cut off; written by the host, read here before the host is loaded. */
const UNFINISHED_KEY = 'letta.unfinished';
export const DRAFT_SCHEME = 'letta-skill';

export function activate(context: vscode.ExtensionContext): void {
  const status = vscode.window.createStatusBarItem('letta.status', vscode.StatusBarAlignment.Right, 90);
  status.name = 'Letta';
  status.command = 'letta.openChat';
  const unfinished = context.workspaceState.get<string[]>(UNFINISHED_KEY, []).length > 0;
  status.text = unfinished ? '$(debug-pause) Letta: interrupted' : '$(comment-discussion) Letta';
  status.tooltip = unfinished ? 'An answer was interrupted. Open the chat to continue it.' : 'Open the Letta chat';
  status.show();

  const load = (): Promise<Host> => {
    // A bundle of its own, so that startup parses only this stub.
    host ??= import('./host.ts').then(({ startHost }) => startHost(context, status));
    return host;
  };

  const commands = (context.extension.packageJSON as { contributes: { commands: { command: string }[] } }).contributes
    .commands;
  context.subscriptions.push(
    status,
    ...commands.map(({ command }) =>
      vscode.commands.registerCommand(command, async (...args: unknown[]) => (await load()).run(command, args)),
    ),
    vscode.window.registerWebviewViewProvider('letta.chat', {
      resolveWebviewView: async (view) => (await load()).resolveView(view),
    }),
    vscode.window.registerUriHandler({
      handleUri: async () => {
        await (await load()).run('letta.openChat', []);
      },
    }),
    vscode.workspace.registerFileSystemProvider(DRAFT_SCHEME, lazyFileSystem(load), { isCaseSensitive: true }),
  );
}

export async function deactivate(): Promise<void> {
  await (await host)?.dispose();
}

/** Skill drafts live behind a file system of their own, so that an editor with a draft can be restored after a reload. */
function lazyFileSystem(load: () => Promise<Host>): vscode.FileSystemProvider {
  const changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  const refuse = (): never => {
    throw vscode.FileSystemError.NoPermissions('Skill drafts can only be edited and saved.');
  };
  return {
    onDidChangeFile: changed.event,
    watch: () => new vscode.Disposable(() => {}),
    stat: async (uri) => (await load()).drafts.stat(uri),
    readFile: async (uri) => (await load()).drafts.readFile(uri),
    writeFile: async (uri, content) => (await load()).drafts.writeFile(uri, content),
    readDirectory: () => [],
    createDirectory: refuse,
    delete: refuse,
    rename: refuse,
  };
}
