// Bundles everything into dist/: the extension's stub and host, the embedded server, the webview.
// `node esbuild.mjs [--dev] [bundle …]`; `--dev`: not minified, with source maps. Metafiles in dist/meta feed the size and architecture checks.
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { withLock } from './scripts/lib/lock.mjs';

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, 'dist');

/** The oldest engine we run on (VS Code 1.125) brings this Node and this Chromium. */
const NODE_TARGET = 'node22';
const BROWSER_TARGET = 'chrome138';

/** Some packages are CommonJS inside and ask for Node's own modules by `require`. */
const requireInEsm = {
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
};

/** Entry points of the host's bundle, by name. The parts are loaded first: each blocks the extension host only briefly. */
const hostEntries = {
  host: 'src/host.ts',
  'parts/l10n': 'src/native/l10n.ts',
  'parts/protocol': 'src/protocol/messages.ts',
  'parts/client': 'src/letta/connection.ts',
};

/** The stub writes `import('./host.ts')`, so that it is typed; what it loads on first use is the other bundle. */
const hostIsAnotherBundle = {
  name: 'host-is-another-bundle',
  setup(builder) {
    builder.onResolve({ filter: /\.ts$/ }, ({ kind, path, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      const source = relative(root, resolve(resolveDir, path)).replaceAll('\\', '/');
      const entry = Object.entries(hostEntries).find(([, file]) => file === source);
      return entry && { path: `./host/${entry[0]}.mjs`, external: true };
    });
  },
};

/** Zod carries its messages in some fifty languages (400 KB); ours are English. */
const zodInEnglish = {
  name: 'zod-in-english',
  setup(builder) {
    builder.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
      loader: 'js',
    }));
  },
};

/**
 * What turns zod's schemas into JSON schemas is wanted by the first turn, not by the first view. As a part of zod's index it would
 * lie in the chunk that both share; so it is taken out of there, and `zod/v4/core`, which only its users name, has it.
 */
const jsonSchemasLater = {
  name: 'json-schemas-later',
  setup(builder) {
    const core = dirname(createRequire(import.meta.url).resolve('zod/v4/core'));
    const whole = ['index.js', 'json-schema-processors.js'].map(
      (file) => `export * from ${JSON.stringify(join(core, file))};`,
    );
    builder.onResolve({ filter: /^zod\/v4\/core$/ }, () => ({ path: 'zod/v4/core', namespace: 'whole' }));
    builder.onLoad({ filter: /./, namespace: 'whole' }, () => ({ contents: whole.join(''), resolveDir: core }));
    builder.onLoad({ filter: /[\\/]zod[\\/]v4[\\/](core[\\/]index|mini[\\/]external)\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(/^export .*\bjson-schema.*$/gm, ''),
    }));
  },
};

/**
 * The client makes an object for each of Letta's resources when it is opened. Those that the extension never asks (`LettaClient` in
 * `src/letta/connection.ts` has no such names, so the compiler knows) are left out.
 */
const lettaClientWithoutTheRest = {
  name: 'letta-client-without-the-rest',
  setup(builder) {
    const top =
      'access-tokens|archives/[a-z]+|environments|folders/[a-z]+|mcp-servers/[a-z-]+|passages|steps/[a-z]+|tags|templates/[a-z]+';
    const ofAgents = 'agents/(?:archives|files|folders|identities|schedule)';
    const filter = new RegExp(`letta-client/resources/(?:${top}|${ofAgents})\\.mjs$`.replaceAll('/', '[\\\\/]'));
    builder.onLoad({ filter }, ({ path }) => ({
      contents: readFileSync(path, 'utf8')
        .matchAll(/^export class (\w+)/gm)
        .map(([, name]) => `export class ${name} {}`)
        .toArray()
        .join(''),
    }));
  },
};

/** The package's CommonJS form for Node is some seventy modules that run one by one at startup; its ES form is one. */
const yamlAsEsModule = { yaml: join(root, 'node_modules', 'yaml', 'browser', 'dist', 'index.js') };

/** Bundles of worker threads: one file each. */
const inThread = (outdir, entryPoints) => ({
  entryPoints,
  outdir,
  outExtension: { '.js': '.mjs' },
  format: 'esm',
  platform: 'node',
  target: NODE_TARGET,
  ...requireInEsm,
  plugins: [zodInEnglish],
});

