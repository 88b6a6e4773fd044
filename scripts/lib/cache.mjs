// Where downloads live: outside the tree, so that a fresh clone finds them and `git clean` keeps them.
import { homedir } from 'node:os';
import { join } from 'node:path';

/** @returns {string} the folder; `LETTA_VSCODE_CACHE` overrides it */
export function cacheDir() {
  if (process.env.LETTA_VSCODE_CACHE) return process.env.LETTA_VSCODE_CACHE;
  const base =
    process.platform === 'win32'
      ? (process.env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'))
      : (process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'));
  return join(base, 'letta-vscode');
}
