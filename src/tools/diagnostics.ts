// Diagnostics: what language servers say is wrong, in one file or all.
import * as z from 'zod/mini';
import { type Editor, type Problem, severities } from '../editor/editor.ts';
import { problemLine } from '../editor/problems.ts';
import { accessPaths, guarded, type IsHidden, placeOf } from './support.ts';
import { type Tool, ToolError, type ToolResult } from './tool.ts';

const Input = z.object({
  path: z.optional(z.string().check(z.describe('A file; default all'))),
  severity: z.optional(z.enum(severities).check(z.describe('Least severe to list, default info'))),
});
export type DiagnosticsInput = z.infer<typeof Input>;

const MAX_LISTED = 100;

export function diagnosticsTool(editor: Editor, hidden: IsHidden): Tool<DiagnosticsInput> {
  return {
    name: 'Diagnostics',
    description: "Lists the editor's errors and warnings.",
    input: Input,
    title: ({ path }) => ({ title: 'Diagnostics', target: path ?? 'all files' }),
    access: ({ path }) => ({ kind: 'read', paths: path === undefined ? [] : accessPaths(placeOf(editor, path)) }),
    run: (input, { signal }) => guarded(() => run(editor, hidden, input, signal)),
  };
}

async function run(
  editor: Editor,
  hidden: IsHidden,
  { path, severity = 'info' }: DiagnosticsInput,
  signal: AbortSignal,
): Promise<ToolResult> {
  const least = severities.indexOf(severity);
  const counts = (problem: Problem) => severities.indexOf(problem.severity) <= least && !hidden(problem.path);
  if (path === undefined) {
    const found = editor.problems().filter(counts);
    return {
      status: 'success',
      text: list(found, 'No problems in the files that language servers have checked.', true),
    };
  }
  const place = placeOf(editor, path);
  if (!place.exists && (await editor.open(place.path)) === null)
    throw new ToolError(`${place.display} does not exist.`);
  const { problems, settled } = await editor.check(place.path, signal);
  return { status: 'success', text: list(problems.filter(counts), `No problems in ${place.display}.`, settled) };
}

function list(problems: Problem[], none: string, settled: boolean): string {
  const rank = ({ severity }: Problem) => severities.indexOf(severity);
  const sorted = problems.toSorted(
    (a, b) => rank(a) - rank(b) || (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line),
  );
  const lines = sorted.length === 0 ? [none] : sorted.slice(0, MAX_LISTED).map(problemLine);
  if (sorted.length > MAX_LISTED) lines.push(`… ${sorted.length - MAX_LISTED} more; give a path or a severity.`);
  if (!settled) lines.push('The language servers had not settled after 5 s: this may be incomplete.');
  return lines.join('\n');
}
