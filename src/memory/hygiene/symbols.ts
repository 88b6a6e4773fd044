// Where a symbol is defined, and how far its definition reaches: by keywords, braces and indentation, without a parser.
import { escapeRegExp, lineAt, maskCode } from './mask.ts';

export interface Definition {
  name: string;
  /** Offsets into the text; `end` is behind the last character. */
  start: number;
  end: number;
  /** From 1. */
  line: number;
  endLine: number;
  kind: 'type' | 'callable' | 'value';
}

const KEYWORDS =
  'function\\*?|class|interface|type|enum|namespace|module|trait|struct|union|record|object|protocol|def|defp|fn|func|fun|sub|mod|macro_rules!|const|let|var|val|static|mixin|defmodule|actor|message|service|table|view';
const TYPES =
  /^(?:class|interface|type|enum|namespace|module|trait|struct|union|record|object|protocol|mod|defmodule|actor|message|service|table|mixin)$/;
const VALUES = /^(?:const|let|var|val|static)$/;
/** A word before a name and a parenthesis that makes it a call. */
const CALLING =
  /\b(?:return|new|throw|await|else|yield|case|in|of|typeof|delete|not|and|or|if|while|import|from|raise|assert|defer|go|do|export\s+default)\s*$/;
const INDENTED = /\.(?:pyi?|ya?ml)$/i;
const PYTHON = /\.pyi?$/i;

/** Every definition of the name in a text, outermost keywords first. `masked`: `maskCode` of it, where one has it. */
export function findDefinitions(text: string, path: string, name: string, masked = maskCode(text, path)): Definition[] {
  if (!text.includes(name)) return [];
  const n = escapeRegExp(name);
  const found = new Map<number, Definition>();
  const add = (offset: number, kind: Definition['kind']): void => {
    const start = masked.lastIndexOf('\n', offset - 1) + 1;
    if (found.has(start)) return;
    const end = extentEnd(masked, path, start, offset + name.length, kind);
    found.set(start, {
      name,
      start,
      end,
      line: lineAt(text, start),
      endLine: lineAt(text, Math.max(start, end - 1)),
      kind,
    });
  };
  const boundary = '(?![\\w$])';

  const byKeyword = new RegExp(
    `(?<![\\w$.])(${KEYWORDS})\\s+(?:\\([^)\\n]*\\)\\s*|mut\\s+|self\\.|ref\\s+)?(${n})${boundary}`,
    'g',
  );
  for (const match of masked.matchAll(byKeyword)) {
    const word = match[1] ?? '';
    add(
      match.index + match[0].length - name.length,
      TYPES.test(word) ? 'type' : VALUES.test(word) ? 'value' : 'callable',
    );
  }
  // `const a = 1, b = 2` and `const { a, b: c } = x`
  for (const match of masked.matchAll(/(?<![\w$.])(?:const|let|var)\s+[{[]([^=;]{0,400}?)[}\]]\s*=/g)) {
    const inner = new RegExp(`(?<![\\w$.])${n}${boundary}(?!\\s*:)`).exec(match[1] ?? '');
    if (inner) add(match.index + match[0].indexOf(match[1] ?? '') + inner.index, 'value');
  }
  for (const match of masked.matchAll(
    new RegExp(`^[ \\t]*(?:#define\\s+|alias\\s+|export\\s+)(${n})${boundary}`, 'gm'),
  )) {
    add(match.index + match[0].length - name.length, 'value');
  }
  // `export { a as name }`, `export * as name from`
  for (const match of masked.matchAll(/\bexport\s+(?:type\s+)?(?:\{([^}]*)\}|\*\s+as\s+(\w+))/g)) {
    const inner = new RegExp(`(?<![\\w$])${n}${boundary}(?!\\s+as\\b)`).exec(match[0]);
    if (inner) add(match.index + inner.index, 'value');
  }
  // Methods and functions of languages that announce them by a type or by nothing.
  const called = new RegExp(
    `^[ \\t]*((?:[\\w$<>\\[\\],.?@&*:]+[ \\t]+|\\*|#|~)*)(${n})[ \\t]*(?:<[^>\\n(]*>)?\\(`,
    'gm',
  );
  for (const match of masked.matchAll(called)) {
    const before = match[1] ?? '';
    if (PYTHON.test(path) || CALLING.test(before)) continue;
    const close = closing(masked, match.index + match[0].length - 1);
    const after = masked.slice(close, close + 200);
    const typed = /[\w>\]?*&]\s+$/.test(before);
    const opens =
      /^\s*(?:(?::|->)\s*[^;={}]{1,150})?(?:throws\s+[\w.,\s]+|where\b[^{]*|const\s*|noexcept\s*|override\s*)?\{/.test(
        after,
      );
    const declares = /^[ \t]*[?!]?:\s*\S/.test(after) || (typed && /^\s*(?:;|=>|throws\b)/.test(after));
    if (opens || declares) add(match.index + match[0].lastIndexOf(name), 'callable');
  }
  // Fields, keys, assignments, and the members of an enumeration.
  const assigned = new RegExp(
    `^[ \\t]*(?:(?:export|public|private|protected|internal|static|readonly|override|declare|final|const|pub|abstract|volatile|self\\.|this\\.)[ \\t]*)*(?:[\\w<>\\[\\],.?]+[ \\t]+)?(${n})${boundary}[ \\t]*[?!]?[ \\t]*(?::(?!:)|=(?!=)|:=)`,
    'gm',
  );
  for (const match of masked.matchAll(assigned)) {
    if (/\b(?:return|case|default|else)\s/.test(match[0])) continue;
    add(match.index + match[0].lastIndexOf(name), 'value');
  }
  return [...found.values()].sort((a, b) => a.start - b.start);
}

