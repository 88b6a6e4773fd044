// Reads command lines with tree-sitter's grammars of bash and PowerShell. The engine and a grammar are loaded when first used.
import { readFile } from 'node:fs/promises';
import type { Parser, Tree } from 'web-tree-sitter';

type Shell = 'bash' | 'powershell';
type Root = Tree['rootNode'];

export class ShellParser {
  private readonly parsers: Record<Shell, Parser>;

  /**
   * @param pathOf absolute path of a `.wasm` file by its name: `web-tree-sitter`, `tree-sitter-bash`, `tree-sitter-powershell`
   * @throws Error where they are missing or broken
   */
  static async load(pathOf: (name: string) => string): Promise<ShellParser> {
    const { Language, Parser: TreeSitter } = await import('web-tree-sitter');
    const wasmBinary = await readFile(pathOf('web-tree-sitter'));
    await TreeSitter.init({ wasmBinary });
    const load = async (shell: Shell): Promise<Parser> => {
      const parser = new TreeSitter();
      parser.setLanguage(await Language.load(await readFile(pathOf(`tree-sitter-${shell}`))));
      return parser;
    };
    return new ShellParser({ bash: await load('bash'), powershell: await load('powershell') });
  }

  private constructor(parsers: Record<Shell, Parser>) {
    this.parsers = parsers;
  }

  /** Hands the root of the text's tree to `use`; the tree is freed afterwards. */
  parse<T>(shell: Shell, text: string, use: (root: Root) => T): T {
    const tree = this.parsers[shell].parse(text);
    if (tree === null) throw new Error('The parser gave no tree.');
    try {
      return use(tree.rootNode);
    } finally {
      tree.delete();
    }
  }
}
