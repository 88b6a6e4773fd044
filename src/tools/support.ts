// What the file tools share: places from paths, the editor's errors as tool errors, and diffs.
import { formatPatch, structuredPatch } from 'diff';
import { commonLines } from '../editor/changes.ts';
import { type Editor, EditorError } from '../editor/editor.ts';
import { type Place, resolveInside, resolvePath } from '../editor/paths.ts';
import { SearchError } from '../editor/search.ts';
import { ToolError } from './tool.ts';

/** Says whether `.lettaignore` hides a file, by its absolute path. */
export type IsHidden = (path: string) => boolean;

/** Longest time a diff may take, in milliseconds; past it the changed part is one block. */
const DIFF_MS = 20;
const CONTEXT = 3;

/** Runs what may fail as `EditorError` and lets it fail as `ToolError`. */
export async function guarded<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw asToolError(error);
  }
}

export function asToolError(error: unknown): unknown {
  return error instanceof EditorError || error instanceof SearchError ? new ToolError(error.message) : error;
}

/** @throws ToolError where the path leads outside the workspace or means nothing. */
export function placeOf(editor: Editor, path: string): Place {
  try {
    return resolveInside(path, editor.folders());
  } catch (error) {
    throw asToolError(error);
  }
}

/** The same for tools that reach files outside the workspace too: about those a person is asked, whatever the mode. @throws ToolError */
export function anyPlaceOf(editor: Editor, path: string): Place {
  try {
    return resolvePath(path, editor.folders());
  } catch (error) {
    throw asToolError(error);
  }
}

/** The paths a permission is needed for: where the file is, and what it was called on the way there. */
export function accessPaths(place: Place): string[] {
  return place.spelled === place.path ? [place.path] : [place.path, place.spelled];
}

/** The same for a tool whose path may be left out. @throws ToolError */
export function readPaths(editor: Editor, path: string | undefined): string[] {
  return path === undefined ? [] : accessPaths(placeOf(editor, path));
}

/** A unified diff with file headers, and its counts of lines. */
export function unifiedDiff(
  path: string,
  before: string | null,
  after: string | null,
  timeout = DIFF_MS,
): { path: string; unified: string; added: number; removed: number } {
  const from = before === null ? '/dev/null' : `a/${path}`;
  const to = after === null ? '/dev/null' : `b/${path}`;
  const [old, now] = [before ?? '', after ?? ''];
  // Only the part that differs, and its context: comparing a long file line by line would block the extension host.
  const { head, tail } = commonLines(old, now);
  const start = linesBack(old, head, CONTEXT);
  const end = linesOn(old, old.length - tail, CONTEXT);
  const [oldPart, nowPart] = [old.slice(start, end), now.slice(start, now.length - (old.length - end))];
  const options = { context: CONTEXT, timeout };
  const patch = structuredPatch(from, to, oldPart, nowPart, undefined, undefined, options);
  const shift = countLines(old.slice(0, start));
  for (const hunk of patch?.hunks ?? []) {
    hunk.oldStart += shift;
    hunk.newStart += shift;
  }
  const lines = patch?.hunks.flatMap((hunk) => hunk.lines) ?? [];
  return {
    path,
    unified: patch === undefined ? coarseDiff(from, to, oldPart, nowPart, shift) : formatPatch(patch),
    added: patch === undefined ? countLines(nowPart) : lines.filter((line) => line.startsWith('+')).length,
    removed: patch === undefined ? countLines(oldPart) : lines.filter((line) => line.startsWith('-')).length,
  };
}

/** All the old lines out, all the new lines in: right, if not short. `shift`: lines before them. */
function coarseDiff(from: string, to: string, before: string, after: string, shift: number): string {
  const span = (text: string): string => (text === '' ? `${shift},0` : `${shift + 1},${countLines(text)}`);
  const marked = (sign: string, text: string): string[] => {
    if (text === '') return [];
    const ends = text.endsWith('\n');
    const lines = (ends ? text.slice(0, -1) : text).split('\n').map((line) => sign + line);
    return ends ? lines : [...lines, '\\ No newline at end of file'];
  };
  const head = [`--- ${from}`, `+++ ${to}`, `@@ -${span(before)} +${span(after)} @@`];
  return [...head, ...marked('-', before), ...marked('+', after), ''].join('\n');
}

/** The offset where the line begins that is so many lines above the line at `offset`. */
function linesBack(text: string, offset: number, lines: number): number {
  let at = offset;
  for (let line = 0; line < lines && at > 0; line += 1) at = at < 2 ? 0 : text.lastIndexOf('\n', at - 2) + 1;
  return at;
}

/** The offset behind so many lines from `offset` on. */
function linesOn(text: string, offset: number, lines: number): number {
  let at = offset;
  for (let line = 0; line < lines && at < text.length; line += 1) {
    const next = text.indexOf('\n', at);
    at = next === -1 ? text.length : next + 1;
  }
  return at;
}

function countLines(text: string): number {
  let count = text === '' || text.endsWith('\n') ? 0 : 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** The text, cut at a line where it is too long. */
export function clip(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.lastIndexOf('\n', most);
  return `${text.slice(0, cut > 0 ? cut : most)}\n… (${text.length - most} more characters)`;
}
