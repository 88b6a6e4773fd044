// Which folders' files a command may run: said outright, through an interpreter or a wrapper, from within, by a link, in a text that it
// is given. Asks rather too often.
import type { Policy } from '../decision.ts';
import { type Look, looksOnly } from './known-readers.ts';
import { interpreterName, looseName } from './names.ts';
import { type ReadOptions, readCommand } from './read-command.ts';
import { type Part, textOf, UNKNOWN_FOLDER, UNREAD, type Word } from './syntax.ts';
import { type Named, namedFiles, resolvePath, type TargetOptions, targetsOf } from './targets.ts';
import { INTERPRETERS } from './wrappers.ts';

/** What they are told may be read as a script by others of the line. */
const SAYS = new Set(['echo', 'printf', 'write-output', 'write']);
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

/** What a command may run of others' files. */
export interface RunsIn {
  /** Those of the folders that it may run files of. */
  folders: string[];
  /** A word, as it was written, that tells an interpreter only as it runs what to run: it may be any file. */
  unread?: string;
}

/**
 * Which of the folders a command may run files of. What it only reads or changes in them is not meant, unless the same line
 * also runs something: a copy, or a pipe.
 * @param folders absolute, with symlinks resolved
 */
export function runsIn(
  command: string,
  cwd: string | undefined,
  { workspace }: Pick<Policy, 'workspace'>,
  context: Omit<ReadOptions, 'folder'>,
  folders: readonly string[],
): RunsIn {
  const root = workspace[0] ?? '/';
  const { realPath, shell } = context;
  const options: TargetOptions = { workspace, ...(realPath ? { realPath } : {}) };
  const folder = cwd === undefined ? root : resolvePath(root, cwd, realPath);
  const line = readCommand(command, { ...context, folder });
  const looks = new Map(line.parts.map((part) => [part, looksOnly(part, shell)]));
  const runs = ({ words, kind }: Part, look: Look | undefined) =>
    words.length > 0 && look === undefined && (kind === 'code' || !NEVER_RUN.has(nameOf(words)));
  if (!line.parts.some((part) => runs(part, looks.get(part)))) return { folders: [] };
  // It runs what another command of the line has found.
  const handed = line.parts.flatMap(({ kind, words }) =>
    kind === 'code' ? words.filter(({ values }) => values === undefined) : [],
  );
  const opened = line.files.flatMap((use) => targetsOf(use.target, use.folders, options) ?? []);
  const touched = line.parts.map((part) => {
    const look = looks.get(part);
    const says = runs(part, look) || SAYS.has(nameOf(part.words));
    // As it is written, too: a link in the folder leads elsewhere, and is one of its files all the same.
    const named = [options, { workspace }].flatMap((each) => namedFiles(part, look, each) ?? []);
    return { part, named, mentioned: mentioned(part, says, options) };
  });
  const meets = (place: string): boolean =>
    opened.some((path) => liesIn(path, place)) ||
    touched.some(
      ({ part, named, mentioned: paths }) =>
        named.some((each) => meetsFolder(each, place, handed.length > 0, realPath)) ||
        runsBelow(part, place, options) ||
        paths.some((path) => liesIn(path, place)),
    );
  const unread = handed[0] ?? line.parts.map(streamOf).find((word) => word !== undefined);
  return { folders: folders.filter(meets), ...(unread ? { unread: unread.raw } : {}) };
}

const nameOf = ([first]: readonly Word[]): string => looseName(textOf(first) ?? '');

/** The word that has it run what other commands write: `python3 <(…)`. */
function streamOf(part: Part): Word | undefined {
  const word = runWord(part);
  const known = part.input !== undefined && !part.input.startsWith(UNREAD);
  return !known && /^\/dev\/(?:fd\/\d+|stdin)$/.test(textOf(word) ?? '') ? word : undefined;
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

/** Paths in what a variable is set to, in what a here-document holds and, where it `says` something, in its words. */
function mentioned(part: Part, says: boolean, { realPath }: TargetOptions): string[] {
  const words = [...part.env.map(({ value }) => value), ...(says ? part.words : [])];
  const texts = words.flatMap((word) => word.values ?? [word.raw]);
  const found = [...texts, part.input ?? ''].flatMap((text) =>
    text.replace(WORKING_FOLDER, '.').split(/[\s'"`()[\]{},;:=<>|&+\0]+/),
  );
  const paths = new Set(found.flatMap((text) => (MODULE.test(text) ? [text, text.replaceAll('.', '/')] : [text])));
  return [...paths]
    .filter((text) => /[/\\.]/.test(text))
    .flatMap((text) => part.folders.map((folder) => resolvePath(folder, text, realPath)));
}

const WORKING_FOLDER = /\$(?:PWD\b|\{PWD\}|\(pwd\))/g;
/** `python3 -m a.b` runs a/b. */
const MODULE = /^\w+(?:\.\w+)+$/;
