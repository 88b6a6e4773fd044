// The files that the words of a command name, and whether it may touch them: outside, protected, hidden.
import { posix } from 'node:path';
import { t } from '../../protocol/l10n.ts';
import type { Policy } from '../decision.ts';
import {
  type Located,
  listsFor,
  locate,
  memoryName,
  PROTECTED_NAMES,
  protectedName,
  STARTING_NAMES,
  startingName,
} from '../paths.ts';
import { liesBelow, pathMeets } from './globs.ts';
import type { Look } from './known-readers.ts';
import { looseName, trustedName } from './names.ts';
import { type Folders, type Part, textOf, UNKNOWN_FOLDER, type Word } from './syntax.ts';

/** Absolute path of what a word names in a folder, symlinks followed step by step where `realPath` can tell. */
export function resolvePath(folder: string, path: string, realPath?: (path: string) => string): string {
  const slashed = path.replace(/^file:\/\/(?:localhost)?(?=\/)/i, '').replaceAll('\\', '/');
  // `HKLM:/`, `env:` and `Provider::` are places too; only drives with one letter hold files.
  if (/^~|::|^[a-z](?:[\w+.-]+:|:(?!\/))/i.test(slashed)) return slashed;
  const absolute = slashed.startsWith('/') || /^[a-z]:\//i.test(slashed);
  if (!absolute && folder === UNKNOWN_FOLDER) return UNKNOWN_FOLDER;
  if (slashed.startsWith('//')) return slashed;
  let at = absolute ? '' : withSlashes(folder);
  for (const step of slashed.split('/')) {
    if (step === '' || step === '.') continue;
    if (step === '..') at = parentOf(at);
    else at = at === '' && /^[a-z]:$/i.test(step) ? step : `${at === '/' ? '' : at}/${step}`;
    // `link/..` is where the link leads, not where it lies.
    if (realPath && step !== '..' && /^\/|^[a-z]:\//i.test(at)) at = withSlashes(realPath(at));
  }
  return at === '' ? '/' : at;
}

/** An absolute path of Windows as the paths in commands are read. */
const withSlashes = (path: string): string => (/^(?:[a-z]:|\\\\)/i.test(path) ? path.replaceAll('\\', '/') : path);

/** Nothing is above a drive. */
const parentOf = (path: string): string => (/^(?:[a-z]:)?\/?$/i.test(path) ? path : posix.dirname(path));

/** A file that a command names. */
export interface Named {
  file: Located;
  glob: boolean;
  /** All files below it are read. */
  deep: boolean;
  dotted: boolean;
}

export interface TargetOptions {
  workspace: string[];
  realPath?: (path: string) => string;
}

const DEVICES = /^\/dev\/(?:null|stdin|stdout|stderr|tty|zero|u?random|full|fd\/\d+)$/;
/** Programs that change all that lies below a folder they are given. */
const SWEEPERS = new Set([
  'rm',
  'rmdir',
  'chmod',
  'chown',
  'chgrp',
  'shred',
  'find',
  'remove-item',
  'ri',
  'rd',
  'del',
  'erase',
  'mv',
  'move-item',
]);
/** Flags whose values leave files out. */
const EXCLUDES = /^(?:--(?:exclude|exclude-dir|ignore|ignore-path|skip|omit|not)|-not|!)(?:=|$)/;

/** Where a redirection leads: one for each folder it may be run in; undefined: known only when it runs. */
export function targetsOf(word: Word, folders: Folders, options: TargetOptions): string[] | undefined {
  if (word.values === undefined || word.glob) return undefined;
  return word.values.flatMap((text) =>
    DEVICES.test(text) ? [] : folders.map((folder) => resolvePath(folder, text, options.realPath)),
  );
}

/**
 * Files that a part names. Of what only reads they are known; of the rest every word may be one, or hold one.
 * @returns undefined where a file is known only when it runs, and that matters
 */
export function namedFiles(part: Part, look: Look | undefined, options: TargetOptions): Named[] | undefined {
  const named: Named[] = [];
  const add = (text: string, glob: boolean, more: { deep: boolean; dotted: boolean }): void => {
    if (DEVICES.test(text)) return;
    for (const folder of part.folders) {
      const path = resolvePath(folder, text, glob ? undefined : options.realPath);
      named.push({ file: locate(path, options.workspace), glob, ...more });
    }
  };
  if (look !== undefined) {
    const git = looseName(textOf(part.words[0]) ?? '') === 'git';
    for (const word of look.files)
      for (const value of word.values ?? [])
        for (const text of git ? pathsOfGit(value) : [value]) add(text, word.glob, word.below ? BELOW : look);
    if (look.files.length === 0) add('.', false, look);
    return named;
  }
  const shallow = { deep: false, dotted: true };
  const [first] = part.words;
  const words =
    part.kind === 'wrapper' || part.kind === 'shift'
      ? part.words.slice(0, part.file ? undefined : (part.own ?? part.reach))
      : part.words;
  const program = textOf(first) ?? '';
  if (program.includes('/') && trustedName(program) === program) add(program, false, shallow);
  add('.', false, shallow);
  const changer = FILE_PROGRAMS.has(looseName(program));
  for (const [i, word] of words.entries()) {
    if (i === 0 || EXCLUDES.test(textOf(words[i - 1]) ?? '')) continue;
    if (word.values === undefined) {
      if (changer) return undefined;
      continue;
    }
    for (const value of word.values)
      for (const text of pathsIn(value)) add(text, word.glob, word.below ? BELOW : shallow);
  }
  return named;
}

const BELOW = { deep: true, dotted: true };

/** `HEAD:src/a.ts`, `:0:a`, `:/a`, `:(top)a`. */
function pathsOfGit(text: string): string[] {
  if (text.startsWith(':(') || text.startsWith(':!') || text.startsWith(':^'))
    return [text.replace(/^:(?:\([^)]*\)|[!^])/, '') || '.'];
  const path = /^[^:]*:(?:\d:)?\/?(.*)$/s.exec(text)?.[1];
  return path === undefined ? [text] : [path || '.'];
}

