// The page of the webview: nothing but a root, one script and one style sheet under a strict CSP.
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** @returns HTML whose CSP allows our own bundle and nothing else: no inline code or style, no eval, no remote anything. */
export function webviewHtml(webview: vscode.Webview, webviewRoot: vscode.Uri): string {
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
</head>
<body>
<div id="root"></div>
<script type="module" nonce="${nonce}" src="${uri('main.js')}"></script>
</body>
</html>`;
}
