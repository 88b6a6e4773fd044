// Applies each one-line breakage of test/faults in a copy of the project and expects its test to go red.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { root } from './lib/package.ts';

const FAULTS = join(root, 'test', 'faults');
const COPIED = ['src', 'webview-ui', 'test', 'scripts', 'samples', 'media'];
const COPIED_FILES = ['package.json', 'tsconfig.json', 'vitest.config.ts', 'esbuild.mjs', 'biome.json', 'README.md'];

interface Fault {
  name: string;
  patch: string;
  /** The file of the test that must go red … */
  test: string;
  /** … and a part of its name. */
  title: string;
}

/** A patch begins with `# test: FILE :: PART OF THE TEST'S NAME`; git apply skips such lines. */
function readFault(file: string): Fault {
  const patch = join(FAULTS, file);
  const match = /^# test: (\S+) :: (.+)$/m.exec(readFileSync(patch, 'utf8'));
  if (!match) throw new Error(`${file} does not name its test: # test: FILE :: NAME`);
  return { name: basename(file, '.patch'), patch, test: match[1] ?? '', title: match[2] ?? '' };
}

/** A copy to break: sources are copied, dependencies linked. */
async function makeCopy(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'letta-faults-'));
  for (const path of [...COPIED, ...COPIED_FILES]) {
    await cp(join(root, path), join(copy, path), { recursive: true, force: true }).catch(() => {});
  }
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

const run = (copy: string, command: string, args: string[]): { ok: boolean; output: string } => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: copy, encoding: 'utf8', timeout: 300_000 });
  return { ok: status === 0, output: `${stdout}${stderr}` };
};

/** Whether the named test passes in the copy as it stands; undefined where no such test ran. */
function testPasses(copy: string, { test, title }: Fault): boolean | undefined {
  const report = join(copy, 'report.json');
  const vitest = join(copy, 'node_modules', 'vitest', 'vitest.mjs');
  const pattern = title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  // Else a run that broke off would be read as the one before it.
  rmSync(report, { force: true });
  const args = [vitest, 'run', test, '-t', pattern, '--reporter=json', `--outputFile=${report}`];
  const { output } = run(copy, process.execPath, args);
  if (!existsSync(report)) throw new Error(`vitest did not end in order: ${output.slice(-400)}`);
  const result = JSON.parse(readFileSync(report, 'utf8')) as { numPassedTests: number; numFailedTests: number };
  if (result.numPassedTests + result.numFailedTests === 0) return undefined;
  return result.numFailedTests === 0;
}

function check(copy: string, fault: Fault): string | null {
  if (testPasses(copy, fault) !== true) return `without the fault "${fault.title}" does not pass, or is not there`;
  const applied = run(copy, 'git', ['apply', '--unidiff-zero', fault.patch]);
  if (!applied.ok) return `the patch does not apply any more: ${applied.output.trim()}`;
  try {
    return testPasses(copy, fault) === false ? null : `"${fault.title}" stays green`;
  } finally {
    run(copy, 'git', ['apply', '--unidiff-zero', '-R', fault.patch]);
  }
}

function problemOf(copy: string, fault: Fault): string | null {
  try {
    return check(copy, fault);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const wanted = process.argv[2] ?? '';
const faults = readdirSync(FAULTS)
  .filter((file) => file.endsWith('.patch') && file.includes(wanted))
  .sort()
  .map(readFault);
const copy = await makeCopy();
let failed = 0;
try {
  for (const fault of faults) {
    const problem = problemOf(copy, fault);
    if (problem) failed++;
    process.stdout.write(`${problem ? '✗' : '✓'} ${fault.name}${problem ? `: ${problem}` : ''}\n`);
  }
} finally {
  await rm(copy, { recursive: true, force: true });
}
process.stdout.write(`${faults.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 || faults.length === 0 ? 1 : 0;
