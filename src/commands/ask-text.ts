// What *Add to Chat*, *Explain* and *Fix* put into the composer. The person reads it there, and sends it or not.
import * as z from 'zod/mini';
import { plural, t } from '../protocol/l10n.ts';

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

/** A code fence that nothing in the text can close. */
export function fenced(text: string, language = ''): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** @returns text for the composer; what is to be done with the excerpt comes first */
export function excerptText(wish: Wish, { text, place, language, problems = [] }: Excerpt): string {
  const lines = [
    ...(wish === 'add' ? [] : [lead(wish, problems.length, place !== undefined), '']),
    // As a list: a message of several lines stays one problem.
    ...problems.map((problem) => `- ${problem.replace(/\s*\n\s*/g, ' ')}`),
    ...(problems.length > 0 ? [''] : []),
    ...(place ? [whereOf(place)] : []),
    fenced(text, language),
  ];
  return `${lines.join('\n')}\n`;
}

/** @param isCode whether it is from a file */
function lead(wish: Exclude<Wish, 'add'>, problems: number, isCode: boolean): string {
  if (wish === 'explain') return isCode ? t('Explain this code:') : t('Explain this output of the terminal:');
  if (problems > 0) return plural(problems, 'Fix this problem:', 'Fix these problems:');
  return isCode ? t('Fix this code:') : t('Fix this output of the terminal:');
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
  const listed = names.length > 1 ? t('{0} and {1}', names.slice(0, -1).join(', '), last) : last;
  if (wish === 'add') return `${t('The uncommitted changes in {0}:', listed)} `;
  if (wish === 'fix') return changed ? t('Fix the uncommitted changes in {0}.', listed) : t('Fix {0}.', listed);
  return changed ? t('Explain the uncommitted changes in {0}.', listed) : t('Explain {0}.', listed);
}

/** A path may hold a backtick. */
function inlineCode(path: string): string {
  const longest = Math.max(0, ...[...path.matchAll(/`+/g)].map(([run]) => run.length));
  const tick = '`'.repeat(longest + 1);
  return longest > 0 ? `${tick} ${path} ${tick}` : `${tick}${path}${tick}`;
}
