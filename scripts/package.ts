// Writes dist/letta-vscode.vsix.
import { statSync } from 'node:fs';
import { relative } from 'node:path';
import { packageVsix, root } from './lib/package.ts';

try {
  const path = await packageVsix();
  process.stdout.write(`${relative(root, path)} ${(statSync(path).size / 1024).toFixed(0)} KB\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
