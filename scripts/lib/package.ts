// Builds the bundles and packs them into a VSIX.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';
import { thirdPartyNotices } from './notices.ts';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const VSIX = join(root, 'dist', 'letta-vscode.vsix');

/** Runs a program with our Node. @throws Error with all it said when it fails */
export async function runNode(args: string[], cwd = root): Promise<string> {
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`${args.join(' ')} failed:\n${said}`);
  return said;
}

export interface Release {
  /** Instead of that of package.json. */
  version: string;
  preRelease: boolean;
}

/** Builds and packs. @returns the path of the VSIX, which appears all at once: readers never see half of it */
export async function packageVsix(release?: Release): Promise<string> {
  return await withLock(join(root, '.cache', 'build.lock'), async () => {
    await runNode([join(root, 'esbuild.mjs'), '--locked']);
    const required = ['dist/extension.cjs', 'dist/host/host.mjs', 'dist/server/worker.mjs', 'dist/webview/main.js'];
    const missing = required.filter((path) => !existsSync(join(root, path)));
    if (missing.length > 0) throw new Error(`The build is incomplete: no ${missing.join(', ')}.`);
    await writeFile(join(root, 'dist', 'THIRD-PARTY-NOTICES.txt'), await thirdPartyNotices(root));
    const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { repository?: unknown };
    const making = `${VSIX}.making`;
    await rm(making, { force: true });
    const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
    await runNode([
      vsce,
      'package',
      ...(release ? [release.version, '--no-git-tag-version', '--no-update-package-json'] : []),
      ...(release?.preRelease ? ['--pre-release'] : []),
      '--no-dependencies',
      // With a repository, links of the README lead there.
      ...(manifest.repository ? [] : ['--allow-missing-repository', '--no-rewrite-relative-links']),
      '-o',
      making,
    ]);
    await rename(making, VSIX);
    return VSIX;
  });
}
