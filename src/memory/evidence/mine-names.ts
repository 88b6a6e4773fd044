// Conventions of names: of files, by folder and as a whole, of classes with a common base, of numbers with a unit.
import { type Citation, type Claims, cite } from './evidence.ts';
import { extensionOf, folderOf, languageOf, nameOf, type Survey } from './survey.ts';
import { isConvention, MIN_UNANIMOUS, Tallies, Tally } from './tally.ts';

type Case = 'kebab-case' | 'snake_case' | 'camelCase' | 'PascalCase';

/** Undefined where one word says nothing: `index` is all of them. */
export function caseOf(name: string): Case | undefined {
  if (/^[a-z0-9]+(?:-[a-z0-9]+)+$/.test(name)) return 'kebab-case';
  if (/^_?[a-z0-9]+(?:_[a-z0-9]+)+$/.test(name)) return 'snake_case';
  if (/^[a-z][a-z0-9]*[A-Z][A-Za-z0-9]*$/.test(name)) return 'camelCase';
  if (/^[A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)*$/.test(name)) return 'PascalCase';
  return undefined;
}

/** A file's name is a choice made once for the whole file. */
const MIN_FILES_NAMED = 4;

const stemOf = (name: string): string => name.replace(/\.[^/]*$/, '').replace(/^(?:test_)|_test$/, '');

