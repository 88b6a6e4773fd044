// Builds the view with a fake host and serves it under the CSP that VS Code's page has.
// `node webview-ui/dev/harness.ts [port]`, then open `/?scene=chat&theme=dark&lang=de` (scenes and themes: page.ts, themes.json;
// `lang`: one of `l10n/`, English without).
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const out = join(root, '.cache', 'webview-dev');
const TYPES: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.ttf': 'font/ttf' };

/** Bundles the view and the page around it. */
export async function buildPage({ minify = true } = {}): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: { main: 'webview-ui/src/main.tsx', page: 'webview-ui/dev/page.ts' },
    outdir: out,
    bundle: true,
    splitting: true,
    format: 'esm',
    minify,
    target: 'chrome138',
    jsx: 'automatic',
    assetNames: '[name]',
    loader: { '.ttf': 'file' },
    define: { 'process.env.NODE_ENV': '"production"' },
    tsconfig: 'webview-ui/tsconfig.json',
    logLevel: 'warning',
  });
}

const csp = (origin: string): string =>
  `default-src 'none'; script-src 'nonce-dev' ${origin}; style-src ${origin}; font-src ${origin}; img-src ${origin} data:`;

/** Before and behind what is translated, between its placeholders: they take no room, and tell it from what is not. */
export const MARKS = ['\u2063', '\u2064'] as const;

/** @param lang '' for English; `marked`: with `MARKS` */
async function translations(lang: string, marked: boolean): Promise<string> {
  if (!/^[a-z-]+$/.test(lang)) return '';
  const bundle = JSON.parse(await readFile(join(root, 'l10n', `webview.l10n.${lang}.json`), 'utf8')) as Record<
    string,
    string
  >;
  const entries = Object.entries(bundle).map(([key, text]) => [
    key,
    marked ? text.replace(/[^{}]+(?![^{]*\})/g, MARKS.join('$&')) : text,
  ]);
  return `<script type="application/json" id="translations">${JSON.stringify(Object.fromEntries(entries))}</script>`;
}

const html = (
  origin: string,
  lang: string,
  texts: string,
): string => `<!DOCTYPE html><html lang="${lang}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${csp(origin)}">
<title>Letta</title><link rel="stylesheet" href="/main.css"></head><body><div id="root"></div>${texts}
<script type="module" nonce="dev" src="/page.js"></script>
<script type="module" nonce="dev" src="/main.js"></script></body></html>`;

/** @param port 0 for any that is free */
export async function servePage(port = 0): Promise<{ url: string; close(): void }> {
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const origin = `http://${request.headers.host}`;
    if (pathname === '/') {
      const lang = searchParams.get('lang') ?? '';
      const texts = await translations(lang, searchParams.has('marked'));
      return response.setHeader('content-type', 'text/html').end(html(origin, texts ? lang : 'en', texts));
    }
    try {
      const content = await readFile(join(out, pathname.replaceAll('..', '')));
      response.setHeader('content-type', TYPES[extname(pathname)] ?? 'application/octet-stream').end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  const chosen = typeof address === 'object' && address ? address.port : port;
  return { url: `http://127.0.0.1:${chosen}`, close: () => server.close() };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildPage();
  const { url } = await servePage(Number(process.argv[2] ?? 0));
  process.stdout.write(`Webview: ${url}/?scene=chat&theme=dark\n`);
}
