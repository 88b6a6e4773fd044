// The embedded server over HTTP, for other Letta clients: builds it, then becomes it.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { withLock } from './lib/lock.mjs';
import { root, runNode } from './lib/package.ts';

const cli = join(root, 'dist', 'server', 'cli.mjs');

try {
  await withLock(join(root, '.cache', 'build.lock'), () => runNode([join(root, 'esbuild.mjs'), '--locked', 'server']));
  // In this very process, so that signals and arguments reach it as they are.
  process.argv[1] = cli;
  await import(pathToFileURL(cli).href);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
