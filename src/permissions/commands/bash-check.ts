// Compares the parser's tree with the text: each sign that begins a command within another must be accounted for.
import type { SyntaxNode } from './syntax.ts';

const QUOTED = new Set(['raw_string', 'ansi_c_string', 'comment']);
const BEGINS = new Set(['command_substitution', 'process_substitution', 'arithmetic_expansion', 'expansion']);

/** Whether the text begins commands that the tree does not know: in here-documents the grammar overlooks some. */
export function overlooksCommands(text: string, root: SyntaxNode): boolean {
  const known = new Set<number>();
  const quoted: [number, number][] = [];
  gather(root, known, quoted);
  for (const { 0: sign, index } of text.matchAll(/\\[\s\S]|\$\(|\$\{|`/g)) {
    if (sign.startsWith('\\') || known.has(index)) continue;
    if (!quoted.some(([start, end]) => index >= start && index < end)) return true;
  }
  return false;
}

function gather(node: SyntaxNode, known: Set<number>, quoted: [number, number][]): void {
  if (QUOTED.has(node.type)) {
    quoted.push([node.startIndex, node.endIndex]);
    return;
  }
  if (BEGINS.has(node.type)) {
    known.add(node.startIndex);
    // The second backquote ends what the first began.
    known.add(node.endIndex - 1);
  }
  if (node.type === 'heredoc_redirect') quotedBody(node, quoted);
  for (const child of node.children) gather(child, known, quoted);
}

/** With its mark in quotes a here-document is plain text. */
function quotedBody(node: SyntaxNode, quoted: [number, number][]): void {
  const mark = node.children.find(({ type }) => type === 'heredoc_start')?.text ?? '';
  const body = node.children.find(({ type }) => type === 'heredoc_body');
  if (body !== undefined && /["'\\]/.test(mark)) quoted.push([body.startIndex, body.endIndex]);
}
