// Copies of what is about to be deleted: a server has no trash, and half a change must be taken back.
import { randomUUID } from 'node:crypto';
import { cp, link, lstat, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** As long as trash folders keep things. */
const KEEP_MS = 30 * 24 * 60 * 60 * 1000;

/** Larger files are kept under another name of theirs, which takes neither time nor room; on another disk they are copied. */
const MAX_BYTES = 1024 * 1024;
/** Of the large files of one deletion; more is not copied. */
const MOST_COPIED = 500 * 1024 * 1024;
const OPTIONS = { recursive: true, preserveTimestamps: true, verbatimSymlinks: true, errorOnExist: true };

/** `copy`: where it lies. `lost`: large files that could not be kept; absolute, as they were called. */
export interface Kept {
  copy: string;
  lost: readonly string[];
}

export class DeletedFiles {
  private readonly folder: string;

  private readonly mostCopied: number;

  /** `folder`: absolute; made when the first copy is kept. */
  constructor(folder: string, mostCopied = MOST_COPIED) {
    this.folder = folder;
    this.mostCopied = mostCopied;
  }

  /** Copies a file or a folder, links as links; large files are not copied, but kept where the disk can do that at once. */
  async keep(path: string): Promise<Kept> {
    const date = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
    const place = join(this.folder, `${date}-${randomUUID().slice(0, 8)}`);
    await mkdir(place, { recursive: true, mode: 0o700 });
    const copy = join(place, basename(path));
    const lost: string[] = [];
    let room = this.mostCopied;
    await cp(path, copy, {
      ...OPTIONS,
      filter: async (from, to) => {
        const stats = await lstat(from);
        if (!stats.isFile() || stats.size <= MAX_BYTES) return true;
        // Another name of the same file, on the same disk.
        const linked = await link(from, to).then(
          () => true,
          () => false,
        );
        if (linked) return false;
        room -= stats.size;
        if (room < 0) lost.push(from);
        return room >= 0;
      },
    });
    return { copy, lost };
  }

  async putBack(copy: string, path: string): Promise<void> {
    await cp(copy, path, OPTIONS);
  }

  /** Drops a copy that is not needed. */
  async drop(copy: string): Promise<void> {
    await rm(join(copy, '..'), { recursive: true, force: true });
  }

  /** Drops what has been kept for longer than 30 days. */
  async forgetOld(now = Date.now()): Promise<void> {
    for (const name of await readdir(this.folder).catch(() => [])) {
      const place = join(this.folder, name);
      const age = await stat(place).then(
        ({ mtimeMs }) => now - mtimeMs,
        () => 0,
      );
      if (age > KEEP_MS) await rm(place, { recursive: true, force: true });
    }
  }
}
