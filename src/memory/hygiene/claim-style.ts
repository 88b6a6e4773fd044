// Claims about how code is written: tabs or spaces, quotes, semicolons, line width, line ends, and constructs said to be absent.
import { contradicted, type Evidence, type Outcome, supported } from './facts.ts';
import type { LineText } from './line-text.ts';
import { CODE_FILE, lineAt } from './mask.ts';
import { baseName, isTestPath, type Workspace } from './workspace.ts';

interface Rule extends Evidence {
  value: string;
}

type Kind = 'indent' | 'size' | 'quotes' | 'semicolons' | 'width' | 'commas' | 'ends';

const FORMAT_FILE =
  /(?:^|\/)(?:\.editorconfig|\.prettierrc[\w.]*|prettier\.config\.\w+|biome\.jsonc?|package\.json|pyproject\.toml|\.?ruff\.toml|\.?rustfmt\.toml|setup\.cfg|\.flake8|tox\.ini|dprint\.json|\.golangci\.(?:ya?ml|toml|json)|\.rubocop\.yml|checkstyle\.xml|\.pylintrc|\.scalafmt\.conf|analysis_options\.yaml|deno\.jsonc?|\.clang-format|\.eslintrc[\w.]*|eslint\.config\.\w+|\.formatter\.exs|\.swiftlint\.ya?ml|pint\.json)$/;

/** What a key of a formatter's configuration means. */
function ruleOf(path: string, key: readonly string[], value: string): [Kind, string] | undefined {
  const last = key.at(-1) ?? '';
  const joined = key.join('.');
  if (baseName(path) === 'package.json' && key[0] !== 'prettier') return undefined;
  if (
    /pyproject\.toml$|ruff\.toml$/.test(path) &&
    !/^(?:tool\.(?:ruff|black|isort|pylint|yapf|flake8|pycodestyle|autopep8))|^(?:line-length|indent-width|format\b|lint\b)/.test(
      joined,
    )
  )
    return undefined;
  switch (last) {
    case 'indent_style':
    case 'indentStyle':
    case 'indent-style':
      return ['indent', /tab/i.test(value) ? 'tabs' : 'spaces'];
    case 'useTabs':
    case 'hard_tabs':
      return ['indent', value === 'true' ? 'tabs' : 'spaces'];
    case 'UseTab':
      return ['indent', /never/i.test(value) ? 'spaces' : 'tabs'];
    case 'indent_size':
    case 'indentWidth':
    case 'tabWidth':
    case 'tab_width':
    case 'tab_spaces':
    case 'indent-width':
    case 'indentSize':
    case 'IndentWidth':
      return /^\d+$/.test(value) ? ['size', value] : undefined;
    case 'singleQuote':
      return ['quotes', value === 'true' ? 'single' : 'double'];
    case 'quoteStyle':
    case 'quote-style':
      return ['quotes', value];
    case 'semi':
      return ['semicolons', value === 'true' ? 'always' : 'never'];
    case 'semiColons':
      return ['semicolons', value === 'false' ? 'never' : 'always'];
    case 'semicolons':
      return ['semicolons', value === 'asNeeded' ? 'never' : 'always'];
    case 'printWidth':
    case 'lineWidth':
    case 'max_line_length':
    case 'line-length':
    case 'line_length':
    case 'max_width':
    case 'max-line-length':
    case 'ColumnLimit':
      return /^\d+$/.test(value) ? ['width', value] : undefined;
    case 'EnforcedStyle':
      return key.at(-2) === 'Style/StringLiterals' ? ['quotes', value.replace('_quotes', '')] : undefined;
    case 'Max':
      return key.at(-2) === 'Layout/LineLength' ? ['width', value] : undefined;
    case 'maxColumn':
      return ['width', value];
    case 'trailingComma':
    case 'trailingCommas':
      return ['commas', value];
    case 'end_of_line':
    case 'endOfLine':
    case 'lineEnding':
      return ['ends', value.toLowerCase()];
    case 'skip-string-normalization':
      return undefined;
    default:
      return undefined;
  }
}

