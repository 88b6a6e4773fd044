// Import paths in the text of a TypeScript or JavaScript file: where they stand, and what they become when the file moves.
import { dirname, posix, resolve, sep } from 'node:path';

/** `import x from '…'`, `export … from '…'`, `import '…'`, `import('…')`, `require('…')`. */
const SPECIFIER = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(['"])([^'"\n]+)\1/g;

/** `start`: offset of the path's first character. */
export function specifiers(text: string): { path: string; start: number }[] {
  return [...text.matchAll(SPECIFIER)].map((match) => {
    const path = match[2] ?? '';
    return { path, start: match.index + match[0].length - 1 - path.length };
  });
}

/** The text with its relative imports leading where they did, after the file has moved. Both paths absolute. */
export function rebasedImports(text: string, from: string, to: string): string {
  let result = '';
  let last = 0;
  for (const { path, start } of specifiers(text)) {
    if (!/^\.\.?(\/|$)/.test(path)) continue;
    const target = resolve(dirname(from), path).split(sep).join('/');
    const moved = posix.relative(dirname(to).split(sep).join('/'), target);
    result += text.slice(last, start) + (moved.startsWith('.') ? moved : `./${moved}`);
    last = start + path.length;
  }
  return result + text.slice(last);
}
