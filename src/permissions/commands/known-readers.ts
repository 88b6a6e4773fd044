// Tells whether a command only reads, and which of its words are files.
import { GIT_READERS } from './git-readers.ts';
import { looseName, trustedName } from './names.ts';
import { cmdletOf, POWERSHELL_READERS } from './powershell-names.ts';
import { findFiles, LISTS, READERS, type ReaderForm, VERSIONS } from './readers.ts';
import { type Part, type ShellName, textOf, type Word } from './syntax.ts';

export interface Look {
  /** Files that it is given by name. */
  files: readonly Word[];
  /** It reads what lies below them, too; `dotted`: names that begin with a dot included. */
  deep: boolean;
  dotted: boolean;
}

/** Undefined where it may do more than read, or that cannot be told. */
export function looksOnly(part: Part, shell: ShellName): Look | undefined {
  const words = part.plain ?? part.words;
  const name = textOf(words[0]);
  if (name === undefined || part.kind !== 'program') return undefined;
  const program = shell === 'powershell' ? looseProgram(name) : trustedName(name);
  const rest = words.slice(1);
  if (shell === 'powershell') {
    const cmdlet = cmdletOf(program);
    if (cmdlet !== undefined) return POWERSHELL_READERS.has(cmdlet) ? looksInPowerShell(cmdlet, rest) : undefined;
  }
  const only = textOf(rest[0]);
  const version = Object.hasOwn(VERSIONS, program) ? VERSIONS[program] : undefined;
  if (rest.length === 1 && only !== undefined && version?.test(only)) return { files: [], deep: false, dotted: false };
  if (program === 'git') {
    const sub = only ?? '';
    const form = Object.hasOwn(GIT_READERS, sub) ? GIT_READERS[sub] : undefined;
    return form && look(form, rest.slice(1), program);
  }
  const lists = Object.hasOwn(LISTS, program) ? LISTS[program] : undefined;
  const list = lists !== undefined && only !== undefined && Object.hasOwn(lists, only) ? lists[only] : undefined;
  if (list !== undefined) return look(list, rest.slice(1), program);
  const form = Object.hasOwn(READERS, program) ? READERS[program] : undefined;
  return form && look(form, rest, program);
}

function looseProgram(name: string): string {
  return /[\\/]/.test(name) ? name : looseName(name);
}

function look(form: ReaderForm, words: readonly Word[], program: string): Look | undefined {
  // What an echo says may be a secret of the environment.
  if (words.some((word) => word.values === undefined && !(form.operands === 'text' && word.made))) return undefined;
  const texts = words.flatMap((word) => word.values ?? []);
  if (form.check && !form.check(texts)) return undefined;
  const free =
    form.check !== undefined && form.flags === undefined && form.long === undefined && form.valued === undefined;
  const operands = free ? freeOperands(words, program) : operandsOf(form, words);
  if (operands === undefined) return undefined;
  if (form.most !== undefined && operands.other.length > form.most) return undefined;
  if (form.operands === 'none' && operands.other.length > 0) return undefined;
  const flagged = (pattern: RegExp | true | undefined) => pattern === true || texts.some((text) => pattern?.test(text));
  const others = form.operands === 'pattern' && !flagged(form.patternFlags) ? operands.other.slice(1) : operands.other;
  const files = [...operands.files, ...(form.operands === 'paths' || form.operands === 'pattern' ? others : [])];
  return { files, deep: flagged(form.deep), dotted: flagged(form.dotted) };
}

interface Operands {
  /** Paths that flags were given. */
  files: Word[];
  other: Word[];
}

function freeOperands(words: readonly Word[], program: string): Operands {
  if (program !== 'find') return { files: [], other: words.filter((word) => !/^[-\]!]/.test(word.values?.[0] ?? '')) };
  const files = findFiles(words.map((word) => word.values?.[0] ?? ''));
  return { files: [], other: words.filter((_, i) => files[i]) };
}