/** Programs whose words are files: what they are must be known. */
const FILE_PROGRAMS = new Set([
  ...[
    'rm',
    'rmdir',
    'mv',
    'cp',
    'ln',
    'tee',
    'touch',
    'mkdir',
    'truncate',
    'shred',
    'unlink',
    'install',
    'dd',
    'chmod',
    'chown',
    'chgrp',
  ],
  ...[
    'cat',
    'less',
    'more',
    'head',
    'tail',
    'cd',
    'source',
    '.',
    'vi',
    'vim',
    'nano',
    'sed',
    'awk',
    'base64',
    'xxd',
    'od',
    'strings',
  ],
  ...[
    'remove-item',
    'ri',
    'rd',
    'del',
    'erase',
    'copy-item',
    'move-item',
    'set-content',
    'add-content',
    'out-file',
    'get-content',
    'gc',
    'type',
  ],
]);

/** All that may be a path in a word: of a flag, behind `=`, `:`, `@`, between commas. */
function pathsIn(word: string): string[] {
  if (/^[a-z][\w+.-]*:\/\//i.test(word) && !/^file:/i.test(word)) return [];
  // `name:rest` is no path of its own, unless `name` is a drive.
  const found = /^[a-z][\w+.-]+:/i.test(word) ? [] : [word];
  const flag = /^-[A-Za-z](.+)$/.exec(word)?.[1];
  if (flag !== undefined) found.push(flag);
  for (const piece of word.split(/[=,]/)) if (piece !== word) found.push(piece);
  for (const piece of word.split(':')) if (piece !== word && !/^[a-z]$/i.test(piece)) found.push(piece);
  return found
    .map((text) => text.replace(/^[@<>+]+/, ''))
    .filter(
      (text) =>
        text !== '' &&
        !/^--?[\w-]+$/.test(text) &&
        !/^\/\/[^/]*\.[a-z]+/i.test(text) &&
        (!/\s/.test(text) || text === word),
    );
}

export type Objection = { kind: 'outside' | 'protected' | 'hidden'; reason: string };

/** Why a named file must be asked about, whatever is allowed. */
export function objectionTo(
  part: Part,
  named: readonly Named[],
  looking: boolean,
  policy: Pick<Policy, 'lettaignore' | 'memoryFolder'>,
  hides: (file: Located) => boolean,
): Objection | undefined {
  for (const each of named) {
    const { file, glob } = each;
    if (file.inside === undefined) {
      const where =
        file.absolute === UNKNOWN_FOLDER
          ? t('It is not known in which folder it runs.')
          : t('{0} lies outside the workspace.', file.absolute);
      return { kind: 'outside', reason: where };
    }
    const name =
      protectedName(file.inside) ??
      (looking
        ? undefined
        : (startingName(file.inside) ??
          memoryName(file, policy) ??
          (glob ? protectedByWildcard(file.inside) : undefined)));
    if (name !== undefined)
      return { kind: 'protected', reason: t('{0} is protected ({1}): it is asked every time.', file.inside, name) };
    const hidden =
      hides(file) ||
      listsFor(policy.lettaignore, file).some(({ lines, inside }) =>
        lines.some((line) => meets({ ...each, file: { ...file, inside } }, line)),
      );
    if (hidden)
      return {
        kind: 'hidden',
        reason: file.inside
          ? t('.lettaignore hides {0} from the agent.', file.inside)
          : t('.lettaignore hides files of this folder from the agent.'),
      };
  }
  return sweeps(part, named);
}

/** Endings that no folder has. */
const FILE_NAME =
  /\.(?:[cm]?[jt]sx?|json|md|py|go|rs|java|[ch](?:pp)?|cs|css|html|txt|ya?ml|toml|rb|php|sh|sql|xml|vue|svelte|kt|swift|lock|log|csv)$/i;

/** Whether the file is, may become, or lies above what the line means. */
export function meets({ file, glob, deep, dotted }: Named, line: string): boolean {
  if (file.inside === undefined) return false;
  if (glob && pathMeets(file.inside, line, false)) return true;
  return deep && !FILE_NAME.test(file.inside) && liesBelow(file.inside, line, dotted);
}

function protectedByWildcard(path: string): string | undefined {
  return [...PROTECTED_NAMES, ...STARTING_NAMES].find((name) => pathMeets(path, name, false));
}

function sweeps(part: Part, named: readonly Named[]): Objection | undefined {
  const [program, ...rest] = part.words;
  const name = looseName(textOf(program) ?? '');
  if (!SWEEPERS.has(name) || (name === 'find' && !rest.some((word) => textOf(word) === '-delete'))) return undefined;
  // The first is the folder it runs in.
  const whole = named.slice(name === 'find' ? 0 : part.folders.length).find(({ file }) => file.inside === '');
  return whole && { kind: 'protected', reason: t('It would change the whole workspace, protected files included.') };
}
