// Conventions of TypeScript and JavaScript, counted in the code itself.
import { type Claims, cite } from './evidence.ts';
import { type CodeFile, nameOf, type Survey } from './survey.ts';
import { Tallies } from './tally.ts';

/** How a winner is said: key of the tally → option → sentence, topic, strength. Options not named here say nothing. */
const SENTENCES: Record<string, Record<string, [string, number]>> = {
  quotes: { single: ['Strings are in single quotes', 0.6], double: ['Strings are in double quotes', 0.6] },
  semicolons: {
    with: ['Statements end with semicolons', 0.55],
    without: ['No semicolons at the end of statements', 0.65],
  },
  exports: { named: ['Named exports only, no default exports', 0.7], default: ['Modules have a default export', 0.6] },
  nodePrefix: {
    yes: ['Node modules are imported with the node: prefix', 0.55],
    no: ['Node modules are imported without the node: prefix', 0.4],
  },
  typeImports: { yes: ['Types are imported with import type', 0.5] },
  shape: {
    interface: ['Object types are declared as interface, not type', 0.5],
    type: ['Object types are declared as type, not interface', 0.55],
  },
  functions: {
    arrow: ['Exported functions are arrow functions in const', 0.45],
    declaration: ['Exported functions are function declarations, not arrows', 0.45],
  },
  async: {
    await: ['Promises are awaited, not chained with .then', 0.45],
    chain: ['Promises are chained with .then', 0.45],
  },
  equality: { strict: ['Equality is ===, never ==', 0.3] },
  privates: {
    hash: ['Private members are #names', 0.5],
    keyword: ['Private members use the private keyword, not #', 0.4],
  },
  enums: { enum: ['Closed sets are enums', 0.4], union: ['Closed sets are unions of string literals, not enums', 0.5] },
  anyOrUnknown: { unknown: ['unknown instead of any', 0.5] },
  loops: { 'for-of': ['Loops are for…of, not forEach', 0.4], forEach: ['Loops are forEach, not for…of', 0.4] },
  testCall: { it: ['Test cases are it(…)', 0.35], test: ['Test cases are test(…)', 0.4] },
  assertion: { expect: ['Assertions use expect', 0.3], assert: ['Assertions use assert', 0.45] },
  docs: { yes: ['Exported functions have a /** */ comment', 0.5] },
};
const TOPIC: Record<string, 'imports' | 'testing' | 'docs'> = {
  nodePrefix: 'imports',
  typeImports: 'imports',
  exports: 'imports',
  testCall: 'testing',
  assertion: 'testing',
  docs: 'docs',
};
/** What a person is asked where the code is split. */
const ASKED: Record<string, string> = {
  quotes: 'Strings are in single quotes in some places and in double quotes in others. Which should new code use?',
  exports: 'Some modules have default exports, others named ones. Which should new code use?',
  semicolons: 'Some files end statements with semicolons, others do not. What should new code do?',
  shape: 'Object types are declared as interface in some places and as type in others. Which should new code use?',
};

export async function mineScript(survey: Survey, claims: Claims, formatted: ReadonlySet<string>): Promise<void> {
  const tallies = new Tallies();
  for (const file of survey.code) {
    if (file.language !== 'script') continue;
    read(file, tallies);
    await survey.pace.rest();
  }
  for (const [key, { option, votes, total, examples }] of tallies.winners()) {
    const said = SENTENCES[key]?.[option];
    // What a formatter's configuration says needs no counting.
    if (!said || formatted.has(key)) continue;
    claims.add('conventions', TOPIC[key] ?? 'style', said[1], `${said[0]} (${votes} of ${total}).`, examples);
  }
  for (const [key, question] of Object.entries(ASKED)) {
    const options = formatted.has(key) ? undefined : tallies.of(key).split();
    if (options)
      claims.open.push({
        id: `style.${key}`,
        question,
        options,
        answerPrefix: `For new code (${key}):`,
        block: 'conventions',
      });
  }
  await specifiers(survey, tallies, claims);
}

