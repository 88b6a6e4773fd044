// Earlier versions of skills, kept as copies: what a repository does not have yet, or never will, and what something is put in place of.
import { createHash, randomUUID } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { t } from '../protocol/l10n.ts';
import { listSkillFiles } from './read-folder.ts';
import { SkillSaveError, writeDurably } from './save-skill.ts';
import { hashOf, readSkillFiles, removeFile, type SkillFiles, writeSkillFolder } from './skill-files.ts';
import { leavesFolder } from './skill-name.ts';

/** Of one skill. */
const MOST = 20;

export interface KeptVersion {
  /** Names the copy. */
  id: string;
  /** Milliseconds since the epoch. */
  at: number;
}

const ID = /^(\d{13})-([0-9a-f]{16})$/;

/** Keeps copies below one folder; those of a skill by the folder that it lies in. */
export class SkillVersions {
  private readonly root: string;
  /** What was looked at last, by the skill's folder: unchanged sizes and times are not read again. */
  private readonly known = new Map<string, string>();
  private tail: Promise<unknown> = Promise.resolve();

  constructor(root: string) {
    this.root = root;
  }

  /**
   * Keeps the skill as it is now, where that is new. Calls queue. Never rejects: what cannot be read has no version.
   * @param names of its files, where they are known
   */
  keep(folder: string, names?: readonly string[]): Promise<void> {
    return this.queue(() =>
      this.keepNow(folder, names).then(
        () => {},
        () => {},
      ),
    );
  }

  /** As `keep`, for what is about to go. @returns where the copy lies @throws Error where there is none: then it must stay */
  async mustKeep(folder: string): Promise<string> {
    return join(this.placeOf(folder), await this.queue(() => this.keepNow(folder)));
  }

  /** The skill lies elsewhere now, and its copies go along. */
  moved(from: string, to: string): Promise<void> {
    return this.queue(async () => {
      this.known.delete(from);
      this.known.delete(to);
      const [old, place] = [this.placeOf(from), this.placeOf(to)];
      await mkdir(place, { recursive: true });
      // One by one: another skill may have lain there, and what a crash leaves behind is brought by the next move.
      for (const id of await readdir(old).catch(() => []))
        if (ID.test(id) && !(await readdir(place)).includes(id)) await rename(join(old, id), join(place, id));
      await rm(old, { recursive: true, force: true });
    });
  }

  /** Newest first. */
  async list(folder: string): Promise<KeptVersion[]> {
    await this.tail;
    const names = await readdir(this.placeOf(folder)).catch(() => []);
    return names
      .flatMap((id) => (ID.test(id) ? [{ id, at: Number(id.slice(0, 13)) }] : []))
      .toSorted((a, b) => (a.id < b.id ? 1 : -1));
  }

  /** @throws Error when the copy is no longer there */
  async read(folder: string, id: string): Promise<SkillFiles> {
    if (!ID.test(id)) throw new Error('There is no such version.');
    const place = join(this.placeOf(folder), id);
    const files = await readSkillFiles(place).catch(() => undefined);
    if (!files?.size) throw new Error(t('This version is no longer there.'));
    return files;
  }

  private queue<T>(work: () => Promise<T>): Promise<T> {
    const done = this.tail.then(work);
    this.tail = done.catch(() => {});
    return done;
  }

