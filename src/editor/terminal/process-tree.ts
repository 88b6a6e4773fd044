// Ends processes with all that they have started, also what has left their group.
import { execFile, spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

interface Known {
  pid: number;
  parent: number;
  group: number;
}

/** Milliseconds that a process has to end by itself once it was asked to. */
const GRACE_MS = 1_000;

/** All processes below this one, children before their children. Empty where they cannot be listed. */
export async function descendants(root: number): Promise<number[]> {
  return below([root], await listed()).map(({ pid }) => pid);
}

/**
 * Asks everything below a process to end, with the groups that it has made, and ends after a second what has not; what the
 * process has begun meanwhile is left alone. `itself`: the process too, with its group. Never rejects.
 */
export async function endTree(root: number, itself: boolean): Promise<void> {
  if (process.platform === 'win32') {
    if (itself) spawn('taskkill', ['/pid', String(root), '/t', '/f'], { stdio: 'ignore' }).on('error', () => {});
    return;
  }
  const all = await listed();
  const found = below([root], all);
  const own = all.find(({ pid }) => pid === root)?.group;
  const groups = new Set(found.map(({ group }) => group).filter((group) => group !== own));
  if (itself) groups.add(root);
  const pids = found.map(({ pid }) => pid);
  // The groups first: what is started meanwhile is in them.
  const targets = [...[...groups].map((group) => -group), ...pids];
  for (const target of targets) signal(target, 'SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, GRACE_MS));
  const later = below(itself ? [root, ...pids] : pids, await listed()).map(({ pid }) => pid);
  for (const target of new Set([...targets, ...later])) signal(target, 'SIGKILL');
}

function below(roots: readonly number[], all: readonly Known[]): Known[] {
  const found: Known[] = [];
  const seen = new Set(roots);
  const parents = [...roots];
  for (const parent of parents) {
    for (const known of all) {
      if (known.parent !== parent || seen.has(known.pid)) continue;
      seen.add(known.pid);
      parents.push(known.pid);
      found.push(known);
    }
  }
  return found;
}

/** Windows has no such signals: there `endTree` ends everything at once. */
function signal(target: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(target, name);
  } catch {
    // It has ended by itself.
  }
}

function listed(): Promise<Known[]> {
  return (process.platform === 'linux' ? listProc() : listPs()).catch(() => []);
}

async function listProc(): Promise<Known[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(names.map((name) => readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')));
  return stats.flatMap((stat, index) => {
    // Behind the name, which may hold anything: state, parent, group, …
    const [, parent, group] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    return parent === undefined || group === undefined ? [] : [{ pid: Number(names[index]), parent, group }];
  });
}

async function listPs(): Promise<Known[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,pgid=']);
  return stdout.split('\n').flatMap((line) => {
    const [pid, parent, group] = line.trim().split(/\s+/).map(Number);
    return pid === undefined || parent === undefined || group === undefined ? [] : [{ pid, parent, group }];
  });
}
