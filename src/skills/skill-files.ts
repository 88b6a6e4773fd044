// A skill's folder as a whole: read, written in one step, copied to another place. Never over another, nothing of it is run.
import { createHash, randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, rmdir, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { t } from '../protocol/l10n.ts';
import { listSkillFiles } from './read-folder.ts';
import { codeOf, makeInside, SkillSaveError, writeDurably } from './save-skill.ts';
import { leavesFolder } from './skill-name.ts';

/** By their paths in the skill's folder, with `/`. */
export type SkillFiles = ReadonlyMap<string, Uint8Array>;

const MAX_FILES = 500;
const MAX_BYTES = 5 * 1024 * 1024;
/** In a message. */
const MAX_NAMED = 5;

/** The plain files of a skill. @throws SkillSaveError `invalid` for more than may be copied; Error of the file system */
export async function readSkillFiles(folder: string): Promise<Map<string, Uint8Array>> {
  return readListed(folder, (await listSkillFiles(folder)).files);
}

async function readListed(folder: string, files: readonly string[]): Promise<Map<string, Uint8Array>> {
  if (files.length >= MAX_FILES) throw tooMuch(folder);
  const found = new Map<string, Uint8Array>();
  let bytes = 0;
  for (const path of files) {
    bytes += (await stat(join(folder, path))).size;
    if (bytes > MAX_BYTES) throw tooMuch(folder);
    found.set(path, await readFile(join(folder, path)));
  }
  return found;
}

const tooMuch = (folder: string) =>
  new SkillSaveError('invalid', t('{0} has {1} files or more, or is larger than 5 MB.', folder, MAX_FILES));

/** Those of the files in a folder that may be run. @throws Error of the file system */
export async function executablesIn(folder: string, paths: Iterable<string>): Promise<string[]> {
  const runs: string[] = [];
  for (const path of paths) if (((await stat(join(folder, path))).mode & 0o100) !== 0) runs.push(path);
  return runs;
}

/**
 * The same for the same files with the same contents.
 * @param executable those that may be run, where that counts
 */
export function hashOf(files: SkillFiles, executable: readonly string[] = []): string {
  const hash = createHash('sha256');
  for (const [path, bytes] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${path}\0${bytes.byteLength}\0`).update(bytes);
  for (const path of executable.filter((each) => files.has(each)).toSorted()) hash.update(`${path}\0runs\0`);
  return hash.digest('hex');
}

/**
 * Writes a skill's folder NAME below `base`/`parts`, which are made.
 * @param executable of a file, by its path; absent: none is
 * @returns the new folder
 * @throws SkillSaveError `exists`, `outside`, `invalid`, `unwritable`: nothing is there then
 */
export async function writeSkillFolder(
  base: string,
  parts: readonly string[],
  name: string,
  files: SkillFiles,
  executable: (path: string) => boolean = () => false,
): Promise<string> {
  if (leavesFolder(name)) throw new SkillSaveError('invalid', t('{0} is no name of a folder.', JSON.stringify(name)));
  const outside = [...files.keys()].find(leavesFolder);
  if (outside !== undefined)
    throw new SkillSaveError('invalid', t('The path {0} would leave its folder.', JSON.stringify(outside)));
  let temporary: string | undefined;
  try {
    await mkdir(base, { recursive: true });
    const folder = await makeInside(base, parts);
    const target = join(folder, name);
    if (await isThere(target)) throw exists(name);
    temporary = join(folder, `.${name}.${randomUUID()}.tmp`);
    await mkdir(temporary);
    for (const [path, bytes] of files) {
      const file = join(temporary, path);
      await mkdir(dirname(file), { recursive: true });
      await writeDurably(file, bytes);
      if (executable(path)) await chmod(file, 0o755);
    }
    await rename(temporary, target);
    return target;
  } catch (error) {
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true }).catch(() => {});
    if (error instanceof SkillSaveError) throw error;
    const isTaken = ['EEXIST', 'ENOTEMPTY', 'EPERM'].includes(codeOf(error) ?? '');
    if (isTaken && (await isThere(join(base, ...parts, name)))) throw exists(name);
    const why = error instanceof Error ? error.message : String(error);
    throw new SkillSaveError('unwritable', t('The skill “{0}” could not be written to {1}: {2}', name, base, why));
  }
}

/**
 * Copies a skill's folder; its files keep the right to run.
 * @throws SkillSaveError as `writeSkillFolder`, and `invalid` where something in it would not be copied; Error of the file
 * system where it cannot be read: nothing is there then
 */
export async function copySkillFolder(
  source: string,
  base: string,
  parts: readonly string[],
  name: string,
): Promise<string> {
  const listing = await listSkillFiles(source);
  if (listing.left.length > 0) throw new SkillSaveError('invalid', leftMessage(name, listing.left));
  const files = await readListed(source, listing.files);
  if (files.size === 0) throw new SkillSaveError('invalid', t('{0} has no SKILL.md.', source));
  const runs = new Set(await executablesIn(source, files.keys()));
  return writeSkillFolder(base, parts, name, files, (path) => runs.has(path));
}

/** Removes the files of a skill whose SKILL.md was replaced. What is no file of it stays. @throws Error of the file system */
export async function removeOthers({ folder, file }: { folder: string; file: string }): Promise<void> {
  const { files } = await listSkillFiles(folder);
  for (const path of files) if (join(folder, path) !== file) await removeFile(folder, path);
}

/** And the folders that it leaves empty. */
export async function removeFile(folder: string, path: string): Promise<void> {
  await unlink(join(folder, path));
  for (let at = dirname(path); at !== '.'; at = dirname(at)) await rmdir(join(folder, at)).catch(() => {});
}

function leftMessage(name: string, left: readonly string[]): string {
  const more = left.length - MAX_NAMED;
  const first = left.slice(0, MAX_NAMED).join(', ');
  return t(
    'The skill “{0}” holds what would not be copied: {1}. Remove that, or put files in its place, then try again.',
    name,
    more > 0 ? t('{0} and {1} more', first, more) : first,
  );
}

const exists = (name: string) =>
  new SkillSaveError('exists', t('There is a skill “{0}” there already. Rename or delete one of them first.', name));

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
