// The narrowest rule that lets a command pass next time; none for what can do anything.
import { allowsPart, parseCommandPattern } from './command-rules.ts';
import { environmentRisk } from './environment.ts';
import { interpreterName, looseName } from './names.ts';
import { riskyWord } from './risky-flags.ts';
import { type Part, type ShellName, textOf } from './syntax.ts';
import { INTERPRETERS, OPAQUE, OTHER_SHELLS, POWERSHELLS, SHELLS, WRAPPERS } from './wrappers.ts';

/** Programs whose next words say what is done: how many words a rule names with the program's. */
const SUBCOMMANDS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    [
      ...[
        'git',
        'npm',
        'pnpm',
        'yarn',
        'cargo',
        'go',
        'make',
        'just',
        'task',
        'dotnet',
        'mvn',
        'gradle',
        'gradlew',
        'pip',
        'pip3',
        'poetry',
      ],
      ...[
        'bundle',
        'rake',
        'mix',
        'composer',
        'terraform',
        'helm',
        'kubectl',
        'brew',
        'swift',
        'flutter',
        'dart',
        'zig',
        'bazel',
        'buck2',
      ],
      ...[
        'nx',
        'turbo',
        'lerna',
        'rush',
        'ng',
        'vite',
        'next',
        'astro',
        'prisma',
        'uv',
        'pdm',
        'hatch',
        'tox',
        'nox',
        'invoke',
        'rustup',
      ],
    ].map((name) => [name, 2]),
  ),
  gh: 3,
  az: 3,
  gcloud: 3,
  aws: 3,
};
const SCRIPTS = /^(?:run|run-script|rum|urn)$/;
/** What runs another program, named next, from the project. */
const LOCAL_RUNNERS = /^(?:npx|bunx|pnpx|uvx)$/;
/** They delete, send, or change who may do what: asked each time, or allowed by a rule that the person writes. */
const NEVER = new Set([
  ...[
    'rm',
    'rmdir',
    'unlink',
    'shred',
    'dd',
    'mkfs',
    'chmod',
    'chown',
    'chgrp',
    'kill',
    'pkill',
    'killall',
    'shutdown',
    'reboot',
    'mount',
  ],
  ...[
    'curl',
    'wget',
    'nc',
    'scp',
    'sftp',
    'rsync',
    'ssh',
    'ftp',
    'telnet',
    'cd',
    'export',
    'set',
    'unset',
    'alias',
    'exec',
    'remove-item',
  ],
  ...[
    'ri',
    'rd',
    'del',
    'erase',
    'invoke-webrequest',
    'invoke-restmethod',
    'iwr',
    'irm',
    'env',
    'printenv',
    'set-executionpolicy',
  ],
]);

/** A rule for the part, or undefined where none may be stored or would cover it. */
export function ruleFor(part: Part, toolName: string, shell: ShellName): string | undefined {
  const words = part.words.map(textOf);
  const [program] = words;
  if (program === undefined || part.kind === 'code' || part.kind === 'wrapper') return undefined;
  if (part.env.some(({ name, value }) => environmentRisk(name) === 'loads' || textOf(value) === undefined))
    return undefined;
  const name = looseName(program);
  const runs = LOCAL_RUNNERS.test(name);
  if (!runs && (part.kind === 'shift' || neverOffered(program, name))) return undefined;
  const env = part.env
    .filter(({ name: variable }) => environmentRisk(variable) === 'unknown')
    .map(({ name: variable, value }) => `${variable}=${quoted(textOf(value) ?? '')}`);
  const named = runs ? 2 : subcommandWords(name, words);
  const front = words.slice(0, named);
  const pattern =
    named !== undefined &&
    words.length >= named &&
    front.every((word) => word !== undefined && /^[\w@./:+-]+$/.test(word) && !word.startsWith('-')) &&
    riskyWord(part) === undefined
      ? [...env, ...front].join(' ').concat(':*')
      : exact(words, env);
  if (pattern === undefined || !allowsPart(parseCommandPattern(pattern), part, shell)) return undefined;
  return `${toolName}(${pattern})`;
}

function neverOffered(program: string, name: string): boolean {
  const lists = [SHELLS, POWERSHELLS, OTHER_SHELLS, OPAQUE, NEVER];
  return (
    lists.some((list) => list.has(name)) ||
    Object.hasOwn(INTERPRETERS, interpreterName(program)) ||
    Object.hasOwn(WRAPPERS, name)
  );
}

/** `npm run test:unit` is named by three words, `git commit` by two; a script without an ending by its name alone. */
function subcommandWords(name: string, words: readonly (string | undefined)[]): number | undefined {
  const count = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined;
  if (count === undefined) return undefined;
  return SCRIPTS.test(words[1] ?? '') ? 3 : count;
}

function exact(words: readonly (string | undefined)[], env: readonly string[]): string | undefined {
  if (words.includes(undefined)) return undefined;
  const text = [...env, ...words.map((word) => quoted(word ?? ''))].join(' ');
  return /[*\n\r]/.test(text) || text.length > 300 ? undefined : text;
}

function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
