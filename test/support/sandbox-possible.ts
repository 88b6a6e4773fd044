// Whether this machine lets a command be boxed in: asked of the programs themselves, not of what we make of them.
import { spawnSync } from 'node:child_process';

const runs = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;

/** @param programs what is needed beside bubblewrap */
export const sandboxPossible = (...programs: string[]): boolean =>
  process.platform === 'linux' &&
  runs('bwrap', '--ro-bind', '/', '/', '--unshare-net', 'true') &&
  programs.every((name) => runs('sh', '-c', `command -v ${name}`));
