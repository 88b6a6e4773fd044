// Builds the view with a fake host and serves it under the CSP that VS Code's page has.
// `node webview-ui/dev/harness.ts [port]`, then open `/?scene=chat&theme=dark` (scenes and themes: page.ts, themes.json).
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

const html = (origin: string): string => `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${csp(origin)}">
<title>Letta</title><link rel="stylesheet" href="/main.css"></head><body><div id="root"></div>
<script type="module" nonce="dev" src="/page.js"></script>
<script type="module" nonce="dev" src="/main.js"></script></body></html>`;

/** @param port 0 for any that is free */
export async function servePage(port = 0): Promise<{ url: string; close(): void }> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const origin = `http://${request.headers.host}`;
    if (pathname === '/') return response.setHeader('content-type', 'text/html').end(html(origin));
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
