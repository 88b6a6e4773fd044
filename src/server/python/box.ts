// What keeps an agent's tool from the person's files where the system has a sandbox: it writes in its own folder only, sees no
// place of keys and no other process. The network stays open: most tools are there to ask some service.
import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const KEYS = [
  '.ssh',
  '.gnupg',
  '.aws',
  '.azure',
  '.config/gcloud',
  '.config/gh',
  '.kube',
  '.docker',
  '.netrc',
  '.letta',
];

/** @returns the command line in the box, or itself where the system has none */
export function boxed(argv: readonly string[], folder: string, dataDir: string): { argv: string[]; isBoxed: boolean } {
  const hidden = [...KEYS.map((name) => join(homedir(), name)), dataDir]
    .filter(existsSync)
    .map((path) => realpathSync(path));
  if (process.platform === 'linux' && bubblewrapWorks()) {
    const masks = hidden.flatMap((path) =>
      statSync(path).isDirectory() ? ['--tmpfs', path] : ['--ro-bind', '/dev/null', path],
    );
    const fixed = ['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--tmpfs', '/tmp', '--tmpfs', '/run'];
    const alone = ['--unshare-pid', '--unshare-ipc', '--die-with-parent', '--new-session'];
    const own = ['--bind', folder, folder, '--chdir', folder];
    return { argv: ['bwrap', ...fixed, ...resolver(), ...masks, ...own, ...alone, '--', ...argv], isBoxed: true };
  }
  if (process.platform === 'darwin' && existsSync(SEATBELT)) {
    const quoted = (path: string) => `(subpath ${JSON.stringify(path)})`;
    const profile = [
      '(version 1)(allow default)(deny file-write*)',
      `(allow file-write* ${quoted(realpathSync(folder))} (literal "/dev/null"))`,
      hidden.length > 0 ? `(deny file-read* ${hidden.map(quoted).join(' ')})` : '',
    ].join('');
    return { argv: [SEATBELT, '-p', profile, ...argv], isBoxed: true };
  }
  return { argv: [...argv], isBoxed: false };
}

const SEATBELT = '/usr/bin/sandbox-exec';

/** `/etc/resolv.conf` often leads into `/run`, which is hidden because sockets of the person's programs lie there. */
function resolver(): string[] {
  const path = '/run/systemd/resolve';
  return existsSync(path) ? ['--ro-bind', path, path] : [];
}

let works: boolean | undefined;

/** That the program is there does not say that the system lets it: containers often do not. */
function bubblewrapWorks(): boolean {
  works ??=
    spawnSync('bwrap', ['--ro-bind', '/', '/', '--proc', '/proc', '--unshare-pid', 'true'], { timeout: 5_000 })
      .status === 0;
  return works;
}