/** Undefined where a flag is not known. A word that stands for several must not be a flag in any of them. */
function operandsOf(form: ReaderForm, words: readonly Word[]): Operands | undefined {
  const long = new Set(form.long?.split(' '));
  const valued = new Set(form.longValued?.split(' '));
  const paths = new Set(form.longPaths?.split(' '));
  const found: Operands = { files: [], other: [] };
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    const text = word?.values?.[0];
    if (word === undefined || text === undefined) return undefined;
    if (text === '--') {
      found.other.push(...words.slice(at + 1));
      break;
    }
    const single = word.values?.length === 1;
    // A wildcard at the beginning may become a flag.
    if (!/^-./.test(text)) {
      if (word.values?.some((value) => value.startsWith('-')) || (word.glob && /^[*?[]/.test(text) && risksFlags(form)))
        return undefined;
      found.other.push(word);
      continue;
    }
    if (!single || word.glob) return undefined;
    if (form.numbers && /^-\d+$/.test(text)) continue;
    if (text.startsWith('--')) {
      const name = text.slice(2).split('=')[0] ?? '';
      const given = text.includes('=');
      if (paths.has(name)) {
        const value = given ? valueWord(word, text.slice(text.indexOf('=') + 1)) : words[++at];
        if (value === undefined) return undefined;
        found.files.push(value);
      } else if (valued.has(name) && (given || !long.has(name))) at += given ? 0 : 1;
      else if (!long.has(name)) return undefined;
      continue;
    }
    const skipped = cluster(form, text, words[at + 1], found);
    if (skipped === undefined) return undefined;
    at += skipped;
  }
  return found;
}

/** How many further words a cluster of short flags takes. */
function cluster(form: ReaderForm, text: string, next: Word | undefined, found: Operands): number | undefined {
  for (let i = 1; i < text.length; i++) {
    const letter = text[i] ?? '';
    const rest = text.slice(i + 1);
    if (form.paths?.includes(letter)) {
      const value = rest === '' ? next : { values: [rest], raw: rest, glob: false };
      if (value === undefined) return undefined;
      found.files.push(value);
      return rest === '' ? 1 : 0;
    }
    if (form.valued?.includes(letter)) return rest === '' ? 1 : 0;
    if (form.flags?.includes(letter)) continue;
    // `-U3`, `-C5` and the like stand for a flag with a number.
    return /^\d+$/.test(text.slice(i)) && i > 1 ? 0 : undefined;
  }
  return 0;
}

function valueWord(word: Word, value: string): Word {
  return { values: [value], raw: value, glob: word.glob };
}

/** Whether a file named like a flag could make it do more: only where it has flags that do. */
function risksFlags(form: ReaderForm): boolean {
  return form === READERS.rg || form === READERS.sort || form === READERS.tree || form === READERS.jq;
}

/** Cmdlets take their parameters by name; none of those that only read has one that writes. */
function looksInPowerShell(cmdlet: string, words: readonly Word[]): Look | undefined {
  const texts = words.map((word) => textOf(word));
  // Without a script block `ForEach-Object` calls a method by its name.
  if (
    /^(?:foreach|where)-object$/.test(cmdlet) &&
    !words.every(
      (word) => word.raw.startsWith('{') || /^-(?:begin|process|end|filterscript)$/i.test(textOf(word) ?? ''),
    )
  )
    return undefined;
  // On other systems than Windows `sort` is the program, which can write.
  if (cmdlet === 'sort-object' && texts.some((text) => /^-/.test(text ?? '-') && !SORTS.test(text ?? '')))
    return undefined;
  if (/^(?:write-output|write-host|out-null|out-string)$/.test(cmdlet))
    return texts.includes(undefined) ? undefined : { files: [], deep: false, dotted: false };
  if (texts.includes(undefined)) return undefined;
  const files = words.filter((word) => !/^-/.test(textOf(word) ?? ''));
  return { files, deep: false, dotted: true };
}

const SORTS = /^-(?:property|descending|unique|top|bottom|casesensitive|stable)$/i;
