// Import paths in the text of a TypeScript or JavaScript file: where they stand, and what they become when the file moves.
import { dirname, posix, resolve, sep } from 'node:path';
import { contains } from './paths.ts';

/** `import x from '…'`, `export … from '…'`, `import '…'`, `import('…')`, `require('…')`. */
const SPECIFIER = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(['"])([^'"\n]+)\1/g;

/** `start`: offset of the path's first character. */
export function specifiers(text: string): { path: string; start: number }[] {
  return [...text.matchAll(SPECIFIER)].map((match) => {
    const path = match[2] ?? '';
    return { path, start: match.index + match[0].length - 1 - path.length };
  });
}

/**
 * The text with its relative imports leading where they did, after the file has moved. All paths absolute.
 * @param along the folder that moves with everything in it: what the file imports from there stays as it is
 */
export function rebasedImports(text: string, from: string, to: string, along?: string): string {
  let result = '';
  let last = 0;
  for (const { path, start } of specifiers(text)) {
    const target = resolve(dirname(from), path);
    if (!/^\.\.?(\/|$)/.test(path) || (along !== undefined && contains(along, target))) continue;
    const moved = posix.relative(slashed(dirname(to)), slashed(target));
    result += text.slice(last, start) + (moved.startsWith('.') ? moved : `./${moved}`);
    last = start + path.length;
  }
  return result + text.slice(last);
}

function slashed(path: string): string {
  return path.split(sep).join('/');
}
