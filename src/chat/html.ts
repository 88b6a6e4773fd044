// The page of the webview: nothing but a root, one script and one style sheet under a strict CSP. Part of the stub, so that
// the page loads while the host does.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { language, t } from '../protocol/l10n.ts';
import { inScript } from './in-script.ts';

/** Where a page stands. */
export type Surface = vscode.WebviewView | vscode.WebviewPanel;

/** The type of the editor tabs, by which VS Code brings them back. */
export const TAB = 'letta.thread';

/** What the page says before the host listens. */
export interface EarlyPage {
  readonly surface: Surface;
  /** Resolves with the first message: the page shows something. */
  readonly spoke: Promise<void>;
  /** For a hidden view: the page that is loaded when it is shown again. VS Code would take the one of the first time. */
  renew(kept: string): void;
  /** Hands over what has come, and from then on what comes. Called once. */
  listen(listener: (message: unknown) => void): vscode.Disposable;
}

/** What a page consists of besides the style sheet. */
interface PageParts {
  /** Names of the scripts that it needs at once: its own first, then those that it imports. */
  readonly scripts: readonly string[];
  /** Its texts in VS Code's language, as JSON by the English ones, or ''. */
  readonly translations: string;
  /** What it shows until the host has spoken (`readView`), or ''. */
  readonly kept: string;
}

/** Whose kept view a page may show: not that of another version, language or home. */
export function pageOwner(extension: vscode.Extension<unknown>): string {
  const settings = vscode.workspace.getConfiguration('letta');
  const home = ['server.home', 'server.url', 'embedded.dataDir'].map((key) => settings.get<string>(key, ''));
  return JSON.stringify([(extension.packageJSON as { version: string }).version, language(), ...home]);
}

/** Stands there until the script has drawn: what is typed into the box goes on in the one that takes its place (`main.tsx`). */
const early = () => `<main class="shell">
<div class="tabs" aria-hidden="true">${[t('Chat'), t('Threads'), t('Memory'), t('Skills')].map((title) => `<span class="tab">${title}</span>`).join('')}</div>
<div class="panels"><div class="panel"><div class="chat"><div class="transcript"></div>
<div class="composer"><textarea id="early" class="composer-text" rows="1" aria-label="${t('Message the agent')}" placeholder="${t('Message the agent')}"></textarea><div class="composer-bar"></div></div>
</div></div></div>
</main>`;

/** What is the same for every page of this window. */
export async function pageParts(extensionUri: vscode.Uri): Promise<Omit<PageParts, 'kept'>> {
  const read = (...path: string[]) => readFile(vscode.Uri.joinPath(extensionUri, ...path).fsPath, 'utf8');
  const [scripts, translations] = await Promise.all([
    // The build lists what the page imports before it can do anything: told beforehand, it is fetched all at once.
    read('dist', 'webview', 'scripts.json'),
    language() === 'en' ? 'null' : read('l10n', `webview.l10n.${language()}.json`),
  ]);
  const texts: unknown = JSON.parse(translations);
  return { scripts: JSON.parse(scripts) as string[], translations: texts ? inScript(texts) : '' };
}

/** Opens an editor tab; the page starts from nothing. */
export async function newTab(title: string, extensionUri: vscode.Uri): Promise<EarlyPage> {
  const parts = await pageParts(extensionUri);
  const panel = vscode.window.createWebviewPanel(TAB, title, vscode.ViewColumn.Active);
  return openPage(panel, extensionUri, { ...parts, kept: '' });
}

/** Lets the view load its page. */
export function openPage(view: Surface, extensionUri: vscode.Uri, parts: PageParts): EarlyPage {
  const root = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
  const said: unknown[] = [];
  const { promise: spoke, resolve } = Promise.withResolvers<void>();
  let receive = (message: unknown): void => {
    said.push(message);
    resolve();
  };
  view.webview.options = { enableScripts: true, enableCommandUris: false, localResourceRoots: [root] };
  const subscription = view.webview.onDidReceiveMessage((message: unknown) => receive(message));
  view.webview.html = webviewHtml(view.webview, root, parts);
  if ('iconPath' in view) view.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'icon.png');
  return {
    surface: view,
    spoke,
    renew: (kept) => {
      view.webview.html = webviewHtml(view.webview, root, { ...parts, kept });
    },
    listen: (listener) => {
      receive = listener;
      for (const message of said.splice(0)) listener(message);
      return subscription;
    },
  };
}

/** @returns HTML whose CSP allows our own bundle and nothing else: no inline code or style, no eval, no remote anything. */
function webviewHtml(
  webview: vscode.Webview,
  webviewRoot: vscode.Uri,
  { scripts: [main = '', ...imported], translations, kept }: PageParts,
): string {
  const nonce = randomBytes(24).toString('base64url');
  const uri = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(webviewRoot, file)).toString();
  const csp = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' ${webview.cspSource}`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data:`,
    // The two that `default-src` does not stand in for.
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${language()}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${csp}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Letta</title>
<link rel="stylesheet" href="${uri('main.css')}">
${imported.map((script) => `<link rel="modulepreload" nonce="${nonce}" href="${uri(script)}">`).join('\n')}
</head>
<body>
<div id="root">${early()}</div>
${translations && `<script type="application/json" id="translations">${translations}</script>`}
${kept && `<script type="application/json" id="kept">${kept}</script>`}
<script type="module" nonce="${nonce}" src="${uri(main)}"></script>
</body>
</html>`;
}
