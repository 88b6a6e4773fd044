// Whether a rule covers a command: strictly for rules that allow, as widely as it may be meant for those that refuse or ask.
import picomatch from 'picomatch';
import { ENVIRONMENT_OF_RULES } from './environment.ts';
import { withoutOwnOptions } from './global-options.ts';
import { looseName, trustedName } from './names.ts';
import { namesInPowerShell } from './powershell-names.ts';
import { READERS } from './readers.ts';
import { isKnownProgram, riskyWord } from './risky-flags.ts';
import { type Part, type ShellName, textOf, type Word } from './syntax.ts';

/** A pattern in its words. */
export interface CommandPattern {
  /** `A=b` before the program. */
  env: readonly string[];
  words: readonly string[];
  /** It ends in `:*` (or ` *`): more words may follow. */
  prefix: boolean;
  /** It has wildcards elsewhere: good for refusing, not for allowing. */
  wild: boolean;
  text: string;
}

const CACHE = new Map<string, CommandPattern>();

export function parseCommandPattern(text: string): CommandPattern {
  const known = CACHE.get(text);
  if (known) return known;
  if (CACHE.size > 500) CACHE.clear();
  const trimmed = text.trim();
  const prefix = /(?:^|[^\\])(?::\*|\s\*)$/.test(trimmed) || trimmed === '*' || trimmed === ':*';
  const body = prefix ? trimmed.replace(/(?::\*|\s?\*)$/, '') : trimmed;
  const all = splitWords(body);
  const count = all.findIndex((word) => !ENVIRONMENT_OF_RULES.test(word));
  const env = count < 0 ? all : all.slice(0, count);
  const words = all.slice(env.length);
  const pattern = { env, words, prefix, wild: body.includes('*'), text: trimmed };
  CACHE.set(text, pattern);
  return pattern;
}

