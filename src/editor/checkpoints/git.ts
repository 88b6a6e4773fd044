// Reads a git repository by its plumbing, and never writes: no lock, no refresh of the index, nothing of the repository's
// configuration that would run a program while looking.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { folderSight, look, tellsNames } from './disk.ts';
import { type FileKind, inGit, type Sight, sameSight, signOf } from './entry.ts';
import type { OuterRules } from './ignores.ts';
import { Others, signOfRules } from './others.ts';

/** A listing of everything ends within that, or the folder is taken as one without git. Milliseconds. */
const TIMEOUT_MS = 60_000;
/** An index that moves while it is read is read again. */
const TRIES = 3;

export type GitReason = 'not-found' | 'failed';

export class GitError extends Error {
  override name = 'GitError';
  readonly reason: GitReason;
  constructor(reason: GitReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

const QUIET = {
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  LC_ALL: 'C',
} as const;

/** Variables that would point git elsewhere, e.g. those of a hook that VS Code was started from. */
const MISLEADING = /^GIT_(?:DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|NAMESPACE|PREFIX)$/;

const environment = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !MISLEADING.test(name))),
  ...QUIET,
});

/** @param fine exit codes that are no failure. @returns what it wrote. @throws GitError */
export function git(cwd: string, args: readonly string[], input = '', fine: readonly number[] = [0]): Promise<Buffer> {
  const { promise, resolve: done, reject } = Promise.withResolvers<Buffer>();
  const child = spawn('git', ['-c', 'core.fsmonitor=false', ...args], {
    cwd,
    env: environment(),
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
    windowsHide: true,
  });
  const out: Buffer[] = [];
  let wrong = '';
  child.stdout.on('data', (piece: Buffer) => out.push(piece));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    wrong = (wrong + text).slice(-1_000);
  });
  child.on('error', (error) => reject(new GitError('not-found', `git cannot be started: ${error.message}`)));
  child.on('close', (code) =>
    code !== null && fine.includes(code)
      ? done(Buffer.concat(out))
      : reject(new GitError('failed', `git ${args[0]}: ${wrong.trim() || code}`)),
  );
  // It may end before it has read everything.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return promise;
}

const lines = (bytes: Buffer): string[] => bytes.toString('utf8').split('\0').slice(0, -1);
/** A name that is no UTF-8 comes back as another one. */
const unreadable = (path: string): boolean => path.includes('\uFFFD');

/** What the index says, as far as it is the disk's too. */
interface Listing {
  /** Index and its sight when it was read. */
  sight: Sight | null;
  /** Files that stand in the index and that git looks at on the disk. */
  entries: ReadonlyMap<string, string>;
  /** Files in it that git does not compare: sparse or assumed unchanged. */
  unwatched: readonly { path: string; sparse: boolean }[];
  /** Submodules. */
  links: readonly string[];
  /** `.gitattributes` among them. */
  attributes: readonly string[];
}

/** A folder in a git repository, as git sees it now. Paths are relative to the folder. */
export interface GitState {
  /** Tracked files by the index. Do not change it. */
  entries: ReadonlyMap<string, string>;
  /** Of those, the ones that do not stand so on the disk, or that git does not look at. */
  doubtful: readonly string[];
  sparse: ReadonlySet<string>;
  /** Not tracked, not ignored. */
  untracked: readonly string[];
  /** Folders that are repositories of their own. */
  nested: readonly string[];
  /** A clean file has the very bytes of its object: nothing converts line endings or filters contents. */
  plain: boolean;
  /** The executable bit on the disk means something here. */
  modes: boolean;
  outer: readonly OuterRules[];
}

interface Place {
  top: string;
  index: string;
  exclude: string;
  infoAttributes: string;
  excludesFile: string;
  attributesFile: string;
  converts: boolean;
  modes: boolean;
  ignoresCase: boolean;
  /** Files with settings that count here. */
  configs: readonly string[];
  /** What decides, beside `.gitignore` files, what is ignored. */
  rules: readonly string[];
}

export class GitFolder {
  private readonly root: string;
  private place: { place: Place; sign: string | undefined } | undefined;
  private listing: Listing | undefined;
  private attributes: { signs: string; plain: boolean } | undefined;
  private readonly others: Others;
  /** Its folders can be asked for what is new in them. */
  private readonly tells: boolean;

  /** `root`: absolute, symlinks resolved; in a repository. */
  constructor(root: string) {
    this.root = root;
    this.tells = tellsNames(root);
    this.others = new Others({ root, ignored: (paths) => ignoredAmong(root, paths) });
  }

  /** @throws GitError */
  async read(): Promise<GitState> {
    const place = await this.locate();
    for (let tries = 1; ; tries++) {
      const before = look(place.index)?.sight ?? null;
      const listed = this.list(before);
      const [listing, changed, others] = await Promise.all([
        listed,
        this.changed(),
        listed.then((listing) => this.untracked(place, listing)),
      ]);
      const after = look(place.index)?.sight ?? null;
      const still = before === null ? after === null : after !== null && sameSight(before, after);
      if (still || tries === TRIES) return this.stateOf(place, listing, changed, others);
      this.listing = undefined;
    }
  }