/** @type {Record<string, import('esbuild').BuildOptions & {entryPoints: Record<string, string>}>} */
const bundles = {
  extension: {
    entryPoints: { extension: 'src/extension.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    platform: 'node',
    target: NODE_TARGET,
    external: ['vscode'],
    plugins: [hostIsAnotherBundle],
  },
  // ESM, so that what the first view does not need is split off and loaded later.
  host: {
    entryPoints: hostEntries,
    outdir: 'dist/host',
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    format: 'esm',
    splitting: true,
    platform: 'node',
    target: NODE_TARGET,
    external: ['vscode'],
    alias: yamlAsEsModule,
    ...requireInEsm,
    plugins: [zodInEnglish, jsonSchemasLater, lettaClientWithoutTheRest],
  },
  server: {
    entryPoints: { worker: 'src/server/worker.ts', cli: 'src/server/cli.ts' },
    outdir: 'dist/server',
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    format: 'esm',
    splitting: true,
    platform: 'node',
    target: NODE_TARGET,
    ...requireInEsm,
    plugins: [zodInEnglish, jsonSchemasLater],
  },
  memory: inThread('dist/memory', { worker: 'src/memory/worker.ts', hygiene: 'src/memory/hygiene/worker.ts' }),
  mcp: inThread('dist/mcp', { server: 'src/mcp/server.ts' }),
  policy: inThread('dist/policy', { worker: 'src/policy-worker.ts' }),
  // Grammars are chunks of their own: each is loaded with the first block of its language.
  highlight: {
    ...inThread('dist/highlight', { worker: 'src/chat/highlight/worker.ts' }),
    chunkNames: 'chunks/[name]-[hash]',
    splitting: true,
  },
  tools: inThread('dist/tools', { web: 'src/tools/web/worker.ts' }),
  checkpoints: inThread('dist/checkpoints', { worker: 'src/editor/checkpoints/worker.ts' }),
  webview: {
    entryPoints: { main: 'webview-ui/src/main.tsx' },
    outdir: 'dist/webview',
    chunkNames: 'chunks/[name]-[hash]',
    assetNames: '[name]',
    format: 'esm',
    splitting: true,
    platform: 'browser',
    target: BROWSER_TARGET,
    jsx: 'automatic',
    loader: { '.ttf': 'file', '.svg': 'text' },
    define: { 'process.env.NODE_ENV': '"production"' },
    tsconfig: 'webview-ui/tsconfig.json',
  },
};

/** Files of an output folder that this build did not write: chunks of older builds. */
function removeStale(folder, written) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removeStale(path, written);
    else if (!written.has(path)) rmSync(path, { force: true });
  }
}

/** The page's script, and all that it imports before it runs, by name. */
function scriptsOf({ outputs }) {
  const folder = 'dist/webview/';
  const found = new Set([`${folder}main.js`]);
  for (const path of found)
    for (const { path: imported, kind } of outputs[path].imports) if (kind === 'import-statement') found.add(imported);
  return [...found].map((path) => path.slice(folder.length));
}

/** @param {string[]} names bundles to build; none: all of them */
async function buildAll(names, dev) {
  mkdirSync(join(dist, 'meta'), { recursive: true });
  for (const [name, options] of Object.entries(bundles)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const result = await build({
      ...options,
      absWorkingDir: root,
      bundle: true,
      metafile: true,
      minify: !dev,
      sourcemap: dev ? 'linked' : false,
      legalComments: 'none',
      logLevel: 'warning',
    });
    if (options.splitting) {
      const written = new Set(Object.keys(result.metafile.outputs).map((path) => resolve(root, path)));
      if (name === 'webview') {
        written.add(join(dist, 'webview', 'codicon.ttf'));
        written.add(join(dist, 'webview', 'scripts.json'));
        writeFileSync(join(dist, 'webview', 'scripts.json'), JSON.stringify(scriptsOf(result.metafile)));
      }
      removeStale(join(root, options.outdir), written);
    }
    writeFileSync(join(dist, 'meta', `${name}.json`), JSON.stringify(result.metafile));
    for (const path of Object.values(options.entryPoints)) {
      const output = Object.entries(result.metafile.outputs).find(([, entry]) => entry.entryPoint === path);
      if (output)
        process.stdout.write(`${output[0].padEnd(28)} ${(output[1].bytes / 1024).toFixed(1).padStart(8)} KB\n`);
    }
  }
  const font = join(root, 'node_modules', '@vscode', 'codicons', 'dist', 'codicon.ttf');
  mkdirSync(join(dist, 'webview'), { recursive: true });
  copyFileSync(font, join(dist, 'webview', 'codicon.ttf'));
  // The helper of the sandbox on Linux. Its Windows one is 8 MB and alpha: left out.
  const helpers = join('vendor', 'seccomp');
  cpSync(join(root, 'node_modules', '@anthropic-ai', 'sandbox-runtime', helpers), join(dist, helpers), {
    recursive: true,
  });
  // What command lines are read with; loaded with the first command.
  const grammars = join(dist, 'vendor', 'tree-sitter');
  const modules = join(root, 'node_modules');
  mkdirSync(grammars, { recursive: true });
  copyFileSync(join(modules, 'web-tree-sitter', 'web-tree-sitter.wasm'), join(grammars, 'web-tree-sitter.wasm'));
  for (const shell of ['bash', 'powershell']) {
    const file = `tree-sitter-${shell}.wasm`;
    copyFileSync(join(modules, '@vscode', 'tree-sitter-wasm', 'wasm', file), join(grammars, file));
  }
}

const words = process.argv.slice(2);
const names = words.filter((word) => !word.startsWith('--'));
const work = () => buildAll(names, words.includes('--dev'));
try {
  // `--locked`: the caller holds the lock already.
  if (words.includes('--locked')) await work();
  else await withLock(join(root, '.cache', 'build.lock'), work);
} catch (error) {
  // esbuild has said where; its stack adds nothing.
  if (!(error instanceof Error && 'errors' in error)) throw error;
  process.exitCode = 1;
}
