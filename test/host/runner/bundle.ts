// Bundles the test extension with all suites, and packs it.
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root, runNode } from '../../../scripts/lib/package.ts';

const SUITES = join(root, 'test', 'host', 'suite');
/** They wake the extension itself, which then owns what the other suites register: file systems, source controls. */
const LAST = ['memory-tools.ts', 'native.ts'];

const MANIFEST = {
  name: 'letta-host-tests',
  displayName: 'Host tests of Letta for VS Code',
  description: 'Runs the host suite.',
  version: '0.0.1',
  publisher: 'letta-vscode',
  license: 'Apache-2.0',
  engines: { vscode: '^1.125.0' },
  extensionKind: ['workspace'],
  main: './extension.cjs',
  activationEvents: ['onStartupFinished'],
  contributes: {
    commands: [{ command: 'letta-host-tests.run', title: 'Run Host Tests', category: 'Letta' }],
    languageModelTools: [
      {
        name: 'host_test_weather',
        displayName: 'Weather',
        modelDescription: 'Tells the weather of a city.',
        inputSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      },
      { name: 'run_in_terminal_too', displayName: 'Terminal', modelDescription: 'Runs anything.' },
      { name: 'host_test_edit', displayName: 'Edit', modelDescription: 'Edits.', tags: ['vscode_editing'] },
    ],
    languageModelChatProviders: [{ vendor: 'letta-host-tests', displayName: 'Host tests' }],
  },
  capabilities: { untrustedWorkspaces: { supported: true } },
};

/** Bundles into dist/host-tests. @returns that folder: an extension, with `desktop.cjs` for `@vscode/test-electron` */
export async function bundleTestExtension(): Promise<string> {
  const folder = join(root, 'dist', 'host-tests');
  await mkdir(folder, { recursive: true });
  const found = (await readdir(SUITES)).filter((file) => file.endsWith('.ts')).sort();
  const files = [...found.filter((file) => !LAST.includes(file)), ...LAST];
  const imports = files.map((file, index) => `import * as suite${index} from './suite/${file}';`);
  const list = files.map((file, index) => `{ file: ${JSON.stringify(file)}, cases: suite${index}.cases }`);
  const entry = `
    import { activateWith, runOnDesktop } from './runner/extension.ts';
    ${imports.join('\n')}
    const suites = [${list.join(', ')}];
    export const activate = (context) => activateWith(context, suites);
    export const run = () => runOnDesktop(suites);
  `;
  await build({
    stdin: { contents: entry, resolveDir: join(root, 'test', 'host'), loader: 'ts' },
    outfile: join(folder, 'extension.cjs'),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    external: ['vscode'],
    supported: { 'dynamic-import': false },
    // Its ES form imports Node's modules dynamically, which this bundle cannot.
    alias: { 'web-tree-sitter': join(root, 'node_modules', 'web-tree-sitter', 'web-tree-sitter.cjs') },
    define: { 'import.meta.url': '__importMetaUrl' },
    banner: { js: "const __importMetaUrl=require('node:url').pathToFileURL(__filename).href;" },
    sourcemap: 'inline',
    logLevel: 'error',
  });
  await writeFile(join(folder, 'package.json'), JSON.stringify(MANIFEST, null, 2));
  await writeFile(join(folder, 'README.md'), `# ${MANIFEST.displayName}\n`);
  return folder;
}

/** @returns the path of the VSIX */
export async function packTestExtension(): Promise<string> {
  const folder = await bundleTestExtension();
  const vsix = join(root, 'dist', 'letta-host-tests.vsix');
  const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  const flags = ['--no-dependencies', '--allow-missing-repository', '--skip-license'];
  await runNode([vsce, 'package', ...flags, '-o', vsix], folder);
  return vsix;
}
