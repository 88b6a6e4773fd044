// What has to be done so that a list of changes comes true: which files move, go, are made, and whose text is edited.
import { EditorError, type FileChange } from './editor.ts';
import { contains } from './paths.ts';

export interface Operations {
  /** Folders to make that hold nothing. */
  folders: FileChange[];
  creates: FileChange[];
  /** What moves as a whole; what lies in a folder that moves is not named again. */
  moves: { from: string; to: string }[];
  /** What goes as a whole. */
  deletes: FileChange[];
  /** Texts that become other texts, where they are or, with `from`, after they were moved. `before`: what is there now. */
  edits: { path: string; from?: string; before: string; after: string }[];
}

/** @throws EditorError `bad-path` for changes that mean nothing or contradict each other */
export function operationsOf(changes: readonly FileChange[]): Operations {
  const byPath = new Map(changes.map((change) => [change.path, change]));
  if (byPath.size !== changes.length) throw new EditorError('bad-path', 'A path stands twice among the changes.');
  const all: Operations = { folders: [], creates: [], moves: [], deletes: [], edits: [] };
  const sources = new Set<string>();
  for (const change of changes) {
    const { path, from, before, after } = change;
    if (from !== undefined) {
      const source = byPath.get(from)?.before;
      if (typeof source !== 'string' || after === null || before !== null)
        throw new EditorError('bad-path', `Nothing moves to ${path}.`);
      sources.add(from);
      all.moves.push({ from, to: path });
      if (source !== after) all.edits.push({ path, from, before: source, after });
    } else if (before === null && after === null) {
      throw new EditorError('bad-path', 'A change must have a text before or after.');
    } else if (before === null) (change.opaque ? all.folders : all.creates).push(change);
    else if (after !== null) all.edits.push({ path, before, after });
  }
  all.deletes = changes.filter(({ path, after }) => after === null && !sources.has(path));
  const { moves, deletes } = all;
  all.moves = moves.filter((move) => !moves.some((other) => other !== move && carries(other, move)));
  all.deletes = deletes.filter(
    ({ path }) => !deletes.some((other) => other.path !== path && contains(other.path, path)),
  );
  return all;
}

/** Whether the one goes along when the other moves. */
function carries(folder: { from: string; to: string }, inner: { from: string; to: string }): boolean {
  return (
    contains(folder.from, inner.from) &&
    contains(folder.to, inner.to) &&
    inner.from.slice(folder.from.length) === inner.to.slice(folder.to.length)
  );
}

/** Diffs of more files are not opened one by one. */
const MOST_DIFFS = 8;

/** What of the changes a diff editor can show: texts that change, come or go. */
export function shownAsDiffs(changes: readonly FileChange[]): FileChange[] {
  const { edits, creates, deletes } = operationsOf(changes);
  const texts = deletes.filter(({ opaque }) => !opaque);
  const edited = edits.map(({ path, from, before, after }) => ({ path: from ?? path, before, after }));
  return [...edited, ...creates, ...texts].slice(0, MOST_DIFFS);
}

/** The changes with the texts that a person has made of what `shownAsDiffs` shows of them. */
export function withShown(changes: readonly FileChange[], shown: readonly FileChange[]): FileChange[] {
  const texts = new Map(shown.map(({ path, after }) => [path, after]));
  return changes.map((change) => {
    if (change.opaque || change.after === null) return change;
    return { ...change, after: texts.get(change.from ?? change.path) ?? change.after };
  });
}
