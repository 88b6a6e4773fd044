// Runs the host suite in the extension host of VS Code's server: `node test/host/run.ts [filter]`.
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/lib/package.ts';
import { prepareKit } from '../e2e/harness/kit.ts';
import { VsCode } from '../e2e/harness/vscode.ts';
import { Person } from './person.ts';
import { packTestExtension } from './runner/bundle.ts';
import type { HostResult } from './runner/case.ts';

const SUITE_TIMEOUT_MS = 8 * 60_000;
/** The suite runs in another process: its results file is looked at this often. */
const POLL_MS = 200;

const WORKSPACE = join(root, 'test', 'host', 'workspace');

async function main(filter: string): Promise<boolean> {
  const { kit, dispose } = await prepareKit([await packTestExtension()]);
  const scratch = await mkdtemp(join(tmpdir(), 'letta-host-'));
  const results = join(scratch, 'results.jsonl');
  const person = new Person(join(scratch, 'person'));
  let vscode: VsCode | undefined;
  try {
    vscode = await VsCode.start(kit, {
      // Unpacked, much output stays in VS Code's own queues, and cases count what is kept.
      packed: true,
      // For `@letta` in VS Code's own chat.
      settings: { 'chat.disableAIFeatures': false },
      env: { LETTA_HOST_RESULTS: results, LETTA_HOST_FILTER: filter, LETTA_HOST_PERSON: person.folder },
    });
    const folder = join(scratch, 'workspace');
    await cp(WORKSPACE, folder, { recursive: true });
    // A workspace of one folder: cases may add another without a new extension host.
    const workspace = join(scratch, 'host.code-workspace');
    await writeFile(workspace, JSON.stringify({ folders: [{ path: folder }] }));
    const { page } = await vscode.open({ folder, workspace });
    return await follow(results, () => person.look(page));
  } finally {
    await vscode?.dispose();
    await dispose();
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Prints results as they come. `meanwhile` is done over and over until then. @returns whether all passed */
async function follow(path: string, meanwhile: () => Promise<void>): Promise<boolean> {
  const end = Date.now() + SUITE_TIMEOUT_MS;
  let printed = 0;
  let passed = 0;
  let failed = 0;
  for (;;) {
    const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
    for (const line of lines.slice(printed)) {
      const result = JSON.parse(line) as HostResult | { done: true };
      if ('done' in result) {
        process.stdout.write(`${passed} passed, ${failed} failed\n`);
        return failed === 0;
      }
      if (result.ok) passed++;
      else failed++;
      process.stdout.write(
        `${result.atFirst ? '↻' : result.ok ? '✓' : '✗'} ${result.file}: ${result.name} (${result.took} ms)\n`,
      );
      if (result.note) process.stdout.write(`  ${result.note}\n`);
      const wrong = result.error ?? result.atFirst;
      if (wrong) process.stdout.write(`${wrong}\n`);
    }
    printed = lines.length;
    if (Date.now() > end) {
      process.stdout.write(`The suite did not end within ${SUITE_TIMEOUT_MS / 1000} s.\n`);
      process.stdout.write(`${passed} passed, ${failed + 1} failed\n`);
      return false;
    }
    await meanwhile();
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

process.exitCode = (await main(process.argv[2] ?? '')) ? 0 : 1;
