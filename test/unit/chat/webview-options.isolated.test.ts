// What the page of the webview may do: run its own scripts, read its own folder, and call no command of VS Code.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { WebviewView } from 'vscode';
import { root } from '../../../scripts/lib/package.ts';
import { openPage, pageParts } from '../../../src/chat/html.ts';
import { setLanguage } from '../../../src/protocol/l10n.ts';

interface PathUri {
  path: string;
  fsPath: string;
  toString(): string;
}
const uri = (path: string): PathUri => ({ path, fsPath: path, toString: () => path });

vi.mock('vscode', () => ({
  Uri: { joinPath: (base: PathUri, ...parts: string[]) => uri(join(base.path, ...parts)) },
  workspace: { getConfiguration: () => ({ get: (_: string, fallback: unknown) => fallback }) },
}));

const webviewOf = () => ({
  options: {},
  html: '',
  cspSource: 'vscode-webview:',
  asWebviewUri: (each: PathUri) => each,
  onDidReceiveMessage: () => ({ dispose: () => {} }),
});

test('reads what is built for it alone, and calls no command', () => {
  const webview = webviewOf();
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

test('translations are data in the page, whatever stands in them, and its language is said', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'letta-page-'));
  const texts = { Send: 'Senden</script><script>alert(1)</script><!--' };
  try {
    for (const each of [join('dist', 'webview'), 'l10n']) mkdirSync(join(folder, each), { recursive: true });
    writeFileSync(join(folder, 'dist', 'webview', 'scripts.json'), '["main.js"]');
    writeFileSync(join(folder, 'l10n', 'webview.l10n.de.json'), JSON.stringify(texts));
    const extension = uri(folder) as never;
    expect(await pageParts(extension)).toEqual({ scripts: ['main.js'], translations: '' });
    setLanguage('de', { Memory: 'Gedächtnis' });
    const webview = webviewOf();
    openPage({ webview } as unknown as WebviewView, extension, { ...(await pageParts(extension)), kept: '' });
    expect(webview.html).toContain('<html lang="de">');
    expect(webview.html).toContain('<span class="tab">Gedächtnis</span>');
    const [, data = ''] =
      /<script type="application\/json" id="translations">([^<]*)<\/script>/.exec(webview.html) ?? [];
    expect(JSON.parse(data)).toEqual(texts);
    expect(webview.html.match(/<script/g)).toHaveLength(2);
  } finally {
    setLanguage('en', undefined);
    rmSync(folder, { recursive: true, force: true });
  }
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
