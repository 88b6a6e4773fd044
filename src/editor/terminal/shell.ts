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

/** The bash of this computer; undefined where there is none. Commands are judged as its language, so it runs them. */
export function findBash(): string | undefined {
  const name = process.platform === 'win32' ? 'bash.exe' : 'bash';
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...folders, '/bin', '/usr/bin'].map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** A program with its arguments that runs the command. */
export function shellCommand(command: string): string[] {
  if (process.platform === 'win32') return ['powershell.exe', '-NoProfile', '-NonInteractive', '-Command', command];
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
