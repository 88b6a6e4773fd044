// The page of the webview: nothing but a root, one script and one style sheet under a strict CSP. Part of the stub, so that
// the page loads while the host does.
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** What the page says before the host listens. */
export interface EarlyPage {
  readonly view: vscode.WebviewView;
  /** Hands over what has come, and from then on what comes. Called once. */
  listen(listener: (message: unknown) => void): vscode.Disposable;
}

/**
 * Lets the view load its page.
 * @param scripts names of the scripts that the page needs at once: its own first, then those that it imports
 */
export function openPage(view: vscode.WebviewView, extensionUri: vscode.Uri, scripts: readonly string[]): EarlyPage {
  const root = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
  const early: unknown[] = [];
  let receive = (message: unknown): void => void early.push(message);
  view.webview.options = { enableScripts: true, enableCommandUris: false, localResourceRoots: [root] };
  const subscription = view.webview.onDidReceiveMessage((message: unknown) => receive(message));
  view.webview.html = webviewHtml(view.webview, root, scripts);
  return {
    view,
    listen: (listener) => {
      receive = listener;
      for (const message of early.splice(0)) listener(message);
      return subscription;
    },
  };
}

/** @returns HTML whose CSP allows our own bundle and nothing else: no inline code or style, no eval, no remote anything. */
function webviewHtml(
  webview: vscode.Webview,
  webviewRoot: vscode.Uri,
  [main = '', ...imported]: readonly string[],
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
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${csp}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Letta</title>
<link rel="stylesheet" href="${uri('main.css')}">
${imported.map((script) => `<link rel="modulepreload" nonce="${nonce}" href="${uri(script)}">`).join('\n')}
</head>
<body>
<div id="root"></div>
<script type="module" nonce="${nonce}" src="${uri(main)}"></script>
</body>
</html>`;
}
