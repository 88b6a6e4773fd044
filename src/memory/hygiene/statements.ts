// What a memory line states, in a form that can be compared with what other lines state: duplicates and contradictions.
import { parseExpiry } from './expiry.ts';
import { LineText } from './line-text.ts';
import { TECH } from './tech-names.ts';

export interface Statement {
  /** What it is about; two statements about one subject in one scope can contradict one another. */
  subject: string;
  value: string;
  /** Words that narrow it (a folder, a language, a part): different scopes do not contradict. */
  scope: readonly string[];
}

const FILLER = new Set(
  'a an the is are was were be been being to of in on at by for with and or as it its this that these those we i you they our your their my use uses used using should must please always note remember that do does will can via into from so also just only very all any every each run runs running'.split(
    ' ',
  ),
);

/** Without list marks, case, punctuation and spacing: the same words in the same order. */
export function normalized(line: string): string {
  return line
    .replace(/^\s*(?:[-*+•]|\d+[.)])\s+/, '')
    .toLowerCase()
    .replace(/[`'"“”‘’*_]/g, '')
    .replace(/[.,;:!?]+(?=\s|$)/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** A word without its most common endings, so that "tests" and "test" are one. */
const stem = (word: string): string =>
  /^[a-z]{4,}$/.test(word) ? word.replace(/(?:ies)$/, 'y').replace(/(?<=[a-z]{3})(?:ing|ed|es|s)$/, '') : word;

/** The words that carry its meaning; numbers, paths and names stay whole. */
export function meaning(line: string): ReadonlySet<string> {
  const words = normalized(line)
    .split(/[\s()[\]{}]+/)
    .map((word) => word.replace(/^[-–—]+|[-–—]+$/g, ''))
    .filter((word) => word !== '' && !FILLER.has(word));
  return new Set(words.map(stem));
}

const NEGATION =
  /\b(?:not|no|never|don't|do not|doesn't|does not|isn't|aren't|without|avoid|n't|instead|rather|unless|except)\b/i;

/** Whether two lines say the same: the same words in any order, or all but one or two of many, none of which matters by itself. */
export function alike(a: string, b: string, first = meaning(a), second = meaning(b)): boolean {
  const common = [...first].filter((word) => second.has(word)).length;
  const all = first.size + second.size - common;
  // One line that says a little more is the same one; exchanged words are another fact.
  const more = common === Math.min(first.size, second.size);
  if (all > 0 && common / all < (more ? 0.75 : 0.85)) return false;
  if (normalized(a) === normalized(b)) return true;
  if (first.size < 3 || second.size < 3 || NEGATION.test(a) !== NEGATION.test(b)) return false;
  const apart = [...first, ...second].filter((word) => !(first.has(word) && second.has(word)));
  // A number, a path or a name that differs makes it another fact.
  if (apart.some((word) => /[\d/_.@:-]/.test(word) || TECH.some((tech) => tech.name === word))) return false;
  // The same words in another order: "tabs over spaces" is not "spaces over tabs".
  return apart.length > 0 || !/\b(?:over|than|before|after|instead|to|from|not)\b/i.test(a);
}

const SCOPES: [RegExp, string][] = [
  [/\bpython\b|\.py\b/i, 'python'],
  [/\btypescript\b|\.tsx?\b/i, 'typescript'],
  [/\bjavascript\b|\.jsx?\b/i, 'javascript'],
  [/\bGo\b|\.go\b/, 'go'],
  [/\brust\b|\.rs\b/i, 'rust'],
  [/\bjava\b/i, 'java'],
  [/\bmakefiles?\b/i, 'makefile'],
  [/\bmarkdown\b|\.md\b/i, 'markdown'],
  [/\bya?ml\b/i, 'yaml'],
  [/\bjson\b/i, 'json'],
  [/\bcss\b/i, 'css'],
  [/\bsql\b/i, 'sql'],
  [/\bfront-?end\b|\bweb\b|\bui\b|\bwebview\b/i, 'frontend'],
  [/\bback-?end\b|\bserver\b|\bapi\b/i, 'backend'],
  [/\be2e\b|\bend-to-end\b/i, 'e2e'],
  [/\bunit\b/i, 'unit'],
  [/\bintegration\b/i, 'integration'],
  [/\bci\b/i, 'ci'],
  [/\bdocker\b/i, 'docker'],
  [/\bprod(?:uction)?\b/i, 'production'],
  [/\bstaging\b/i, 'staging'],
  [/\bdev(?:elopment)?\b|\blocal(?:ly)?\b/i, 'development'],
  [/\badmin\b/i, 'admin'],
  [/\blibrary\b/i, 'library'],
  [/\bscripts?\b/i, 'scripts'],
  [/\bdocs\b/i, 'docs'],
  [/\bmobile\b/i, 'mobile'],
  [/\bmetrics\b/i, 'metrics'],
  [/\bdatabase\b|\bdb\b/i, 'database'],
];

/** Kinds of tools of which a project has one. */
const ONE_OF = new Set([
  'js-test',
  'js-e2e',
  'js-format',
  'js-bundle',
  'js-ui',
  'js-meta',
  'js-http-server',
  'js-orm',
  'js-state',
  'js-validate',
  'js-date',
  'py-test',
  'py-format',
  'py-web',
  'py-orm',
  'go-web',
  'go-orm',
  'go-log',
  'rs-async',
  'rs-web',
  'java-frame',
  'java-build',
  'ci',
  'db',
  'broker',
  'js-log',
  'py-log',
  'js-http-client',
  'cs-test',
  'rb-test',
]);

const MANAGERS =
  /(?<![\w/-])(npm|pnpm|yarn|bun|poetry|uv|pipenv|pdm|pip|conda)(?![\w/-])(?!\s+(?:run|test|start|scripts?|packages?|registry|ci|i)\b)/gi;
const SUBJECT_OF_COMMAND: [RegExp, string][] = [
  [/\b(?:e2e|end-to-end)\b/i, 'e2e test'],
  [/\btests?\b|\btesting\b/i, 'test'],
  [/\blint(?:s|ing)?\b/i, 'lint'],
  [/\bformat(?:s|ting)?\b/i, 'format'],
  [/\bbuild(?:s|ing)?\b/i, 'build'],
  [/\btype-?checks?\b/i, 'typecheck'],
  [/\bdeploy(?:s|ing|ment)?\b/i, 'deploy'],
  [/\bstart(?:s|ed|ing)?\b|\bdev server\b/i, 'start'],
  [/\bmigrat(?:e|es|ions?)\b/i, 'migrate'],
  [/\brelease[sd]?\b/i, 'release'],
  [/\binstall(?:s|ation|ing)?\b/i, 'install'],
];

/** Everything a line states that another line could deny. */
export function statementsOf(text: string): Statement[] {
  const line = new LineText(text);
  const scope = SCOPES.filter(([word]) => word.test(text)).map(([, name]) => name);
  const paths = [...text.matchAll(/(?<![\w/])(?:[\w.-]+\/)+[\w.*-]*/g)].map(([path]) => path);
  const found: Statement[] = [];
  const add = (subject: string, value: string): void => {
    if (!found.some((each) => each.subject === subject && each.value === value))
      found.push({ subject, value, scope: [...scope, ...paths] });
  };

  if (!line.idle) {
    const lower = line.plain.toLowerCase();
    for (const tech of TECH) {
      if (!lower.includes(tech.name)) continue;
      const at = new RegExp(`(?<![\\w@/.-])${tech.name.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')}(?![\\w/-])`, 'i').exec(
        line.plain,
      );
      if (
        !at ||
        !/\b(?:use|uses|using|with|on|by|is|are|not|never|no|avoid|via|through|run|runs|tests?)\b|n't/i.test(line.plain)
      )
        continue;
      const polarity = line.use(at.index, at.index + at[0].length);
      if (polarity === 'contrast') continue;
      add(`use of ${tech.name}`, polarity === 'gone' ? 'no' : 'yes');
      if (polarity === 'there' && ONE_OF.has(tech.kind)) add(`the ${tech.kind}`, tech.packages[0] ?? tech.name);
      const version =
        /^[`'"]?\s*(?:@|version\s*|v)?\s*(\d+(?:\.\d+)*)\b(?!\s*(?:%|tests?|files?|times|seconds|minutes))/i.exec(
          line.plain.slice(at.index + at[0].length),
        );
      if (version && polarity === 'there') add(`version of ${tech.name}`, version[1] ?? '');
    }
    for (const match of line.plain.matchAll(MANAGERS)) {
      const name = (match[1] ?? '').toLowerCase();
      const polarity = line.use(match.index, match.index + name.length);
      if (
        polarity === 'contrast' ||
        !/\b(?:use|uses|using|with|by|is|not|never|no|via|install\w*|packages?|manager|dependencies)\b|n't/i.test(
          line.plain,
        )
      )
        continue;
      add(`use of ${name}`, polarity === 'gone' ? 'no' : 'yes');
      if (polarity === 'there')
        add(/npm|yarn|bun/.test(name) ? 'the JavaScript package manager' : 'the Python package manager', name);
    }
    for (const match of line.plain.matchAll(
      /\b(node(?:\.js)?|python|go|rust|java|ruby|php)\s+(?:version\s+|v)?(\d+(?:\.\d+)*)/gi,
    ))
      add(`version of ${(match[1] ?? '').toLowerCase().replace('.js', '')}`, match[2] ?? '');
  }
  styles(line, add);
  commands(text, add);
  ports(line, add);
  assignments(line, add);
  rules(line, add);
  return found;
}

type Add = (subject: string, value: string) => void;

function styles(line: LineText, add: Add): void {
  const text = line.plain;
  const said = (word: string, other: string, at: number, length: number): string | undefined => {
    const polarity = line.use(at, at + length);
    return polarity === 'contrast' ? undefined : polarity === 'gone' ? other : word;
  };
  for (const match of text.matchAll(/\b(tabs|spaces)\b(?!\s+(?:open|switch|panel|in the (?:editor|browser)))/gi)) {
    if (
      !/\bindent|\btabs\b.*\bspaces\b|\bspaces\b.*\btabs\b|\b(?:use|uses|prefers?|with|no|\d|two|four|eight)\s+(?:tabs|spaces)\b/i.test(
        text,
      )
    )
      continue;
    const word = (match[1] ?? '').toLowerCase();
    const value = said(word, word === 'tabs' ? 'spaces' : 'tabs', match.index, word.length);
    if (value) add('indentation', value);
  }
  const width = /\b(\d|two|four|eight)[ -]spaces?\b/i.exec(text);
  if (width)
    add('indentation width', { two: '2', four: '4', eight: '8' }[(width[1] ?? '').toLowerCase()] ?? width[1] ?? '');
  for (const match of text.matchAll(/\b(single|double)[- ]?quot(?:es?|ed)\b/gi)) {
    const word = (match[1] ?? '').toLowerCase();
    const value = said(word, word === 'single' ? 'double' : 'single', match.index, match[0].length);
    if (value) add('quotes', value);
  }
  const semi = /\bsemi-?colons?\b/i.exec(text);
  if (semi)
    add(
      'semicolons',
      /\b(?:no|without|omit|never|avoid|skip|drop|not use|n't use)\s+(?:\w+\s+)?semi/i.test(text) ? 'no' : 'yes',
    );
  const commas = /\btrailing commas?\b/i.exec(text);
  if (commas) add('trailing commas', /\b(?:no|without|never|avoid)\s+trailing/i.test(text) ? 'no' : 'yes');
  const length =
    /\b(?:line|lines|print)[ -]?(?:width|length|limit)?s?\b[^.;\d]{0,25}?\b(\d{2,3})\b(?!\s*(?:lines|ms|%))|\b(\d{2,3})[ -](?:characters?|columns?|cols)\s*(?:a|per)\s+line/i.exec(
      text,
    );
  if (length && Number(length[1] ?? length[2]) >= 60) add('line length', length[1] ?? length[2] ?? '');
}

const COMMAND =
  /`((?:npm|pnpm|yarn|bun|npx|make|just|cargo|go|uv|poetry|pytest|python3?|tox|nox|docker|\.\/|bash|sh|mvn|gradle|dotnet|rake|bundle|task|deno|vitest|jest|node|tsc|eslint|biome|ruff)(?:\s[^`]*)?)`/g;

/** Commands in backticks, or behind "run". */
export function commandsOf(text: string): string[] {
  const found = [...text.matchAll(COMMAND)]
    .map((match) => (match[1] ?? '').trim())
    .filter((command) => /\s|^(?:make|pytest|tox|nox|vitest|jest|tsc)$/.test(command));
  for (const match of text.matchAll(
    /\b(?:run|with|via|by|:|is|use)\s+((?:npm|pnpm|yarn|bun)\s+(?:run\s+)?[\w:-]+|make\s+[\w-]+|cargo\s+(?:test|build|clippy|fmt|run)|go\s+test\s+\S+|uv\s+run\s+[\w-]+)/gi,
  )) {
    const command = (match[1] ?? '').replace(/[.,;]+$/, '');
    if (
      !/^make\s+(?:sure|it|the|a|changes)$|^(?:npm|pnpm|yarn|bun)\s+(?:for|to|and|as|in|not|instead|over|or|with|is|only|packages?|workspaces?|here)$/i.test(
        command,
      ) &&
      !found.includes(command)
    )
      found.push(command);
  }
  return found;
}

function commands(text: string, add: Add): void {
  const told = commandsOf(text);
  const [command] = told;
  if (command === undefined || told.length > 1) return;
  const rest = text.replace(command, '');
  const subject = SUBJECT_OF_COMMAND.find(([word]) => word.test(rest))?.[1];
  if (
    subject === undefined ||
    /\b(?:single|one|watch|coverage|only|specific|fix|also|after|before|first|then|quick|fast|all|full)\b/i.test(rest)
  )
    return;
  add(`the ${subject} command`, command.replace(/^npm run test$/, 'npm test').replace(/\s+/g, ' '));
}

function ports(line: LineText, add: Add): void {
  for (const match of line.plain.matchAll(
    /\bports?\s*(?:number\s*)?(?:is|=|:|to)?\s*[`'"]?(\d{2,5})\b|\blocalhost:(\d{2,5})\b/gi,
  )) {
    const owner =
      /\b(?:the\s+)?([\w-]+)\s+(?:(?:listens?|runs?|is|serves?|starts?|answers?)\b[^.;]{0,30}|port\s*(?:is|=|:)?\s*)$/i
        .exec(line.plain.slice(0, match.index))?.[1]
        ?.toLowerCase();
    add(
      `the port of ${owner === undefined || /^(?:it|default|on|the|a|we|is|local)$/.test(owner) ? 'the service' : owner}`,
      match[1] ?? match[2] ?? '',
    );
  }
}

/** "X is 5", "X: 30s", "the default branch is main" */
function assignments(line: LineText, add: Add): void {
  const text = line.plain.replace(/^\s*(?:[-*+•]|\d+[.)])\s+/, '');
  const match =
    /^(?:the\s+|our\s+|my\s+|a\s+)?(.{2,50}?)(?:\s+(?:is|are|=|defaults to|is set to|equals|lives? in|live in|are in|is in|is called|is named|is at|goes? to|happens? on|are kept in)\s+|\s*:\s+)(not\s+)?(?:now\s+|always\s+|currently\s+)?(?:a\s+|an\s+|the\s+|in\s+|on\s+|at\s+|set to\s+|called\s+)?(.{1,60}?)\s*(?:\(|,|;|\.(?:\s|$)|$)/i.exec(
      text,
    );
  if (!match) return;
  const [, subject = '', not, value = ''] = match;
  const words = [...meaning(subject)];
  // Only values that exclude one another: numbers, names, paths, opposites; not any description.
  const exact =
    /^[`'"]?[\w./@:-]*[\d/_.@][\w./@:-]*[`'"]?(?:\s*(?:ms|s|seconds?|minutes?|hours?|days?|%|characters?|columns?|spaces|KB|MB|GB))?$/i.test(
      value,
    ) ||
    /^[`'"][^`'"]+[`'"]$/.test(value) ||
    /^(?:on|off|enabled|disabled|true|false|allowed|forbidden|required|optional|main|master|develop|trunk|public|private|strict|yes|no|monday|tuesday|wednesday|thursday|friday|saturday|sunday)s?$/i.test(
      value,
    );
  if (words.length === 0 || words.length > 5 || !exact || parseExpiry(text)) return;
  const opposite: Record<string, string> = {
    off: 'on',
    disabled: 'on',
    false: 'on',
    enabled: 'on',
    true: 'on',
    yes: 'on',
    no: 'on',
    forbidden: 'allowed',
  };
  const plain = normalized(value);
  const negative = /^(?:off|disabled|false|no|forbidden)$/.test(plain) !== (not !== undefined);
  add(
    words.sort().join(' '),
    opposite[plain] || plain === 'on' || plain === 'allowed' ? (negative ? 'no' : 'yes') : not ? `not ${plain}` : plain,
  );
}

/** "Use X" against "Do not use X", "always" against "never": the rest of the line is the subject. */
function rules(line: LineText, add: Add): void {
  const text = normalized(line.plain);
  const match =
    /^(?:please |we |you |the agent (?:should )?|one |i )?(?:should |must |shall )?(always|never|do not ever|do not|don't|dont|avoid|no|not|prefer|use|should|must|must not|should not)?\s*(.+)$/.exec(
      text,
    );
  if (!match) return;
  const [, modal = '', rest = ''] = match;
  const negative = /never|not|don|avoid|^no$/.test(modal) || /^not\b/.test(rest);
  const words = [...meaning(rest.replace(/^(?:not|to)\s+/, ''))].filter((word) => word !== 'prefer');
  if (
    modal === '' &&
    !/^(?:use|run|write|commit|push|add|keep|put|ask|call|import|export|edit|mock|log|name|squash|rebase|merge|sign|test|format|throw|return|catch|wrap|inline|split|document|comment|deploy)\b/.test(
      rest,
    )
  )
    return;
  if (words.length === 0 || words.length > 8) return;
  add(`rule: ${words.map(stem).sort().join(' ')}`, negative ? 'no' : 'yes');
}

/** Whether two scopes can be meant for the same thing: equal, or one of them says nothing. */
export function overlap(a: readonly string[], b: readonly string[]): boolean {
  if (a.length === 0 || b.length === 0) return true;
  const second = new Set(b);
  return a.every((each) => second.has(each)) || b.every((each) => a.includes(each));
}