/** The import lines that say a file's name: they show how it is written better than its first line. */
async function importLines({ code, pace }: Survey): Promise<Map<string, Citation>> {
  const found = new Map<string, Citation>();
  for (const file of code) {
    file.lines.forEach((line, i) => {
      const specifier = /(?:from\s+|import\s+|require\()(?:['"]([^'"]+)['"]|([\w.]+))/.exec(line);
      const stem = stemOf((specifier?.[1] ?? specifier?.[2]?.replaceAll('.', '/') ?? '').split('/').at(-1) ?? '');
      if (stem && !found.has(stem)) found.set(stem, cite(file, i));
    });
    await pace.rest();
  }
  return found;
}

async function fileCase(survey: Survey, claims: Claims): Promise<void> {
  const { code } = survey;
  const imports = await importLines(survey);
  const tallies = new Tallies();
  for (const file of code) {
    const group = /^[jt]sx$|^vue$|^svelte$/.test(file.extension) ? 'component' : file.language;
    await survey.pace.rest();
    const style = caseOf(stemOf(file.name));
    const first = file.lines.findIndex((line) => line.trim() !== '');
    if (style)
      tallies.of(group).vote(style, file.path, () => imports.get(stemOf(file.name)) ?? cite(file, Math.max(0, first)));
  }
  for (const [group, { option, votes, total, examples }] of tallies.winners(MIN_FILES_NAMED)) {
    // A language's only way is no convention of this project.
    if ((group === 'java' && option === 'PascalCase') || (group === 'go' && option === 'snake_case')) continue;
    const what = group === 'component' ? 'Component files' : group === 'python' ? 'Modules' : 'Source files';
    claims.add('conventions', 'naming', 0.7, `${what} are named in ${option} (${votes} of ${total}).`, examples);
  }
}

const NUMBERED = /^(?:V\d+(?:[._]\d+)*__|(\d{3,5})[-_.])/;
const DATED = /^(?:\d{8}|\d{12}|\d{14}|\d{4}-\d{2}-\d{2})[-_.]/;

/** What all names of a folder share beyond their extension. */
async function folders({ files, text, code, pace }: Survey, claims: Claims): Promise<void> {
  const byFolder = new Map<string, string[]>();
  for (const { path, bytes } of files) {
    if (bytes === 0) continue;
    const folder = folderOf(path);
    const list = byFolder.get(folder) ?? [];
    list.push(path);
    byFolder.set(folder, list);
  }
  const testPaths = new Set(code.filter((f) => f.isTest).map((f) => f.path));
  const firstLine = async (path: string): Promise<Citation | undefined> => {
    const file = await text(path);
    if (!file) return undefined;
    const at = file.lines.findIndex((line) => line.trim() !== '');
    return at < 0 ? undefined : cite(file, at);
  };
  const say = async (paths: readonly string[], topic: 'naming', strength: number, claim: string): Promise<void> => {
    const examples: (Citation | undefined)[] = [];
    for (const path of paths.slice(0, 3)) examples.push(await firstLine(path));
    claims.add('conventions', topic, strength, claim, examples);
  };
  for (const [folder, all] of byFolder) {
    await pace.rest();
    const paths = all.filter((path) => !testPaths.has(path) && !/^(?:index|mod|__init__)\./.test(nameOf(path)));
    if (folder === '' || paths.length < MIN_UNANIMOUS) continue;
    const share = (test: (name: string) => boolean): string[] => {
      const hits = paths.filter((path) => test(nameOf(path)));
      return isConvention(hits.length, paths.length) ? hits : [];
    };
    const dated = share((name) => DATED.test(name));
    const numbered = dated.length > 0 ? [] : share((name) => NUMBERED.test(name));
    if (dated.length > 0)
      await say(dated, 'naming', 0.6, `Files in ${folder}/ begin with their date, as ${nameOf(dated[0] ?? '')}.`);
    if (numbered.length > 0) {
      const digits = new Set(numbered.map((path) => NUMBERED.exec(nameOf(path))?.[1]?.length));
      const [width] = digits;
      const how = digits.size === 1 && width ? `a number of ${width} digits` : 'a number';
      await say(numbered, 'naming', 0.6, `Files in ${folder}/ begin with ${how}, as ${nameOf(numbered[0] ?? '')}.`);
    }
    const endings = new Tally();
    for (const path of paths) {
      const ending = endingOf(nameOf(path));
      if (ending) endings.vote(ending, path, () => ({ path, line: 1, text: '-' }));
    }
    const winner = endings.winner();
    if (winner && isConvention(winner.votes, paths.length)) {
      const hits = paths.filter((path) => nameOf(path).endsWith(winner.option));
      const known = languageOf(hits[0] ?? '') || extensionOf(hits[0] ?? '') !== '';
      if (known) await say(hits, 'naming', 0.55, `Files in ${folder}/ are named *${winner.option}.`);
    }
  }
}

/** `.service.ts` of `user.service.ts`, `-handler.ts` of `order-handler.ts`, `Controller.java` of `UserController.java`. */
function endingOf(name: string): string | undefined {
  const extension = extensionOf(name);
  const stem = extension ? name.slice(0, -extension.length - 1) : name;
  const word = /[-_.][a-z]+$/.exec(stem)?.[0] ?? /(?<=[a-z0-9])[A-Z][a-z]+$/.exec(stem)?.[0];
  return word && `${word}${extension ? `.${extension}` : ''}`;
}

/** Classes of one base: what their names end with. Errors are the usual case. */
async function families({ code, pace }: Survey, claims: Claims): Promise<void> {
  const bases = new Map<string, { names: { name: string; at: Citation; path: string }[] }>();
  const errorBases = new Tally();
  for (const file of code) {
    file.lines.forEach((line, i) => {
      const script =
        /^\s*(?:export\s+)?(?:default\s+)?(?:abstract\s+)?(?:public\s+|final\s+)*class\s+(\w+)(?:<[^>]*>)?\s+extends\s+([\w.]+)/.exec(
          line,
        );
      const other = /^\s*class\s+(\w+)\s*(?:\(\s*([\w.]+)|<\s*([\w:]+))/.exec(line);
      const name = script?.[1] ?? other?.[1];
      const base = script?.[2] ?? other?.[2] ?? other?.[3];
      if (!name || !base) return;
      const at = cite(file, i);
      const family = bases.get(base) ?? { names: [] };
      family.names.push({ name, at, path: file.path });
      bases.set(base, family);
    });
    await pace.rest();
  }
  for (const [base, { names }] of bases) {
    const isError = /(?:Error|Exception|Failure|Fault)$/.test(base);
    for (const { at, path } of isError ? names : []) errorBases.vote(base, path, () => at);
    if (names.length < MIN_UNANIMOUS || new Set(names.map((n) => n.path)).size < 3) continue;
    const endings = new Tally();
    for (const { name, path, at } of names) endings.vote(/[A-Z][a-z0-9]+$/.exec(name)?.[0] ?? name, path, () => at);
    const winner = endings.winner();
    if (isError || !winner) continue;
    claims.add(
      'conventions',
      'naming',
      0.5,
      `Classes that extend ${base} are named …${winner.option} (${winner.votes} of ${winner.total}).`,
      winner.examples,
    );
  }
  const winner = errorBases.winner();
  if (!winner) return;
  const names = bases.get(winner.option)?.names ?? [];
  const endings = new Tally();
  for (const { name, path, at } of names) endings.vote(/[A-Z][a-z0-9]+$/.exec(name)?.[0] ?? name, path, () => at);
  const ending = endings.winner()?.option;
  // The language's own way is no convention of this project.
  if (
    /^(?:Error|Exception|RuntimeException|StandardError)$/.test(winner.option) &&
    (!ending || /^(?:Error|Exception)$/.test(ending))
  )
    return;
  claims.add(
    'conventions',
    'errors',
    0.75,
    `Errors extend ${winner.option}${ending ? ` and are named …${ending}` : ''} (${winner.votes} of ${winner.total}).`,
    winner.examples,
  );
}

/** Fields and variables typed as numbers whose names end in one unit. */
async function units({ code, pace }: Survey, claims: Claims): Promise<void> {
  const byUnit = new Map<string, { votes: number; files: Set<string>; examples: Citation[] }>();
  for (const file of code) {
    file.lines.forEach((line, i) => {
      for (const [, name = ''] of line.matchAll(
        /\b([a-z]\w*)\??\s*:\s*(?:number|bigint|int|float|i64|u64|Decimal)\b/g,
      )) {
        const unit = /(?:[a-z0-9]([A-Z][a-z]+)|_([a-z]+))$/.exec(name);
        const word = unit?.[1] ?? unit?.[2];
        if (!word || !UNITS.test(word)) continue;
        const known = byUnit.get(word) ?? { votes: 0, files: new Set(), examples: [] };
        byUnit.set(word, known);
        known.votes++;
        if (!known.files.has(file.path)) known.examples.push(cite(file, i));
        known.files.add(file.path);
      }
    });
    await pace.rest();
  }
  for (const [unit, { votes, files, examples }] of byUnit) {
    if (votes < MIN_UNANIMOUS || files.size < 3) continue;
    claims.add(
      'conventions',
      'naming',
      0.5,
      `Numbers carry their unit at the end of the name, as …${unit} (${votes} places).`,
      examples,
    );
  }
}

const UNITS =
  /^(?:ms|millis|seconds|secs?|minutes|hours|days|bytes|kb|mb|cents|pence|px|percent|ratio|bps|meters|metres|km|grams|kg|degrees|hz)$/i;

export async function mineNames(survey: Survey, claims: Claims): Promise<void> {
  await fileCase(survey, claims);
  await folders(survey, claims);
  await families(survey, claims);
  await units(survey, claims);
}
