// What a patch comes to: the whole text of every file it names, before and after it.
import { merged } from '../../editor/changes.ts';
import { contentOf } from '../../editor/content.ts';
import { type Editor, EditorError, type FileChange } from '../../editor/editor.ts';
import { change, freePlace, refuseFileAbove, withEdits } from '../file-plans.ts';
import { anyPlaceOf } from '../support.ts';
import { type Plan, type Target, ToolError } from '../tool.ts';
import { asWritten } from '../written.ts';
import { applyHunks, type Hunk, PatchError } from './hunks.ts';
import type { FilePatch } from './parse.ts';

/** @throws ToolError naming every file that does not fit, EditorError */
export async function planPatch(editor: Editor, files: readonly FilePatch[]): Promise<Plan> {
  const targets: Target[] = [];
  const failures: string[] = [];
  const imports = await importsFor(editor, files);
  for (const file of files) {
    try {
      targets.push(...(await planFile(editor, file, imports)));
    } catch (error) {
      if (!(error instanceof PatchError || error instanceof ToolError || error instanceof EditorError)) throw error;
      failures.push(error.message);
    }
  }
  if (failures.length > 0) throw new ToolError([...failures, 'Nothing was changed.'].join('\n'));
  const seen = new Set<string>();
  for (const { path } of targets) {
    if (seen.has(path)) throw new ToolError(`Two names in the patch lead to ${path}. Nothing was changed.`);
    seen.add(path);
  }
  return { targets: [...targets, ...[...imports.values()].filter(({ path }) => !seen.has(path))] };
}

/** What imports need where the patch moves files, by path; of moves that cannot be nothing. */
async function importsFor(editor: Editor, files: readonly FilePatch[]): Promise<Map<string, FileChange>> {
  const changes = new Map<string, FileChange>();
  for (const file of files) {
    if (file.kind !== 'update' || file.to === undefined) continue;
    const [from, to] = [anyPlaceOf(editor, file.path), anyPlaceOf(editor, file.to)];
    if (!from.exists || to.exists) continue;
    for (const change of await editor.language.imports(from.path, to.path)) {
      const known = changes.get(change.path);
      const after =
        known === undefined ? change.after : merged(change.before ?? '', known.after ?? '', change.after ?? '');
      changes.set(change.path, { ...change, after });
    }
  }
  return changes;
}

/** Hunks count on the text as it was; where they change an import themselves, theirs is the one that stands. */
function patched(text: string, hunks: readonly Hunk[], name: string, imports: FileChange | undefined): string {
  if (imports?.after !== undefined && imports.after !== null) {
    try {
      return applyHunks(imports.after, hunks, name);
    } catch (error) {
      if (!(error instanceof PatchError)) throw error;
    }
  }
  return applyHunks(text, hunks, name);
}

async function planFile(editor: Editor, file: FilePatch, imports: ReadonlyMap<string, FileChange>): Promise<Target[]> {
  const place = anyPlaceOf(editor, file.path);
  if (file.kind === 'add') {
    if (place.exists) throw new ToolError(`${place.display} exists already. Use *** Update File or Edit.`);
    await refuseFileAbove(place);
    return [change(place.path, null, asWritten(file.content, null, editor.newFileStyle(place.path)), false)];
  }
  if (place.path !== place.spelled && file.kind === 'delete') {
    const linked = await contentOf(place.spelled, (path) => editor.read(path));
    if (linked?.opaque) throw new ToolError(`${file.path} is a symbolic link to ${place.display}; it is not deleted.`);
  }
  const opened = await editor.open(place.path);
  if (opened === null) throw new ToolError(`${place.display} does not exist.`);
  if (file.kind === 'delete') {
    if (opened.dirty) throw new ToolError(`${place.display} has unsaved changes. Ask to save or drop them first.`);
    // What a diff deletes must be what it shows.
    const left = file.hunks === undefined ? '' : applyHunks(opened.text, file.hunks, place.display);
    if (left !== '') throw new ToolError(`${place.display} has more lines than the patch deletes.`);
    return [change(place.path, opened.text, null, false)];
  }
  const after = patched(opened.text, file.hunks, place.display, imports.get(place.path));
  if (file.to === undefined) {
    if (after === opened.text) throw new ToolError(`The patch changes nothing in ${place.display}.`);
    return [change(place.path, opened.text, after, false)];
  }
  const to = await freePlace(editor, place, file.to);
  const moved = [
    change(place.path, opened.text, null, false),
    { ...change(to.path, null, opened.text, false), from: place.path },
  ];
  return withEdits(moved, [{ path: place.path, before: opened.text, after }]);
}
