// The facts of a workspace: of its folder, or of several, each below its name as VS Code shows them.
import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { DiskFacts, hiddenBy, lettaIgnore } from './disk-facts.ts';
import type { WorkspaceFacts } from './facts.ts';

/**
 * @param roots absolute paths of the workspace's folders
 * @param ignored what is hidden, as lines by the folders' real paths; of one that is missing there its own `.lettaignore` counts
 */
export async function folderFacts(
  roots: readonly string[],
  ignored: ReadonlyMap<string, readonly string[]> = new Map(),
): Promise<WorkspaceFacts> {
  const folders = await Promise.all(
    roots.map(async (root) => {
      const lines = ignored.get(await realpath(root).catch(() => root));
      const hidden = lines ? hiddenBy(lines.join('\n')) : await lettaIgnore(root);
      return { name: basename(root), facts: new DiskFacts(root, hidden) };
    }),
  );
  const [only] = folders;
  return only && folders.length === 1 ? only.facts : new SeveralFolders(folders);
}

interface Folder {
  name: string;
  facts: DiskFacts;
}

class SeveralFolders implements WorkspaceFacts {
  private readonly folders: readonly Folder[];

  constructor(folders: readonly Folder[]) {
    this.folders = folders;
  }

  /** `api/src/a.ts` is of the folder `api`; `src/a.ts` may be of any. */
  private places(path: string): { facts: DiskFacts; path: string }[] {
    const named = this.folders.filter(({ name }) => path === name || path.startsWith(`${name}/`));
    return [
      ...named.map(({ name, facts }) => ({ facts, path: path.slice(name.length + 1) || '.' })),
      ...this.folders.map(({ facts }) => ({ facts, path })),
    ];
  }

  hidden(path: string): boolean {
    return this.places(path).some((place) => place.facts.hidden(place.path));
  }

  async exists(path: string): Promise<boolean> {
    for (const place of this.places(path)) if (await place.facts.exists(place.path)) return true;
    return false;
  }

  async readText(path: string): Promise<string | null> {
    for (const place of this.places(path)) {
      const text = await place.facts.readText(place.path);
      if (text !== null) return text;
    }
    return null;
  }

  async files(): Promise<readonly string[]> {
    const lists = this.folders.map(async ({ name, facts }) => (await facts.files()).map((file) => `${name}/${file}`));
    return (await Promise.all(lists)).flat();
  }

  async unsearched(): Promise<readonly string[] | null> {
    const lists = await Promise.all(
      this.folders.map(async ({ name, facts }) => {
        const all = await facts.unsearched();
        return { cut: all !== null, files: (all ?? (await facts.files())).map((file) => `${name}/${file}`) };
      }),
    );
    return lists.some(({ cut }) => cut) ? lists.flatMap(({ files }) => files) : null;
  }

  async gitBranches(): Promise<readonly string[] | null> {
    const lists = await Promise.all(this.folders.map(({ facts }) => facts.gitBranches()));
    const known = lists.filter((list) => list !== null);
    return known.length === 0 ? null : [...new Set(known.flat())].sort();
  }
}
