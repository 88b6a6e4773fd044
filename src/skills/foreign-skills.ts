// Skills that come from elsewhere, a folder or a repository: what there is, what would be copied, and why something would not. Nothing is run.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { t } from '../protocol/l10n.ts';
import type { SkillFiles } from './skill-files.ts';
import { leavesFolder } from './skill-name.ts';
import { readSkillText } from './validate.ts';

/** One entry of a tree, whatever holds it. */
export interface ForeignEntry {
  /** Relative to the tree, with `/`. */
  path: string;
  kind: 'file' | 'link' | 'submodule' | 'other';
  /** Bytes. */
  size: number;
  executable: boolean;
}

export interface ForeignTree {
  /** What a skill at its root is called, where it does not say so itself. */
  name: string;
  entries: readonly ForeignEntry[];
  /** Contents of files, in the order of the paths. @throws Error */
  read(paths: readonly string[]): Promise<Uint8Array[]>;
}

export interface ForeignSkill {
  name: string;
  description: string;
  /** In its tree; '' is the root. */
  folder: string;
  /** Paths in the skill's folder, SKILL.md first. */
  files: readonly string[];
  /** Those of them that are programs. */
  scripts: readonly string[];
  executable: ReadonlySet<string>;
  /** Why it is not imported; none: it can be. */
  problems: readonly string[];
}

export class ForeignError extends Error {
  override name = 'ForeignError';
}

const MAX_ENTRIES = 20_000;
const MAX_SKILLS = 200;
const MAX_FILES = 500;
const MAX_BYTES = 5 * 1024 * 1024;
const MAX_DEPTH = 12;
const NEVER = new Set(['.git', 'node_modules', '.DS_Store']);
const PROGRAM = /\.(?:sh|bash|zsh|fish|py|rb|pl|php|lua|[cm]?[jt]sx?|ps1|psm1|bat|cmd|exe|com|jar|wasm|so|dll|dylib)$/i;

const isMain = (path: string): boolean => /(?:^|\/)skill\.md$/i.test(path);
const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
const within = (path: string, folder: string): boolean => folder === '' || path.startsWith(`${folder}/`);

/** A folder of this computer. Links are listed, never followed. @throws ForeignError for a tree that is too large; Error of the file system */
export async function folderTree(root: string, name: string): Promise<ForeignTree> {
  const entries: ForeignEntry[] = [];
  const visit = async (folder: string, depth: number): Promise<void> => {
    if (depth > MAX_DEPTH) throw new ForeignError(t('Its folders are nested more than {0} deep.', MAX_DEPTH));
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entries.length >= MAX_ENTRIES) throw tooLarge();
      // Where `.git` is a file, the folder is a submodule.
      if (entry.name === '.git' && entry.isFile() && folder !== '')
        entries.push({ path: folder, kind: 'submodule', size: 0, executable: false });
      if (NEVER.has(entry.name)) continue;
      if (entry.isDirectory()) await visit(path, depth + 1);
      else entries.push(await entryOf(join(root, path), path, entry));
    }
  };
  await visit('', 0);
  const read = (paths: readonly string[]) => Promise.all(paths.map((path) => readFile(join(root, path))));
  return { name, entries, read };
}

async function entryOf(
  file: string,
  path: string,
  entry: { isFile(): boolean; isSymbolicLink(): boolean },
): Promise<ForeignEntry> {
  if (entry.isSymbolicLink()) return { path, kind: 'link', size: 0, executable: false };
  if (!entry.isFile()) return { path, kind: 'other', size: 0, executable: false };
  const { size, mode } = await stat(file);
  return { path, kind: 'file', size, executable: (mode & 0o111) !== 0 };
}

export const tooLarge = (): ForeignError => new ForeignError(t('It holds more than {0} files.', MAX_ENTRIES));