  /** @returns the id of the newest copy */
  private async keepNow(folder: string, given?: readonly string[]): Promise<string> {
    // A link that leads elsewhere, say: none of what lies there is the skill's.
    if (given?.length === 0) throw new Error(t('It has no files.'));
    const signature = await signatureOf(folder, given ?? (await listSkillFiles(folder)).files);
    const place = this.placeOf(folder);
    const names = (await readdir(place).catch(() => [])).filter((name) => ID.test(name)).toSorted();
    const newest = names.at(-1);
    if (newest !== undefined && this.known.get(folder) === signature) return newest;
    const files = await readSkillFiles(folder);
    if (files.size === 0) throw new Error(t('{0} has no SKILL.md.', folder));
    const hash = hashOf(files).slice(0, 16);
    // One after the other, also where the clock stands still.
    const id = `${Math.max(Date.now(), Number(newest?.slice(0, 13) ?? 0) + 1)}-${hash}`;
    const isNew = newest === undefined || !newest.endsWith(hash);
    if (isNew) await writeSkillFolder(place, [], id, files);
    for (const old of isNew ? names.slice(0, Math.max(0, names.length + 1 - MOST)) : [])
      await rm(join(place, old), { recursive: true, force: true });
    this.known.set(folder, signature);
    return isNew ? id : newest;
  }

  private placeOf(folder: string): string {
    return join(this.root, createHash('sha256').update(folder).digest('hex').slice(0, 32));
  }
}

async function signatureOf(folder: string, files: readonly string[]): Promise<string> {
  const stats = await Promise.all(
    files.map(async (file) => {
      const { size, mtimeMs, ino } = await stat(join(folder, file));
      return `${file}\0${size}\0${mtimeMs}\0${ino}`;
    }),
  );
  return stats.join('\n');
}

export interface VersionChange {
  path: string;
  before: Uint8Array | undefined;
  after: Uint8Array | undefined;
}

/** What a version would change in the skill as it is now. @throws as `readSkillFiles` */
export async function changesTo(folder: string, version: SkillFiles): Promise<VersionChange[]> {
  const now = await readSkillFiles(folder);
  const paths = [...new Set([...now.keys(), ...version.keys()])].toSorted();
  return paths
    .map((path) => ({ path, before: now.get(path), after: version.get(path) }))
    .filter(({ before, after }) => !(before && after && Buffer.from(before).equals(after)));
}

/**
 * Makes the skill what it was in a version: removes and writes the files that differ, each whole, and touches nothing else. What a
 * crash leaves half done is finished by restoring the version once more.
 * @param shown the changes as the person was shown them
 * @throws SkillSaveError `changed` where the skill is another one by now, `outside` where a path of it leads out of its folder:
 * nothing is done then; Error of the file system
 */
export async function restoreVersion(
  folder: string,
  version: SkillFiles,
  shown: readonly VersionChange[],
): Promise<void> {
  // Where the skill is a link, the link stays.
  const root = await realpath(folder);
  const changes = await changesTo(root, version);
  if (!same(changes, shown))
    throw new SkillSaveError('changed', t('The skill changed since this was shown. Choose the version again.'));
  for (const { path } of changes) await refuseOutside(root, path);
  for (const { path, after } of changes) if (!after) await removeFile(root, path);
  for (const { path, after } of changes) if (after) await put(join(root, path), after);
}

async function refuseOutside(root: string, path: string): Promise<void> {
  const refuse = () =>
    new SkillSaveError(
      'outside',
      t('{0} would lie outside of the skill’s folder, so nothing was restored.', JSON.stringify(path)),
    );
  if (leavesFolder(path)) throw refuse();
  for (let at = dirname(path); at !== '.'; at = dirname(at))
    if ((await lstat(join(root, at)).catch(() => undefined))?.isSymbolicLink()) throw refuse();
}

async function put(file: string, bytes: Uint8Array): Promise<void> {
  const runs = (((await stat(file).catch(() => undefined))?.mode ?? 0) & 0o100) !== 0;
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    await writeDurably(temporary, bytes);
    if (runs) await chmod(temporary, 0o755);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function same(a: readonly VersionChange[], b: readonly VersionChange[]): boolean {
  const key = (changes: readonly VersionChange[]) =>
    changes.map(({ path, before, after }) =>
      [path, ...[before, after].map((bytes) => (bytes ? Buffer.from(bytes).toString('base64') : '-'))].join('\0'),
    );
  return key(a).join('\n') === key(b).join('\n');
}
