// Diagnostics: what language servers say is wrong, in a file, a folder or everywhere.
import * as z from 'zod/mini';
import { type Editor, EditorError, type Problem, severities } from '../editor/editor.ts';
import type { Languages } from '../editor/language.ts';
import { contains, type Place } from '../editor/paths.ts';
import { problemLine } from '../editor/problems.ts';
import { t } from '../protocol/l10n.ts';
import { hitsBody } from './places.ts';
import { guarded, type IsHidden, placeOf, readPaths } from './support.ts';
import { type Tool, ToolError, type ToolResult } from './tool.ts';

const Input = z.object({
  path: z.optional(z.string().check(z.describe('A file or folder; default all'))),
  severity: z.optional(z.enum(severities).check(z.describe('Least severe to list, default info'))),
});
export type DiagnosticsInput = z.infer<typeof Input>;

const MAX_LISTED = 100;
const MAX_RELATED = 3;
/** Quick fixes are asked for where a file has no more problems than this; each takes a moment. */
const MAX_TO_FIX = 6;
const MAX_FIXES = 5;

export interface DiagnosticsDependencies {
  editor: Editor;
  hidden: IsHidden;
  /** Absent: quick fixes are not looked for. */
  languages?: Pick<Languages, 'fixes'> | undefined;
}

export function diagnosticsTool(deps: DiagnosticsDependencies): Tool<DiagnosticsInput> {
  return {
    name: 'Diagnostics',
    description: "Lists the editor's errors and warnings; of one file with quick fixes.",
    input: Input,
    title: ({ path }) => ({ title: 'Diagnostics', target: path ?? t('all files') }),
    access: ({ path }) => ({ kind: 'read', paths: readPaths(deps.editor, path) }),
    run: (input, { signal }) => guarded(() => run(deps, input, signal)),
  };
}

interface Report {
  problems: Problem[];
  none: string;
  settled: boolean;
  /** Of a single file: what is known beside the problems themselves. */
  detailed: boolean;
}

async function run(deps: DiagnosticsDependencies, input: DiagnosticsInput, signal: AbortSignal): Promise<ToolResult> {
  const { hidden } = deps;
  const least = severities.indexOf(input.severity ?? 'info');
  const report = await find(deps, input.path, signal);
  const problems = report.problems
    .filter((problem) => severities.indexOf(problem.severity) <= least && !hidden(problem.path))
    .map((problem) => withoutHidden(problem, hidden))
    .toSorted(byWeight);
  const shown = problems.slice(0, MAX_LISTED);
  const fixes = report.detailed && shown.length <= MAX_TO_FIX ? await fixesOf(deps, shown, signal) : [];
  const lines = shown.flatMap((problem, n) => [
    problemLine(problem),
    ...(report.detailed ? relatedLines(problem) : []),
    ...(fixes[n] ?? []),
  ]);
  if (problems.length === 0) lines.push(report.none);
  if (problems.length > MAX_LISTED) lines.push(`… ${problems.length - MAX_LISTED} more; give a path or a severity.`);
  if (!report.settled) lines.push('The language servers had not settled after 5 s: this may be incomplete.');
  const text = lines.join('\n');
  if (problems.length === 0) return { status: 'success', text };
  const places = problems.map((one) => ({ ...one, text: `${one.severity}: ${one.message}` }));
  return { status: 'success', text, view: { body: hitsBody(deps.editor, places) } };
}

async function find(
  { editor }: DiagnosticsDependencies,
  path: string | undefined,
  signal: AbortSignal,
): Promise<Report> {
  if (path === undefined) {
    const none = 'No problems in the files that language servers have checked.';
    return { problems: editor.problems(), none, settled: true, detailed: false };
  }
  const place = placeOf(editor, path);
  if (!place.exists && (await editor.open(place.path)) === null)
    throw new ToolError(`${place.display} does not exist.`);
  try {
    const { problems, settled } = await editor.check(place.path, signal);
    return { problems, none: `No problems in ${place.display}.`, settled, detailed: true };
  } catch (error) {
    if (error instanceof EditorError && error.reason === 'directory') return inFolder(editor, place);
    throw error;
  }
}

function inFolder(editor: Editor, { path, display }: Place): Report {
  const problems = editor.problems().filter((problem) => contains(path, problem.path));
  const none = `No problems in the files under ${display} that language servers have checked.`;
  return { problems, none, settled: true, detailed: false };
}

function withoutHidden(problem: Problem, hidden: IsHidden): Problem {
  const { related, ...rest } = problem;
  const seen = related?.filter(({ path }) => !hidden(path)) ?? [];
  return seen.length === 0 ? rest : { ...rest, related: seen };
}

function byWeight(a: Problem, b: Problem): number {
  const rank = ({ severity }: Problem) => severities.indexOf(severity);
  return rank(a) - rank(b) || (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line);
}

function relatedLines({ related = [] }: Problem): string[] {
  return related
    .slice(0, MAX_RELATED)
    .map(({ file, line, column, message }) => `  see ${file}:${line}:${column}: ${message.replace(/\s+/g, ' ')}`);
}

async function fixesOf(
  { languages }: DiagnosticsDependencies,
  problems: readonly Problem[],
  signal: AbortSignal,
): Promise<string[][]> {
  if (languages === undefined) return [];
  return Promise.all(
    problems.map(async ({ path, line, column }) => {
      const titles = await languages.fixes(path, { line, column }, signal);
      return titles.length === 0 ? [] : [`  quick fixes: ${titles.slice(0, MAX_FIXES).join(' | ')}`];
    }),
  );
}
