// Smaller habits of code in any language: how kinds of names are formed, what imports and files begin with, what functions give back.
import { type Claims, cite } from './evidence.ts';
import { type CodeFile, folderOf, nameOf, type Survey } from './survey.ts';
import { isConvention, Tallies } from './tally.ts';

/** A habit: what to count in a line. `says` tells it; options that are not there say nothing. */
interface Habit {
  key: string;
  languages: RegExp;
  /** The option the line shows, if it shows one. */
  option(line: string, file: CodeFile): string | undefined;
  says: Record<string, [claim: string, strength: number]>;
  topic: 'naming' | 'style' | 'errors' | 'imports';
}

const isMessage = (text: string): string =>
  /^[A-Z]/.test(text) && /[.!?]$/.test(text)
    ? 'sentence'
    : /^[a-z]/.test(text) && !/\.$/.test(text)
      ? 'lower'
      : 'other';

const HABITS: readonly Habit[] = [
  {
    key: 'interfaces',
    languages: /script/,
    option: (line) => {
      const name = /^\s*(?:export )?(?:declare )?interface (\w+)/.exec(line)?.[1];
      return name && (/^I[A-Z]/.test(name) ? 'I' : 'plain');
    },
    says: { I: ['Interfaces begin with I', 0.6] },
    topic: 'naming',
  },
  {
    key: 'constants',
    languages: /script|python|java|php/,
    option: (line) => {
      const name =
        /^(?:export )?(?:const )?([A-Za-z]\w*)(?:: ?\w+)? = (?:-?\d[\w.]*|'[^']*'|"[^"]*")(?: \* [\d_]+)*;?$/.exec(
          line,
        )?.[1];
      return name && (/^[A-Z][A-Z0-9_]*$/.test(name) ? 'screaming' : 'plain');
    },
    says: { screaming: ['Constants of a module are in SCREAMING_CASE', 0.5] },
    topic: 'naming',
  },
  {
    key: 'booleans',
    languages: /script|python/,
    option: (line) => {
      const name = /^\s*(?:readonly |public |private |protected |const |let )*(\w+)\??\s*:\s*(?:boolean|bool)\b/.exec(
        line,
      )?.[1];
      return (
        name && (/^_?(?:is|has|can|should|was|did|will|are|needs|allows)(?:[A-Z_]|$)/.test(name) ? 'asks' : 'plain')
      );
    },
    says: { asks: ['Names of booleans begin with is, has, can or should', 0.5] },
    topic: 'naming',
  },
  {
    key: 'privates',
    languages: /script/,
    option: (line) => {
      const name = /^\s*(?:private|protected)\s+(?:static |readonly |async )*(\w+)/.exec(line)?.[1];
      return name && (name.startsWith('_') ? 'underscore' : 'plain');
    },
    says: { underscore: ['Private members begin with _', 0.5] },
    topic: 'naming',
  },
  {
    key: 'asyncNames',
    languages: /script|other/,
    option: (line) => {
      const name =
        /^\s*(?:export |public |private )*async (?:function )?(\w+)\(/.exec(line)?.[1] ??
        /\bTask(?:<[^>]*>)? (\w+)\(/.exec(line)?.[1];
      return name && (name.endsWith('Async') ? 'Async' : 'plain');
    },
    says: { Async: ['Names of async functions end with Async', 0.55] },
    topic: 'naming',
  },
  {
    key: 'schemas',
    languages: /script/,
    option: (line) => {
      const name =
        /^(?:export )?const (\w+)(?:: [^=]+)? = (?:z|v|yup|t|Joi|Type)\.(?:object|strictObject|looseObject|enum|union|discriminatedUnion|type|Object)\(/.exec(
          line,
        )?.[1];
      return name && (/Schema$/.test(name) ? (/^[A-Z]/.test(name) ? 'Schema' : 'schema') : 'plain');
    },
    says: {
      Schema: ['Schemas are named …Schema, in PascalCase', 0.5],
      schema: ['Schemas are named …Schema, in camelCase', 0.5],
    },
    topic: 'naming',
  },
  {
    key: 'caught',
    languages: /script|java|php/,
    option: (line) => /\bcatch \((?:final )?(?:[A-Z\\][\w\\|]* )?\$?(\w+)/.exec(line)?.[1],
    says: {
      error: ['Caught errors are named error', 0.35],
      err: ['Caught errors are named err', 0.4],
      e: ['Caught errors are named e', 0.35],
      cause: ['Caught errors are named cause', 0.45],
    },
    topic: 'errors',
  },
  {
    key: 'messages',
    languages: /script|python|java|php/,
    option: (line, file) => {
      const text = file.isTest
        ? undefined
        : /(?:(?:throw new|raise) \w+|^\s*super)\(\s*f?(['"`])(.{6,})\1/.exec(line)?.[2];
      return text === undefined ? undefined : isMessage(text.replace(/\$\{[^}]*\}|\{[^}]*\}/g, 'X'));
    },
    says: {
      sentence: ['Error messages are sentences: a capital first and a full stop', 0.5],
      lower: ['Error messages begin in lower case and have no full stop', 0.45],
    },
    topic: 'errors',
  },
  {
    key: 'returns',
    languages: /script/,
    option: (line) => {
      const declared = /^export (?:async )?function \w+(?:<[^>]*>)?\(.*\)(: .+)? \{$/.exec(line);
      return declared ? (declared[1] ? 'stated' : 'inferred') : undefined;
    },
    says: { stated: ['Exported functions state their return type', 0.45] },
    topic: 'style',
  },
  {
    key: 'result',
    languages: /script|rust|java|python/,
    option: (line, file) => {
      if (file.isTest) return undefined;
      const type =
        /^(?:export |pub |public |async |static )*(?:function|fn|def) \w+.*?(?:\):|->) ?(?:Promise<|Awaitable\[)?(\w+)/.exec(
          line.trim(),
        )?.[1];
      return type && (/^(?:Result|Either|Outcome|Try|Maybe|Option|ResultAsync)$/.test(type) ? type : 'plain');
    },
    says: {
      Result: ['Functions return a Result instead of throwing', 0.6],
      Either: ['Functions return an Either instead of throwing', 0.6],
      Outcome: ['Functions return an Outcome instead of throwing', 0.55],
    },
    topic: 'errors',
  },
  {
    key: 'fields',
    languages: /script/,
    option: (line) => {
      const field = /^\s+(readonly )?\w+\??: [^=;(){}]+;?$/.exec(line);
      return field ? (field[1] ? 'readonly' : 'plain') : undefined;
    },
    says: { readonly: ['Fields are readonly', 0.5] },
    topic: 'style',
  },
  {
    key: 'trailing',
    languages: /script|python/,
    option: () => undefined,
    says: {
      yes: ['The last entry of a list over several lines has a trailing comma', 0.35],
      no: ['No trailing commas', 0.45],
    },
    topic: 'style',
  },
];

/** Folders of one shape are few, and their likeness is seldom chance. */
const MIN_FOLDERS = 4;

const TRAILING = HABITS.find((h) => h.key === 'trailing');

async function habits(survey: Survey, claims: Claims): Promise<void> {
  const tallies = new Tallies();
  for (const file of survey.code) {
    const own = HABITS.filter((habit) => habit.languages.test(file.language));
    file.lines.forEach((line, i) => {
      for (const habit of own) {
        const option = habit.option(line, file);
        if (option) tallies.of(habit.key).vote(option, file.path, () => cite(file, i));
      }
      const opens = /[[{(]$/.test(line);
      if (TRAILING?.languages.test(file.language) && !opens && /^\s*[\])}]+[;,)]*$/.test(file.lines[i + 1] ?? '')) {
        const entry = /^\s+(?:['"\w.[{]+)[^;{}=]*?(,?)$/.exec(line);
        const isList =
          entry &&
          !/^\s*(?:return|throw|const|let|if|await|def|raise|assert|\/\/|#|\*)\b/.test(line) &&
          closesList(file.lines, i);
        if (isList) tallies.of('trailing').vote(entry[1] ? 'yes' : 'no', file.path, () => cite(file, i));
      }
    });
    await survey.pace.rest();
  }
  for (const [key, { option, votes, total, examples }] of tallies.winners()) {
    const habit = HABITS.find((h) => h.key === key);
    const said = habit?.says[option];
    if (habit && said) claims.add('conventions', habit.topic, said[1], `${said[0]} (${votes} of ${total}).`, examples);
  }
}

/** Whether the bracket that closes behind a line was opened by a list with an entry a line: the line before shows a comma. */
const closesList = (lines: readonly string[], i: number): boolean => /,$/.test(lines[i - 1] ?? '');

/** The first word of the names a folder exports. */
async function firstWords(survey: Survey, claims: Claims): Promise<void> {
  const tallies = new Tallies();
  for (const file of survey.code) {
    if (file.isTest || file.folder === '') continue;
    file.lines.forEach((line, i) => {
      const name =
        /^export (?:default )?(?:async )?(?:function\*?|const) ([a-z]\w*)|^(?:async )?def ([a-z]\w*)|^func ([A-Z]\w*)|^pub (?:async )?fn (\w+)/.exec(
          line,
        );
      const found = name?.slice(1).find(Boolean);
      const word = found && (/^([a-z]+)[A-Z_]/.exec(found)?.[1] ?? /^([A-Z][a-z]+)[A-Z]/.exec(found)?.[1]);
      if (found) tallies.of(file.folder).vote(word ?? `=${found}`, file.path, () => cite(file, i));
    });
    await survey.pace.rest();
  }
  let said = 0;
  for (const [folder, { option, votes, total, examples }] of tallies.winners()) {
    // The same whole name everywhere is said elsewhere; so are tests.
    if (option.startsWith('=') || option === 'test' || ++said > 4) continue;
    claims.add(
      'conventions',
      'naming',
      0.5,
      `Functions exported in ${folder}/ begin with \`${option}\` (${votes} of ${total}).`,
      examples,
    );
  }
}

/** Folders side by side that hold the same files, the folder's own name in them left open. */
async function sameShape(survey: Survey, claims: Claims): Promise<void> {
  /** Parent → child folder → shape of a name → a path that has it. */
  const parents = new Map<string, Map<string, Map<string, string>>>();
  for (const { path, bytes } of survey.files) {
    const folder = folderOf(path);
    const parent = folderOf(folder);
    await survey.pace.rest();
    if (parent === '' || bytes === 0 || /(?:^|\/)\./.test(path)) continue;
    const children = parents.get(parent) ?? new Map<string, Map<string, string>>();
    parents.set(parent, children);
    const shapes = children.get(folder) ?? new Map<string, string>();
    children.set(folder, shapes);
    const own = nameOf(folder).toLowerCase();
    const at = nameOf(path).toLowerCase().indexOf(own);
    const name = nameOf(path);
    shapes.set(at < 0 ? name : `${name.slice(0, at)}<name>${name.slice(at + own.length)}`, path);
  }
  let said = 0;
  for (const [parent, children] of parents) {
    const count = new Map<string, number>();
    for (const shapes of children.values())
      for (const shape of shapes.keys()) count.set(shape, (count.get(shape) ?? 0) + 1);
    const shared = [...count]
      .filter(([shape, n]) => shape !== '__init__.py' && isConvention(n, children.size, MIN_FOLDERS))
      .map(([shape]) => shape)
      .sort();
    const [first] = shared;
    if (first === undefined || shared.length < 2 || ++said > 3) continue;
    const evidence = [];
    for (const shapes of [...children.values()].slice(0, 3)) {
      const file = await survey.text(shapes.get(first) ?? '');
      const at = file?.lines.findIndex((line) => line.trim() !== '') ?? -1;
      if (file && at >= 0) evidence.push(cite(file, at));
    }
    claims.add(
      'conventions',
      'layout',
      0.6,
      `Each folder in ${parent}/ has ${shared.slice(0, 6).join(', ')}.`,
      evidence,
    );
  }
}

const COMMENT: Partial<Record<CodeFile['language'], RegExp>> = {
  script: /^(?:\/\/|\/\*)/,
  python: /^(?:#(?!!)|"""|''')/,
  go: /^(?:\/\/|\/\*)/,
  rust: /^(?:\/\/!|\/\/|\/\*)/,
  java: /^(?:\/\/|\/\*)/,
  ruby: /^#(?!!)/,
};

/** What every file begins with, and in which order it imports. */
async function beginnings(survey: Survey, claims: Claims): Promise<void> {
  const tallies = new Tallies();
  const firsts = new Set<string>();
  for (const file of survey.code) {
    const first = file.lines.findIndex((line) => line.trim() !== '' && !line.startsWith('#!'));
    const comment = COMMENT[file.language];
    if (first >= 0 && comment && file.lines.length > 3) {
      const has = comment.test(file.lines[first] ?? '');
      if (has) firsts.add(file.lines[first] ?? '');
      tallies.of('header').vote(has ? 'yes' : 'no', file.path, () => cite(file, first));
    }
    const ranks = file.lines.flatMap((line, i) => {
      const from = /^import\b.*?['"]([^'"]+)['"];?$/.exec(line)?.[1];
      return from && file.language === 'script'
        ? [{ rank: /^node:/.test(from) ? 0 : /^\.|^[@~#]\//.test(from) ? 2 : 1, i }]
        : [];
    });
    const kinds = new Set(ranks.map((r) => r.rank));
    const [start] = ranks;
    if (start && kinds.size >= 2) {
      const ordered = ranks.every((r, i) => i === 0 || r.rank >= (ranks[i - 1]?.rank ?? 0));
      tallies.of('order').vote(ordered ? 'yes' : 'no', file.path, () => cite(file, start.i));
    }
    await survey.pace.rest();
  }
  for (const [key, { option, votes, total, examples }] of tallies.winners()) {
    if (option !== 'yes') continue;
    // One and the same line in all files is a licence header, which is said word for word elsewhere.
    if (key === 'header' && firsts.size > votes / 2)
      claims.add(
        'conventions',
        'docs',
        0.6,
        `Each file begins with a comment that says what it is (${votes} of ${total}).`,
        examples,
      );
    if (key === 'order')
      claims.add(
        'conventions',
        'imports',
        0.45,
        `Imports are ordered: node, then packages, then relative (${votes} of ${total}).`,
        examples,
      );
  }
}

export async function mineHabits(survey: Survey, claims: Claims): Promise<void> {
  await habits(survey, claims);
  await firstWords(survey, claims);
  await sameShape(survey, claims);
  await beginnings(survey, claims);
}
