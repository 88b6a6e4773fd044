// Runs a script of this project from a bare clone: installs dependencies and Node 24 if they are missing, then hands over.
// Plain JavaScript for any Node from 20 on, without a single dependency. All it says goes to standard error.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDir } from './lib/cache.mjs';
import { withLock } from './lib/lock.mjs';
import { npm } from './lib/npm.mjs';

const PARENT_POLL_MS = 500;

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const SCRIPTS = {
  start: 'scripts/start.ts',
  test: 'scripts/test.ts',
  build: 'esbuild.mjs',
  package: 'scripts/package.ts',
  serve: 'scripts/serve.ts',
  bench: 'scripts/bench.ts',
  check: 'scripts/check.ts',
  judge: 'scripts/judge.ts',
  soak: 'scripts/soak.ts',
  faults: 'scripts/faults.ts',
  'test:desktop': 'scripts/test-desktop.ts',
  screenshots: 'scripts/screenshots.ts',
  keybindings: 'scripts/read-keybindings.ts',
  release: 'scripts/release.ts',
};

const say = (text) => process.stderr.write(`${text}\n`);
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** What npm wrote down as installed is compared with the lockfile: times of files lie after a clone or a copy. */
function dependenciesAreThere() {
  const installedPath = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedPath)) return false;
  const installed = readJson(installedPath).packages ?? {};
  const wanted = readJson(join(root, 'package-lock.json')).packages ?? {};
  return Object.entries(wanted).every(
    // Optional packages are those of other platforms.
    ([path, entry]) => path === '' || entry.optional || installed[path]?.version === entry.version,
  );
}

async function ensureDependencies() {
  if (dependenciesAreThere()) return;
  await withLock(
    join(root, '.cache', 'install.lock'),
    async () => {
      if (dependenciesAreThere()) return;
      say('Installing dependencies …');
      // Not `npm ci`: it refuses a lockfile that lacks the binaries of other platforms, and npm leaves out those that the
      // registry at hand does not have. This takes the versions of the lockfile all the same, and writes nothing back.
      await npm(['install', '--no-save', '--no-audit', '--no-fund'], root);
    },
    () => say('Another process is installing dependencies; waiting …'),
  );
}

const isWanted = (binary, wanted) =>
  existsSync(binary) && spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout?.startsWith(`v${wanted}.`);

/** @returns {Promise<string>} a Node 24 binary: ours, the one that runs us, or one fetched from npm */
async function ensureNode() {
  const version = readJson(join(root, 'package.json')).devDependencies.node;
  const major = version.split('.')[0];
  const windows = process.platform === 'win32';
  const exe = windows ? 'node.exe' : 'node';
  const own = join(root, 'node_modules', 'node', 'bin', exe);
  if (isWanted(own, major)) return own;
  if (process.versions.node.split('.')[0] === major) return process.execPath;

  // The `node` package fetches its binary in an install script; where scripts are off, ask for the platform's own package.
  const name = `node-${windows ? 'win' : process.platform}-${process.arch}`;
  const home = join(cacheDir(), `${name}-${version}`);
  const fetched = join(home, 'node_modules', name, 'bin', exe);
  if (isWanted(fetched, major)) return fetched;
  await withLock(`${home}.lock`, async () => {
    if (existsSync(fetched)) return;
    say(`Fetching Node ${version} …`);
    const making = `${home}.making`;
    rmSync(making, { recursive: true, force: true });
    mkdirSync(making, { recursive: true });
    await npm(
      ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', making, `${name}@${version}`],
      making,
    );
    rmSync(home, { recursive: true, force: true });
    renameSync(making, home);
  });
  return fetched;
}

const [name = '', ...args] = process.argv.slice(2);
const script = SCRIPTS[name];
if (!script) {
  say(`Unknown script "${name}". There are: ${Object.keys(SCRIPTS).join(', ')}.`);
  process.exit(2);
}

try {
  await ensureDependencies();
  const node = await ensureNode();
  const path = [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter);
  const child = spawn(node, [join(root, script), ...args], { stdio: 'inherit', env: { ...process.env, PATH: path } });
  // Ctrl+C reaches the child by itself (same group); a signal sent to us alone must be handed on.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  // npm passes a signal to its shell only, and the shell dies of it without a word to us: then we have lost our parent.
  const parent = process.ppid;
  const orphaned = () => {
    if (process.ppid !== parent) child.kill('SIGTERM');
  };
  if (process.env.npm_lifecycle_event) setInterval(orphaned, PARENT_POLL_MS).unref();
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
