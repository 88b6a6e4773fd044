// Shells and interpreters: the script they are given, where it can be read.
import { t } from '../../protocol/l10n.ts';
import { computed, literal, textOf, UNREAD, type Word } from './syntax.ts';
import type { Wrapped } from './wrapped.ts';

/** `eval`, `watch`-like: the words behind the name are one text. */
export function runsText(command: Wrapped): void {
  command.script(command.words.slice(1), 'bash', 'wrapper', 1);
}

export function invokesExpression(command: Wrapped): void {
  const words = command.words.slice(1).filter((word) => !/^-\w+$/.test(textOf(word) ?? ''));
  command.script(words, 'powershell', 'wrapper', 1);
}

/** `alias x='…'`: judged as if it ran now. */
export function aliases(command: Wrapped): void {
  for (const word of command.words.slice(1)) {
    const text = textOf(word);
    const value = text === undefined ? computed(word.raw) : literal(/^[^=]+=(.+)$/s.exec(text)?.[1] ?? '');
    command.script([value], 'bash', 'wrapper', 1);
  }
  if (command.words.length === 1) command.emit('program');
}

/** `trap '…' EXIT`. */
export function traps(command: Wrapped): void {
  const words = command.words.slice(1).filter((word) => !/^-|^-?-$/.test(textOf(word) ?? ''));
  command.script(words.length > 1 ? words.slice(0, 1) : [], 'bash', 'wrapper', 1);
}

export function runsFile(command: Wrapped): void {
  command.file(1);
}

type Found = 'program' | 'code' | 'unclear' | { script: boolean; at: number };

/** A shell's own flags, and where they end. */
function shellFlags(command: Wrapped): Found {
  let script = false;
  for (let at = 1; at < command.words.length; at++) {
    const text = command.text(at);
    if (text === undefined) return 'unclear';
    if (text === '--' || text === '-') return { script, at: at + 1 };
    if (!/^[-+]./.test(text)) return { script, at };
    if (/^--(?:version|help)$/.test(text)) return 'program';
    if (/^--/.test(text)) {
      if (!/^--(?:norc|noprofile|login|posix|verbose|restricted|noediting)$/.test(text)) return 'code';
      continue;
    }
    if (!/^[-+][A-Za-z]+$/.test(text)) return 'code';
    if (text.startsWith('-') && text.includes('c')) script = true;
    if (/[oO]/.test(text)) at += 1;
  }
  return { script, at: command.words.length };
}

export function runsShell(command: Wrapped): void {
  const found = shellFlags(command);
  if (found === 'unclear') {
    command.emit('code');
    command.sink.unclear(t('It runs a shell with what is only known as it runs.'));
  } else if (typeof found === 'string') command.emit(found);
  else if (found.script) command.script(command.words.slice(found.at, found.at + 1), 'bash', 'wrapper', found.at);
  else if (found.at < command.words.length) command.file(found.at);
  else {
    const { input } = command.simple;
    command.script(
      input === undefined || input.startsWith(UNREAD) ? [computed('')] : [literal(input)],
      'bash',
      'wrapper',
      found.at,
    );
  }
}

const PLAIN_SWITCH = /^-(?:nop|noprofile|noni|noninteractive|nol|nologo|mta|sta|l|login)$/;
const VALUED_SWITCH =
  /^-(?:ex|ep|executionpolicy|w|windowstyle|wd|workingdirectory|of|outputformat|if|inputformat|v|version)/;

export function runsPowerShell(command: Wrapped): void {
  const { words } = command;
  for (let at = 1; at < words.length; at++) {
    const text = (command.text(at) ?? '').toLowerCase().replace(/^(?:--?|\/)/, '-');
    if (PLAIN_SWITCH.test(text)) continue;
    if (VALUED_SWITCH.test(text)) {
      at += 1;
      continue;
    }
    const isCommand = /^-c(?:o.*)?$/.test(text);
    if (/^-f(?:i|il|ile)?$/.test(text)) command.file(at + 1);
    else if (/^-e(?:c|n|nc|nco.*)?$/.test(text)) command.script([decoded(words[at + 1])], 'powershell', 'wrapper', at);
    else if (text === '' || (text.startsWith('-') && !isCommand)) break;
    else if (!isCommand && /\.ps1$/.test(text)) command.file(at);
    else command.script(words.slice(isCommand ? at + 1 : at), 'powershell', 'wrapper', at);
    return;
  }
  command.emit('wrapper', { own: 1 });
  command.sink.unclear(t('It runs PowerShell with what is not understood.'));
}

/** The text of `-EncodedCommand`. */
function decoded(word: Word | undefined): Word {
  const text = textOf(word);
  if (text === undefined || !/^[A-Za-z0-9+/]+=*$/.test(text)) return computed(word?.raw ?? '');
  return literal(Buffer.from(text, 'base64').toString('utf16le'));
}

export interface InterpreterForm {
  letters: string;
  long: readonly string[];
  valued: string;
}

const SAYS_ONLY = /^(?:-[vVh]|--version|--help|-version)$/;

/** A program in another language: in a file it is a program like any other, in the line it is a text that nobody reads. */
export function interprets(command: Wrapped, form: InterpreterForm): void {
  const texts = command.words.slice(1).map(textOf);
  const evaluates = /^(?:deno|bun|mix|swift)$/.test(command.name) && /^(?:eval|repl)$/.test(texts[0] ?? '');
  const harmless = texts.length > 0 && texts.every((text) => SAYS_ONLY.test(text ?? ''));
  const tests = texts.some((text) => /^--(?:test|check)$/.test(text ?? ''));
  // `deno run FILE`.
  const runs = /^(?:deno|bun)$/.test(command.name) && texts[0] === 'run' && texts.length > 1;
  const source = sourceOf(runs ? texts.slice(1) : texts, form);
  const unread = evaluates || source === 'code' || (source === 'none' && !harmless && !tests);
  command.emit(unread ? 'code' : 'program');
}

/** Where an interpreter takes its program from. */
function sourceOf(
  texts: readonly (string | undefined)[],
  { letters, long, valued }: InterpreterForm,
): 'code' | 'file' | 'none' {
  for (let at = 0; at < texts.length; at++) {
    const text = texts[at];
    if (text === undefined || text === '-' || text === '/dev/stdin' || text.startsWith('+')) return 'code';
    if (!text.startsWith('-')) return 'file';
    if (long.includes(text.split('=')[0] ?? '')) return 'code';
    if (text.startsWith('--')) continue;
    const cluster = text.slice(1);
    if ([...cluster].some((letter) => letters.includes(letter))) return 'code';
    // `python -m module` runs what it names, as a file is run.
    if (/m$/.test(cluster) && valued.includes('m')) return at + 1 < texts.length ? 'file' : 'code';
    if (!valued.includes(cluster.at(-1) ?? '')) continue;
    at += 1;
    // `node -r $HOOK` loads what it names.
    if (at < texts.length && texts[at] === undefined) return 'code';
  }
  return 'none';
}