/** Words as a shell would split them, quotes taken off. */
function splitWords(text: string): string[] {
  const words: string[] = [];
  for (const [word] of text.matchAll(/(?:'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^\s'"\\]|['"\\])+/gs))
    words.push(
      word.replace(
        /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/gs,
        (_, a?: string, b?: string, c?: string) => a ?? b?.replace(/\\(["\\$`])/g, '$1') ?? c ?? '',
      ),
    );
  return words;
}

/** Covers every program and all of their words. */
export function coversEverything({ words, env, prefix }: CommandPattern): boolean {
  return prefix && words.length === 0 && env.length === 0;
}

// ── rules that allow ─────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Whether a rule that allows covers the part by itself. What a wrapper runs is a part of its own.
 * @param depth set to how many of the part's words the rule names
 */
export function allowsPart(pattern: CommandPattern, part: Part, shell: ShellName): boolean {
  return namedWords(pattern, part, shell) !== undefined;
}

/** Whether the rule names not only the wrapper but what it runs: `timeout 10 npm test:*`. */
export function allowsThrough(pattern: CommandPattern, outer: Part, shell: ShellName): boolean {
  const named = namedWords(pattern, outer, shell);
  return named !== undefined && outer.reach !== undefined && named > outer.reach;
}

function namedWords(pattern: CommandPattern, part: Part, shell: ShellName): number | undefined {
  if (pattern.wild || pattern.words.length === 0 || !sameEnvironment(pattern, part)) return undefined;
  const lists = part.plain ? [part.words, part.plain] : [part.words];
  for (const words of lists) {
    const named = matchStart(pattern, words, shell);
    if (named === undefined) continue;
    if (!pattern.prefix) return words.length === named && !words.some((word) => word.glob) ? named : undefined;
    if (part.kind === 'code') return undefined;
    if (riskyWord(part, words === part.words && !part.plain ? named : 1) !== undefined) return undefined;
    return named;
  }
  return undefined;
}

function matchStart(pattern: CommandPattern, words: readonly Word[], shell: ShellName): number | undefined {
  const named = pattern.words.length;
  if (words.length < named) return undefined;
  for (const [i, wanted] of pattern.words.entries()) {
    const text = textOf(words[i]);
    if (text === undefined || (words[i]?.glob && words[i]?.raw !== wanted)) return undefined;
    const same =
      i === 0
        ? text === wanted || trustedName(text) === wanted || sameCmdlet(text, wanted, shell)
        : text === wanted || (i === named - 1 && isScriptOf(pattern, text, wanted));
    if (!same) return undefined;
  }
  return named;
}

/** `npm run test:*` means `npm run test:unit`, too: scripts are named so. */
function isScriptOf({ prefix, words }: CommandPattern, text: string, wanted: string): boolean {
  return prefix && /^(?:run|run-script)$/.test(words.at(-2) ?? '') && text.startsWith(`${wanted}:`);
}

function sameCmdlet(text: string, wanted: string, shell: ShellName): boolean {
  return shell === 'powershell' && !/[\\/]/.test(text) && text.toLowerCase() === wanted.toLowerCase();
}

/** Variables that a rule names must be set so, and all that the line sets beside the harmless must be named. */
function sameEnvironment(pattern: CommandPattern, part: Part): boolean {
  const given = part.env.map(({ name, value }) => `${name}=${textOf(value) ?? '\0'}`);
  return pattern.env.every((each) => given.includes(each.replace(/["']/g, '')));
}

/** Variables of a part that the rule names. */
export function namedEnvironment(pattern: CommandPattern): ReadonlySet<string> {
  return new Set(pattern.env.map((each) => each.split('=')[0] ?? ''));
}

// ── rules that refuse or ask ─────────────────────────────────────────────────────────────────────────────────────────

export type Tightens = 'yes' | 'maybe' | 'no';

/** `maybe`: it depends on words that are known only when it runs. */
export function tightensPart(pattern: CommandPattern, part: Part, shell: ShellName): Tightens {
  if (coversEverything(pattern)) return 'yes';
  if (pattern.words.length === 0)
    return part.env.some(({ name }) => pattern.env.some((each) => each.startsWith(`${name}=`))) ? 'yes' : 'no';
  if (part.words.length === 0) return 'no';
  const [first] = part.words;
  const name = textOf(first);
  if (name === undefined) return 'maybe';
  const [wanted = '', ...rest] = pattern.words;
  if (pattern.wild && wildMatch(pattern, part)) return 'yes';
  if (!sameProgram(name, wanted, shell) && !isCommandOf(name, wanted)) {
    if (part.kind === 'code' && mentions(part, pattern)) return 'maybe';
    if (wildName(wanted, name)) return restMatches(rest, pattern.prefix, part);
    if (mayRun(part, name, wanted)) return 'maybe';
    // A flag that runs another program may run this one.
    return riskyWord(part) !== undefined && mentions(part, pattern) ? 'maybe' : 'no';
  }
  const found = restMatches(rest, pattern.prefix, part);
  return found === 'no' && part.kind === 'code' && mentions(part, pattern) ? 'maybe' : found;
}

/** `git-push`, as git itself keeps it. */
const isCommandOf = (name: string, wanted: string): boolean =>
  looseName(wanted) === 'git' && looseName(name).startsWith('git-');

/** A program that is not known here may run what it is given: `xyz rm a`. */
function mayRun(part: Part, name: string, wanted: string): boolean {
  const loose = looseName(name);
  if (part.kind !== 'program' || isKnownProgram(loose) || Object.hasOwn(READERS, loose)) return false;
  return part.words.slice(1).some((word) => looseName(textOf(word) ?? '') === looseName(wanted));
}

function sameProgram(name: string, wanted: string, shell: ShellName): boolean {
  const [a, b] = [looseName(name), looseName(wanted)];
  if (a === b) return true;
  return shell === 'powershell' && namesInPowerShell(a).some((each) => namesInPowerShell(b).includes(each));
}

function wildName(wanted: string, name: string): boolean {
  return wanted.includes('*') && picomatch.isMatch(looseName(name), wanted.toLowerCase(), { nonegate: true });
}

function wildMatch(pattern: CommandPattern, part: Part): boolean {
  const source = pattern.text
    .replace(/:\*$/, ' *')
    .split('*')
    .map((each) => each.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  const [first, ...rest] = part.words;
  const text = [looseName(textOf(first) ?? ''), ...rest.map((word) => textOf(word) ?? word.raw)].join(' ');
  return new RegExp(`^${source}$`, 's').test(text) || new RegExp(`^${source}$`, 's').test(`${text} `);
}

/** The name stands in a text that is not read here. */
function mentions(part: Part, pattern: CommandPattern): boolean {
  const wanted = looseName(pattern.words[0] ?? '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const text = part.words.map((word) => word.values?.join(' ') ?? word.raw).join(' ');
  return new RegExp(`(?<![\\w-])${wanted}(?![\\w-])`, 'i').test(text);
}

/**
 * Flags may stand anywhere, together or apart, before and between the other words; the other words must come in their order.
 */
function restMatches(wanted: readonly string[], prefix: boolean, part: Part): Tightens {
  const plain = withoutOwnOptions(part.plain ?? part.words);
  // A rule may name such an option itself.
  const lists = wanted.some((word) => word.startsWith('-')) ? [plain, part.words] : [plain];
  const results = lists.map((words) => restOf(wanted, prefix, words.slice(1)));
  if (results.includes('yes')) return 'yes';
  return results.includes('maybe') ? 'maybe' : 'no';
}

function restOf(wanted: readonly string[], prefix: boolean, words: readonly Word[]): Tightens {
  const texts = words.map(textOf);
  const startsSame = wanted.every((each, i) => {
    const text = texts[i];
    return (
      text !== undefined && (same(text, each) || (prefix && i === wanted.length - 1 && text.startsWith(`${each}:`)))
    );
  });
  if (startsSame && (prefix || words.length === wanted.length)) return 'yes';
  const isFlag = (text: string | undefined) => text !== undefined && /^-./.test(text);
  const wantedFlags = wanted.filter(isFlag);
  const wantedWords = wanted.filter((each) => !isFlag(each));
  const open = words.some((word) => word.values === undefined || word.glob || word.values.length > 1);
  const flags = texts.filter(isFlag).map((text) => text ?? '');
  const missing = wantedFlags.filter((flag) => !hasFlag(flags, flag));
  let sure = missing.length === 0;
  if (!sure && !open) return 'no';
  // Words may be values of flags: any run of them in order counts, but only from the front.
  const others = words.filter((word) => !isFlag(textOf(word)));
  for (const [i, each] of wantedWords.entries()) {
    const text = textOf(others[i]);
    if (text === undefined) return others[i] === undefined ? valuesBetween(wantedWords, texts) : 'maybe';
    if (!same(text, each)) return valuesBetween(wantedWords, texts);
  }
  if (!prefix && others.length !== wantedWords.length) sure = false;
  if (!prefix && others.length !== wantedWords.length && !open) return 'no';
  return sure ? 'yes' : 'maybe';
}

/** `docker --host x rm`: a flag's value stands between. Then it may be meant. */
function valuesBetween(wanted: readonly string[], texts: readonly (string | undefined)[]): Tightens {
  const front = texts.findIndex((text) => text !== undefined && /^-./.test(text));
  if (front < 0 || wanted.length === 0) return 'no';
  const first = texts.findIndex((text) => text === undefined || !/^-/.test(text));
  if (first < front) return 'no';
  return wanted.every((each) => texts.some((text) => text !== undefined && same(text, each))) ? 'maybe' : 'no';
}

function same(text: string, wanted: string): boolean {
  return text.toLowerCase() === wanted.toLowerCase();
}

function hasFlag(flags: readonly string[], wanted: string): boolean {
  if (flags.some((flag) => flag === wanted || flag.startsWith(`${wanted}=`))) return true;
  if (wanted.startsWith('--'))
    return (
      flags.some((flag) => flag.length > 3 && wanted.startsWith(flag.split('=')[0] ?? flag)) ||
      hasShort(flags, LONG_AS_SHORT[wanted])
    );
  return [...wanted.slice(1)].every(
    (letter) => hasShort(flags, letter) || flags.some((flag) => LONG_AS_SHORT[flag] === letter),
  );
}

function hasShort(flags: readonly string[], letter: string | undefined): boolean {
  return letter !== undefined && flags.some((flag) => /^-[^-]/.test(flag) && flag.includes(letter));
}

/** The long names of short flags that people refuse. */
const LONG_AS_SHORT: Readonly<Record<string, string>> = {
  '--recursive': 'r',
  '--force': 'f',
  '--all': 'a',
  '--delete': 'd',
  '--no-verify': 'n',
};