  private stateOf(place: Place, listing: Listing, changed: string[], others: string[]): GitState {
    const found = others.filter((path) => !unreadable(path));
    const untracked = found.filter((path) => !path.endsWith('/'));
    const attributes = [...listing.attributes, ...untracked.filter(isAttributes)];
    return {
      entries: listing.entries,
      doubtful: [...new Set([...changed, ...listing.unwatched.map(({ path }) => path)])],
      sparse: new Set(listing.unwatched.flatMap(({ path, sparse }) => (sparse ? [path] : []))),
      untracked,
      nested: [...listing.links, ...found.filter((path) => path.endsWith('/')).map((path) => path.slice(0, -1))],
      modes: place.modes,
      plain: !place.converts && this.plainBy(place, attributes),
      outer: outerRules(this.root, place),
    };
  }

  /** Not tracked and not ignored; repositories end with `/`. */
  private async untracked(place: Place, listing: Listing): Promise<string[]> {
    // Where case does not matter git compares names in a way of its own.
    const outer =
      this.tells && !place.ignoresCase ? signOfRules([...place.rules, ...rulesAbove(place.top, this.root)]) : undefined;
    const found = outer === undefined ? null : await orNull(this.others.read(listing, outer));
    if (found) return found;
    return lines(await git(this.root, ['ls-files', '-o', '--exclude-standard', '-z']));
  }

  private async changed(): Promise<string[]> {
    const raw = await git(this.root, [
      ...['diff-files', '--raw', '-z', '--relative', '--no-renames', '--no-ext-diff', '--ignore-submodules=all'],
    ]);
    return lines(raw).filter((part) => !part.startsWith(':') && !unreadable(part));
  }

  private async list(sight: Sight | null): Promise<Listing> {
    const known = this.listing;
    // An index that was written a moment ago may be written again without looking otherwise.
    const settled = sight !== null && Date.now() - Math.max(sight.mtimeMs, sight.ctimeMs) > 3_000;
    if (known?.sight && sight !== null && sameSight(known.sight, sight) && settled) return known;
    const listing = parseListing(sight, await git(this.root, ['ls-files', '-s', '-v', '-z']));
    this.listing = listing;
    return listing;
  }

  /** Asked again once another repository is meant, or its configuration was written. */
  private async locate(): Promise<Place> {
    const known = this.place;
    if (known?.sign !== undefined && known.sign === signOfPlace(this.root, known.place)) return known.place;
    const place = await locate(this.root);
    this.place = { place, sign: signOfPlace(this.root, place) };
    return place;
  }

  /** Attributes of the folders, and those for all of the repository and the computer. */
  private plainBy(place: Place, attributes: readonly string[]): boolean {
    const above = foldersAbove(place.top, this.root).map(({ folder }) => join(folder, '.gitattributes'));
    const files = [
      ...attributes.map((path) => join(this.root, path)),
      ...above,
      ...[place.infoAttributes, place.attributesFile, '/etc/gitattributes'],
    ];
    const signs = files.map((path) => `${path}=${signed(path)}`).join('\n');
    if (this.attributes?.signs !== signs)
      this.attributes = { signs, plain: files.every((path) => !converts(readText(path))) };
    return this.attributes.plain;
  }
}

/** Undefined: a configuration that was written just now could change without looking otherwise. */
function signOfPlace(root: string, { configs }: Place): string | undefined {
  const sign = signOfRules(configs);
  return sign === undefined ? undefined : `${repositoryOf(root)}\n${sign}`;
}

/** Which repository a folder lies in. */
function repositoryOf(folder: string): string {
  const path = join(folder, '.git');
  const sight = folderSight(path) ?? look(path)?.sight;
  const parent = dirname(folder);
  return sight ? `${path}=${sight.ino}` : parent === folder ? '' : repositoryOf(parent);
}

const signed = (path: string): string => {
  const seen = look(path);
  return seen ? signOf(seen.sight) : '';
};

const isAttributes = (path: string): boolean => path === '.gitattributes' || path.endsWith('/.gitattributes');

function parseListing(sight: Sight | null, raw: Buffer): Listing {
  const entries = new Map<string, string>();
  const unwatched: { path: string; sparse: boolean }[] = [];
  const links: string[] = [];
  const attributes: string[] = [];
  // TAG MODE OID STAGE<tab>PATH
  for (const line of lines(raw)) {
    const tab = line.indexOf('\t');
    const path = line.slice(tab + 1);
    if (unreadable(path)) continue;
    const tag = line[0] ?? '';
    const mode = line.slice(2, 8);
    if (mode === '160000') {
      links.push(path);
      continue;
    }
    const kind: FileKind = mode === '120000' ? 'l' : mode === '100755' ? 'x' : 'f';
    const oid = line.slice(9, line.indexOf(' ', 9));
    entries.set(path, inGit(kind, oid));
    // `S`: sparse; small letters: assumed unchanged.
    if (tag === 'S' || tag === 's' || tag !== tag.toUpperCase())
      unwatched.push({ path, sparse: tag.toUpperCase() === 'S' });
    if (isAttributes(path)) attributes.push(path);
  }
  return { sight, entries, unwatched, links: [...new Set(links)], attributes };
}

