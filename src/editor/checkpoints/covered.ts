// Whether a checkpoint would have named a file had it been there: only then its absence means that it was made later.
import { Ignores } from './ignores.ts';
import { type Cover, type Part, within } from './scan.ts';
import { SKIPPED_FOLDERS } from './walk.ts';

export class Coverage {
  private readonly cover: Cover;
  private readonly ignores: { part: Part; ignores: Ignores }[];
  /** Folders whose ignore rules are not known any more. */
  private readonly unsure: string[];

  /** `rules`: the texts of the `.gitignore` files of that time by path; null where one is gone. */
  constructor(cover: Cover, rules: ReadonlyMap<string, string | null>) {
    this.cover = cover;
    this.unsure = [...rules].flatMap(([path, text]) => (text === null ? [folderOf(path)] : []));
    // The innermost part first.
    this.ignores = cover.parts
      .toSorted((a, b) => b.at.length - a.at.length)
      .map((part) => {
        const ignores = new Ignores(part.outer);
        for (const [path, text] of rules)
          if (text !== null && lies(part.at, path)) ignores.add(inside(part.at, folderOf(path)), text);
        return { part, ignores };
      });
  }

  includes(path: string): boolean {
    if (this.cover.left.some((folder) => lies(folder, path)) || this.unsure.some((folder) => lies(folder, path)))
      return false;
    const found = this.ignores.find(({ part }) => lies(part.at, path));
    if (!found) return false;
    const rest = inside(found.part.at, path);
    const folders = rest.split('/').slice(0, -1);
    const skipped = (name: string): boolean =>
      found.part.by === 'walk' ? SKIPPED_FOLDERS.has(name) : name.toLowerCase() === '.git';
    return !folders.some(skipped) && !found.ignores.hides(rest);
  }
}

/** The repository that a path lies in: its folder, relative to the root. */
export function partOf(cover: Cover, path: string): string {
  let found = '';
  for (const { at } of cover.parts) if (at.length > found.length && lies(at, path)) found = at;
  return found;
}

export const isRules = (path: string): boolean => path === '.gitignore' || path.endsWith('/.gitignore');

const lies = (folder: string, path: string): boolean =>
  folder === '' || path === folder || path.startsWith(within(folder, ''));
const inside = (folder: string, path: string): string =>
  folder === '' ? path : path === folder ? '' : path.slice(folder.length + 1);
const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