/** What the configuration says; a formatter's own file before the editor's. */
async function rules(
  workspace: Workspace,
  kind: Kind,
  scope: (path: string, key: readonly string[]) => boolean,
): Promise<Rule[]> {
  const found: Rule[] = [];
  for (const path of (await workspace.files()).filter((file) => FORMAT_FILE.test(file))) {
    for (const { key, value, line } of await workspace.settings(path)) {
      const rule = ruleOf(path, key, value);
      if (rule?.[0] === kind && scope(path, key)) found.push({ value: rule[1], path, line });
    }
  }
  return found.sort(
    (a, b) =>
      a.path.split('/').length - b.path.split('/').length ||
      Number(/editorconfig/.test(a.path)) - Number(/editorconfig/.test(b.path)),
  );
}

const FILES_OF: [RegExp, RegExp][] = [
  [/\bpython\b|\.py\b/i, /\.pyi?$/],
  [/\btypescript\b|\.tsx?\b/i, /\.[cm]?tsx?$/],
  [/\bjavascript\b|\.jsx?\b/i, /\.[cm]?jsx?$/],
  [/\bGo\b|\.go\b/, /\.go$/],
  [/\bRust\b|\.rs\b/, /\.rs$/],
  [/\bmakefiles?\b/i, /(?:^|\/)Makefile$/],
  [/\bya?ml\b/i, /\.ya?ml$/],
  [/\bjson\b/i, /\.jsonc?$/],
  [/\bC#/, /\.cs$/],
  [/\bjava\b/i, /\.java$/],
];

/** A line that may say how code looks, and what it says that of. */
interface Style {
  line: LineText;
  text: string;
  workspace: Workspace;
  /** Files of the language that is meant; absent: of any. */
  language: RegExp | undefined;
  sources: readonly string[];
  /** Whether a setting holds for them. */
  scope(path: string, key: readonly string[]): boolean;
}

export async function checkStyle(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  if (line.idle) return [];
  const style = await styleOf(line, workspace);
  const outcomes: Outcome[] = [];
  for (const check of [checkIndent, checkSize, checkQuotes, checkSemicolons, checkWidth, checkCommas, checkEnds]) {
    const outcome = await check(style);
    if (outcome) outcomes.push(outcome);
  }
  outcomes.push(...(await absent(line, workspace)));
  return outcomes;
}

async function styleOf(line: LineText, workspace: Workspace): Promise<Style> {
  const text = line.plain;
  // Of several languages the first is meant: "C# with 4 spaces, TypeScript with 2".
  const language = FILES_OF.flatMap(([word, files]) => {
    const at = text.search(word);
    return at < 0 ? [] : [{ at, files }];
  }).toSorted((a, b) => a.at - b.at)[0]?.files;
  const sources = language
    ? (await workspace.files()).filter((file) => language.test(file))
    : (await workspace.codeFiles()).filter((file) => !/\.(?:sh|sql|graphql|proto)$/.test(file));
  const tool = /\b(prettier|biome|editorconfig|ruff|black|rustfmt|eslint|flake8)\b/i.exec(text)?.[1]?.toLowerCase();
  const scope = (path: string, key: readonly string[]): boolean => {
    if (tool && !path.includes(tool) && !key.includes(tool)) return false;
    // A section of .editorconfig, or an override, holds for some files only.
    const section = /editorconfig$/.test(path) && key.length > 1 ? (key[0] ?? '') : '*';
    const forAll = /^\*$/.test(section);
    if (!language) return forAll;
    const example = sources[0] ?? 'x';
    return (
      forAll || section.includes(example.slice(example.lastIndexOf('.') + 1)) || section.includes(baseName(example))
    );
  };
  return { line, text, workspace, language, sources, scope };
}

const at = ({ path, line }: Rule) => ({ path, line });

/** @param byCode whether the code itself tells where no configuration does */
async function compare(style: Style, kind: Kind, wanted: string, byCode: boolean): Promise<Outcome | undefined> {
  const { workspace, language, sources, scope } = style;
  let found = await rules(workspace, kind, scope);
  if (language && found.length > 1) {
    const special = found.filter((rule) => !/editorconfig$/.test(rule.path) || rule.line > (found[0]?.line ?? 0));
    if (special.length > 0 && found.every((rule) => /editorconfig$/.test(rule.path))) found = special;
  }
  const hit = found.find((rule) => rule.value === wanted);
  const first = found[0] ?? (byCode ? await majority(workspace, sources, kind) : undefined);
  const alone = hit && !found.some((rule) => rule.value !== wanted && rule.path === hit.path);
  if (hit && (found.length === 1 || hit === found[0] || alone)) return supported(`${kind}: ${hit.value}.`, at(hit));
  if (!first) return undefined;
  return first.value === wanted
    ? supported(`${kind}: ${first.value}.`, at(first))
    : contradicted(`${kind}: ${first.value}, not ${wanted}.`, at(first));
}

/** What is wanted, where the line may speak against what it names. */
function flip({ line }: Style, said: string, other: string, start: number, end: number): string | undefined {
  const polarity = line.use(start, end);
  return polarity === 'contrast' ? undefined : polarity === 'gone' ? other : said;
}

async function checkIndent(style: Style): Promise<Outcome | undefined> {
  const indent =
    /\b(?:indent(?:ed|ation|s)?|formatted)\b[^.;]{0,30}?\b(tabs|spaces|tab\b)|\b(tabs)\s+(?:for indent|are used|not spaces|instead of spaces|over spaces|rather than)|\b(?:use|uses|with|is)\s+(tabs|spaces)\b|\b(?:\d|two|four|eight|three)[ -](spaces?)\b|\b(tabs|spaces)\s+(?:for|,? not|everywhere|instead|over|are)|\b(tabs)\b(?=.*\bindent)/i.exec(
      style.text,
    );
  const wantedIndent = indent
    ?.slice(1)
    .find((part) => part !== undefined)
    ?.toLowerCase();
  if (!indent || !wantedIndent) return undefined;
  const said = wantedIndent.startsWith('tab') ? 'tabs' : 'spaces';
  const start = indent.index + indent[0].toLowerCase().lastIndexOf(wantedIndent);
  const value = flip(style, said, said === 'tabs' ? 'spaces' : 'tabs', start, start + wantedIndent.length);
  return value ? compare(style, 'indent', value, true) : undefined;
}

async function checkSize(style: Style): Promise<Outcome | undefined> {
  const size =
    /\b(\d|two|four|eight|three)[ -]spaces?\b|\bindent(?:ation|ed|s)?(?:\s+(?:width|size))?\s+(?:is|of|by|with|=|to)?\s*(\d|two|four)\b/i.exec(
      style.text,
    );
  const wantedSize = size
    ? ({ two: '2', three: '3', four: '4', eight: '8' }[(size[1] ?? size[2] ?? '').toLowerCase()] ?? size[1] ?? size[2])
    : undefined;
  return wantedSize ? compare(style, 'size', wantedSize, true) : undefined;
}

async function checkQuotes(style: Style): Promise<Outcome | undefined> {
  const quotes = /\b(single|double)[- ]?quot(?:es?|ed)\b/i.exec(style.text);
  if (!quotes) return undefined;
  const said = (quotes[1] ?? '').toLowerCase();
  const other = said === 'single' ? 'double' : 'single';
  const value = flip(style, said, other, quotes.index, quotes.index + quotes[0].length);
  return value ? compare(style, 'quotes', value, true) : undefined;
}

async function checkSemicolons(style: Style): Promise<Outcome | undefined> {
  const { text } = style;
  if (!/\bsemi-?colons?\b/i.test(text)) return undefined;
  const none =
    /\b(?:no|without|omit(?:s|ted)?|never|drop|skip|not use|don't use|avoid)\s+(?:\w+\s+)?semi-?colons?/i.test(text) ||
    /semi-?colons?\s+(?:are\s+)?(?:omitted|not used|left out|off|forbidden)/i.test(text);
  return compare(style, 'semicolons', none ? 'never' : 'always', true);
}

async function checkWidth(style: Style): Promise<Outcome | undefined> {
  const { text } = style;
  const width =
    /\b(?:line[ -]?(?:width|length|limit)s?|print[ -]?width|max(?:imum)?[ -]line[ -]length|lines?|wrap(?:s|ped)?(?: at)?|columns?)\b[^.;\d]{0,40}?(\d{2,3})\b(?!\s*(?:lines|ms|seconds|%))|\b(\d{2,3})[ -](?:characters?|columns?|cols?|chars?)\b(?!\s+(?:ids?|keys?|tokens?|hash))/i.exec(
      text,
    );
  const wantedWidth = width?.[1] ?? width?.[2];
  const meant =
    wantedWidth &&
    Number(wantedWidth) >= 60 &&
    Number(wantedWidth) <= 200 &&
    !/\b(?:block|limit of the|title|subject|description|commit|password|coverage)\b/i.test(text);
  return meant ? compare(style, 'width', wantedWidth, false) : undefined;
}

async function checkCommas({ text, workspace, scope }: Style): Promise<Outcome | undefined> {
  if (!/\btrailing commas?\b/i.test(text)) return undefined;
  const off =
    /\b(?:no|without|never|avoid)\s+trailing/i.test(text) ||
    /trailing commas? (?:are )?(?:off|none|disabled|forbidden)/i.test(text);
  const [found] = await rules(workspace, 'commas', scope);
  if (!found) return undefined;
  const is = `Trailing commas: ${found.value}.`;
  return (found.value === 'none') === off ? supported(is, at(found)) : contradicted(is, at(found));
}

async function checkEnds(style: Style): Promise<Outcome | undefined> {
  const ends = /\b(CRLF|LF)\b(?=.*(?:line|end|eol|newline))|\b(?:line|end|eol)\w*\b.*\b(CRLF|LF)\b/i.exec(style.text);
  const wantedEnds = (ends?.[1] ?? ends?.[2])?.toLowerCase();
  return wantedEnds ? compare(style, 'ends', wantedEnds, false) : undefined;
}

/** What nine of ten lines of the code do, where no configuration says it. */
async function majority(workspace: Workspace, sources: readonly string[], kind: Kind): Promise<Rule | undefined> {
  const counts = new Map<string, number>();
  let example: Rule | undefined;
  const count = (value: string, path: string, line: number): void => {
    counts.set(value, (counts.get(value) ?? 0) + 1);
    example ??= { value, path, line };
  };
  for (const path of sources.filter((file) => CODE_FILE.test(file) || /Makefile$/.test(file)).slice(0, 200)) {
    const text = await workspace.text(path);
    if (text === null) continue;
    const lines = text.split(/\r?\n/);
    let last = 0;
    for (const [index, line] of lines.entries()) {
      if (kind === 'indent' && /^(?:\t| {2})\s*[^\s*]/.test(line))
        count(line.startsWith('\t') ? 'tabs' : 'spaces', path, index + 1);
      const deep = /^( *)[^\s*]/.exec(line)?.[1]?.length;
      if (kind === 'size' && deep !== undefined) {
        if (deep > last && deep - last <= 8) count(String(deep - last), path, index + 1);
        last = deep;
      }
      if (/\.[cm]?[jt]sx?$/.test(path)) {
        if (kind === 'quotes' && /^[^"'`/]*'[^'"]*'[^"'`/]*$/.test(line)) count('single', path, index + 1);
        if (kind === 'quotes' && /^[^"'`/]*"[^'"]*"[^"'`/]*$/.test(line)) count('double', path, index + 1);
        if (
          kind === 'semicolons' &&
          /^\s*(?:const|let|return|import|export (?:const|type)|throw)\b.*[\w)\]'"`;]$/.test(line)
        )
          count(line.endsWith(';') ? 'always' : 'never', path, index + 1);
      } else if (/\.pyi?$/.test(path) && kind === 'quotes' && !/"""|'''/.test(line)) {
        if (/^[^"']*'[^'"]*'[^"']*$/.test(line)) count('single', path, index + 1);
        if (/^[^"']*"[^'"]*"[^"']*$/.test(line)) count('double', path, index + 1);
      }
    }
  }
  const all = [...counts.values()].reduce((sum, each) => sum + each, 0);
  const [value, most] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? ['', 0];
  if (all < 3 || most / all < (kind === 'size' ? 0.7 : 0.9) || !example) return undefined;
  return { ...example, value };
}

/** Constructs a project may forbid, each with what shows it. */
const CONSTRUCTS: [RegExp, RegExp, RegExp][] = [
  [/\bdefault exports?\b|\bexport default\b/i, /^export\s+default\b|\bas\s+default\b/m, /\.[cm]?[jt]sx?$/],
  [/`any`|\bany\b types?|\btype any\b/, /(?::|<|\bas|,|\|)\s*any\b(?!\s*\()/m, /\.[cm]?tsx?$/],
  [/\b`?enums?`?\b/i, /^\s*(?:export\s+)?(?:declare\s+)?(?:const\s+)?enum\s+\w/m, /\.[cm]?tsx?$/],
  [/\bnamespaces?\b/i, /^\s*(?:export\s+)?(?:declare\s+)?namespace\s+\w/m, /\.[cm]?tsx?$/],
  [/`?console\.log`?/, /\bconsole\.log\s*\(/m, /\.[cm]?[jt]sx?$/],
  [/`var`/, /^\s*var\s+\w/m, /\.[cm]?[jt]sx?$/],
  [/`eval`|`eval\(\)`/, /\beval\s*\(/m, /\.[cm]?[jt]sx?$|\.py$/],
  [/\bunwrap(?:\(\))?`?/, /\.unwrap\(\)/m, /\.rs$/],
  [/\bunsafe\b/, /\bunsafe\s*(?:\{|fn|impl)/m, /\.rs$/],
  [/`?print(?:\(\)| statements)`?/, /^\s*print\s*\(/m, /\.py$/],
  [/\bwildcard imports?\b|\bstar imports?\b/i, /^\s*from\s+\S+\s+import\s+\*/m, /\.py$/],
  [/`?panic(?:\(\))?`?/, /\bpanic\s*\(/m, /\.go$/],
  [/\binit\(\)/, /^func\s+init\s*\(/m, /\.go$/],
  [/\bbarrel files?\b/i, /^\s*export\s+(?:\*|\{[^}]*\})\s+from\b/m, /(?:^|\/)index\.[cm]?[jt]s$/],
  [/\bclass components?\b/i, /\bextends\s+(?:React\.)?(?:Pure)?Component\b/m, /\.[jt]sx$/],
  [/\brequire(?:\(\)| calls?)/i, /\brequire\s*\(\s*["'`]/m, /\.[cm]?[jt]sx?$/],
];

/** "no default exports", "we never use `any`": true when nothing in the code does, stale when something does. */
async function absent(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [word, pattern, files] of CONSTRUCTS) {
    const match = word.exec(line.plain);
    if (!match) continue;
    const start = match.index + (match[0].startsWith('`') ? 1 : 0);
    const only = /\bnamed exports?\s+only|\bonly named exports?/i.test(line.plain);
    if (
      !only &&
      line.use(start, match.index + match[0].length) !== 'gone' &&
      !/^`?\s*(?:is|are)\s+(?:forbidden|banned|not allowed|not used|prohibited|disallowed|never used)/i.test(
        line.plain.slice(match.index + match[0].length),
      ) &&
      !/\b(?:no|never|avoid|ban(?:s|ned)?|forbid(?:s|den)?)\s+(?:\w+\s+)?`?$/i.test(line.plain.slice(0, match.index))
    )
      continue;
    const where = line.plain.match(/\bin\s+[`'"]?([\w./-]+\/[\w./-]*)/)?.[1]?.replace(/[./]+$/, '');
    const sources = (await workspace.codeFiles()).filter(
      (file) =>
        files.test(file) &&
        !/\.config\.[cm]?[jt]s$|\.d\.ts$/.test(file) &&
        !isTestPath(file) &&
        (where === undefined || file.startsWith(`${where}/`)),
    );
    if (sources.length === 0) continue;
    let hit: Evidence | undefined;
    for (const path of sources) {
      const text = await workspace.text(path);
      const at =
        text === null ? -1 : workspace.masked(path, text).search(pattern.source.includes('require') ? /(?!)/ : pattern);
      if (text !== null && at >= 0) {
        const from = at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
        hit = { path, line: lineAt(text, from) };
        break;
      }
    }
    outcomes.push(
      hit
        ? contradicted(`${match[0]} is in the code.`, hit)
        : supported(`Nothing in the code is against the line.`, { path: sources[0] ?? '', line: 1 }),
    );
  }
  return outcomes;
}
