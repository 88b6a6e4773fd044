// Places in files: where a search begins, how a card shows what was found, and how it is opened from there.
import { join, relative, sep } from 'node:path';
import type { Editor, Folder } from '../editor/editor.ts';
import { contains, displayPath } from '../editor/paths.ts';
import type { Scope } from '../editor/search.ts';
import type { PlaceView, ToolBody } from '../protocol/transcript-views.ts';
import { type IsHidden, placeOf } from './support.ts';
import { ToolError } from './tool.ts';

/** Most places on a card, and characters of a line there. */
const MAX_SHOWN = 100;
const MAX_TEXT = 200;

/** A place that was found. Line and column count from 1. */
export interface FoundPlace {
  /** Absolute; null for what is no file on disk, which is then called by `name`. */
  path: string | null;
  name?: string;
  line?: number;
  column?: number;
  text?: string;
}

export interface Start {
  folder: Folder;
  scope: Omit<Scope, 'dotted'>;
}

/** The folders a search goes through: all, or the one that `path` lies in. @throws ToolError */
export function startsOf(editor: Editor, hidden: IsHidden, path: string | undefined): Start[] {
  const folders = editor.folders();
  if (path === undefined) {
    if (folders.length === 0) placeOf(editor, '.');
    return folders.map((folder) => ({ folder, scope: { root: folder.real, start: folder.real } }));
  }
  const place = placeOf(editor, path);
  const folder = innermost(folders, place.path);
  if (folder === undefined || !place.exists) throw new ToolError(`${place.display} does not exist.`);
  if (hidden(place.path)) throw new ToolError(`.lettaignore hides ${place.display}.`);
  return [{ folder, scope: { root: folder.real, start: place.path } }];
}

/** The workspace folder that holds a path, the inner one where one holds another. */
export function innermost(folders: readonly Folder[], path: string): Folder | undefined {
  const holding = folders.filter(({ real }) => contains(real, path));
  return holding.toSorted((a, b) => b.real.length - a.real.length)[0];
}

/** Whether the search that began there is the one to tell of a file: one folder of the workspace may hold another. */
export function tellsOf(start: Start, starts: readonly Start[], path: string): boolean {
  if (starts.length === 1) return true;
  const folders = starts.map(({ folder }) => folder);
  return innermost(folders, path)?.real === start.folder.real;
}

/**
 * What a glob may call a file: relative to where the search began (the last name where it began at this very file), and with
 * the folder's name where several are searched.
 */
export function namesOf({ folder, scope }: Start, path: string, several: boolean): string[] {
  const rest = relative(scope.start, path);
  const inside = (rest === '' ? path.slice(path.lastIndexOf(sep) + 1) : rest).split(sep).join('/');
  return several ? [inside, `${folder.name}/${inside}`] : [inside];
}

/** How the view asks for a place; undefined for what lies outside of the workspace and is not opened from there. */
export function placeHref(folders: readonly Folder[], { path, line, column = 1 }: FoundPlace): string | undefined {
  const folder = path === null ? undefined : innermost(folders, path);
  if (path === null || folder === undefined) return undefined;
  // Spelled as VS Code spells the folder, which may have been opened through a symlink.
  const spelled = join(folder.path, relative(folder.real, path)).split(sep).join('/');
  const href = encodeURI(spelled.startsWith('/') ? spelled : `/${spelled}`);
  return line === undefined ? href : `${href}:${line}:${column}`;
}

/** @param total how many there are, where more were found than are given */
export function hitsBody(editor: Editor, found: readonly FoundPlace[], total = found.length): ToolBody {
  const folders = editor.folders();
  const places = found.slice(0, MAX_SHOWN).map((place): PlaceView => {
    const href = placeHref(folders, place);
    const text = place.text?.trim() ?? '';
    return {
      name: place.path === null ? (place.name ?? '') : displayPath(place.path, folders),
      ...(place.line === undefined ? {} : { line: place.line }),
      text: text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text,
      ...(href === undefined ? {} : { href }),
    };
  });
  return { kind: 'hits', places, more: Math.max(0, total - places.length) };
}
