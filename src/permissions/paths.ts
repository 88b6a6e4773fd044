// Where a path stands to the workspace and to what is protected. Pure: looks at names, never at the disk.
import { posix } from 'node:path';

/** A path judged by name. `folder` is absent for what lies outside. */
export interface Located {
  /** Absolute, with `/`, without `.` and `..`. */
  absolute: string;
  /** The workspace folder it lies in and the path within it ('' for the folder itself). */
  folder?: string;
  inside?: string;
  /** How a rule names it where several folders are open: `name/inside`. */
  named?: string;
}

/** Documents that were never saved: they exist in this window only. */
export function isUntitled(path: string): boolean {
  return path.startsWith('untitled:');
}

/**
 * Finds the path among the workspace folders. Symlinks must have been resolved before.
 * @param path absolute, or relative to the workspace (with several folders: to the one whose name it begins with)
 */
export function locate(path: string, workspace: string[]): Located {
  const folders = workspace.map(slashed);
  const target = absolutePath(slashed(path), folders);
  // The innermost folder counts where one holds another.
  const holding = folders.filter((folder) => within(folder, target)).toSorted((a, b) => b.length - a.length);
  const [folder] = holding;
  if (folder === undefined) return { absolute: target };
  const inside = target.slice(folder.length).replace(/^\//, '');
  return { absolute: target, folder, inside, named: posix.join(posix.basename(folder), inside) };
}

function absolutePath(path: string, folders: string[]): string {
  if (/^file:\/\//i.test(path))
    return normal(decode(path.replace(/^file:\/\/(localhost)?/i, '')).replace(/^\/([a-z]:)/i, '$1'));
  if (path.startsWith('/') || /^[a-z]:\//i.test(path)) return normal(path);
  // `~`, schemes and PowerShell's providers (`Name/FileSystem::`) are no names in the workspace: left as they are, they lie outside of every folder.
  if (path.startsWith('~') || /^[a-z][\w+.-]*(?:\/\w+:)?:/i.test(path)) return path;
  const [first = ''] = path.split('/');
  const named = folders.length > 1 ? folders.find((folder) => posix.basename(folder) === first) : undefined;
  if (named !== undefined) return normal(`${named}/${path.slice(first.length)}`);
  return normal(`${folders[0] ?? ''}/${path}`);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `/` everywhere; names that Windows would read as a path are read so on every system, which can only ask more. */
function slashed(path: string): string {
  return path.replaceAll('\\', '/');
}

/** Without `.`, `..` and doubled slashes; two at the beginning stay: they name another computer. */
function normal(path: string): string {
  const plain = posix.normalize(path);
  const trimmed = plain.length > 1 ? plain.replace(/\/$/, '') : plain;
  return /^\/\/[^/]/.test(path) ? `/${trimmed}` : trimmed;
}

function within(folder: string, target: string): boolean {
  const windows = /^([a-z]:|\/\/)/i.test(folder);
  const [outer, inner] = windows ? [folder.toLowerCase(), target.toLowerCase()] : [folder, target];
  const root = normal(outer);
  return inner === root || inner.startsWith(root.endsWith('/') ? root : `${root}/`);
}

/**
 * The lines that count for a file, each list with the path of the file in its folder; none for what lies outside. Where one
 * folder holds another, those of both count.
 */
export function listsFor(
  lines: readonly string[] | ReadonlyMap<string, readonly string[]>,
  { absolute, inside }: Located,
): { lines: readonly string[]; inside: string }[] {
  if ('length' in lines) return inside === undefined ? [] : [{ lines, inside }];
  return [...lines].flatMap(([name, own]) => {
    const folder = normal(slashed(name));
    return within(folder, absolute) ? [{ lines: own, inside: absolute.slice(folder.length).replace(/^\//, '') }] : [];
  });
}

const PROTECTED_FOLDERS = new Set(['.git', '.vscode', '.letta', '.agents', '.skills', '.claude', '.husky']);
const PROTECTED_FILES = new Set([
  '.lettaignore',
  'agents.md',
  'claude.md',
  // Shell profiles: what stands there runs with the next terminal.
  '.bashrc',
  '.bash_profile',
  '.bash_login',
  '.bash_logout',
  '.bash_aliases',
  '.profile',
  '.zshrc',
  '.zshenv',
  '.zprofile',
  '.zlogin',
  '.zlogout',
  '.kshrc',
  '.cshrc',
  '.tcshrc',
  '.login',
  '.logout',
  'config.fish',
  'profile.ps1',
]);

/** What other editors and agents run, or obey, as soon as it is there: folders and files. */
const STARTING = new Set([
  ...[
    '.mcp.json',
    '.cursor',
    '.cursorrules',
    '.windsurf',
    '.windsurfrules',
    '.clinerules',
    '.roo',
    '.roorules',
    '.roomodes',
  ],
  ...[
    '.kiro',
    '.gemini',
    'gemini.md',
    '.codex',
    '.continue',
    '.amazonq',
    '.opencode',
    'opencode.json',
    'opencode.jsonc',
    '.goosehints',
  ],
  ...['.zed', '.idea', '.devcontainer', '.devcontainer.json', '.envrc'],
]);
/** The same, where only a folder in a folder is meant. */
const STARTING_BELOW =
  /(?:^|\/)\.github\/(?:copilot-instructions\.md|instructions|skills|hooks|agents|prompts|chatmodes)(?:\/|$)/;

/** Those that can be listed: for wildcards in what may write. */
export const STARTING_NAMES: readonly string[] = [...STARTING];

/** The name on the path of what must not be changed unasked though it may be read, or undefined. */
export function startingName(path: string): string | undefined {
  const names = slashed(path)
    .split('/')
    .filter((part) => part !== '')
    .map(plainName);
  return names.find((name) => STARTING.has(name)) ?? (STARTING_BELOW.test(names.join('/')) ? '.github' : undefined);
}

/** What a file is protected by that lies in the folder that mirrors memory, or undefined. */
export function memoryName({ absolute }: Located, { memoryFolder }: { memoryFolder?: string | undefined }) {
  return memoryFolder !== undefined && within(slashed(memoryFolder), absolute) ? 'letta.memory.mirror' : undefined;
}

/** Whether a file may be changed only when somebody is asked, by one of its names. */
export const isGuarded = (path: string): boolean =>
  protectedName(path) !== undefined || startingName(path) !== undefined;

/** All of them that can be listed: for wildcards. */
export const PROTECTED_NAMES: readonly string[] = [
  ...PROTECTED_FOLDERS,
  ...PROTECTED_FILES,
  '*.code-workspace',
  '*_profile.ps1',
];

/** The protected name on the path, or undefined. Compared as the most forgiving file system would. */
export function protectedName(path: string): string | undefined {
  const parts = slashed(path)
    .split('/')
    .filter((part) => part !== '');
  return parts.find((part) => {
    const name = plainName(part);
    return (
      PROTECTED_FOLDERS.has(name) ||
      PROTECTED_FILES.has(name) ||
      name.endsWith('.code-workspace') ||
      name.endsWith('_profile.ps1') ||
      // Windows' short name of `.git`.
      /^git~\d+$/.test(name)
    );
  });
}

/**
 * A name as file systems compare it: without regard to case and Unicode form; macOS ignores some invisible characters,
 * Windows drops dots and spaces at the end and reads a colon as the beginning of a stream's name.
 */
function plainName(part: string): string {
  return part
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase()
    .replace(/(?<=.):.*$/, '')
    .replace(/[. ]+$/, '');
}
