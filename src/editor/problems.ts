// What an edit added to and removed from the problems of the workspace.
import type { Problem, ProblemDelta } from './editor.ts';

/** Same file, source, code and text: the same problem, wherever its line went. */
function identity(problem: Problem): string {
  return JSON.stringify([problem.path, problem.source ?? '', problem.code ?? '', problem.message]);
}

/** Compares as multisets: the second of two equal problems counts as added. Hints are no problems. */
export function compareProblems(before: Problem[], after: Problem[]): Omit<ProblemDelta, 'settled'> {
  return { added: without(after, before), removed: without(before, after) };
}

function without(list: Problem[], taken: Problem[]): Problem[] {
  const counts = new Map<string, number>();
  for (const problem of taken) {
    if (problem.severity === 'hint') continue;
    const key = identity(problem);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return list.filter((problem) => {
    if (problem.severity === 'hint') return false;
    const key = identity(problem);
    const count = counts.get(key) ?? 0;
    if (count > 0) counts.set(key, count - 1);
    return count === 0;
  });
}

/** One line for a person or a model, e.g. `src/a.ts:3:5 error ts(2304): Cannot find name 'x'.` */
export function problemLine(problem: Problem): string {
  const origin = problem.code === undefined ? (problem.source ?? '') : `${problem.source ?? ''}(${problem.code})`;
  const message = problem.message.replace(/\s*\n\s*/g, ' ');
  return `${problem.file}:${problem.line}:${problem.column} ${problem.severity}${origin === '' ? '' : ` ${origin}`}: ${message}`;
}
