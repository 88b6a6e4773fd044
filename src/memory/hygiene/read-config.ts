// Reads the values of JSON, YAML, TOML and INI files as flat lists with their lines. Broken files give what could be read.
import { isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import { CODE_FILE, maskCode } from './mask.ts';
import { readAssignments, readFallbacks, readWords } from './read-assignments.ts';
import { readHcl } from './read-hcl.ts';
import { readXml } from './read-xml.ts';
import type { Setting } from './setting.ts';

export const JSON_FILE =
  /\.(?:jsonc?|json5|code-workspace|webmanifest|asmdef|inputactions|xcstrings|avsc)$|(?:^|\/)\.(?:prettierrc|eslintrc|babelrc|swcrc|mocharc)$/i;
const YAML_FILE = /\.ya?ml$|\.neon(?:\.dist)?$/i;
const TOML_FILE = /\.toml$|(?:^|\/)(?:Pipfile|Cargo\.lock|poetry\.lock|uv\.lock)$/i;
const INI_FILE =
  /\.(?:ini|cfg|conf|properties|env|npmrc|editorconfig|flake8|pylintrc)$|(?:^|\/)\.(?:env[^/]*|npmrc|editorconfig|flake8|pylintrc|yarnrc)$/i;
export const HCL_FILE = /\.(?:tf|tfvars|hcl)$/i;
export const XML_FILE = /\.(?:xml|csproj|fsproj|props|targets|plist|storyboard)$/i;
/** Unity's files: small ones are written by hand, or nearly so. */
export const SCENE_FILE = /\.asset$/i;
const MAX_SCENE = 50_000;
/** Files in which variables have values to fall back on. */
export const VARIABLES_FILE = /(?:^|\/)(?:[\w-]+\.)?(?:Dockerfile|Makefile|Containerfile)[\w.-]*$|\.mk$/;

export const isConfigFile = (path: string): boolean =>
  JSON_FILE.test(path) ||
  YAML_FILE.test(path) ||
  TOML_FILE.test(path) ||
  INI_FILE.test(path) ||
  /\.config\.[cm]?[jt]s$/.test(path);

/** Never throws. Source code gives what it assigns. */
export function readSettings(path: string, text: string): Setting[] {
  try {
    if (/(?:^|\/)\.prettierrc$/.test(path) && !text.trimStart().startsWith('{')) return readYaml(text);
    if (JSON_FILE.test(path)) return readJson(text);
    if (YAML_FILE.test(path)) return readYaml(text);
    if (TOML_FILE.test(path)) return readToml(text);
    if (INI_FILE.test(path)) return [...readIni(text), ...(path.endsWith('.conf') ? readWords(text) : [])];
    if (path.endsWith('.gradle')) return [...readAssignments(path, text), ...readWords(maskCode(text, path, true))];
    if (HCL_FILE.test(path)) return readHcl(maskCode(text, path, true));
    if (XML_FILE.test(path)) return readXml(text);
    if (/\.(?:pbxproj|xcconfig)$/.test(path)) return readBuildSettings(text);
    if (SCENE_FILE.test(path)) return text.length < MAX_SCENE ? readScene(text) : [];
    if (CODE_FILE.test(path)) return [...readAssignments(path, text), ...readFallbacks(text)];
    if (VARIABLES_FILE.test(path)) return readFallbacks(text);
  } catch {
    // A file that cannot be read says nothing.
  }
  return [];
}

/** JSON with comments and trailing commas. */
function readJson(text: string): Setting[] {
  const found: Setting[] = [];
  const tokens = [
    ...text.matchAll(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[{}[\],:]|[^\s{}[\],:"'/]+/g),
  ].filter(([token]) => !token.startsWith('//') && !token.startsWith('/*'));
  let at = 0;
  const unquoted = (token: string): string => {
    if (!/^["']/.test(token)) return token;
    try {
      return String(JSON.parse(token));
    } catch {
      return token.slice(1, -1);
    }
  };
  let line = 1;
  let seen = 0;
  const lineOf = (offset: number): number => {
    for (let next = text.indexOf('\n', seen); next >= 0 && next < offset; next = text.indexOf('\n', seen)) {
      line += 1;
      seen = next + 1;
    }
    return line;
  };
  const value = (key: string[], depth: number): void => {
    const token = tokens[at];
    if (!token || depth > 60) return;
    at += 1;
    if (token[0] === '{' || token[0] === '[') {
      const list = token[0] === '[';
      const own = lineOf(token.index);
      let index = 0;
      const before = found.length;
      for (let next = tokens[at]; next && next[0] !== '}' && next[0] !== ']'; next = tokens[at]) {
        if (next[0] === ',') {
          at += 1;
          continue;
        }
        if (list) value([...key, String(index)], depth + 1);
        else {
          at += 1;
          const name = unquoted(next[0]);
          if (tokens[at]?.[0] === ':') at += 1;
          if (tokens[at]?.[0] === '{' || tokens[at]?.[0] === '[') lineOf(next.index);
          value([...key, name], depth + 1);
        }
        index += 1;
      }
      at += 1;
      if (found.length === before && key.length > 0) found.push({ key, value: '', line: own });
    } else if (token[0] !== ',' && token[0] !== ':') {
      found.push({ key, value: unquoted(token[0]), line: lineOf(token.index) });
    }
  };
  value([], 0);
  return found;
}

function readYaml(text: string): Setting[] {
  const lines = new LineCounter();
  const found: Setting[] = [];
  const walk = (node: unknown, key: string[], depth: number): void => {
    if (depth > 60) return;
    if (isMap(node)) {
      for (const pair of node.items) {
        const name = isScalar(pair.key) ? String(pair.key.value) : '';
        if (pair.value === null && isScalar(pair.key) && pair.key.range) {
          found.push({ key: [...key, name], value: '', line: lines.linePos(pair.key.range[0]).line });
        } else walk(pair.value, [...key, name], depth + 1);
      }
    } else if (isSeq(node)) node.items.forEach((item, index) => void walk(item, [...key, String(index)], depth + 1));
    else if (isScalar(node) && node.range) {
      const value = typeof node.value === 'string' ? node.value : (node.source ?? String(node.value ?? ''));
      found.push({ key, value, line: lines.linePos(node.range[0]).line });
    }
  };
  for (const document of parseAllDocuments(text, { lineCounter: lines, logLevel: 'silent', schema: 'core' })) {
    if ('contents' in document) walk(document.contents, [], 0);
  }
  return found;
}

/** `MARKETING_VERSION = 4.6.0;` */
const readBuildSettings = (text: string): Setting[] =>
  text.split(/\r?\n/).flatMap((row, index) => {
    const pair = /^\s*([A-Z][A-Z\d_]+)\s*=\s*(\S.*?);?\s*$/.exec(row);
    return pair ? [{ key: [pair[1] ?? ''], value: bare(pair[2] ?? ''), line: index + 1 }] : [];
  });

/** Unity's own form of YAML, with marks that no other reader knows. */
const readScene = (text: string): Setting[] =>
  text.split(/\r?\n/).flatMap((row, index) => {
    const pair = /^\s*(?:- )?([A-Za-z_]\w*):\s+(\S.*)$/.exec(row);
    return pair ? [{ key: [pair[1] ?? ''], value: bare(pair[2] ?? ''), line: index + 1 }] : [];
  });

const bare = (text: string): string => text.trim().replace(/^(["'])([\s\S]*)\1$/, '$2');

/** Splits at commas that stand in no quotes, brackets or braces. */
function parts(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let quote = '';
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if ('[{('.includes(char)) depth += 1;
    else if (']})'.includes(char)) depth -= 1;
    else if (char === ',' && depth === 0) {
      found.push(text.slice(from, at));
      from = at + 1;
    }
  }
  found.push(text.slice(from));
  return found.map((part) => part.trim()).filter((part) => part !== '');
}

const dotted = (text: string): string[] =>
  [...text.matchAll(/"([^"]*)"|'([^']*)'|([^.\s"']+)/g)].map((m) => m[1] ?? m[2] ?? m[3] ?? '');

function readToml(text: string): Setting[] {
  const found: Setting[] = [];
  const lines = text.split(/\r?\n/);
  let table: string[] = [];
  const counts = new Map<string, number>();
  const value = (key: string[], raw: string, line: number, depth = 0): void => {
    const trimmed = raw.trim();
    if (depth < 20 && trimmed.startsWith('{')) {
      for (const part of parts(trimmed.replace(/^\{|\}$/g, ''))) {
        const at = part.indexOf('=');
        if (at > 0) value([...key, ...dotted(part.slice(0, at))], part.slice(at + 1), line, depth + 1);
      }
    } else found.push({ key, value: bare(trimmed), line });
  };
  for (let at = 0; at < lines.length; at += 1) {
    const line = withoutComment(lines[at] ?? '');
    const header = /^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*$/.exec(line);
    if (header && !line.includes('=')) {
      table = dotted(header[2] ?? '');
      if (header[1] === '[[') {
        const count = counts.get(table.join('.')) ?? 0;
        counts.set(table.join('.'), count + 1);
        table = [...table, String(count)];
      }
      continue;
    }
    const pair = /^\s*((?:"[^"]*"|'[^']*'|[\w.-]+)(?:\s*\.\s*(?:"[^"]*"|[\w-]+))*)\s*=\s*(.*)$/.exec(line);
    if (!pair) continue;
    const key = [...table, ...dotted(pair[1] ?? '')];
    const raw = pair[2] ?? '';
    if (!raw.startsWith('[')) {
      value(key, raw, at + 1);
      continue;
    }
    let index = 0;
    let rest = raw.slice(1);
    let depth = 1;
    for (;;) {
      const cut = endOfList(rest, depth);
      depth = cut.depth;
      for (const part of parts(rest.slice(0, cut.end))) {
        value([...key, String(index)], part, at + 1);
        index += 1;
      }
      if (cut.closed || at + 1 >= lines.length) break;
      at += 1;
      rest = withoutComment(lines[at] ?? '');
    }
  }
  return found;
}

function endOfList(text: string, from: number): { end: number; closed: boolean; depth: number } {
  let depth = from;
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '[') depth += 1;
    else if (char === ']' && --depth === 0) return { end: at, closed: true, depth };
  }
  return { end: text.length, closed: false, depth };
}

function withoutComment(line: string): string {
  let quote = '';
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at] ?? '';
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '#') return line.slice(0, at);
  }
  return line;
}

function readIni(text: string): Setting[] {
  const found: Setting[] = [];
  let section: string[] = [];
  let last: Setting | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:[#;].*)?$/.test(line)) continue;
    const header = /^\s*\[(.+)\]\s*$/.exec(line);
    if (header) {
      section = [header[1] ?? ''];
      last = undefined;
      continue;
    }
    const pair = /^\s*(?:export\s+)?([\w@./:-]+?)\s*[=:]\s*(.*)$/.exec(line);
    if (pair && !(last && /^\s+\S/.test(line) && !/^\s*[\w-]+\s*=\s/.test(line))) {
      last = {
        key: [...section, pair[1] ?? ''],
        value: bare((pair[2] ?? '').replace(/\s+[#;].*$/, '')),
        line: index + 1,
      };
      found.push(last);
    } else if (last && /^\s+\S/.test(line)) {
      // A list over several lines.
      found.push({ key: [...last.key, String(index)], value: line.trim(), line: index + 1 });
    }
  }
  return found;
}
