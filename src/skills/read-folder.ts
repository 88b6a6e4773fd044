// Reads one skill's folder from disk: SKILL.md and the names of its other files, without following links out of it.
import type { Dirent } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { t } from '../protocol/l10n.ts';
import { MAX_SKILL_BYTES, readSkillText, type SkillText, tooLarge } from './validate.ts';

export interface SkillFolder extends SkillText {
  folder: string;
  /** Absolute path of SKILL.md; '' when there is none. */
  file: string;
  /** All files but those in folders that tools keep for themselves, relative to the folder, with `/`, sorted. */
  files: string[];
}

const MAX_FILES = 500;
const MAX_DEPTH = 8;
const NEVER_LISTED = new Set(['node_modules', '__pycache__']);

/** Whether `path` is `folder` or lies in it; both must be real paths. */
export function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** SKILL.md in any case; the exact name wins where a folder has several. */
export function skillFileIn(entries: readonly Dirent[]): string | undefined {
  const names = entries.map((entry) => entry.name).filter((name) => name.toLowerCase() === 'skill.md');
  return names.includes('SKILL.md') ? 'SKILL.md' : names.toSorted()[0];
}

/** What programs keep in it for themselves, as `.git` and `.venv`. */
const isOfTools = (entry: Dirent): boolean =>
  NEVER_LISTED.has(entry.name) || (entry.isDirectory() && entry.name.startsWith('.'));

/** What lies in a skill's folder; paths are relative to it, with `/`. */
export interface SkillListing {
  files: string[];
  problems: string[];
  /** What is no part of the skill and is not read: links, other programs' folders. */
  left: string[];
}

async function listInto(
  listing: SkillListing,
  root: string,
  folder: string,
  depth: number,
  entries: readonly Dirent[],
): Promise<void> {
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name === '.DS_Store') continue;
    if (listing.files.length >= MAX_FILES) return;
    const path = join(folder, entry.name);
    const shown = relative(root, path).split(sep).join('/');
    if (isOfTools(entry)) listing.left.push(shown);
    else if (entry.isSymbolicLink()) {
      const target = await realpath(path).catch(() => undefined);
      if (target === undefined) listing.problems.push(t('The link {0} points to nothing: remove it.', shown));
      else if (!isInside(target, root)) {
        listing.problems.push(t("The link {0} leaves the skill's folder: put a copy of the file in its place.", shown));
      }
      if (target !== undefined && isInside(target, root) && (await stat(target)).isFile()) listing.files.push(shown);
      else listing.left.push(shown);
    } else if (entry.isDirectory() && depth < MAX_DEPTH)
      await listInto(listing, root, path, depth + 1, await readdir(path, { withFileTypes: true }));
    else if (entry.isFile()) listing.files.push(shown);
    else listing.left.push(shown);
  }
}

/** What lies in a skill's folder; nothing where it has no SKILL.md. @throws Error of the file system: then no file of it is known */
export async function listSkillFiles(folder: string): Promise<SkillListing> {
  const listing: SkillListing = { files: [], problems: [], left: [] };
  const root = await realpath(folder);
  const entries = await readdir(root, { withFileTypes: true });
  if (skillFileIn(entries) !== undefined) await listInto(listing, root, root, 0, entries);
  return listing;
}

/** The text, or what is wrong with the file. Looks before it reads: a pipe would never end, a huge file would fill memory. */
async function readText(path: string, root: string, isLink: boolean): Promise<{ text: string } | { problem: string }> {
  const name = basename(path);
  if (isLink) {
    const target = await realpath(path);
    if (!isInside(target, root)) {
      return { problem: t("{0} is a link that leaves the skill's folder: put a copy of the file in its place.", name) };
    }
  }
  const info = await stat(path);
  if (!info.isFile()) return { problem: t('{0} is no file: replace it with a text file.', name) };
  if (info.size > MAX_SKILL_BYTES) return { problem: tooLarge(info.size) };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path)) };
  } catch (error) {
    if (error instanceof TypeError) return { problem: t('{0} is not UTF-8 text: save it as UTF-8.', name) };
    throw error;
  }
}

function plainReason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EACCES' || code === 'EPERM') return t('it may not be read: check its permissions');
  if (code === 'ENOENT' || code === 'ENOTDIR') return t('it is not there');
  if (code === 'ELOOP') return t('its links go in a circle');
  return error instanceof Error ? error.message : String(error);
}

/**
 * Reads and judges a skill's folder, which gives the name where SKILL.md has another. Never rejects: what goes wrong is in `problems`.
 * @param real its real path, where that is known already: of hundreds of folders nothing is asked of the disk twice
 */
export async function readSkillFolder(folder: string, real?: string): Promise<SkillFolder> {
  const empty = {
    folder,
    file: '',
    name: '',
    description: '',
    body: '',
    forModel: true,
    forUser: true,
    files: [],
    hints: [],
  };
  try {
    const root = real ?? (await realpath(folder));
    const entries = await readdir(root, { withFileTypes: true });
    const name = skillFileIn(entries);
    if (name === undefined) return { ...empty, problems: [t('The folder has no SKILL.md.')] };
    const listing: SkillListing = { files: [], problems: [], left: [] };
    await listInto(listing, root, root, 0, entries);
    if (listing.files.length >= MAX_FILES) {
      listing.problems.push(t('The folder has {0} files or more: keep only what the skill needs.', MAX_FILES));
    }
    const file = join(folder, name);
    const isLink = entries.some((entry) => entry.name === name && entry.isSymbolicLink());
    const read = await readText(file, root, isLink);
    if ('problem' in read) {
      return { ...empty, file, files: listing.files, problems: [...new Set([read.problem, ...listing.problems])] };
    }
    const skill = readSkillText(read.text, basename(folder));
    const problems = [...skill.problems.filter((problem) => !skill.hints.includes(problem)), ...listing.problems];
    const given = skill.hints.length > 0 ? basename(folder) : skill.name;
    return { ...skill, name: given, folder, file, files: listing.files, problems };
  } catch (error) {
    return { ...empty, problems: [t("The skill can't be read: {0}.", plainReason(error))] };
  }
}

export interface SkillVerdict {
  ok: boolean;
  name: string;
  description: string;
  files: string[];
  reasons: string[];
}

/** The verdict on a folder, for people and scripts: `ok` when it keeps all rules, so that every tool offers it to its model. */
export async function judgeSkill(folder: string): Promise<SkillVerdict> {
  const { name, description, files, problems, hints } = await readSkillFolder(folder);
  const reasons = [...hints, ...problems];
  return { ok: reasons.length === 0, name, description, files, reasons };
}
