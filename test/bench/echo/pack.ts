// Packs the yardstick extension.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root, runNode } from '../../../scripts/lib/package.ts';

const MANIFEST = {
  name: 'letta-bench-echo',
  displayName: 'Echo',
  description: 'The yardstick of the bench.',
  version: '0.0.1',
  publisher: 'letta-vscode',
  license: 'Apache-2.0',
  engines: { vscode: '^1.125.0' },
  extensionKind: ['workspace'],
  main: './extension.cjs',
  activationEvents: ['onStartupFinished'],
  contributes: { views: { explorer: [{ type: 'webview', id: 'bench.echo', name: 'Echo' }] } },
};

/** @returns the path of the VSIX */
export async function packEcho(): Promise<string> {
  const folder = join(root, 'dist', 'bench-echo');
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: [join(import.meta.dirname, 'extension.ts')],
    outfile: join(folder, 'extension.cjs'),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    external: ['vscode'],
    logLevel: 'error',
  });
  await writeFile(join(folder, 'package.json'), JSON.stringify(MANIFEST, null, 2));
  await writeFile(join(folder, 'README.md'), '# Echo\n');
  const vsix = join(root, 'dist', 'bench-echo.vsix');
  const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  await runNode(
    [vsce, 'package', '--no-dependencies', '--allow-missing-repository', '--skip-license', '-o', vsix],
    folder,
  );
  return vsix;
}
