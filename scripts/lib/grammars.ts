// Where the grammars of shells lie in the packages that bring them.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));

/** Absolute path of a `.wasm` file, by its name without the ending. */
export function grammarFile(name: string): string {
  const folder = name === 'web-tree-sitter' ? 'web-tree-sitter' : join('@vscode', 'tree-sitter-wasm', 'wasm');
  return join(modules, folder, `${name}.wasm`);
}
