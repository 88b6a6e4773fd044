// Ends processes with all that they have started, also what has left their group.
import { execFile, spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

interface Known {
  pid: number;
  parent: number;
}

/** Milliseconds that a process has to end by itself once it was asked to. */
const GRACE_MS = 1_000;

/** All processes below this one, children before their children. Empty where they cannot be listed. */
export async function descendants(root: number): Promise<number[]> {
  const all = await list().catch((): Known[] => []);
  const found = [root];
  for (const pid of found)
    for (const known of all) if (known.parent === pid && known.pid !== root) found.push(known.pid);
  return found.slice(1);
}

/**
 * Asks everything below a process to end, and ends what has not after a second. `itself`: the process too, with its group.
 * Never rejects.
 */
export async function endTree(root: number, itself: boolean): Promise<void> {
  if (process.platform === 'win32') {
    if (itself) spawn('taskkill', ['/pid', String(root), '/t', '/f'], { stdio: 'ignore' }).on('error', () => {});
    return;
  }
  const below = await descendants(root);
  // The group first: what is started meanwhile is in it.
  const targets = itself ? [-root, ...below] : below;
  for (const target of targets) signal(target, 'SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, GRACE_MS));
  const later = await descendants(root);
  for (const target of new Set([...targets, ...later])) signal(target, 'SIGKILL');
}

/** Windows has no such signals: there `endTree` ends everything at once. */
function signal(target: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(target, name);
  } catch {
    // It has ended by itself.
  }
}

async function list(): Promise<Known[]> {
  return process.platform === 'linux' ? listProc() : listPs();
}

async function listProc(): Promise<Known[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(names.map((name) => readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')));
  return stats.flatMap((stat, index) => {
    // Behind the name, which may hold anything: state, parent, …
    const parent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
    return parent === undefined ? [] : [{ pid: Number(names[index]), parent: Number(parent) }];
  });
}

async function listPs(): Promise<Known[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=']);
  return stdout.split('\n').flatMap((line) => {
    const [pid, parent] = line.trim().split(/\s+/).map(Number);
    return pid === undefined || parent === undefined ? [] : [{ pid, parent }];
  });
}