function read(file: CodeFile, tallies: Tallies): void {
  const vote = (key: string, option: string, i: number): void =>
    tallies.of(key).vote(option, file.path, () => cite(file, i));
  let inComment = false;
  let inTemplate = false;
  file.lines.forEach((raw, i) => {
    const line = raw.trim();
    const ticks = (raw.replace(/\\`/g, '').match(/`/g) ?? []).length;
    if (inTemplate) {
      if (ticks % 2 === 1) inTemplate = false;
      return;
    }
    if (inComment) {
      if (line.includes('*/')) inComment = false;
      return;
    }
    if (line.startsWith('/*')) {
      inComment = !line.includes('*/');
      return;
    }
    if (ticks % 2 === 1) inTemplate = true;
    if (line === '' || line.startsWith('//') || line.startsWith('*')) return;
    const imported = /^(?:import|export)\b.*?(?:from\s+)?(['"])([^'"]+)\1/.exec(line);
    if (imported?.[1]) vote('quotes', imported[1] === "'" ? 'single' : 'double', i);
    else {
      const single = /(?<![\w"])'[^'"]*'/.test(line) && !line.includes('"');
      const double = /(?<![\w'])"[^'"]*"/.test(line) && !line.includes("'");
      if (single !== double && !line.startsWith('<')) vote('quotes', single ? 'single' : 'double', i);
    }
    if (
      /^(?:import|export \{|export \*|const|let|return|throw)\b/.test(line) &&
      /[\w)\]'"`];?$/.test(line) &&
      !/[([{]$/.test(line)
    ) {
      const ends = line.endsWith(';');
      if (ends || !continues(file.lines[i + 1])) vote('semicolons', ends ? 'with' : 'without', i);
    }
    if (/^export default\b/.test(line)) vote('exports', 'default', i);
    else if (/^export (?:async |abstract |declare )*(?:const|function|class|interface|type|enum|let)\b/.test(line))
      vote('exports', 'named', i);
    const node =
      /^import\b.*from ['"](node:)?(fs|path|os|url|util|crypto|child_process|http|https|stream|events|assert|worker_threads)(?:\/[\w]+)?['"]/.exec(
        line,
      );
    if (node) vote('nodePrefix', node[1] ? 'yes' : 'no', i);
    if (/^(?:export )?(?:declare )?interface \w+/.test(line)) vote('shape', 'interface', i);
    else if (/^(?:export )?type \w+(?:<[^>]*>)? = \{$/.test(line)) vote('shape', 'type', i);
    if (/^import type\b|^import \{[^}]*\btype [A-Z]/.test(line)) vote('typeImports', 'yes', i);
    else if (/^import \{\s*(?:[A-Z]\w*(?:Props|Type|Options|Config|Interface|Dto)\s*,?\s*)+\}/.test(line))
      vote('typeImports', 'no', i);
    if (/^export (?:async )?function\b/.test(line)) {
      vote('functions', 'declaration', i);
      vote('docs', (file.lines[i - 1] ?? '').trim().endsWith('*/') ? 'yes' : 'no', i);
    } else if (/^export const \w+(?:: [^=]+)? = (?:async )?(?:<[^>]*>)?\([^)]*\)(?:: [^=]+)? =>/.test(line))
      vote('functions', 'arrow', i);
    if (/\bawait\b/.test(line)) vote('async', 'await', i);
    else if (/\.then\(/.test(line)) vote('async', 'chain', i);
    if (/[^=!]===[^=]|!==/.test(line)) vote('equality', 'strict', i);
    else if (/[^=!<>]==[^=]|!=[^=]/.test(line)) vote('equality', 'loose', i);
    if (/^(?:readonly |static )*#\w+/.test(line)) vote('privates', 'hash', i);
    else if (/^private\b/.test(line)) vote('privates', 'keyword', i);
    if (/^(?:export )?(?:const )?enum \w+/.test(line)) vote('enums', 'enum', i);
    else if (/^(?:export )?type \w+ =(?: \|)? ['"][^'"]+['"] \|/.test(line)) vote('enums', 'union', i);
    if (/[:<(,|] ?any\b(?! of)/.test(line)) vote('anyOrUnknown', 'any', i);
    else if (/[:<(,|] ?unknown\b/.test(line)) vote('anyOrUnknown', 'unknown', i);
    if (/\bfor (?:await )?\(const\b.*\bof\b/.test(line)) vote('loops', 'for-of', i);
    else if (/\.forEach\(/.test(line)) vote('loops', 'forEach', i);
    if (file.isTest) {
      const call = /^(it|test)(?:\.(?:only|skip|each|concurrent|serial))?\(/.exec(line)?.[1];
      if (call) vote('testCall', call, i);
      const check = /^(?:await )?(expect|assert)\b[.(]/.exec(line)?.[1];
      if (check) vote('assertion', check, i);
    }
  });
}

const continues = (next: string | undefined): boolean => /^\s*[.?:&|+\-*/,)\]}=<>([`]/.test(next ?? '');

/** How other modules are named: with an extension, through an alias, through index files. */
async function specifiers({ code, paths, pace }: Survey, tallies: Tallies, claims: Claims): Promise<void> {
  const aliases = new Map<string, number>();
  for (const file of code) {
    if (file.language !== 'script') continue;
    file.lines.forEach((line, i) => {
      const specifier = /(?:^|\s)(?:from|import|require\()\s*\(?['"]([^'"]+)['"]/.exec(line)?.[1];
      if (!specifier) return;
      if (/^\.\.?\//.test(specifier) && !/\.(?:css|scss|json|svg|png|md)$/.test(specifier)) {
        const extension = /\.(?:[cm]?[jt]sx?|vue|svelte)$/.exec(specifier)?.[0] ?? 'none';
        tallies.of('extension').vote(extension, file.path, () => cite(file, i));
      }
      const alias = /^(@|~|#|\$lib|src)\//.exec(specifier)?.[1];
      if (alias) {
        aliases.set(alias, (aliases.get(alias) ?? 0) + 1);
        tallies.of('alias').vote(alias, file.path, () => cite(file, i));
      }
      if (/^\.\.\/\.\.\//.test(specifier)) tallies.of('alias').vote('none', file.path, () => cite(file, i));
    });
    await pace.rest();
  }
  const extension = tallies.of('extension').winner();
  if (extension) {
    const { option, votes, total, examples } = extension;
    const how = option === 'none' ? 'have no file extension' : `carry the extension ${option}`;
    claims.add(
      'conventions',
      'imports',
      option === 'none' ? 0.35 : 0.7,
      `Relative imports ${how} (${votes} of ${total}).`,
      examples,
    );
  }
  const alias = tallies.of('alias').winner();
  if (alias && alias.option !== 'none')
    claims.add(
      'conventions',
      'imports',
      0.6,
      `Modules elsewhere are imported through ${alias.option}/ (${alias.votes} of ${alias.total}).`,
      alias.examples,
    );
  const script = code.filter((f) => f.language === 'script' && !f.isTest);
  const barrels = script.filter(
    (f) =>
      /^index\.[jt]sx?$/.test(nameOf(f.path)) && f.lines.every((l) => /^\s*(?:$|\/\/|export .* from|\*|\/\*)/.test(l)),
  );
  const folders = new Set([...paths].filter((p) => p.includes('/')).map((p) => p.slice(0, p.lastIndexOf('/'))));
  if (barrels.length >= 4 && folders.size > 0) {
    const at = barrels.map((f) =>
      cite(
        f,
        Math.max(
          0,
          f.lines.findIndex((l) => l.startsWith('export')),
        ),
      ),
    );
    claims.add(
      'conventions',
      'imports',
      0.5,
      `Folders have an index file that re-exports their modules (${barrels.length}).`,
      at,
    );
  }
}
