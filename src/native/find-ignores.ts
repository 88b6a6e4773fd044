// Finds the `.lettaignore` files of a folder, wherever they lie in it.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { guardedPaths } from './guarded-paths.ts';
import { type FindIgnores, IGNORE_FILE } from './ignore-lists.ts';

/** Packages and git's own store: nobody writes such files there. */
const PASSED_BY = ['node_modules', '.git'];
const MOST_BYTES = 16 * 1024 * 1024;
/** The first call of a tool waits for it, in milliseconds. */
const PATIENCE_MS = 15_000;

/** @param ripgrep the program. Where it cannot be started, or takes too long, the nearest 10,000 folders are looked through instead */
export function ignoreFinder(ripgrep: string, log: (line: string) => void): FindIgnores {
  return async (folder) => {
    try {
      return await listed(ripgrep, folder);
    } catch (error) {
      log(`Looking for ${IGNORE_FILE} files without ripgrep: ${String(error)}`);
      const paths = await guardedPaths(folder, (path) =>
        [IGNORE_FILE, ...PASSED_BY].some((name) => isNamed(path, name)),
      );
      return paths.filter((path) => isNamed(path, IGNORE_FILE));
    }
  };
}

const isNamed = (path: string, name: string): boolean => path.split(/[\\/]/).at(-1) === name;

function listed(ripgrep: string, cwd: string): Promise<string[]> {
  const globs = [IGNORE_FILE, ...PASSED_BY.map((name) => `!**/${name}`)].map((glob) => `--glob=${glob}`);
  const args = ['--no-config', '--files', '--hidden', '--no-ignore', '--null', ...globs, '--', './'];
  return new Promise((resolve, reject) => {
    execFile(
      ripgrep,
      args,
      { cwd, maxBuffer: MOST_BYTES, timeout: PATIENCE_MS, windowsHide: true },
      (error, stdout) => {
        // 1: there is none; 2: folders that may not be read, beside what was found.
        if (error && error.code !== 1 && error.code !== 2) reject(error);
        else resolve(stdout.split('\0').flatMap((path) => (path === '' ? [] : [join(cwd, path)])));
      },
    );
  });
}
