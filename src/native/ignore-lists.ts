// What `.lettaignore` files say, folder by folder. A file that cannot be read hides more, never less.
import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';

/** Hides all of a folder whose own lines nobody knows. */
const EVERYTHING = ['*'];

export class IgnoreLists {
  /** By the folders they count from: absolute, symlinks resolved. */
  lists: ReadonlyMap<string, readonly string[]> = new Map();
  private readonly log: (line: string) => void;
  private reading: Promise<void> = Promise.resolve();

  constructor(log: (line: string) => void) {
    this.log = log;
  }

  /** One reading after the other, so that what was read last is what holds. Never rejects. */
  read(folders: readonly string[]): Promise<void> {
    this.reading = this.reading.then(async () => {
      const lists = await Promise.all(
        folders.map(async (folder) => {
          const real = await realpath(folder).catch(() => folder);
          return [real, await this.linesOf(real)] as const;
        }),
      );
      this.lists = new Map(lists);
    });
    return this.reading;
  }

  /** They hide nothing. */
  get isEmpty(): boolean {
    return [...this.lists.values()].flat().every((line) => line.trim() === '');
  }

  private async linesOf(folder: string): Promise<readonly string[]> {
    try {
      return await ignoredLines(folder);
    } catch (error) {
      const former = this.lists.get(folder);
      const instead = former ? 'what it said before holds' : 'the whole folder is hidden from the agent';
      this.log(`${join(folder, '.lettaignore')} cannot be read, so ${instead}: ${String(error)}`);
      return former ?? EVERYTHING;
    }
  }
}

/** The lines of a folder's own `.lettaignore`; none where there is no such file. @throws where it cannot be read */
export async function ignoredLines(folder: string): Promise<string[]> {
  try {
    return (await readFile(join(folder, '.lettaignore'), 'utf8')).split(/\r?\n/);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
