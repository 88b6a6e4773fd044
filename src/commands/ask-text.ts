// What *Add to Chat*, *Explain* and *Fix* put into the composer. The person reads it there, and sends it or not.
import * as z from 'zod/mini';

/** A place in a file, or a text from elsewhere, and what is wrong with it. */
export interface Excerpt {
  text: string;
  /** Absent: it is not from a file. Without lines it is the whole file. */
  place?: { path: string; startLine?: number; endLine?: number };
  language?: string;
  problems?: readonly string[];
}

/** A problem as the light bulb hands it on. */
export const GivenProblem = z.object({
  text: z.string(),
  place: z.object({ path: z.string(), startLine: z.number(), endLine: z.number() }),
  language: z.string(),
  problems: z.array(z.string()),
});

export type Wish = 'add' | 'explain' | 'fix';

const lead = (wish: Wish, what: string): string =>
  wish === 'add' ? '' : `${wish === 'fix' ? 'Fix' : 'Explain'} ${what}`;

/** A code fence that nothing in the text can close. */
export function fenced(text: string, language = ''): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** @returns text for the composer; what is to be done with the excerpt comes first */
export function excerptText(wish: Wish, { text, place, language, problems = [] }: Excerpt): string {
  const several = problems.length > 1 ? 'these problems' : 'this problem';
  const what = wish === 'fix' && problems.length > 0 ? several : place ? 'this code' : 'this output of the terminal';
  const lines = [
    ...(wish === 'add' ? [] : [`${lead(wish, what)}:`, '']),
    // As a list: a message of several lines stays one problem.
    ...problems.map((problem) => `- ${problem.replace(/\s*\n\s*/g, ' ')}`),
    ...(problems.length > 0 ? [''] : []),
    ...(place ? [whereOf(place)] : []),
    fenced(text, language),
  ];
  return `${lines.join('\n')}\n`;
}

function whereOf({ path, startLine, endLine = startLine }: NonNullable<Excerpt['place']>): string {
  if (startLine === undefined) return path;
  return startLine === endLine ? `${path}:${startLine}` : `${path}:${startLine}-${endLine}`;
}

/** Names files, so that the agent reads them with its own tools. @param changed what is meant are their changes in git */
export function filesText(wish: Wish, paths: readonly string[], changed = false): string {
  const names = paths.map(inlineCode);
  if (wish === 'add' && !changed) return `${names.join(' ')} `;
  const last = names.at(-1) ?? '';
  const listed = names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${last}` : last;
  if (wish === 'add') return `The uncommitted changes in ${listed}: `;
  return `${lead(wish, changed ? `the uncommitted changes in ${listed}` : listed)}.`;
}

/** A path may hold a backtick. */
function inlineCode(path: string): string {
  const longest = Math.max(0, ...[...path.matchAll(/`+/g)].map(([run]) => run.length));
  const tick = '`'.repeat(longest + 1);
  return longest > 0 ? `${tick} ${path} ${tick}` : `${tick}${path}${tick}`;
}
