// Which shell runs the agent's commands, and how a command is written so that a shell that is typed into runs just that.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What VS Code tells its own processes would mislead others. */
const OURS = /^(?:VSCODE|ELECTRON)_/;

/** Programs that would wait for somebody to turn the page. */
export const WITHOUT_PAGER = { PAGER: 'cat', GIT_PAGER: 'cat' };

export const cleanEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(env).filter(([name]) => !OURS.test(name))),
  ...WITHOUT_PAGER,
});

/** Reads what programs write in the character set of their locale; UTF-8 where it names none that is known. */
export function outputDecoder(env: NodeJS.ProcessEnv): TextDecoder {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  try {
    return new TextDecoder(/\.([^@]+)/.exec(locale)?.[1] ?? 'utf-8', { ignoreBOM: true });
  } catch {
    return new TextDecoder('utf-8', { ignoreBOM: true });
  }
}

/** The language that commands are run as, whatever the person's own shell is: they must be judged as exactly this. */
export const COMMAND_LANGUAGE: 'bash' | 'powershell' = process.platform === 'win32' ? 'powershell' : 'bash';

/** The bash of this computer; undefined where there is none. That of Windows is another system's. */
export function findBash(): string | undefined {
  if (COMMAND_LANGUAGE !== 'bash') return undefined;
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...folders, '/bin', '/usr/bin'].map((folder) => join(folder, 'bash')).find((path) => existsSync(path));
}

/** A program with its arguments that runs the command. */
export function shellCommand(command: string): string[] {
  if (COMMAND_LANGUAGE === 'powershell')
    return ['powershell.exe', '-NoProfile', '-NonInteractive', '-Command', command];
  return [findBash() ?? '/bin/sh', '-c', command];
}

/** One program with plain arguments: nothing in it is more to a shell that is typed into than to one that reads a script. */
const PLAIN = /^[A-Za-z0-9_./-]+(?: [A-Za-z0-9_./:=@%+,-]+)*$/;
/** First words that would change the shell itself, and with it the next command. */
const CHANGES_SHELL = new Set(
  'alias bg bind builtin cd command declare dirs disown enable eval exec exit export fg function hash help history jobs let local logout mapfile popd pushd read readarray readonly return set shift shopt source suspend time trap type typeset ulimit umask unalias unset until wait while for if case select coproc do done then else elif fi esac in . :'.split(
    ' ',
  ),
);

/**
 * What is typed into an interactive bash to run the command: a single line that leaves the shell as it was. Line breaks
 * and brackets that are typed confuse shell integration, `!` and tabs mean something else to a prompt than to a script.
 */
export function typedCommand(command: string): string {
  const trimmed = command.trim();
  const [first = ''] = trimmed.split(' ');
  if (PLAIN.test(trimmed) && !CHANGES_SHELL.has(first)) return trimmed;
  return `bash -c ${quoted(trimmed)}`;
}

/** In single quotes; with escapes where it holds what cannot be typed. */
function quoted(text: string): string {
  if (!UNTYPEABLE.test(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  return `$'${text.replace(ESCAPED, (found) => `\\x${hex(found)}`)}'`;
}

const UNTYPEABLE = /[!\p{Cc}]/u;
const ESCAPED = /[\\'!]|(?![\u0080-\u009f])\p{Cc}/gu;
const hex = (character: string): string => character.charCodeAt(0).toString(16).padStart(2, '0');
