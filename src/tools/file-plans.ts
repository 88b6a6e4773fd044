// What moving, deleting and making files and folders comes to: every file that changes, by name and content.
import { lstat, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Content, contentOf, FOLDER } from '../editor/content.ts';
import type { Editor, FileChange } from '../editor/editor.ts';
import { contains, displayPath, type Place } from '../editor/paths.ts';
import { listTree } from '../editor/tree.ts';
import { placeOf } from './support.ts';
import { type Plan, type Target, ToolError } from './tool.ts';

/** @throws ToolError, EditorError */
export async function planMove(editor: Editor, path: string, to: string): Promise<Plan> {
  const source = await existing(editor, path);
  const target = await freePlace(editor, source.place, to);
  if (source.content.opaque && contains(source.place.path, target.path)) {
    throw new ToolError(`${source.place.display} can't be moved into itself.`);
  }
  const moved = await entriesOf(editor, source);
  const leaving = moved.map(({ path: at, content }) => change(at, content.text, null, content.opaque));
  const arriving = moved.map(({ path: at, content }): Target => {
    const there = at === source.place.path ? target.path : join(target.path, at.slice(source.place.path.length));
    return { ...change(there, null, content.text, content.opaque), from: at };
  });
  const edits = await editor.language.imports(source.place.path, target.path);
  return { targets: withEdits([...leaving, ...arriving], edits) };
}

/** Edits of texts as they are before the move, brought together with it. */
export function withEdits(moves: readonly Target[], edits: readonly FileChange[]): Target[] {
  const rest = new Map(edits.map((edit) => [edit.path, edit]));
  const targets = moves.map((target) => {
    const edit = target.from === undefined ? undefined : rest.get(target.from);
    if (edit === undefined) return target;
    rest.delete(edit.path);
    return { ...target, after: edit.after };
  });
  return [...targets, ...rest.values()];
}

/** @throws ToolError, EditorError */
export async function planDelete(editor: Editor, path: string): Promise<Plan> {
  const source = await existing(editor, path);
  const entries = await entriesOf(editor, source);
  const unsaved = entries.find(({ content }) => content.dirty);
  if (unsaved !== undefined) {
    const name = displayPath(unsaved.path, editor.folders());
    throw new ToolError(`${name} has unsaved changes. Ask to save or drop them before it is deleted.`);
  }
  return { targets: entries.map(({ path: at, content }) => change(at, content.text, null, content.opaque)) };
}

/** @throws ToolError, EditorError */
export async function planMkdir(editor: Editor, path: string): Promise<Plan> {
  const place = placeOf(editor, path);
  if (place.exists) throw new ToolError(`${place.display} exists already.`);
  await refuseFileAbove(place);
  return { targets: [change(place.path, null, FOLDER, true)] };
}

interface Entry {
  path: string;
  content: Content;
}

async function existing(editor: Editor, path: string): Promise<{ place: Place; content: Content }> {
  const place = placeOf(editor, path);
  const link = await lstat(place.spelled).catch(() => null);
  if (link?.isSymbolicLink()) {
    throw new ToolError(`${path} is a symbolic link to ${place.display}. Name that itself, or use Bash for the link.`);
  }
  if (editor.folders().some(({ real }) => contains(place.path, real))) {
    throw new ToolError(`${place.display} is a workspace folder: it is neither moved nor deleted.`);
  }
  const content = await contentOf(place.path, (at) => editor.read(at));
  if (content === null) throw new ToolError(`${place.display} does not exist.`);
  return { place, content };
}

/** It, and where it is a folder all that is in it. */
async function entriesOf(editor: Editor, { place, content }: { place: Place; content: Content }): Promise<Entry[]> {
  const entries: Entry[] = [{ path: place.path, content }];
  if (content.text !== FOLDER || !content.opaque) return entries;
  for (const path of await listTree(place.path, place.display)) {
    const inner = await contentOf(path, (at) => editor.read(at));
    if (inner !== null) entries.push({ path, content: inner });
  }
  return entries;
}

/** Where something is to move to. On a disk that ignores case, a name in another case is free for the file itself. */
export async function freePlace(editor: Editor, from: Place, to: string): Promise<Place> {
  const place = placeOf(editor, to.replace(/(?<=.)[\\/]+$/, ''));
  const renamed = join(dirname(from.path), basename(place.spelled));
  if (place.path === from.path && renamed !== from.path) return { ...place, path: renamed };
  if (place.path === from.path) throw new ToolError(`${place.display} is there already: nothing to move.`);
  if (place.exists) {
    const folder = (await stat(place.path)).isDirectory();
    const into = `${place.display}/${basename(from.path)}`;
    throw new ToolError(
      folder
        ? `${place.display} is a folder that exists. To move into it give to: ${into}`
        : `${place.display} exists already. Delete it first, or choose another name.`,
    );
  }
  await refuseFileAbove(place);
  return place;
}

/** @throws ToolError where a part of the path is a file */
export async function refuseFileAbove(place: Place): Promise<void> {
  for (let at = dirname(place.path); ; at = dirname(at)) {
    const found = await lstat(at).catch(() => null);
    if (found?.isDirectory() || dirname(at) === at) return;
    if (found !== null) throw new ToolError(`${place.display}: ${basename(at)} is a file, nothing can be in it.`);
  }
}

export function change(path: string, before: string | null, after: string | null, opaque: boolean): Target {
  return { path, before, after, ...(opaque ? { opaque } : {}) };
}