/** All skills of a tree, by their paths; those that cannot be imported with the reason. @throws ForeignError */
export async function foreignSkills(tree: ForeignTree): Promise<ForeignSkill[]> {
  const mains = tree.entries.filter(({ path }) => isMain(path)).toSorted((a, b) => (a.path < b.path ? -1 : 1));
  // What lies in a skill belongs to it.
  const outer = mains.filter(({ path }) => !mains.some((other) => other.path !== path && holds(other.path, path)));
  if (outer.length === 0) throw new ForeignError(t('There is no SKILL.md in it.'));
  if (outer.length > MAX_SKILLS) throw new ForeignError(t('It holds more than {0} skills.', MAX_SKILLS));
  return Promise.all(outer.map((main) => skillAt(tree, main)));
}

function holds(main: string, path: string): boolean {
  return folderOf(path) !== folderOf(main) && within(path, folderOf(main));
}

async function skillAt(tree: ForeignTree, main: ForeignEntry): Promise<ForeignSkill> {
  const folder = folderOf(main.path);
  const inside = folder === '' ? 0 : folder.length + 1;
  const own = tree.entries.filter(({ path }) => within(path, folder) || path === folder);
  const problems = own.flatMap((entry) => refusal({ ...entry, path: entry.path.slice(inside) || '.' }));
  const files = own.filter(({ kind }) => kind === 'file');
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  if (files.length > MAX_FILES) problems.push(t('It has more than {0} files.', MAX_FILES));
  if (bytes > MAX_BYTES) problems.push(t('It is larger than {0} MB.', MAX_BYTES / 1024 / 1024));
  if (files.filter(({ path }) => folderOf(path) === folder && isMain(path)).length > 1)
    problems.push(t('It has more than one SKILL.md.'));
  const paths = files.map(({ path }) => path.slice(inside));
  const rest = paths.filter((path) => path !== main.path.slice(inside)).toSorted();
  const executable = new Set(files.filter((each) => each.executable).map(({ path }) => path.slice(inside)));
  const read = main.kind === 'file' && bytes <= MAX_BYTES ? await textOf(tree, main.path) : undefined;
  const named = folder.slice(folder.lastIndexOf('/') + 1);
  const text = read === undefined ? undefined : readSkillText(read, folder === '' ? undefined : named);
  if (main.kind === 'file' && bytes <= MAX_BYTES && read === undefined)
    problems.push(t('Its SKILL.md is not UTF-8 text.'));
  return {
    name: text?.name || named || tree.name,
    description: text?.description ?? '',
    folder,
    files: [main.path.slice(inside), ...rest],
    scripts: rest.filter((path) => PROGRAM.test(path) || executable.has(path) || path.startsWith('scripts/')),
    executable,
    problems: [...new Set([...problems, ...(text?.problems ?? [])])],
  };
}

function refusal({ path, kind }: ForeignEntry): string[] {
  if (kind === 'link') return [t('{0} is a link: what it leads to is not part of the skill.', path)];
  if (kind === 'submodule') return [t('{0} is a submodule: its files are elsewhere.', path)];
  if (kind === 'other') return [t('{0} is neither a file nor a folder.', path)];
  return path !== '.' && leavesFolder(path) ? [t('The path {0} would leave its folder.', JSON.stringify(path))] : [];
}

async function textOf(tree: ForeignTree, path: string): Promise<string | undefined> {
  const [bytes] = await tree.read([path]);
  try {
    return bytes && new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Everything that would be copied. @throws ForeignError for a skill with problems; Error of the tree */
export async function filesOfForeign(tree: ForeignTree, skill: ForeignSkill): Promise<SkillFiles> {
  if (skill.problems.length > 0) throw new ForeignError(skill.problems.join(' '));
  const prefix = skill.folder === '' ? '' : `${skill.folder}/`;
  const contents = await tree.read(skill.files.map((path) => prefix + path));
  const files = new Map<string, Uint8Array>();
  for (const [i, path] of skill.files.entries()) {
    const bytes = contents[i];
    if (!bytes) throw new ForeignError(t('{0} could not be read.', path));
    // In whatever case it was written: the name that every other tool looks for.
    files.set(i === 0 ? 'SKILL.md' : path, bytes);
  }
  const total = [...files.values()].reduce((sum, bytes) => sum + bytes.byteLength, 0);
  if (total > MAX_BYTES) throw new ForeignError(t('It has grown while it was looked at.'));
  return files;
}
