// What the page of the webview may do: run its own scripts, read its own folder, and call no command of VS Code.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { WebviewView } from 'vscode';
import { root } from '../../../scripts/lib/package.ts';
import { openPage } from '../../../src/chat/html.ts';

interface PathUri {
  path: string;
  toString(): string;
}
const uri = (path: string): PathUri => ({ path, toString: () => path });

vi.mock('vscode', () => ({
  Uri: { joinPath: (base: PathUri, ...parts: string[]) => uri(join(base.path, ...parts)) },
  workspace: { getConfiguration: () => ({ get: (_: string, fallback: unknown) => fallback }) },
}));

test('reads what is built for it alone, and calls no command', () => {
  const webview = {
    options: {},
    html: '',
    cspSource: 'vscode-webview:',
    asWebviewUri: (each: PathUri) => each,
    onDidReceiveMessage: () => ({ dispose: () => {} }),
  };
  const view = { webview } as unknown as WebviewView;
  const page = openPage(view, uri('/extension') as never, { scripts: ['main.js'], translations: '', kept: '' });
  expect(webview.options).toEqual({
    enableScripts: true,
    enableCommandUris: false,
    localResourceRoots: [expect.objectContaining({ path: '/extension/dist/webview' })],
  });
  const [, csp = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(webview.html) ?? [];
  expect(csp).toMatch(/^default-src 'none'; script-src 'nonce-[\w-]+' vscode-webview:; style-src vscode-webview:;/);
  expect(csp).not.toMatch(/unsafe|\*|https?:/);
  const first = webview.html;
  page.renew('{"thread":1}');
  expect(webview.html).toContain('id="kept">{"thread":1}</script>');
  expect(/nonce-[\w-]+/.exec(webview.html)?.[0]).not.toBe(/nonce-[\w-]+/.exec(first)?.[0]);
});

test('there is no other place that opens a page or says what it may', () => {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.ts$/.test(name),
  );
  const open =
    /webview\.options|createWebviewPanel|enableCommandUris|localResourceRoots|isTrusted\s*[=:]\s*(?!vscode|this|\(\))/;
  const places = sources.filter((name) => open.test(readFileSync(join(root, 'src', name), 'utf8')));
  expect(places).toEqual([join('chat', 'html.ts')]);
});
