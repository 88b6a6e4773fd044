// Evaluates the words of a bash command line as far as they are known before it runs: quotes, escapes, braces, variables of loops.
import { t } from '../../protocol/l10n.ts';
import { computed, type SyntaxNode, type Word } from './syntax.ts';

/** What a word needs from whoever reads the line. */
export interface WordContext {
  /** Values that a variable surely has here; undefined: not known. */
  variable(name: string): readonly Word[] | undefined;
  /** A command inside of the word. */
  substitution(node: SyntaxNode): void;
  /** The names in the text are counted with: the shell evaluates what they hold, indices with commands included. */
  counts(text: string): void;
  unclear(reason: string): void;
}

/** A piece of a word: its text (undefined: computed) and whether the shell still looks for wildcards and braces in it. */
interface Piece {
  values: readonly string[] | undefined;
  open: boolean;
  glob: boolean;
}

const fixed = (text: string): Piece => ({ values: [text], open: false, glob: false });
const UNKNOWN: Piece = { values: undefined, open: false, glob: false };
const MADE: Piece = { ...UNKNOWN };
/** More combinations than this are not followed. */
const MOST_VALUES = 32;

/** One word out of nodes that stand side by side without a space: the grammar splits some of them. */
export function bashWord(nodes: readonly SyntaxNode[], context: WordContext): Word {
  const raw = nodes.map((node) => node.text).join('');
  const pieces = nodes.flatMap((node) => piecesOf(node, context));
  const open = pieces
    .filter((piece) => piece.open)
    .map((piece) => piece.values?.[0] ?? '')
    .join('');
  // zsh runs `=(…)` and turns `=name` into a path; braces become several words.
  if (/^=./.test(raw) && pieces[0]?.open) return computed(raw);
  if (/\{.*(?:,|\.\.).*\}/s.test(open)) return braced(raw, pieces);
  let values: string[] | undefined = [''];
  for (const piece of pieces) {
    if (piece.values === undefined || values === undefined || values.length * piece.values.length > MOST_VALUES) {
      values = undefined;
      break;
    }
    const ends: readonly string[] = piece.values;
    values = values.flatMap((start) => ends.map((end) => start + end));
  }
  const glob = pieces.some((piece) => piece.glob || (piece.open && /[*?[]/.test(piece.values?.[0] ?? '')));
  if (values === undefined && pieces.every((piece) => piece.values !== undefined || piece === MADE))
    return { raw, glob: false, made: true };
  return values === undefined ? computed(raw) : { values: values.map(normalHome), raw, glob };
}

/** `{a,b}` in one word that is otherwise plain: each of its words is one that the program gets. */
function braced(raw: string, pieces: readonly Piece[]): Word {
  const text = pieces.every((piece) => piece.values?.length === 1)
    ? pieces.map((piece) => piece.values?.[0]).join('')
    : '';
  const match = /^([^{}]*)\{([^{}]*)\}([^{}]*)$/.exec(text);
  const [, before = '', list = '', after = ''] = match ?? [];
  if (match === null || list.includes('..') || !pieces.every((piece) => piece.open)) return computed(raw);
  return { values: list.split(',').map((each) => normalHome(before + each + after)), raw, glob: /[*?[]/.test(text) };
}

/** `$HOME/x` as `~/x`: both lie outside of every workspace folder, whoever is at home. */
function normalHome(text: string): string {
  return text.startsWith(HOME) ? `~${text.slice(HOME.length)}` : text.replaceAll(HOME, '~');
}
const HOME = '\u0001HOME';

function piecesOf(node: SyntaxNode, context: WordContext): Piece[] {
  switch (node.type) {
    case 'word':
    case 'number':
    case 'variable_name':
    case 'extglob_pattern':
    case 'regex':
    case '{':
    case '}':
    case 'special_character':
      return plain(node, context);
    case 'raw_string':
      return [fixed(node.text.slice(1, -1))];
    case 'ansi_c_string':
      // The shell ends such a text at a zero.
      return [fixed(ansiText(node.text.slice(2, -1)).split('\0')[0] ?? '')];
    case 'string':
      return quoted(node, context);
    case 'command_name':
    case 'concatenation':
      return node.children.flatMap((child) => piecesOf(child, context));
    case 'simple_expansion':
      return variable(node, node.text.slice(1), context);
    case 'expansion':
      return expansion(node, context);
    case 'command_substitution':
      context.substitution(node);
      return [MADE];
    case 'process_substitution':
      context.substitution(node);
      return [fixed('/dev/fd/63')];
    case 'arithmetic_expansion':
      arithmetic(node, context);
      return [UNKNOWN];
    default:
      walkSubstitutions(node, context);
      return [UNKNOWN];
  }
}

function plain(node: SyntaxNode, context: WordContext): Piece[] {
  if (/\\`/.test(node.text)) context.unclear(t('It holds backquotes within backquotes.'));
  // Before a backslash the grammar takes the end of a line for a part of a word.
  if (node.text.replace(/\\[\s\S]/g, '').includes('\n')) context.unclear(t('It is not plain where its lines end.'));
  if (node.children.length > 0) walkSubstitutions(node, context);
  const pieces: Piece[] = [];
  for (const [match] of node.text.matchAll(/\\[\s\S]|[^\\]+|\\$/g)) {
    if (match === '\\\n') continue;
    if (match.startsWith('\\')) pieces.push(fixed(match.slice(1)));
    else pieces.push({ values: [match], open: true, glob: false });
  }
  return pieces;
}

/** Gaps between the children are text too: the grammar leaves some white space out of its nodes. */
function quoted(node: SyntaxNode, context: WordContext): Piece[] {
  const pieces: Piece[] = [];
  let at = node.startIndex + 1;
  const end = node.endIndex - 1;
  const upTo = (offset: number): void => {
    const text = node.text.slice(at - node.startIndex, offset - node.startIndex);
    if (text !== '') pieces.push(fixed(text.replace(/\\([$`"\\\n])/g, (_, c: string) => (c === '\n' ? '' : c))));
  };
  for (const child of node.children) {
    if (!child.isNamed || child.type === 'string_content') continue;
    upTo(child.startIndex);
    pieces.push(...piecesOf(child, context));
    at = child.endIndex;
  }
  upTo(end);
  return pieces;
}

function variable(node: SyntaxNode, name: string, context: WordContext): Piece[] {
  if (name === 'HOME') return [fixed(HOME)];
  if (name === 'PWD') return [fixed('.')];
  // Numbers: how the last command ended, and of processes.
  if (/^[?#!$]$/.test(name)) return [fixed('0')];
  const words = context.variable(name);
  const values = words?.flatMap((word) => word.values ?? []);
  const known = words?.every((word) => word.values !== undefined) ? values : undefined;
  // Unquoted, a value with spaces would become several words.
  if (known === undefined || known.some((value) => /[\s\\]/.test(value))) return [UNKNOWN];
  return [{ values: known, open: false, glob: node.isNamed && (words?.some((word) => word.glob) ?? false) }];
}

function expansion(node: SyntaxNode, context: WordContext): Piece[] {
  const plainName = /^\$\{(\w+)\}$/.exec(node.text)?.[1];
  if (plainName !== undefined) return variable(node, plainName, context);
  // `${x@P}` runs what the value holds; zsh's flags can do the same.
  if (/^\$\{[^}]*@\w\}$|^\$\{\(/.test(node.text))
    context.unclear(t('It expands a text as a prompt, which can run commands.'));
  // `${!x}` reads what a text names: an index in it is counted, and so may run.
  if (/^\$\{!/.test(node.text)) context.unclear(t('It reads a variable that another one names.'));
  // An offset and an index are counted.
  if (/^\$\{#?\w+(?:\[|:(?![-=?+]))/.test(node.text)) context.counts(node.text.replace(/^\$\{#?\w+/, ''));
  // `${PATH:=x}` sets it.
  if (/^\$\{\w+:*=/.test(node.text)) context.unclear(t('It sets a variable within a word.'));
  walkSubstitutions(node, context);
  return [UNKNOWN];
}

/** Numbers, names and signs only: an index can hold a command that runs as it is counted. */
export function arithmetic(node: SyntaxNode, context: WordContext): void {
  walkSubstitutions(node, context);
  context.counts(node.text);
  if (/["'\\[\]`]|\$\{[^}]*[^\w}]/.test(node.text.replace(/^\$\[|\]$/g, '')))
    context.unclear(t('It counts with more than numbers and names.'));
}

/** Commands inside of something whose value does not matter. */
export function walkSubstitutions(node: SyntaxNode, context: WordContext): void {
  for (const child of node.children) {
    if (child.type === 'command_substitution' || child.type === 'process_substitution') context.substitution(child);
    else if (child.type === 'arithmetic_expansion') arithmetic(child, context);
    else if (child.type === 'expansion') expansion(child, context);
    else walkSubstitutions(child, context);
  }
}

const ESCAPES: Record<string, string> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '?': '?',
};

function ansiText(text: string): string {
  return text.replace(
    /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})|c(.)|(.))/gs,
    (whole: string, hex?: string, u?: string, long?: string, octal?: string, control?: string, one?: string) => {
      const code = hex ?? u ?? long;
      if (code !== undefined) return character(Number.parseInt(code, 16));
      if (octal !== undefined) return character(Number.parseInt(octal, 8) & 0xff);
      if (control !== undefined) return character(control.charCodeAt(0) & 0x1f);
      return ESCAPES[one ?? ''] ?? whole;
    },
  );
}

function character(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
}
