// Applies a plan and reports it: what was written, moved and deleted, the diff, the problems that came and went.
import type { Applied, AppliedFile, Editor, FileChange, Folder, Problem, ProblemDelta } from '../editor/editor.ts';
import { contains, displayPath } from '../editor/paths.ts';
import { problemLine } from '../editor/problems.ts';
import { isTooLarge } from '../editor/review/reviewed.ts';
import { changeName, diffViews, toldChanges } from './plan-views.ts';
import { clip, guarded, type IsHidden } from './support.ts';
import type { Plan, ToolResult } from './tool.ts';

/** Longest diff that a result repeats, in characters; the model wrote the change and needs little of it. */
const MAX_DIFF = 4_000;
/** Of several files: so much of each at least, and so much of all. */
const MAX_DIFFS = 12_000;
const MAX_PROBLEMS = 20;
const MAX_NAMES = 50;
const MAX_LOST = 10;
/** Of a text over two million characters. */
const NOT_REVIEWED = 'It is too large to wait for review: it has over 2,000,000 characters.';
/** Of a folder that went or moved as one. */
const NOT_LISTED = 'It is too large to wait for review file by file.';

export async function applyPlan(
  editor: Editor,
  plan: Plan,
  signal: AbortSignal,
  hidden: IsHidden,
): Promise<ToolResult> {
  const applied = await guarded(() => editor.apply(plan.targets, signal));
  return report(editor, plan, applied, hidden);
}

function report(editor: Editor, plan: Plan, applied: Applied, hidden: IsHidden): ToolResult {
  const folders = editor.folders();
  const all = toldChanges(plan.targets);
  // What went with a folder is told with it.
  const told = all.filter((change) => !all.some((folder) => wentWith(folder, change)));
  const byPath = new Map(applied.files.map((file) => [file.path, file]));
  const lines = told.slice(0, MAX_NAMES).flatMap((change) => {
    const inside = all.filter((one) => wentWith(change, one)).length;
    const name = changeName(change, folders) + (inside > 0 ? ` with ${inside} files and folders` : '');
    return fileLines(change, byPath.get(change.path), name, folders);
  });
  if (told.length > MAX_NAMES) lines.push(`… and ${told.length - MAX_NAMES} more.`);
  const also = (applied.also ?? []).filter((path) => !hidden(path)).map((path) => displayPath(path, folders));
  if (also.length > 0) lines.push(`Extensions then changed and saved: ${also.join(', ')}.`);
  const diffs = diffViews(plan.targets, folders, new Map(applied.files.map(({ path, text }) => [path, text])));
  // What is gone needs no words.
  const shown = diffs.filter(({ unified }, index) => unified !== '' && all[index]?.after !== null);
  const most = Math.min(MAX_DIFF, Math.max(200, Math.floor(MAX_DIFFS / Math.max(1, shown.length))));
  for (const { path, unified } of shown) {
    const body = clip(unified.slice(unified.indexOf('@@')), most);
    lines.push(shown.length > 1 ? `${path}\n${body}` : body);
  }
  const delta = visibleDelta(applied.problems, hidden);
  lines.push(...problemReport(delta));
  const [diff] = diffs;
  const several = diffs.length > 1;
  return {
    status: 'success',
    text: clip(lines.join('\n'), 4 * MAX_DIFFS),
    view: {
      ...(diff === undefined || several || diff.unified === '' ? {} : { diff }),
      ...(several ? { body: { kind: 'files', files: diffs } } : {}),
      problems: {
        added: delta.added.map(problemLine),
        removed: delta.removed.map(problemLine),
        settled: delta.settled,
      },
    },
  };
}

function wentWith(folder: FileChange, { path, after }: FileChange): boolean {
  return folder.after === null && after === null && folder.path !== path && contains(folder.path, path);
}

/** Where what was deleted is by now, and what of it cannot be restored. */
function whereabouts(file: AppliedFile | undefined, folders: Folder[]): string {
  const { kept, lost = [] } = file ?? {};
  if (kept === undefined && lost.length === 0) return 'it is in the trash';
  if (kept === undefined) return 'it is larger than 1 MB: it cannot be restored';
  if (lost.length === 0) return `a copy is kept in ${kept}`;
  const more = lost.length > MAX_LOST ? `, … and ${lost.length - MAX_LOST} more` : '';
  const names = lost.slice(0, MAX_LOST).map((path) => displayPath(path, folders));
  return `a copy is kept in ${kept}, without what is larger than 1 MB and cannot be restored: ${names.join(', ')}${more}`;
}

function fileLines(change: FileChange, file: AppliedFile | undefined, name: string, folders: Folder[]): string[] {
  if (change.after === null) {
    return [
      `Deleted ${name} (${whereabouts(file, folders)}).`,
      ...(change.whole ? [NOT_LISTED] : isTooLarge(change) ? [NOT_REVIEWED] : []),
    ];
  }
  const verb = change.from !== undefined ? 'Moved' : change.before === null ? 'Created' : 'Changed';
  if (change.whole) return [`${verb} ${name}. Imports were not updated. ${NOT_LISTED}`];
  if (file === undefined || change.opaque) return [`${verb} ${name}.`];
  const states = {
    saved: 'saved',
    dirty: 'it had unsaved changes, so it was left unsaved',
    unsaved: 'NOT SAVED: the editor could not write it; the change is in the editor',
    deleted: 'deleted',
  };
  const lines = [`${verb} ${name} (${states[file.state]}).`, ...(isTooLarge(change) ? [NOT_REVIEWED] : [])];
  if (file.state === 'saved' && file.text !== change.after) {
    lines.push('Saving changed it further (formatting); the diff shows the text as it is now.');
  }
  return lines;
}

function visibleDelta(delta: ProblemDelta, hidden: IsHidden): ProblemDelta {
  const visible = (problem: Problem) => !hidden(problem.path);
  return { ...delta, added: delta.added.filter(visible), removed: delta.removed.filter(visible) };
}

function problemReport({ added, removed, settled }: ProblemDelta): string[] {
  const lines =
    added.length === 0 && removed.length === 0
      ? ['Problems: none added, none removed.']
      : [`Problems: ${added.length} added, ${removed.length} removed.`];
  lines.push(...listed(added.map((problem) => `+ ${problemLine(problem)}`)));
  lines.push(...listed(removed.map((problem) => `- ${problemLine(problem)}`)));
  if (!settled) lines.push('The language servers had not settled after 5 s: this may be incomplete.');
  return lines;
}

function listed(lines: string[]): string[] {
  if (lines.length <= MAX_PROBLEMS) return lines;
  return [...lines.slice(0, MAX_PROBLEMS), `  … ${lines.length - MAX_PROBLEMS} more`];
}
