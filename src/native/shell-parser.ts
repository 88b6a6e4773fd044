// Reads command lines with tree-sitter's grammars of bash and PowerShell. The engine and a grammar are loaded when first used.
import { readFile } from 'node:fs/promises';
import type { Parser, TreeCursor } from 'web-tree-sitter';

type Shell = 'bash' | 'powershell';

/** A node of a tree, copied out of the engine: there each look at it costs more than this copy. */
export interface ShellNode {
  type: string;
  text: string;
  isNamed: boolean;
  hasError: boolean;
  startIndex: number;
  endIndex: number;
  children: ShellNode[];
}

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

  /**
   * The root of the text's tree.
   * @throws Error where the engine gives none
   */
  parse(shell: Shell, text: string): ShellNode {
    const tree = this.parsers[shell].parse(text);
    if (tree === null) throw new Error('The parser gave no tree.');
    const cursor = tree.walk();
    try {
      return copy(cursor, text, tree.rootNode.hasError);
    } finally {
      cursor.delete();
      tree.delete();
    }
  }
}

/** Copies the cursor's node and all below it. An error anywhere is one of the root. */
function copy(cursor: TreeCursor, text: string, hasError: boolean): ShellNode {
  const { nodeType, nodeIsNamed, startIndex, endIndex } = cursor;
  const children: ShellNode[] = [];
  if (cursor.gotoFirstChild()) {
    do children.push(copy(cursor, text, false));
    while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }
  return {
    type: nodeType,
    text: text.slice(startIndex, endIndex),
    isNamed: nodeIsNamed,
    hasError,
    startIndex,
    endIndex,
    children,
  };
}
