// Releases a version: `npm run release -- stable|pre-release [--dry-run]`. See docs/releasing.md.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runChecks } from './lib/checks.ts';
import { npm } from './lib/npm.mjs';
import { packageVsix, root } from './lib/package.ts';
import { changesOf, findReleaseProblems, type Manifest, marketplaces, nextVersion } from './lib/release.ts';

const USAGE = 'npm run release -- stable|pre-release [--dry-run]';
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const read = (name: string): string => readFileSync(join(root, name), 'utf8');

/** @throws Error that says what to do first */
async function release(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { 'dry-run': { type: 'boolean', default: false } },
  });
  const [channel] = positionals;
  if (positionals.length !== 1 || (channel !== 'stable' && channel !== 'pre-release')) throw new Error(USAGE);
  const dry = values['dry-run'];
  const manifest = JSON.parse(read('package.json')) as Manifest;
  const version = nextVersion(manifest.version, channel);
  const problems = findReleaseProblems(manifest, read('CHANGELOG.md'), version);
  const changed = execFileSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' });
  if (changed !== '') problems.push('There are changes that are not committed.');
  say(`${manifest.name} ${version} (${channel})`);
  for (const problem of problems) say(`  ${problem}`);
  if (problems.length > 0 && !dry) throw new Error('Nothing was released.');

  if ((await runChecks()).failed > 0) throw new Error('A check failed; nothing was released.');
  if (!dry) await npm(['version', version, '--no-git-tag-version', '--ignore-scripts'], root);
  const vsix = await packageVsix({ version, preRelease: channel === 'pre-release' });
  say(`Packed ${vsix}`);
  const at = marketplaces(vsix, process.env);
  for (const { name, command } of at) {
    say(`${dry ? 'Would publish' : 'Publishing'} to ${name}: npx ${command.join(' ')}`);
    if (!dry && spawnSync('npx', command, { cwd: root, stdio: 'inherit' }).status !== 0)
      throw new Error(`Publishing to ${name} failed. The same command can be run again; the version is written.`);
  }
  if (at.length === 0) say('Published nowhere: neither VSCE_PAT nor OVSX_PAT is set.');
  if (dry) return say('A dry run: nothing was written or published.');
  say(`Now: git commit -am "Release ${version}" && git tag v${version}\n\n${changesOf(read('CHANGELOG.md'), version)}`);
}

try {
  await release();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
