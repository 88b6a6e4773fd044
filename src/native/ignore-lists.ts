// What `.lettaignore` files say, folder by folder, also those further down. A file that cannot be read hides more, never less.
import { readFile, realpath } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';

export const IGNORE_FILE = '.lettaignore';
/** Hides all of a folder whose own lines nobody knows. */
const EVERYTHING = ['*'];

/** Absolute paths of all `.lettaignore` files in a folder and the folders in it, itself too. Never rejects. */
export type FindIgnores = (folder: string) => Promise<string[]>;

export class IgnoreLists {
  /** By the folders they count from: absolute, symlinks resolved. */
  lists: ReadonlyMap<string, readonly string[]> = new Map();
  private readonly log: (line: string) => void;
  private readonly find: FindIgnores;
  private reading: Promise<void> = Promise.resolve();
  private looking: Promise<void> = Promise.resolve();
  private own: ReadonlyMap<string, readonly string[]> = new Map();
  /** Lines of files further down, as if they stood in the folder's own. */
  private below: ReadonlyMap<string, readonly string[]> = new Map();
  /** What files said when they could be read, by their folders. */
  private readonly former = new Map<string, readonly string[]>();

  constructor(log: (line: string) => void, find: FindIgnores) {
    this.log = log;
    this.find = find;
  }

  /**
   * One reading after the other, so that what was read last is what holds. Never rejects.
   * @returns settled once the folders' own files are read; `whole` tells of those further down
   */
  read(folders: readonly string[]): Promise<void> {
    this.reading = this.reading.then(async () => {
      const real = await Promise.all(folders.map((folder) => realpath(folder).catch(() => folder)));
      this.own = new Map(await Promise.all(real.map(async (folder) => [folder, await this.linesOf(folder)] as const)));
      this.join();
      this.looking = this.looking.then(() => this.lookBelow());
    });
    return this.reading;
  }

  /** Settles once the files in all folders are read that are there now. Never rejects. */
  async whole(): Promise<void> {
    await this.reading;
    await this.looking;
  }

  private async lookBelow(): Promise<void> {
    const found = [...this.own.keys()].map(async (folder) => [folder, await this.linesBelow(folder)] as const);
    this.below = new Map(await Promise.all(found));
    this.join();
  }

  private join(): void {
    this.lists = new Map(
      [...this.own].map(([folder, lines]) => [folder, [...lines, ...(this.below.get(folder) ?? [])]]),
    );
  }

  /** The deeper ones last: of two lines that mean a file the last one counts. */
  private async linesBelow(folder: string): Promise<string[]> {
    const inner = (await this.find(folder)).map((path) => dirname(path)).filter((path) => path !== folder);
    const lists = inner
      .toSorted((a, b) => a.length - b.length)
      .map(async (path) => {
        const inside = relative(folder, path).split(sep).join('/');
        return (await this.linesOf(path)).flatMap((line) => asFromAbove(line, inside));
      });
    return (await Promise.all(lists)).flat();
  }

  private async linesOf(folder: string): Promise<readonly string[]> {
    try {
      const lines = await ignoredLines(folder);
      this.former.set(folder, lines);
      return lines;
    } catch (error) {
      const former = this.former.get(folder);
      const instead = former ? 'what it said before holds' : 'the whole folder is hidden from the agent';
      this.log(`${join(folder, IGNORE_FILE)} cannot be read, so ${instead}: ${String(error)}`);
      return former ?? EVERYTHING;
    }
  }
}

/** A line of a file in the folder `inside`, as it would stand in one above; none for what says nothing. */
export function asFromAbove(line: string, inside: string): string[] {
  if (line.trim() === '' || line.startsWith('#')) return [];
  const [, not = '', pattern = ''] = /^(!?)(.*)$/s.exec(line) ?? [];
  const folder = inside.replace(/[\\*?[\]!# ]/g, '\\$&');
  const anchored = /\/(?=.*\S)/.test(pattern);
  return [`${not}/${folder}/${anchored ? pattern.replace(/^\//, '') : `**/${pattern}`}`];
}

/** The lines of a folder's own `.lettaignore`; none where there is no such file. @throws where it cannot be read */
export async function ignoredLines(folder: string): Promise<string[]> {
  try {
    return decoded(await readFile(join(folder, IGNORE_FILE))).split(/\r?\n/);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** PowerShell and Notepad write other encodings than git reads: what is meant to be hidden must be. */
function decoded(bytes: Buffer): string {
  const mark = bytes.toString('hex', 0, 2);
  if (mark === 'fffe') return bytes.toString('utf16le', 2);
  if (mark === 'feff')
    return Buffer.from(bytes.subarray(0, bytes.length & ~1))
      .swap16()
      .toString('utf16le', 2);
  return bytes.toString('utf8').replace(/^\ufeff/, '');
}
