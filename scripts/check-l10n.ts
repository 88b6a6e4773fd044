// Every text that the sources hand to `t` and its like has a translation in each language, with the same placeholders, and no other text has.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSources, type Sources } from './check-architecture.ts';
import { root } from './lib/package.ts';

/** Which sources a bundle is for. VS Code loads the first by its name; the page is given the second. */
const BUNDLES: Record<string, (path: string) => boolean> = {
  bundle: (path) => path.startsWith('src/'),
  webview: (path) => path.startsWith('webview-ui/src/') || path.startsWith('src/protocol/'),
};

const LITERAL = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/y;
/** A call by one of the names that l10n exports; a method or another name that ends in it is none. */
const CALL = /(?<![\w.$\\])(t|plural|tElements)\(\s*/g;
const IMPORTS_TEXTS = /import\b[^;]*\bfrom\s*'[^']*\/l10n\.tsx?'/;

/** Translations by their English text. */
type Bundle = Readonly<Record<string, string>>;

/** @returns the texts by where they stand (`path:line`), and what cannot be read as one */
export function textsOf(sources: Sources): { texts: Map<string, string>; problems: string[] } {
  const texts = new Map<string, string>();
  const problems: string[] = [];
  for (const [path, source] of sources) {
    if (!IMPORTS_TEXTS.test(source) || /\/l10n\.tsx?$/.test(path)) continue;
    for (const call of source.matchAll(CALL)) {
      const [whole, name = ''] = call;
      const where = `${path}:${source.slice(0, call.index).split('\n').length}`;
      const found = literalsAt(source, call.index + whole.length, name);
      if (!found) problems.push(`${where}: ${name}() takes its text as a literal in quotes.`);
      for (const text of found ?? []) texts.set(text, where);
    }
  }
  return { texts, problems };
}

/** The literals with which the arguments begin; those of `plural` come behind the count. */
function literalsAt(source: string, start: number, name: string): string[] | undefined {
  let at = start;
  if (name === 'plural') {
    // The count is an expression; the first quote behind a comma begins the first form.
    const comma = /,\s*(?=['"])/g;
    comma.lastIndex = at;
    if (!comma.exec(source)) return undefined;
    at = comma.lastIndex;
  }
  const first = literal(source, at);
  if (first === undefined) return undefined;
  if (name !== 'plural') return [first.text];
  const gap = /\s*,\s*/y;
  gap.lastIndex = first.end;
  if (!gap.test(source)) return undefined;
  const second = literal(source, gap.lastIndex);
  return second && [first.text, second.text];
}

function literal(source: string, at: number): { text: string; end: number } | undefined {
  LITERAL.lastIndex = at;
  const [quoted] = LITERAL.exec(source) ?? [];
  if (quoted === undefined) return undefined;
  const inner = quoted
    .slice(1, -1)
    .replaceAll("\\'", "'")
    .replaceAll(/(?<!\\)"/g, '\\"');
  return { text: JSON.parse(`"${inner}"`) as string, end: at + quoted.length };
}

const placeholders = (text: string): string => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort().join(' ');

/** @returns lines to print; none when all is well */
export function findTextProblems(sources: Sources, file: string, bundle: Bundle): string[] {
  const { texts, problems } = textsOf(sources);
  for (const [text, where] of texts) {
    if (!Object.hasOwn(bundle, text)) problems.push(`${where}: ${file} has no ${JSON.stringify(text)}.`);
  }
  for (const [key, translation] of Object.entries(bundle)) {
    // `{0} files#few` is a form of `{0} files`.
    const text = texts.has(key) ? key : key.replace(/#(?:zero|two|few|many)$/, '');
    if (!texts.has(text)) problems.push(`${file}: nothing shows ${JSON.stringify(key)}.`);
    else if (translation.trim() === '') problems.push(`${file}: ${JSON.stringify(key)} is empty.`);
    else if (placeholders(text) !== placeholders(translation)) {
      problems.push(`${file}: ${JSON.stringify(key)} has other placeholders than its translation.`);
    }
  }
  return problems;
}

/** @returns lines to print; none when all is well */
export function checkL10n(): string[] {
  const sources = readSources(root);
  const files = readdirSync(join(root, 'l10n'));
  const languages = new Set(files.map((file) => /\.l10n\.([\w-]+)\.json$/.exec(file)?.[1] ?? file));
  const problems = [...sources]
    .filter(([path, source]) => /^webview-ui\/src\/(?!l10n)/.test(path) && /protocol\/l10n\.ts/.test(source))
    .map(([path]) => `${path}: the view takes its texts from webview-ui/src/l10n.tsx.`);
  for (const language of languages) {
    for (const [name, belongs] of Object.entries(BUNDLES)) {
      const file = `${name}.l10n.${language}.json`;
      if (!files.includes(file)) problems.push(`l10n/${file} is missing.`);
      else {
        const bundle = JSON.parse(readFileSync(join(root, 'l10n', file), 'utf8')) as Bundle;
        const own = new Map([...sources].filter(([path]) => belongs(path)));
        problems.push(...findTextProblems(own, `l10n/${file}`, bundle));
      }
    }
  }
  return problems;
}