/** @throws GitError */
async function locate(root: string): Promise<Place> {
  const wanted = ['index', 'info/exclude', 'info/attributes', 'config', 'config.worktree'];
  const [paths, set] = await Promise.all([
    git(root, ['rev-parse', '--show-toplevel', ...wanted.flatMap((path) => ['--git-path', path])]),
    // None of them set is an answer too.
    git(root, [
      'config',
      '-z',
      '--get-regexp',
      '^core\\.(autocrlf|excludesfile|attributesfile|filemode|ignorecase)$',
    ]).catch(() => Buffer.alloc(0)),
  ]);
  const [top = root, index = '', exclude = '', infoAttributes = '', ...own] = paths.toString('utf8').split('\n');
  const settings = new Map(
    lines(set).map((line) => [line.slice(0, line.indexOf('\n')), line.slice(line.indexOf('\n') + 1)]),
  );
  const home = join(process.env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'git');
  const file = (name: string, usual: string): string => {
    const given = settings.get(name);
    return given ? resolve(root, given.replace(/^~(?=\/)/, homedir())) : join(home, usual);
  };
  const absolute = (path: string): string => (isAbsolute(path) ? path : join(root, path));
  const excludesFile = file('core.excludesfile', 'ignore');
  const named = own.filter((path) => path !== '').map(absolute);
  const configs = [...named, join(home, 'config'), join(homedir(), '.gitconfig'), '/etc/gitconfig'];
  return {
    top,
    index: absolute(index),
    exclude: absolute(exclude),
    infoAttributes: absolute(infoAttributes),
    excludesFile,
    configs,
    rules: [absolute(exclude), excludesFile, ...configs],
    attributesFile: file('core.attributesfile', 'attributes'),
    converts: !isOff(settings.get('core.autocrlf') ?? ''),
    modes: !isOff(settings.get('core.filemode') ?? 'true'),
    ignoresCase: !isOff(settings.get('core.ignorecase') ?? ''),
  };
}

const isOff = (value: string): boolean => ['', 'false', 'no', 'off', '0'].includes(value.toLowerCase());

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Attributes with which git keeps other bytes than the file has. */
const CONVERTS = /^(?:text(?:=.*)?|eol=.*|crlf(?:=.*)?|filter=.*|ident|working-tree-encoding=.*)$/;

function converts(attributes: string): boolean {
  return attributes
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .some((line) =>
      line
        .trim()
        .split(/\s+/)
        .slice(1)
        .some((word) => CONVERTS.test(word)),
    );
}

/** Folders from the one above the root up to the repository's, and how the root is called from there. */
function foldersAbove(top: string, root: string): { folder: string; prefix: string }[] {
  const found: { folder: string; prefix: string }[] = [];
  if (!root.startsWith(`${top}/`)) return found;
  const parts = root.slice(top.length + 1).split('/');
  for (let depth = parts.length - 1; depth >= 0; depth--)
    found.push({ folder: join(top, ...parts.slice(0, depth)), prefix: `${parts.slice(depth).join('/')}/` });
  return found;
}

const rulesAbove = (top: string, root: string): string[] =>
  foldersAbove(top, root).map(({ folder }) => join(folder, '.gitignore'));

async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof GitError) return null;
    throw error;
  }
}

/** Which of the paths are ignored, whether tracked or not. @throws GitError */
async function ignoredAmong(root: string, paths: readonly string[]): Promise<Set<string>> {
  const ask = ['check-ignore', '--no-index', '--stdin', '-z', '-v', '-n'];
  // A name that begins with `:` would be read as more than a name. It fails with 1 where it names none.
  const answer = lines(await git(root, ask, paths.map((path) => `./${path}\0`).join(''), [0, 1]));
  const ignored = new Set<string>();
  // Source, line, pattern, path: the last pattern that matches; with `!` it lets the path in.
  for (let at = 0; at + 3 < answer.length; at += 4) {
    const [pattern = '', path = ''] = answer.slice(at + 2, at + 4);
    if (pattern !== '' && !pattern.startsWith('!')) ignored.add(path.slice(2));
  }
  return ignored;
}

/** `.gitignore` above the folder, then what holds for this clone and this computer. */
function outerRules(root: string, place: Place): OuterRules[] {
  const above = foldersAbove(place.top, root);
  const whole = above.at(-1)?.prefix ?? '';
  return [
    ...above.map(({ folder, prefix }) => ({ prefix, text: readText(join(folder, '.gitignore')) })),
    { prefix: whole, text: readText(place.exclude) },
    { prefix: whole, text: readText(place.excludesFile) },
  ].filter(({ text }) => text.trim() !== '');
}
