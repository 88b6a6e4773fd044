// What must not be read, in the words of the sandbox: its patterns know `*`, `**`, `?` and sets. What it cannot say covers more.
import { basename, join } from 'node:path';

/** A pattern, or a path whose characters mean nothing. */
export type ReadEntry = string | { path: string; literal: true };

/** The glob of a rule such as `Read(secrets/**)`: from each folder, from one by its name, or absolute. */
export function ruleEntries(pattern: string, folders: readonly string[]): ReadEntry[] {
  const globs = withoutBraces(pattern.replace(/^\.\//, ''));
  return globs.flatMap((glob) => {
    if (/^\/[^/]/.test(glob)) return [entry('/', glob), ...folders.map((folder) => entry(folder, glob.slice(1)))];
    if (glob.startsWith('/')) return [entry('/', glob)];
    return folders.flatMap((folder) => {
      const [first = '', ...rest] = glob.split('/');
      const named = rest.length > 0 && (first === '*' || first.toLowerCase() === basename(folder).toLowerCase());
      return [entry(folder, glob), ...(named ? [entry(folder, rest.join('/'))] : [])];
    });
  });
}

/** A line of `.lettaignore`; one that takes something back takes nothing back here. */
export function lineEntries(line: string, folder: string): ReadEntry[] {
  const pattern = simpler(line.trim().replace(/\/+$/, ''));
  if (pattern === '' || /^[#!]/.test(line.trim())) return [];
  if (pattern.includes('/')) return [join(folder, pattern)];
  return [join(folder, pattern), join(folder, '**', pattern)];
}

function entry(base: string, glob: string): ReadEntry {
  const special = /(?<!\\)[*?[\](){}]/.test(glob);
  if (!special) return { path: join(base, glob.replace(/\\(.)/g, '$1')), literal: true };
  const plain = simpler(glob);
  const choice = plain.search(/[@?*+!]?[({]/);
  return join(base, choice < 0 ? plain : `${plain.slice(0, choice)}**`);
}

/** Sets of what is not meant, classes and escapes as any one character. */
const simpler = (glob: string): string => glob.replace(/\[\[:\w+:\]\]|\[[!^][^\]]*\]|\\./g, '?');

function withoutBraces(glob: string): string[] {
  const [, before = '', choices, after = ''] = /^(.*?)(?<!\\)\{([^{}]*,[^{}]*)\}(.*)$/s.exec(glob) ?? [];
  if (choices === undefined) return [glob];
  return choices.split(',').flatMap((choice) => withoutBraces(before + choice + after));
}
