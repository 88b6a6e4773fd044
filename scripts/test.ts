// Runs every tier of tests and counts: `npm test`, `npm test -- unit contract`, `npm test -- e2e smoke`.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureSandbox } from './lib/apt.ts';
import { ensureBrowser } from './lib/browser.ts';
import { runChecks } from './lib/checks.ts';
import { root } from './lib/package.ts';
import { addUp, inWords, type TierResult } from './lib/tier.ts';

const TIERS = ['check', 'unit', 'contract', 'host', 'e2e'] as const;
type Tier = (typeof TIERS)[number];

const isTier = (text: string): text is Tier => (TIERS as readonly string[]).includes(text);

/** A tier that shrinks unseen tests nothing: the committed counts are floors. */
const FLOORS = join(root, 'test', 'counts.json');

const words = process.argv.slice(2);
const wanted = words.filter(isTier);
/** Whatever is no tier narrows the cases: a file name for vitest, a part of a name for the host suite. */
const narrowing = words.filter((word) => !isTier(word));
const tiers = wanted.length > 0 ? TIERS.filter((tier) => wanted.includes(tier)) : TIERS;

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numFailedTestSuites: number;
}

let running: ChildProcess | undefined;
for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    running?.kill('SIGTERM');
    process.exitCode = 1;
    running?.once('exit', () => process.exit(1));
  });
}

function follow(args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    running = child;
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
      process.stdout.write(chunk);
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

async function runVitest(tier: Tier): Promise<TierResult> {
  const report = join(root, 'dist', 'test', `${tier}.json`);
  await mkdir(join(root, 'dist', 'test'), { recursive: true });
  await rm(report, { force: true });
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { code } = await follow([vitest, 'run', '--project', tier, '--passWithNoTests', ...reporters, ...narrowing]);
  const text = await readFile(report, 'utf8').catch(() => null);
  if (text === null) return { passed: 0, failed: 1 };
  const { numPassedTests: passed, numFailedTests: failed } = JSON.parse(text) as VitestReport;
  // A file that cannot be loaded, or an error after the last case, fails the tier without a failed case.
  return { passed, failed: failed === 0 && code !== 0 ? 1 : failed };
}

async function runHost(): Promise<TierResult> {
  const { code, output } = await follow([join(root, 'test', 'host', 'run.ts'), ...narrowing]);
  const match = output.match(/^(\d+) passed, (\d+) failed$/m);
  const [passed, failed] = [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)];
  return { passed, failed: failed === 0 && code !== 0 ? 1 : failed };
}

async function runTier(tier: Tier): Promise<TierResult> {
  if (tier === 'check') return await runChecks();
  if (tier === 'unit' || tier === 'contract') return await runVitest(tier);
  try {
    await ensureBrowser();
  } catch (error) {
    process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return { passed: 0, failed: 1 };
  }
  return tier === 'host' ? await runHost() : await runVitest(tier);
}

if (tiers.includes('unit') || tiers.includes('e2e')) ensureSandbox();

const floors = JSON.parse(readFileSync(FLOORS, 'utf8')) as Record<Tier, number>;
const results: TierResult[] = [];
const summary: string[] = [];
for (const tier of tiers) {
  process.stdout.write(`\n== ${tier}\n`);
  const start = Date.now();
  const result = await runTier(tier);
  const tooFew = narrowing.length === 0 && result.passed + result.failed < floors[tier];
  const note = tooFew ? ` (fewer than the ${floors[tier]} of test/counts.json)` : '';
  summary.push(`${tier.padEnd(8)} ${inWords(result)} in ${((Date.now() - start) / 1000).toFixed(0)} s${note}`);
  results.push(tooFew ? { passed: result.passed, failed: result.failed + 1 } : result);
}
const total = addUp(results);
process.stdout.write(`\n${summary.join('\n')}\n${inWords(total)}\n`);
process.exitCode = total.failed > 0 ? 1 : 0;
