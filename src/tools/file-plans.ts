// What moving, deleting and making files and folders comes to: every file that changes, by name and content.
import { lstat, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { type Content, contentOf, FOLDER, isFolder } from '../editor/content.ts';
import { type Editor, EditorError, type FileChange } from '../editor/editor.ts';
import { contains, displayPath, type Place } from '../editor/paths.ts';
import { listTree } from '../editor/tree.ts';
import { type WholeFolder, wholeFolder } from '../editor/whole-folder.ts';
import { anyPlaceOf } from './support.ts';
import { type Plan, type Target, ToolError } from './tool.ts';

/** What is deleted is copied first: of a folder so many bytes, as many as checkpoints keep of a workspace. */
const MOST_DELETED = 500 * 1024 * 1024;

/** @throws ToolError, EditorError */
export async function planMove(editor: Editor, path: string, to: string): Promise<Plan> {
  const source = await existing(editor, path);
  const target = await freePlace(editor, source.place, to);
  if (target.outside && isFolder(source.content)) throw outsideFolder(target);
  if (source.content.opaque && contains(source.place.path, target.path)) {
    throw new ToolError(`${source.place.display} can't be moved into itself.`);
  }
  const { entries: moved, whole } = await entriesOf(editor, source);
  if (whole) {
    const { path: from } = source.place;
    const targets = [
      { ...wholeChange(from, whole), after: null },
      { ...wholeChange(target.path, whole), before: null, from },
    ];
    // What it is called there counts too: a name may be protected only where it comes to lie.
    return { targets, along: whole.paths.flatMap((at) => [at, join(target.path, relative(from, at))]) };
  }
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
  const { place } = source;
  const { entries, whole } = await entriesOf(editor, source);
  const open = editor.openFiles().find((file) => file.dirty && file.path !== null && contains(place.path, file.path));
  const unsaved = entries.find(({ content }) => content.dirty)?.path ?? open?.path;
  if (typeof unsaved === 'string') {
    const name = displayPath(unsaved, editor.folders());
    throw new ToolError(`${name} has unsaved changes. Ask to save or drop them before it is deleted.`);
  }
  if (whole && whole.bytes > MOST_DELETED) {
    const most = MOST_DELETED / 1024 / 1024;
    throw new ToolError(
      `${place.display} holds more than ${most} MB: no copy of it can be kept. Take its parts one by one.`,
    );
  }
  if (whole) return { targets: [{ ...wholeChange(place.path, whole), after: null }], along: whole.paths };
  return { targets: entries.map(({ path: at, content }) => change(at, content.text, null, content.opaque)) };
}

/** @throws ToolError, EditorError */
export async function planMkdir(editor: Editor, path: string): Promise<Plan> {
  const place = anyPlaceOf(editor, path);
  if (place.exists) throw new ToolError(`${place.display} exists already.`);
  await refuseFileAbove(place);
  return { targets: [change(place.path, null, FOLDER, true)] };
}

interface Entry {
  path: string;
  content: Content;
}

async function existing(editor: Editor, path: string): Promise<{ place: Place; content: Content }> {
  const place = anyPlaceOf(editor, path);
  const link = await lstat(place.spelled).catch(() => null);
  if (link?.isSymbolicLink()) {
    throw new ToolError(`${path} is a symbolic link to ${place.display}. Name that itself, or use Bash for the link.`);
  }
  if (editor.folders().some(({ real }) => contains(place.path, real))) {
    throw new ToolError(`${place.display} is a workspace folder: it is neither moved nor deleted.`);
  }
  const content = await contentOf(place.path, (at) => editor.read(at));
  if (content === null) throw new ToolError(`${place.display} does not exist.`);
  if (place.outside && isFolder(content)) throw outsideFolder(place);
  return { place, content };
}

/** No checkpoint holds what is in it, and nobody could look through it before. */
const outsideFolder = ({ display }: Place): ToolError =>
  new ToolError(
    `${display} is a folder outside the workspace: only single files are moved or deleted there. Use Bash.`,
  );

/** It, and where it is a folder all that is in it: entry by entry, or as one where that would be too much. */
async function entriesOf(
  editor: Editor,
  { place, content }: { place: Place; content: Content },
): Promise<{ entries: Entry[]; whole?: WholeFolder }> {
  const entries: Entry[] = [{ path: place.path, content }];
  if (!isFolder(content)) return { entries };
  const paths = await listTree(place.path, place.display).catch((error: unknown) => {
    if (error instanceof EditorError && error.reason === 'too-large') return undefined;
    throw error;
  });
  if (paths === undefined) return { entries: [], whole: await wholeFolder(place.path, place.display) };
  for (const path of paths) {
    const inner = await contentOf(path, (at) => editor.read(at));
    if (inner !== null) entries.push({ path, content: inner });
  }
  return { entries };
}

function wholeChange(path: string, { text, paths }: WholeFolder): Target {
  return { path, before: text, after: text, opaque: true, whole: { entries: paths.length } };
}

/** Where something is to move to. On a disk that ignores case, a name in another case is free for the file itself. */
export async function freePlace(editor: Editor, from: Place, to: string): Promise<Place> {
  const place = anyPlaceOf(editor, to.replace(/(?<=.)[\\/]+$/, ''));
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
