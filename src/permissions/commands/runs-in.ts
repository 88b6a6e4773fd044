// Which folders' files a command may run: said outright, through an interpreter or a wrapper, from within, by a link. Asks rather too often.
import type { Policy } from '../decision.ts';
import { looksOnly } from './known-readers.ts';
import { interpreterName, looseName } from './names.ts';
import { type ReadOptions, readCommand } from './read-command.ts';
import { type Part, textOf, UNKNOWN_FOLDER, type Word } from './syntax.ts';
import { type Named, namedFiles, resolvePath, type TargetOptions, targetsOf } from './targets.ts';
import { INTERPRETERS } from './wrappers.ts';

/** Programs that run nothing of what they are given. */
const NEVER_RUN = new Set(
  'cd pushd popd rm rmdir mv cp ln mkdir touch chmod chown chgrp tee truncate shred unlink install dd git echo printf'.split(
    ' ',
  ),
);

const plain = (path: string): string => {
  const slashed = path.replaceAll('\\', '/').replace(/(?<=.)\/$/, '');
  return /^[a-z]:/i.test(slashed) ? slashed.toLowerCase() : slashed;
};

/** Whether the path is the folder or lies in it; both absolute, with symlinks resolved. */
export function liesIn(path: string, folder: string): boolean {
  const [inner, outer] = [plain(path), plain(folder)];
  return inner === outer || inner.startsWith(`${outer}/`);
}

/** The word that is run, where the command is a program in a file or an interpreter with one. */
function runWord({ words, file, reach = 1 }: Part): Word | undefined {
  const program = textOf(words[0]) ?? '';
  if (file) return words[reach];
  if (Object.hasOwn(INTERPRETERS, interpreterName(program)))
    return words.slice(1).find((word) => !word.raw.startsWith('-'));
  return program.includes('/') ? words[0] : undefined;
}

/** Whether what a part runs lies in the folder, in every folder that it may be run in. */
export function runsFileOf(part: Part, folder: string, options: TargetOptions): boolean {
  const paths = pathsOf(runWord(part), part, options);
  return paths.length > 0 && paths.every((path) => liesIn(path, folder));
}

function pathsOf(word: Word | undefined, { folders }: Part, options: TargetOptions): string[] {
  if (word?.glob || word?.below) return [];
  return (word?.values ?? []).flatMap((text) => folders.map((folder) => resolvePath(folder, text, options.realPath)));
}

/**
 * Those of the folders that a command may run files of. What it only reads or changes in them is not meant, unless the
 * same line also runs something: a copy, or a pipe.
 * @param folders absolute, with symlinks resolved
 */
export function foldersRun(
  command: string,
  cwd: string | undefined,
  { workspace }: Pick<Policy, 'workspace'>,
  context: Omit<ReadOptions, 'folder'>,
  folders: readonly string[],
): string[] {
  const root = workspace[0] ?? '/';
  const { realPath, shell } = context;
  const options: TargetOptions = { workspace, ...(realPath ? { realPath } : {}) };
  const folder = cwd === undefined ? root : resolvePath(root, cwd, realPath);
  const line = readCommand(command, { ...context, folder });
  const looks = new Map(line.parts.map((part) => [part, looksOnly(part, shell)]));
  const runs = (part: Part) =>
    part.words.length > 0 && looks.get(part) === undefined && !NEVER_RUN.has(looseName(textOf(part.words[0]) ?? ''));
  if (!line.parts.some(runs)) return [];
  // It runs what another command of the line has found.
  const handed = line.parts.some(
    ({ kind, words }) => kind === 'code' && words.some((word) => word.values === undefined),
  );
  const meets = (place: string): boolean => {
    if (line.files.some((use) => targetsOf(use.target, use.folders, options)?.some((path) => liesIn(path, place))))
      return true;
    return line.parts.some((part) => {
      const look = looks.get(part);
      // As it is written, too: a link in the folder leads elsewhere, and is one of its files all the same.
      const named = [options, { workspace }].flatMap((each) => namedFiles(part, look, each) ?? []);
      return (
        named.some((each) => meetsFolder(each, place, handed, realPath)) ||
        runsBelow(part, place, options) ||
        mentioned(part, options).some((path) => liesIn(path, place))
      );
    });
  };
  return folders.filter(meets);
}

function meetsFolder(
  { file, glob, deep }: Named,
  place: string,
  handed: boolean,
  realPath: ((path: string) => string) | undefined,
): boolean {
  const path = glob ? beforeWildcard(file.absolute, realPath) : file.absolute;
  if (path === UNKNOWN_FOLDER) return true;
  return (
    stepsOf(path, realPath).some((step) => liesIn(step, place)) || ((glob || (deep && handed)) && liesIn(place, path))
  );
}

/** The path, and where each of the folders on it really lies. */
function stepsOf(path: string, realPath: ((path: string) => string) | undefined): string[] {
  if (!realPath || !path.startsWith('/')) return [path];
  const steps = path.split('/').slice(1);
  return [path, ...steps.map((_, i) => realPath(`/${steps.slice(0, i + 1).join('/')}`))];
}

/** The folder that a pattern begins with. */
function beforeWildcard(path: string, realPath: ((path: string) => string) | undefined): string {
  const known = path.split(/[*?[{]/)[0] ?? '';
  const folder = known.slice(0, known.lastIndexOf('/')) || '/';
  return realPath && folder.startsWith('/') ? realPath(folder) : folder;
}

/** `find DIR -exec bash {}`: any file below. */
function runsBelow(part: Part, place: string, { realPath }: TargetOptions): boolean {
  const word = runWord(part);
  if (!word?.below && !word?.glob) return false;
  return (word.values ?? []).some((text) =>
    part.folders.some((folder) => {
      const path = resolvePath(folder, text, word.glob ? undefined : realPath);
      const at = word.glob ? beforeWildcard(path, realPath) : path;
      return liesIn(place, at) || liesIn(at, place);
    }),
  );
}

/** Paths in what a variable is set to, and in texts of languages that are not read here. */
function mentioned(part: Part, { realPath }: TargetOptions): string[] {
  const texts = part.env.flatMap(({ value }) => value.values ?? []);
  if (part.kind === 'code') texts.push(...part.words.slice(1).flatMap((word) => word.values ?? [word.raw]));
  return texts
    .flatMap((text) => text.split(/[\s'"`()[\]{},;:=<>|&+]+/))
    .filter((text) => /[/\\.]/.test(text))
    .flatMap((text) => part.folders.map((folder) => resolvePath(folder, text, realPath)));
}
