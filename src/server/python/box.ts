// What keeps an agent's tool from the person's files where the system has a sandbox: it writes in its own folder only, sees
// nothing of the person's home and no other process. The network stays open: most tools are there to ask some service.
import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { isAbsolute, join, relative } from 'node:path';
import type { Python } from './python.ts';

/** What Python needs of the folders it was installed into; the rest of such a folder may be the person's. */
const OF_PREFIX = ['bin', 'lib', 'lib64', 'pyvenv.cfg', 'ssl', 'etc/ssl', 'Python', 'Resources'];
const SEATBELT = '/usr/bin/sandbox-exec';
/** What a process inside could still do to those outside. */
const CONFINED = ['--cap-drop', 'ALL', '--unshare-pid', '--unshare-ipc', '--die-with-parent', '--new-session'];

/** Which sandbox tools run in here; undefined where the system has none, or does not let it work. */
export function sandboxHere(): 'bubblewrap' | 'seatbelt' | undefined {
  if (process.platform === 'linux' && bubblewrapWorks()) return 'bubblewrap';
  if (process.platform === 'darwin' && existsSync(SEATBELT)) return 'seatbelt';
  return undefined;
}

/** @returns the command line in the box, or itself where the system has none */
export function boxed(
  python: Python,
  args: readonly string[],
  folder: string,
  dataDir: string,
): { argv: string[]; isBoxed: boolean } {
  const argv = [python.path, ...args];
  const kind = sandboxHere();
  if (kind === undefined) return { argv, isBoxed: false };
  const homes = homesHere();
  const needed = neededIn(homes, python);
  const data = realpathSync(dataDir);
  if (kind === 'bubblewrap') {
    const fixed = ['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--tmpfs', '/tmp', '--tmpfs', '/run'];
    const masks = homes.flatMap((home) => ['--tmpfs', home]);
    const shown = needed.flatMap((path) => ['--ro-bind', realpathSync(path), path]);
    const own = ['--tmpfs', data, '--bind', folder, folder, '--chdir', folder];
    return {
      argv: ['bwrap', ...fixed, ...resolver(), ...masks, ...shown, ...own, ...CONFINED, '--', ...argv],
      isBoxed: true,
    };
  }
  const quoted = (path: string) =>
    `(${statSync(path).isDirectory() ? 'subpath' : 'literal'} ${JSON.stringify(realpathSync(path))})`;
  const list = (paths: readonly string[]) => paths.map(quoted).join(' ');
  // What stands later counts.
  const profile = [
    '(version 1)(allow default)(deny lsopen)(deny appleevent-send)(deny signal)(allow signal (target same-sandbox))',
    `(deny file-write*)(allow file-write* ${quoted(folder)} (literal "/dev/null"))`,
    homes.length > 0 ? `(deny file-read* ${list(homes)})(allow file-read-metadata ${list(homes)})` : '',
    `(allow file-read* ${list([...needed, folder])})(deny file-read* ${quoted(data)})`,
  ].join('');
  return { argv: [SEATBELT, '-p', profile, ...argv], isBoxed: true };
}

/** That of the environment and that of the account, which need not be the same. */
function homesHere(): string[] {
  const found = [homedir()];
  try {
    found.push(userInfo().homedir);
  } catch {
    // A user that the system has no name for, as in some containers.
  }
  const real = found.filter((path) => isAbsolute(path) && existsSync(path)).map((path) => realpathSync(path));
  return [...new Set(real)].filter((path) => path !== '/').sort();
}

/** The files below homes without which Python does not start, as paths that hold behind links too. */
function neededIn(homes: readonly string[], { path, prefixes }: Python): string[] {
  const { SSL_CERT_FILE, SSL_CERT_DIR } = process.env;
  const given = [path, ...prefixes.flatMap((prefix) => OF_PREFIX.map((name) => join(prefix, name)))];
  const wanted = [...given, SSL_CERT_FILE, SSL_CERT_DIR].filter((each) => each !== undefined && existsSync(each));
  // A link is of use only together with what it leads to.
  const all = new Set(wanted.flatMap((each) => [each as string, realpathSync(each as string)]));
  return [...all].filter((each) => homes.some((home) => isBelow(home, each)));
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && !way.startsWith('..') && !isAbsolute(way);
}

/** `/etc/resolv.conf` often leads into `/run`, which is hidden because sockets of the person's programs lie there. */
function resolver(): string[] {
  const path = '/run/systemd/resolve';
  return existsSync(path) ? ['--ro-bind', path, path] : [];
}

let works: boolean | undefined;

/** That the program is there does not say that the system lets it: containers often do not. */
function bubblewrapWorks(): boolean {
  works ??=
    spawnSync('bwrap', ['--ro-bind', '/', '/', '--proc', '/proc', ...CONFINED, 'true'], { timeout: 5_000 }).status ===
    0;
  return works;
}
