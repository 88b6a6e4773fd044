// The stub that VS Code loads at startup: registers what must be there at once, loads `host.cjs` on first use.
import './native/l10n.ts';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import * as vscode from 'vscode';
import { newTab, openPage, pageOwner, pageParts, TAB } from './chat/html.ts';
import { readView, VIEW_FILE } from './chat/kept-view.ts';
import type { Host } from './host.ts';
import { registerLettaModels } from './native/letta-models.ts';
import { registerLightBulb } from './native/light-bulb.ts';
import { registerMcpProvider } from './native/mcp-provider.ts';
import { registerMemoryTools } from './native/memory-tools.ts';
import { t } from './protocol/l10n.ts';

let host: Promise<Host> | undefined;

/** Written by the host (`KEPT_FILE`), read here before it is loaded: whose answers a reload or a crash cut off. */
const KEPT_FILE = 'chat.json';
/** There while files are being restored: a restore was cut off. */
const RESTORING = join('checkpoints', 'restore.json');
export const DRAFT_SCHEME = 'letta-skill';

export function activate(context: vscode.ExtensionContext): void {
  const status = vscode.window.createStatusBarItem('letta.status', vscode.StatusBarAlignment.Right, 90);
  status.name = 'Letta';
  status.command = 'letta.openChat';
  status.text = '$(comment-discussion) Letta';
  status.tooltip = t('Open the Letta chat');
  status.show();
  const known = isUnfinished(context).then((unfinished) => {
    if (!unfinished || host) return;
    status.text = `$(debug-pause) ${t('Letta: interrupted')}`;
    status.tooltip = t('An answer was interrupted. Open the chat to continue it.');
  });

  void isThere(join(storage(context), RESTORING))
    .then(async (restoring) => restoring && (await load()).run('letta.restoreCheckpoint', ['interrupted']))
    // A host that cannot be loaded says so when it is used.
    .catch(() => {});

  const load = (): Promise<Host> => {
    // A bundle of its own, so that startup parses only this stub.
    host ??= loadParts()
      .then(() => import('./host.ts'))
      .then(({ startHost }) =>
        startHost(context, status, { offer: models.offer, openTab: (title) => newTab(title, context.extensionUri) }),
      );
    return host;
  };

  const models = registerLettaModels(context.globalState, async (...asked) => (await load()).answerAsModel(...asked));
  const participant = vscode.chat.createChatParticipant('letta.agent', async (...asked) =>
    (await load()).answerInChat(...asked),
  );
  participant.iconPath = vscode.Uri.joinPath(context.extensionUri, 'media', 'icon.png');

  // What waits for a decision is shown at once, also where nobody opens the chat.
  void known.then(() => hasChanges(context)).then((waiting) => (waiting ? load() : undefined));

  const commands = (context.extension.packageJSON as { contributes: { commands: { command: string }[] } }).contributes
    .commands;
  context.subscriptions.push(
    status,
    models,
    participant,
    registerMcpProvider(async () => (await load()).mcpServer()),
    ...commands.map(({ command }) =>
      vscode.commands.registerCommand(command, async (...args: unknown[]) => (await load()).run(command, args)),
    ),
    vscode.window.registerWebviewViewProvider('letta.chat', {
      resolveWebviewView: async (view) => {
        const [parts, kept] = await Promise.all([
          pageParts(context.extensionUri),
          readView(join(storage(context), VIEW_FILE), pageOwner(context.extension)),
        ]);
        // The page first: it loads beside the host, and shows what is kept before the host runs.
        const page = openPage(view, context.extensionUri, { ...parts, kept });
        if (kept) await page.spoke;
        (await load()).resolveView(page);
      },
    }),
    vscode.window.registerWebviewPanelSerializer(TAB, {
      deserializeWebviewPanel: async (panel) => {
        const page = openPage(panel, context.extensionUri, {
          ...(await pageParts(context.extensionUri)),
          kept: '',
        });
        (await load()).resolveTab(page);
      },
    }),
    vscode.window.registerUriHandler({
      handleUri: async (uri) => (await load()).follow(uri),
    }),
    registerLightBulb(),
    registerMemoryTools(async (...call) => (await load()).useMemory(...call)),
    vscode.workspace.registerFileSystemProvider(DRAFT_SCHEME, lazyFileSystem(load), { isCaseSensitive: true }),
  );
}

/** One after the other, so that no other extension waits for all of the host to be parsed at once. */
async function loadParts(): Promise<void> {
  await import('./native/l10n.ts');
  await import('./protocol/messages.ts');
  await setImmediate();
  await import('./letta/connection.ts');
  await setImmediate();
}

const storage = (context: vscode.ExtensionContext): string => (context.storageUri ?? context.globalStorageUri).fsPath;

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

async function isUnfinished(context: vscode.ExtensionContext): Promise<boolean> {
  try {
    const kept: unknown = JSON.parse(await readFile(join(storage(context), KEPT_FILE), 'utf8'));
    const unfinished = (kept as { unfinished?: unknown } | null)?.unfinished;
    return Array.isArray(unfinished) && unfinished.length > 0;
  } catch {
    return false;
  }
}

/** Whether the agent changed files that nobody has decided on. */
function hasChanges(context: vscode.ExtensionContext): Promise<boolean> {
  return access(join(storage(context), 'review', 'index.json')).then(
    () => true,
    () => false,
  );
}

export async function deactivate(): Promise<void> {
  await (await host)?.dispose();
}

/** Skill drafts live behind a file system of their own, so that an editor with a draft can be restored after a reload. */
function lazyFileSystem(load: () => Promise<Host>): vscode.FileSystemProvider {
  const changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  const refuse = (): never => {
    throw vscode.FileSystemError.NoPermissions(t('Skill drafts can only be edited and saved.'));
  };
  return {
    onDidChangeFile: changed.event,
    // A draft is in front: whether the person saves it must be seen from their first key on.
    watch: () => {
      void load().then((loaded) => loaded.drafts());
      return new vscode.Disposable(() => {});
    },
    stat: async (uri) => (await (await load()).drafts()).stat(uri),
    readFile: async (uri) => (await (await load()).drafts()).readFile(uri),
    writeFile: async (uri, content) => (await (await load()).drafts()).writeFile(uri, content),
    readDirectory: () => [],
    createDirectory: refuse,
    delete: refuse,
    rename: refuse,
  };
}
