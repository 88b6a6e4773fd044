// Runs the host suite in a downloaded desktop VS Code.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { bundleTestExtension } from '../test/host/runner/bundle.ts';
import { cacheDir } from './lib/cache.mjs';
import { packageVsix, root } from './lib/package.ts';

await packageVsix();
const tests = await bundleTestExtension();
const data = await mkdtemp(join(tmpdir(), 'letta-desktop-'));
try {
  process.exitCode = await runTests({
    cachePath: join(cacheDir(), 'desktop'),
    extensionDevelopmentPath: [root, tests],
    extensionTestsPath: join(tests, 'extension.cjs'),
    launchArgs: [
      join(root, 'samples', 'workspace'),
      '--disable-workspace-trust',
      '--user-data-dir',
      join(data, 'user'),
      '--extensions-dir',
      join(data, 'extensions'),
    ],
    extensionTestsEnv: { HOME: data },
  });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.stderr.write('Where desktop VS Code cannot be downloaded, `npm test -- host` runs the same suite.\n');
  process.exitCode = 1;
} finally {
  await rm(data, { recursive: true, force: true });
}
