// All that can be said about the sources without running them: types, lint, layers, sizes, manifest.
import { join } from 'node:path';
import { checkArchitecture } from '../check-architecture.ts';
import { checkL10n } from '../check-l10n.ts';
import { checkManifest } from '../check-manifest.ts';
import { checkNls } from '../check-nls.ts';
import { checkPackage } from '../check-package.ts';
import { checkSizes, inKb, measureSizes } from '../check-sizes.ts';
import { packageVsix, root, runNode } from './package.ts';
import type { TierResult } from './tier.ts';

/** Of one check; whoever wants more runs its tool. */
const MOST_LINES = 60;

interface Check {
  name: string;
  /** @returns what is wrong, line by line. Throwing is being wrong as well. */
  run(): string[] | Promise<string[]>;
}

const tool = (...path: string[]): string => join(root, 'node_modules', ...path);

const quietly = async (args: string[]): Promise<string[]> => {
  await runNode(args);
  return [];
};

const CHECKS: Check[] = [
  { name: 'types', run: () => quietly([tool('typescript', 'bin', 'tsc'), '-p', root]) },
  { name: 'types of the webview', run: () => quietly([tool('typescript', 'bin', 'tsc'), '-p', 'webview-ui']) },
  {
    name: 'lint and format',
    run: () => quietly([tool('@biomejs', 'biome', 'bin', 'biome'), 'check', '--diagnostic-level=warn', '.']),
  },
  { name: 'unused code', run: () => quietly([tool('knip', 'bin', 'knip.js'), '--no-progress', '--no-config-hints']) },
  { name: 'architecture', run: () => checkArchitecture(root) },
  { name: 'manifest', run: checkManifest },
  { name: 'texts of the manifest', run: checkNls },
  { name: 'translations', run: checkL10n },
  {
    name: 'package',
    run: async () => {
      await packageVsix();
      return checkPackage();
    },
  },
  { name: 'sizes', run: checkSizes },
];

/** Runs every check, whatever the others say, and prints them. */
export async function runChecks(): Promise<TierResult> {
  let failed = 0;
  for (const { name, run } of CHECKS) {
    const problems = await wrongWith(run);
    if (problems.length > 0) failed++;
    process.stdout.write(`${problems.length === 0 ? '✓' : '✗'} ${name}\n`);
    if (problems.length > 0) process.stdout.write(`  ${shortened(problems.join('\n')).replaceAll('\n', '\n  ')}\n`);
  }
  try {
    const sizes = measureSizes().map(({ what, bytes, limit }) => `${what} ${inKb(bytes)} of ${inKb(limit)}`);
    process.stdout.write(`  ${sizes.join(' · ')}\n`);
  } catch {
    // The check above has said that the build failed.
  }
  return { passed: CHECKS.length - failed, failed };
}

function shortened(text: string): string {
  const lines = text.trimEnd().split('\n');
  const more = lines.length - MOST_LINES;
  return more > 0 ? `${lines.slice(0, MOST_LINES).join('\n')}\n… and ${more} more lines` : lines.join('\n');
}

async function wrongWith(run: Check['run']): Promise<string[]> {
  try {
    return await run();
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}
