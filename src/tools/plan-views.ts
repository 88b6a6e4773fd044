// A plan as a person sees it: one diff a file, moves as one line, and by name alone what has no text or too much of it.
import { FOLDER } from '../editor/content.ts';
import type { FileChange, Folder } from '../editor/editor.ts';
import { contains, displayPath } from '../editor/paths.ts';
import type { DiffView } from '../protocol/transcript-views.ts';
import { unifiedDiff } from './support.ts';

/** Of one file, in characters; a diff that is longer is for the diff editor. */
const MOST_OF_FILE = 40_000;
/** Of all files together: the card is kept in the thread's journal. */
const MOST_OF_ALL = 120_000;

/** The changes as they are told: without the places that something was moved away from, and what lies in a folder that moves. */
export function toldChanges(changes: readonly FileChange[]): FileChange[] {
  const sources = new Set(changes.flatMap(({ from }) => from ?? []));
  const folders = changes.filter(({ from, opaque, after }) => from !== undefined && opaque && after !== null);
  const carried = ({ path, from, before, after }: FileChange, source: FileChange | undefined): boolean =>
    from !== undefined &&
    before === null &&
    after === source?.before &&
    folders.some((folder) => folder.path !== path && contains(folder.path, path));
  return changes.filter(
    (change) =>
      !sources.has(change.path) &&
      !carried(
        change,
        changes.find(({ path }) => path === change.from),
      ),
  );
}

/** What stood where a change begins: of a moved file the text it had there. */
export function textBefore(change: FileChange, changes: readonly FileChange[]): string | null {
  if (change.from === undefined) return change.before;
  return changes.find(({ path }) => path === change.from)?.before ?? null;
}

/** `src/a.ts`, `src/a.ts → lib/a.ts`, `src/old/`, `data/ (1,200 files and folders)`. */
export function changeName(change: FileChange, folders: Folder[]): string {
  const { whole, opaque, from } = change;
  const slash = whole || ((change.after ?? change.before) === FOLDER && opaque) ? '/' : '';
  const count = whole?.entries === 1 ? '1 file' : `${whole?.entries.toLocaleString('en')} files and folders`;
  const inside = whole ? ` (${count})` : '';
  const name = `${displayPath(change.path, folders)}${slash}${inside}`;
  return from === undefined ? name : `${displayPath(from, folders)}${slash} → ${name}`;
}

/**
 * One view a file. `unified` is empty where nothing but the name is to be shown.
 * @param texts what stands there now, by path, where it is not what was planned
 */
export function diffViews(
  changes: readonly FileChange[],
  folders: Folder[],
  texts: ReadonlyMap<string, string | null> = new Map(),
): DiffView[] {
  let left = MOST_OF_ALL;
  return toldChanges(changes).map((change) => {
    const path = changeName(change, folders);
    const before = textBefore(change, changes);
    const after = texts.get(change.path) ?? change.after;
    if (change.opaque || before === after) return { path, unified: '', added: 0, removed: 0 };
    // A file that goes is told by its length: that every line of it goes says nothing.
    const diff = unifiedDiff(path, before, after);
    left -= diff.unified.length;
    return diff.unified.length > MOST_OF_FILE || left < 0 ? { ...diff, unified: '' } : diff;
  });
}
