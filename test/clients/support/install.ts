// The released clients that the cases run, each version in a folder of its own in the cache; fetched when it is missing.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDir } from '../../../scripts/lib/cache.mjs';
import { withLock } from '../../../scripts/lib/lock.mjs';
import { npm } from '../../../scripts/lib/npm.mjs';

const run = promisify(execFile);
const folder = (name: string) => join(cacheDir(), 'clients', name);
const LETTA_CODE_NPM = folder('letta-code-0.25.9');
const LETTA_CODE_PYPI = folder('letta-0.34.12');
const PYTHON_SDKS = folder('letta-client-1.12.1-openai-3.54.0');

/** Letta Code as npm has it, and as PyPI has it with a Node of its own: program and first arguments. */
export const LETTA_CODE: Readonly<Record<'0.25.9' | '0.34.12', string[]>> = {
  '0.25.9': [process.execPath, join(LETTA_CODE_NPM, 'node_modules', '@letta-ai', 'letta-code', 'letta.js')],
  '0.34.12': [join(LETTA_CODE_PYPI, 'bin', 'letta')],
};

/** A Python that has `letta_client` and `openai`. */
export const PYTHON = join(PYTHON_SDKS, 'bin', 'python');

/** @throws Error with the words of npm or pip, e.g. where no network is */
export async function installClients(): Promise<void> {
  await ensure(LETTA_CODE_NPM, async (path) => {
    const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', path];
    await npm([...args, '@letta-ai/letta-code@0.25.9'], path);
  });
  for (const [path, packages] of [
    [LETTA_CODE_PYPI, ['letta==0.34.12']],
    [PYTHON_SDKS, ['letta-client==1.12.1', 'openai==3.54.0']],
  ] as const)
    await ensure(path, async () => {
      await run('python3', ['-m', 'venv', path]);
      await run(join(path, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', ...packages]);
    });
}

/** A folder counts only with the mark that is set last: an install that was cut short begins anew. */
async function ensure(path: string, install: (path: string) => Promise<void>): Promise<void> {
  const mark = join(path, 'complete');
  if (existsSync(mark)) return;
  await withLock(`${path}.lock`, async () => {
    if (existsSync(mark)) return;
    console.log(`Installing ${path} …`);
    rmSync(path, { recursive: true, force: true });
    mkdirSync(path, { recursive: true });
    await install(path);
    writeFileSync(mark, '');
  });
}