/** Behind the parenthesis or brace that closes the one at `open`; the end of the text where none does. */
function closing(masked: string, open: number): number {
  let depth = 0;
  for (let at = open; at < masked.length; at += 1) {
    const char = masked[at] ?? '';
    if ('([{'.includes(char)) depth += 1;
    else if (')]}'.includes(char)) {
      depth -= 1;
      if (depth <= 0) return at + 1;
    }
  }
  return masked.length;
}

const lineEnd = (text: string, from: number): number => {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at;
};

function extentEnd(masked: string, path: string, start: number, behindName: number, kind: Definition['kind']): number {
  if (INDENTED.test(path) || /\.(?:rb|exs?|lua)$/i.test(path)) return indentedEnd(masked, start, behindName);
  let at = behindName;
  while (at < masked.length) {
    const char = masked[at] ?? '';
    if (char === '(' || char === '[') at = closing(masked, at);
    else if (char === '{') {
      const end = closing(masked, at);
      // `type A = { … } | { … }` and `const a = { … }.b;` go on behind the brace.
      const rest = /^[ \t]*(?:[|&.,;)]|as\b|satisfies\b|=>|\{|(?:\r?\n\s*[|&.](?!\s*\n)))/.exec(
        masked.slice(end, end + 120),
      );
      if (rest && /[|&.{]|as|satisfies|=>/.test(rest[0]) && kind !== 'callable')
        at = end + rest[0].length - (rest[0].endsWith('{') ? 1 : 0);
      else return rest?.[0].trim() === ';' ? end + rest[0].length : end;
    } else if (char === ';') return at + 1;
    else if (char === '}' || char === ')') return at;
    else if (char === ',' && kind === 'value') return at + 1;
    else if (char === '\n' && !continues(masked, at)) return at;
    else at += 1;
  }
  return masked.length;
}

/** Whether a statement goes on behind this line end. */
function continues(masked: string, at: number): boolean {
  const before = masked.slice(Math.max(0, at - 80), at).trimEnd();
  const after = masked.slice(at + 1, at + 200).trimStart();
  return (
    /(?:[=+\-*/%&|?:,(<>.^]|\b(?:extends|implements|where|throws))$/.test(before) ||
    /^(?:[.?:&|+*/=%{)]|extends\b|implements\b|where\b|throws\b)/.test(after)
  );
}

/** A head up to its colon, then every line that is indented deeper. */
function indentedEnd(masked: string, start: number, behindName: number): number {
  let at = behindName;
  while (at < masked.length && masked[at] !== '\n')
    at = '([{'.includes(masked[at] ?? ' ') ? closing(masked, at) : at + 1;
  const indent = /^[ \t]*/.exec(masked.slice(start, start + 200))?.[0].length ?? 0;
  let end = lineEnd(masked, Math.max(at - 1, behindName));
  for (let next = end + 1; next < masked.length; ) {
    const stop = lineEnd(masked, next);
    const line = masked.slice(next, stop);
    const deep = /^[ \t]*/.exec(line)?.[0].length ?? 0;
    if (line.trim() !== '') {
      if (deep < indent || (deep === indent && !/^\s*(?:end\b|[)\]}])/.test(line))) break;
      end = stop;
      if (deep === indent) break;
    }
    next = stop + 1;
  }
  return end;
}
