// Holds the manifest's texts: each is a `%key%` of package.nls.json, and every other language has the same keys.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/package.ts';

/** Texts by key. */
export type Texts = Readonly<Record<string, string>>;

/** Properties of package.json that VS Code shows to a person. What a model reads (`modelDescription`, `inputSchema`) is not translated. */
const SHOWN = new Set([
  'title',
  'shortTitle',
  'displayName',
  'description',
  'markdownDescription',
  'userDescription',
  'markdownDeprecationMessage',
  'enumDescriptions',
  'markdownEnumDescriptions',
  'label',
  'altText',
]);
const FOR_MODELS = new Set(['modelDescription', 'inputSchema']);
/** A name is the same in all languages. */
const NAMES = new Set(['Letta']);

/** What stays as it is in every language: code, commands of links, settings. */
const KEPT = /`[^`]*`|\(command:[\w.]+\)/g;

/** @returns lines to print; none when all is well */
export function findNlsProblems(manifest: unknown, english: Texts, others: Readonly<Record<string, Texts>>): string[] {
  const problems: string[] = [];
  const used = new Set<string>();
  const walk = (value: unknown, path: string[], shown: boolean): void => {
    if (typeof value === 'string') {
      const key = /^%(.+)%$/.exec(value)?.[1];
      if (key !== undefined) used.add(key);
      else if (shown && !NAMES.has(value))
        problems.push(`package.json ${path.join('.')}: put “${value}” into package.nls*.json.`);
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) {
        if (FOR_MODELS.has(name)) continue;
        walk(inner, [...path, name], Array.isArray(value) ? shown : SHOWN.has(name));
      }
    }
  };
  walk(manifest, [], false);
  for (const key of used) if (english[key] === undefined) problems.push(`package.nls.json: ${key} is missing.`);
  for (const key of Object.keys(english))
    if (!used.has(key)) problems.push(`package.nls.json: ${key} is used nowhere.`);
  for (const [language, texts] of Object.entries(others)) {
    const file = `package.nls.${language}.json`;
    for (const [key, text] of Object.entries(english)) {
      const other = texts[key];
      if (other === undefined) problems.push(`${file}: ${key} is missing.`);
      else if (keptOf(other) !== keptOf(text))
        problems.push(`${file}: ${key} has other code or links than the English.`);
    }
    for (const key of Object.keys(texts)) if (english[key] === undefined) problems.push(`${file}: ${key} is too many.`);
  }
  return problems;
}

const keptOf = (text: string): string => (text.match(KEPT) ?? []).toSorted().join(' ');

const read = (file: string): Texts => JSON.parse(readFileSync(join(root, file), 'utf8')) as Texts;

/** @returns the manifest's texts: in English, and by the code of each other language */
export function readNls(): { english: Texts; others: Record<string, Texts> } {
  const languages = readdirSync(root).flatMap((file) => /^package\.nls\.([\w-]+)\.json$/.exec(file)?.[1] ?? []);
  const others = Object.fromEntries(languages.map((language) => [language, read(`package.nls.${language}.json`)]));
  return { english: read('package.nls.json'), others };
}

/** @returns lines to print; none when all is well */
export function checkNls(): string[] {
  const { english, others } = readNls();
  return findNlsProblems(read('package.json'), english, others);
}
