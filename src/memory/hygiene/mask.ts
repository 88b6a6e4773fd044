// Blanks comments and strings of source code, so that a name in them is not taken for code. Every character keeps its place.

const HASH =
  /\.(?:py|pyi|rb|sh|bash|zsh|fish|pl|r|toml|ya?ml|cfg|ini|env|ex|exs|mk|tf|ps1|properties|editorconfig)$|(?:^|\/)(?:Makefile|Dockerfile|Gemfile|Rakefile|justfile)[^/]*$|(?:^|\/)\.(?:env|npmrc|editorconfig)[^/]*$/i;
const DASHES = /\.(?:sql|lua|hs|elm)$/i;
const QUOTE_IS_STRING = /\.(?:[cm]?[jt]sx?|vue|svelte|py|pyi|rb|php|sh|bash|zsh|pl|r|dart|groovy|lua|ya?ml|toml)$/i;
const REGEX_LITERALS = /\.(?:[cm]?[jt]sx?|vue|svelte)$/i;
const PYTHON = /\.pyi?$/i;
const BACKTICK = /\.(?:[cm]?[jt]sx?|vue|svelte|go)$/i;

const blank = (text: string): string => text.replace(/[^\r\n]/g, ' ');

/** What may stand before a regular expression, where a division cannot. */
const BEFORE_REGEX = /(?:^|[(,=:[!&|?{};\n>]|\b(?:return|typeof|case|in|of))\s*$/;

/**
 * The text with its comments blanked and, unless `keepStrings`, the insides of its strings. The quotes stay.
 * A small scanner for many languages: it never throws, and at worst blanks a line too many or too few.
 */
export function maskCode(text: string, path: string, keepStrings = false): string {
  const hash = HASH.test(path);
  const dashes = DASHES.test(path);
  const python = PYTHON.test(path);
  const quote = QUOTE_IS_STRING.test(path);
  const backtick = BACKTICK.test(path);
  const regexes = REGEX_LITERALS.test(path);
  let out = '';
  let at = 0;
  const comment = (end: number): void => {
    out += blank(text.slice(at, end));
    at = end;
  };
  const string = (open: string, close: string, multiline: boolean): void => {
    let end = at + open.length;
    while (end < text.length && !text.startsWith(close, end)) {
      if (!multiline && text[end] === '\n') break;
      end += text[end] === '\\' ? 2 : 1;
    }
    const stop = Math.min(text.length, text.startsWith(close, end) ? end + close.length : end);
    const whole = text.slice(at, stop);
    const inner = whole.slice(open.length, Math.max(open.length, whole.length - close.length));
    out += keepStrings ? whole : open + blank(inner) + whole.slice(open.length + inner.length);
    at = stop;
  };
  const lineEnd = (): number => {
    const end = text.indexOf('\n', at);
    return end < 0 ? text.length : end;
  };
  while (at < text.length) {
    const char = text[at] ?? '';
    const two = text.slice(at, at + 2);
    if (python && /^(?:"""|''')/.test(text.slice(at, at + 3))) {
      const fence = text.slice(at, at + 3);
      // A string that is a statement of its own is a docstring: a comment by another name.
      if (/(?:^|[\n:])[ \t]*(?:[rRuUbBfF]*)$/.test(out.slice(-200))) {
        const close = text.indexOf(fence, at + 3);
        comment(close < 0 ? text.length : close + 3);
      } else string(fence, fence, true);
    } else if (hash && char === '#' && (at === 0 || /[\s;]/.test(text[at - 1] ?? ''))) comment(lineEnd());
    else if (dashes && two === '--') comment(lineEnd());
    else if (!hash && !dashes && two === '//' && text[at - 1] !== ':') comment(lineEnd());
    else if (!hash && !dashes && two === '/*') {
      const close = text.indexOf('*/', at + 2);
      comment(close < 0 ? text.length : close + 2);
    } else if (char === '"') string('"', '"', false);
    else if (char === "'" && quote) string("'", "'", false);
    else if (char === "'") {
      const literal = /^'(?:\\[^\n']{1,8}|[^\\'\n])'/.exec(text.slice(at, at + 12))?.[0] ?? "'";
      out += keepStrings || literal.length === 1 ? literal : `'${blank(literal.slice(1, -1))}'`;
      at += literal.length;
    } else if (char === '`' && backtick) string('`', '`', true);
    else if (char === '/' && regexes && BEFORE_REGEX.test(out.slice(-20))) {
      const literal = /^\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/.exec(text.slice(at, at + 500))?.[0] ?? '/';
      out += literal.length === 1 ? '/' : blank(literal);
      at += literal.length;
    } else {
      out += char;
      at += 1;
    }
  }
  return out;
}

export const CODE_FILE =
  /\.(?:[cm]?[jt]sx?|vue|svelte|astro|py|pyi|go|rs|java|kt|kts|cs|fs|c|h|cc|cpp|hpp|m|swift|rb|php|scala|dart|ex|exs|erl|lua|sh|bash|zsh|ps1|sql|r|pl|hs|clj|graphql|proto|zig|nim)$/i;

/** From 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

export const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
