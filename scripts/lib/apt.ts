// Gets programs from the system's packages, where the system is one that has apt.
import { spawnSync } from 'node:child_process';

function works(command: string, args: string[]): boolean {
  return spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
}

/** @returns whether they are installed now */
export function aptInstall(...packages: string[]): boolean {
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const apt = (...args: string[]): boolean => {
    const [command = '', ...rest] = [...asRoot, 'apt-get', ...args];
    return works(command, rest);
  };
  return (
    works('apt-get', ['--version']) &&
    apt('update', '-q') &&
    apt('install', '-q', '-y', '--no-install-recommends', ...packages)
  );
}

/** The programs that the sandbox consists of on Linux; without them its tests only see that it says so. */
export function ensureSandbox(): void {
  const missing = ['bwrap', 'socat', 'rg'].filter(
    (name) => spawnSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' }).status !== 0,
  );
  if (process.platform !== 'linux' || missing.length === 0) return;
  process.stderr.write(`Not found: ${missing.join(', ')}; getting them …\n`);
  if (!aptInstall('bubblewrap', 'socat', 'ripgrep')) process.stderr.write('They could not be installed.\n');
}
