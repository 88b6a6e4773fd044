// Runs the tiers of tests and counts: `npm test`, `npm test -- unit contract`, `npm test -- e2e talking`, `npm test -- clients`.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureSandbox } from './lib/apt.ts';
import { ensureBrowser } from './lib/browser.ts';
import { runChecks } from './lib/checks.ts';
import { packageVsix, root, VSIX } from './lib/package.ts';
import { addUp, failuresOf, inWords, retriedIn, type TierResult, type VitestReport } from './lib/tier.ts';
import { provisionServer } from './vscode-server.ts';

const TIERS = ['check', 'unit', 'contract', 'clients', 'host', 'e2e', 'homes'] as const;
type Tier = (typeof TIERS)[number];
/** Run only when they are asked for: one repeats cases of `e2e` on another home, one installs half a gigabyte of programs of others. */
const EXTRA: readonly Tier[] = ['homes', 'clients'];

const isTier = (text: string): text is Tier => (TIERS as readonly string[]).includes(text);

/** A tier that shrinks unseen tests nothing: the committed counts are floors. */
const FLOORS = join(root, 'test', 'counts.json');

const words = process.argv.slice(2);
const wanted = words.filter(isTier);
/** Whatever is no tier narrows the cases: a file name for vitest, a part of a name for the host suite. */
const narrowing = words.filter((word) => !isTier(word));
const tiers = TIERS.filter((tier) => (wanted.length > 0 ? wanted.includes(tier) : !EXTRA.includes(tier)));

const running = new Set<ChildProcess>();
for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    process.exitCode = 1;
    let left = running.size;
    if (left === 0) process.exit(1);
    for (const child of running) {
      child.kill('SIGTERM');
      child.once('exit', () => {
        left--;
        if (left === 0) process.exit(1);
      });
    }
  });
}

/** What the programs under test compile is kept: some of them start a hundred times in a run. */
process.env.NODE_COMPILE_CACHE ??= join(root, '.cache', 'compile');

type Say = (text: string) => void;
const aloud: Say = (text) => void process.stdout.write(text);

function follow(args: string[], say: Say): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
      say(String(chunk));
    });
    child.stderr.on('data', (chunk) => (say === aloud ? process.stderr.write(chunk) : say(String(chunk))));
    child.on('error', reject);
    child.on('close', (code) => {
      running.delete(child);
      resolve({ code: code ?? 1, output });
    });
  });
}

async function runVitest(tier: Tier, say: Say): Promise<TierResult> {
  const report = join(root, 'dist', 'test', `${tier}.json`);
  await mkdir(join(root, 'dist', 'test'), { recursive: true });
  await rm(report, { force: true });
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const args = ['run', '--project', `${tier}*`, '--passWithNoTests', ...reporters, ...narrowing];
  const { code } = await follow([vitest, ...args], say);
  const text = await readFile(report, 'utf8').catch(() => null);
  if (text === null) return { passed: 0, failed: 1 };
  const result = JSON.parse(text) as VitestReport;
  const { numPassedTests: passed, numFailedTests: failed } = result;
  // A file that cannot be loaded, or an error after the last case, fails the tier without a failed case.
  return {
    passed,
    failed: failed === 0 && code !== 0 ? 1 : failed,
    failures: failuresOf(result, root),
    retried: retriedIn(result, root),
  };
}

async function runHost(say: Say): Promise<TierResult> {
  const { code, output } = await follow([join(root, 'test', 'host', 'run.ts'), ...narrowing], say);
  const match = output.match(/^(\d+) passed, (\d+) failed$/m);
  const [passed, failed] = [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)];
  const told = (mark: string) => output.match(new RegExp(`^${mark} .*(\\n(?![✓✗↻]|\\d+ passed).*)*`, 'gm')) ?? [];
  return { passed, failed: failed === 0 && code !== 0 ? 1 : failed, failures: told('✗'), retried: told('↻') };
}

async function runTier(tier: Tier, say: Say): Promise<TierResult> {
  if (tier === 'check') {
    const result = await runChecks();
    // One of the checks has packed the extension: nothing changes it before the other tiers take it.
    if (existsSync(VSIX)) process.env.LETTA_VSIX ??= VSIX;
    return result;
  }
  if (tier === 'unit' || tier === 'contract' || tier === 'clients') return await runVitest(tier, say);
  try {
    process.env.LETTA_VSIX ??= await packageVsix();
    await ensureBrowser();
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)}\n`);
    return { passed: 0, failed: 1 };
  }
  return tier === 'host' ? await runHost(say) : await runVitest(tier, say);
}

const opensVsCode = (tier: Tier): boolean => tier === 'host' || tier === 'e2e' || tier === 'homes';

// Before the tiers that run beside each other: the system installs one thing at a time. What goes wrong is told by the tier that needs it.
if (tiers.includes('unit') || tiers.some(opensVsCode)) {
  ensureSandbox();
  await ensureBrowser().catch(() => {});
}

const floors = JSON.parse(readFileSync(FLOORS, 'utf8')) as Partial<Record<Tier, number>>;
const results = new Map<Tier, TierResult>();
const summary = new Map<Tier, string>();

async function run(tier: Tier, say: Say = aloud): Promise<void> {
  say(`\n== ${tier}\n`);
  const start = Date.now();
  const result = await runTier(tier, say);
  const tooFew = narrowing.length === 0 && result.passed + result.failed < (floors[tier] ?? 0);
  const note = tooFew ? ` (fewer than the ${floors[tier]} of test/counts.json)` : '';
  summary.set(tier, `${tier.padEnd(8)} ${inWords(result)} in ${((Date.now() - start) / 1000).toFixed(0)} s${note}`);
  results.set(tier, tooFew ? { ...result, failed: result.failed + 1 } : result);
}

// On a new machine VS Code is fetched meanwhile; what goes wrong here is told when a tier needs it.
if (tiers.some(opensVsCode)) provisionServer().catch(() => {});
const among = (...some: Tier[]): Tier[] => tiers.filter((tier) => some.includes(tier));
for (const tier of among('check')) await run(tier);
// Host and contract wait more than they work, for language servers, leases and programs that start: they run beside the unit
// tier, one after the other, and are printed after it. The e2e tier keeps every core busy by itself.
const held: string[] = [];
const inTurn = async (some: Tier[], say: Say): Promise<void> => {
  for (const tier of some) await run(tier, say);
};
await Promise.all([
  inTurn(among('unit'), aloud),
  inTurn(among('contract', 'clients', 'host').reverse(), (text) => void held.push(text)),
]);
aloud(held.join(''));
for (const tier of among('e2e', 'homes')) await run(tier);

for (const [title, mark, which] of [
  ['passed at the second try', '↻', 'retried'],
  ['failed', '✗', 'failures'],
] as const) {
  const texts = tiers.flatMap((tier) => (results.get(tier)?.[which] ?? []).map((text) => `${mark} ${tier}  ${text}\n`));
  if (texts.length > 0) aloud(`\n== ${title}\n${texts.join('')}`);
}

const total = addUp(tiers.flatMap((tier) => results.get(tier) ?? []));
aloud(`\n${tiers.map((tier) => summary.get(tier)).join('\n')}\n${inWords(total)}\n`);
process.exitCode = total.failed > 0 ? 1 : 0;
