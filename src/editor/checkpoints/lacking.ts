// Files that a checkpoint could not bring back as they stand, told before a change of so many that nobody looks at each.
import { sep } from 'node:path';
import { look } from './disk.ts';
import { parseEntry, type Unkept } from './entry.ts';
import type { CannotWhy } from './plan.ts';
import type { Point } from './points.ts';

/** `ignored`: by `.gitignore`, so the checkpoint does not speak of it. */
export type LackingWhy = Unkept | 'ignored';

export interface Lacking {
  total: number;
  /** Some of them, absolute. */
  first: { path: string; why: LackingWhy }[];
}

const MOST_NAMED = 10;

/** @param files absolute; what is not there, or is a folder, is left out */
export function lackingOf(point: Point | null, files: readonly string[]): Lacking {
  const found: Lacking = { total: 0, first: [] };
  for (const path of files) {
    const why = lack(point, path);
    if (why === undefined) continue;
    found.total += 1;
    if (found.first.length < MOST_NAMED) found.first.push({ path, why });
  }
  return found;
}

function lack(point: Point | null, path: string): LackingWhy | undefined {
  const at = point?.roots.find(({ root }) => path.startsWith(root + sep));
  const inside =
    at &&
    path
      .slice(at.root.length + 1)
      .split(sep)
      .join('/');
  const entry = inside === undefined ? undefined : at?.entries.get(inside);
  if (entry === undefined) return look(path) === null ? undefined : 'ignored';
  const parsed = parseEntry(entry);
  return parsed.from === 'nowhere' ? parsed.why : undefined;
}

export const CANNOT: Record<CannotWhy | 'ignored', string> = {
  large: 'larger than 1 MB, and not in git',
  full: 'there was no room left to keep it',
  later: 'it was changed before it was read for the first time',
  unreadable: 'it could not be read',
  sparse: 'the sparse checkout leaves it out',
  gone: 'its content is no longer kept',
  unrecorded: 'how it stands now cannot be kept, so it would be lost',
  ignored: 'ignored by .gitignore, or outside of the workspace',
};

/** For the agent. `nameOf`: how to call a file. */
export function lackingWords({ total, first }: Lacking, nameOf: (path: string) => string): string {
  if (total === 0) return 'Restoring the checkpoint before this turn brings back all of its files.';
  const named = first.map(({ path, why }) => `${nameOf(path)} (${CANNOT[why]})`).join(', ');
  const more = total > first.length ? ` and ${(total - first.length).toLocaleString('en')} more` : '';
  const count = total.toLocaleString('en');
  return `Restoring the checkpoint before this turn cannot bring back ${count} of its files: ${named}${more}.`;
}
