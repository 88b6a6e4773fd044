// Where a symbol stands in a text: models name symbols and are bad at columns.
import type { CodeSymbol, Position } from '../editor/language.ts';
import { ToolError } from './tool.ts';

const MAX_CANDIDATES = 8;
/** Lines around the named one that are looked at, where it does not hold the symbol. */
const NEAR = 5;
const MAX_LINE = 120;

export interface Wanted {
  /** How the file is called. */
  name: string;
  symbol?: string | undefined;
  line?: number | undefined;
}

/** Uses of a name that are tried, one after the other: the first may stand in a comment or a text. */
const MAX_TRIED = 5;

/**
 * @param outline the symbols declared in the file, where they are known
 * @returns where it may be, the likeliest first; at least one
 * @throws ToolError that shows what is near, where it is not there or could be several things
 */
export function findSymbol(text: string, { name, symbol, line }: Wanted, outline: readonly CodeSymbol[]): Position[] {
  const lines = text.split(/\r\n|\n|\r/);
  if (line !== undefined && line > lines.length)
    throw new ToolError(`${name} has ${lines.length} lines; there is no line ${line}.`);
  if (symbol === undefined) {
    if (line === undefined) throw new ToolError('Give symbol, or line and symbol.');
    return [firstWord(lines[line - 1] ?? '', line)];
  }
  // `Shelf.add`: the last name is what stands in the text.
  const word =
    symbol
      .split(/\.|::|#/)
      .at(-1)
      ?.replace(/\(\)$/, '') ?? symbol;
  if (word.trim() === '') throw new ToolError('The symbol is empty.');
  if (line !== undefined) return onLine(lines, word, line, name);
  const declared = declarations(outline, symbol, word);
  const [only] = declared;
  if (declared.length > 1) {
    const list = declared.slice(0, MAX_CANDIDATES).map((one) => `${one.place.line}: ${one.kind} ${qualified(one)}`);
    throw new ToolError(
      `${symbol} is declared ${declared.length} times in ${name}. Say which by its line:\n${list.join('\n')}`,
    );
  }
  if (only !== undefined) {
    const column = columnIn(lines[only.place.line - 1] ?? '', word, only.place.column);
    return [{ line: only.place.line, column: column ?? only.place.column }];
  }
  return anywhere(lines, word, name);
}

interface Declared extends CodeSymbol {
  within: string;
}

function qualified({ within, name }: Declared): string {
  return within === '' ? name : `${within}.${name}`;
}

function declarations(outline: readonly CodeSymbol[], symbol: string, word: string, within = ''): Declared[] {
  const container = symbol.includes('.') || symbol.includes('::') ? symbol.split(/\.|::/).at(-2) : undefined;
  return outline.flatMap((one) => {
    const bare = one.name.replace(/\(.*\)$/, '');
    const own = bare === word && (container === undefined || within.split('.').at(-1) === container);
    const inner = declarations(one.children, symbol, word, within === '' ? bare : `${within}.${bare}`);
    return own ? [{ ...one, within }, ...inner] : inner;
  });
}

function onLine(lines: readonly string[], word: string, line: number, name: string): Position[] {
  const columns = columnsIn(lines[line - 1] ?? '', word);
  if (columns.length > 0) return columns.slice(0, MAX_TRIED).map((column) => ({ line, column }));
  const near: number[] = [];
  for (let n = Math.max(1, line - NEAR); n <= Math.min(lines.length, line + NEAR); n++)
    if (columnIn(lines[n - 1] ?? '', word) !== undefined) near.push(n);
  const [only] = near;
  // A line that is one off is what they meant.
  if (near.length === 1 && only !== undefined && Math.abs(only - line) <= 2)
    return [{ line: only, column: columnIn(lines[only - 1] ?? '', word) ?? 1 }];
  const others = near.length > 0 ? near : allLines(lines, word);
  const where = others.length === 0 ? similar(lines, word) : `It stands in:\n${listed(lines, others)}`;
  throw new ToolError(`Line ${line} of ${name} does not hold ${word}: ${shortened(lines[line - 1] ?? '')}\n${where}`);
}

function anywhere(lines: readonly string[], word: string, name: string): Position[] {
  const found = allLines(lines, word);
  if (found.length === 0) throw new ToolError(`${name} does not hold ${word}. ${similar(lines, word)}`);
  // All uses of a name that comes from elsewhere lead to the same place.
  return found.slice(0, MAX_TRIED).map((line) => ({ line, column: columnIn(lines[line - 1] ?? '', word) ?? 1 }));
}

function allLines(lines: readonly string[], word: string): number[] {
  return lines.flatMap((text, index) => (columnIn(text, word) === undefined ? [] : [index + 1]));
}

function listed(lines: readonly string[], numbers: readonly number[]): string {
  const shown = numbers.slice(0, MAX_CANDIDATES).map((n) => `${n}: ${shortened(lines[n - 1] ?? '')}`);
  if (numbers.length > MAX_CANDIDATES) shown.push(`… ${numbers.length - MAX_CANDIDATES} more`);
  return shown.join('\n');
}

/** Names of the file that are written nearly so. */
function similar(lines: readonly string[], word: string): string {
  const lower = word.toLowerCase();
  const found = new Map<string, number>();
  for (const [index, text] of lines.entries())
    for (const [name] of text.matchAll(/[\p{L}_$][\p{L}\p{N}_$]*/gu)) {
      const other = name.toLowerCase();
      const alike =
        other === lower || (lower.length > 2 && other.includes(lower)) || (other.length > 2 && lower.includes(other));
      if (alike && !found.has(name)) found.set(name, index + 1);
    }
  if (found.size === 0) return 'Read the file, or find it with workspaceSymbols or Grep.';
  const names = [...found].slice(0, MAX_CANDIDATES).map(([name, line]) => `${name} (line ${line})`);
  return `Similar names there: ${names.join(', ')}.`;
}

/** The column, from 1, of a whole word at or behind a column. */
function columnIn(text: string, word: string, from = 1): number | undefined {
  for (let at = text.indexOf(word, from - 1); at !== -1; at = text.indexOf(word, at + 1)) {
    const before = text.slice(0, at).at(-1) ?? '';
    const after = text.charAt(at + word.length);
    const bounded = (edge: string, next: string) => !(/[\p{L}\p{N}_$]/u.test(edge) && /[\p{L}\p{N}_$]/u.test(next));
    if (bounded(word.charAt(0), before) && bounded(word.slice(-1), after)) return at + 1;
  }
  return undefined;
}

function columnsIn(text: string, word: string): number[] {
  const found: number[] = [];
  for (let at = columnIn(text, word); at !== undefined; at = columnIn(text, word, at + 1)) found.push(at);
  return found;
}

/** Without a symbol: the first name of the line that is no keyword's. */
function firstWord(text: string, line: number): Position {
  const words = [...text.matchAll(/[\p{L}_$][\p{L}\p{N}_$]*/gu)];
  const found = words.find(([word]) => !KEYWORDS.has(word)) ?? words[0];
  if (found === undefined) throw new ToolError(`There is no name in line ${line}. Give symbol.`);
  return { line, column: found.index + 1 };
}

const KEYWORDS = new Set(
  'abstract async await class const declare def default enum export final fn for from func function if import interface let private protected public pub readonly return static struct type var void'.split(
    ' ',
  ),
);

function shortened(text: string): string {
  const plain = text.trim();
  return plain.length > MAX_LINE ? `${plain.slice(0, MAX_LINE)}…` : plain;
}
