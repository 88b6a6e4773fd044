// Git as the mirror needs it: no hooks, no signing, nobody's configuration, and commits that touch no working file.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstat, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { t } from '../../protocol/l10n.ts';
import { isMirrored, SKILLS_PATH } from './paths.ts';

export type GitReason = 'missing' | 'refused' | 'moved' | 'failed';

/** What git could not do; the files are still mirrored. */
export class GitError extends Error {
  override name = 'GitError';
  readonly reason: GitReason;

  constructor(reason: GitReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

export const AUTHOR = { name: 'Letta', email: 'mirror@letta.invalid' } as const;

/** A file of a commit; null removes it. */
export interface FileChange {
  path: string;
  text: string | Uint8Array | null;
}

export interface Snapshot {
  /** The commit, null in a repository without one. */
  head: string | null;
  /** Blob ids by path, of the files directly in the folder and of those of skills. */
  tree: ReadonlyMap<string, string>;
  index: ReadonlyMap<string, string>;
}

export interface ForeignCommit {
  commit: string;
  name: string;
  email: string;
  subject: string;
}

const MOST_OUTPUT = 64 * 1024 * 1024;
/** Git holds the lock of a branch for milliseconds; one of this age, in milliseconds, was left by a kill. */
const STALE_REF_LOCK = 30_000;
/** Signs that a merge or the like is under way, which is the person's. */
const BUSY = ['MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD', 'rebase-merge', 'rebase-apply', 'BISECT_LOG'];

export class Git {
  readonly root: string;
  private readonly program: string;
  private opened = false;

  /** @param root a real path; the repository is its own, never that of a folder around it. */
  constructor(root: string, program = 'git') {
    this.root = root;
    this.program = program;
  }

  /**
   * Makes the repository where there is none.
   * @throws GitError `missing` without git; `refused` when git will not work in this folder.
   */
  async open(): Promise<void> {
    const own = await lstat(join(this.root, '.git')).catch(() => null);
    if (own && !own.isDirectory()) {
      throw new GitError(
        'refused',
        t('The folder belongs to a git worktree or submodule. Choose a folder of its own.'),
      );
    }
    if (!own) {
      await this.run(['init', '--quiet', '--initial-branch=main', '--template='], '', {
        GIT_DIR: join(this.root, '.git'),
      });
    }
    if (this.opened) return;
    const inside = await this.run(['rev-parse', '--is-inside-work-tree']);
    if (inside.trim() !== 'true') throw new GitError('refused', t('The folder’s git repository has no working files.'));
    this.opened = true;
  }

  /** What the person is in the middle of, e.g. `MERGE_HEAD`; null when nothing. */
  async busy(): Promise<string | null> {
    for (const name of BUSY) if (await exists(join(this.root, '.git', name))) return name;
    return null;
  }

  /** Never changes anything, the index neither. */
  async snapshot(): Promise<Snapshot> {
    const head = await this.head();
    const [tree, index] = await Promise.all([
      head === null ? '' : this.run(['ls-tree', '-r', '-z', head]),
      this.run(['ls-files', '-s', '-z', '--', ':(glob)*', SKILLS_PATH]),
    ]);
    return { head, tree: entries(tree, 2), index: entries(index, 1) };
  }

  async head(): Promise<string | null> {
    try {
      return (await this.run(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'])).trim();
    } catch (error) {
      if (error instanceof GitError && error.reason === 'failed') return null;
      throw error;
    }
  }

  /** The text of a blob. */
  show(blob: string): Promise<string> {
    return this.run(['cat-file', 'blob', blob]);
  }

  /** The commits behind `since` that touched the path, newest first; all of them, at most 20, when `since` is null. */
  async commitsOf(path: string, since: string | null): Promise<ForeignCommit[]> {
    const range = since === null ? 'HEAD' : `${since}..HEAD`;
    const out = await this.run(['log', '-z', '-n20', '--format=%H%n%an%n%ae%n%s', range, '--', path]).catch(() => '');
    return out
      .split('\0')
      .filter((record) => record !== '')
      .map((record) => {
        const [commit = '', name = '', email = '', subject = ''] = record.split('\n');
        return { commit, name, email, subject };
      });
  }

  /**
   * One commit on top of `head`, by the mirror, without a look at the working files or the index.
   * @returns its id. @throws GitError `moved` when somebody else committed meanwhile: look again, then retry.
   */
  async commit(head: string | null, message: string, changes: FileChange[]): Promise<string> {
    const branch = await this.branch();
    await this.removeStaleLock(branch);
    const parts: (string | Buffer)[] = [];
    const data = (text: string | Uint8Array): void => {
      const bytes = Buffer.from(text);
      parts.push(`data ${bytes.length}\n`, bytes, '\n');
    };
    parts.push(`commit ${branch}\nmark :1\ncommitter ${AUTHOR.name} <${AUTHOR.email}> now\n`);
    data(message);
    parts.push(head === null ? '' : `from ${head}\n`);
    for (const { path, text } of changes) {
      if (text === null) parts.push(`D ${path}\n`);
      else {
        parts.push(`M 100644 inline ${path}\n`);
        data(text);
      }
    }
    parts.push('\nget-mark :1\ndone\n');
    const stream = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
    try {
      const made = await this.run(['fast-import', '--quiet', '--done', '--date-format=now', '--cat-blob-fd=1'], stream);
      return made.trim();
    } catch (error) {
      if ((await this.head()) !== head)
        throw new GitError('moved', t('Somebody else committed to the mirror meanwhile.'));
      throw error;
    }
  }

  /**
   * Tells the index what was committed, for these paths only, so that `git status` is clean.
   * @returns false when another git holds the index: then a later call does it.
   */
  async refreshIndex(paths: string[]): Promise<boolean> {
    if (paths.length === 0) return true;
    try {
      await this.run(['reset', '--quiet', 'HEAD', '--', ...paths.map((path) => `:(literal)${path}`)]);
      return true;
    } catch (error) {
      if (error instanceof GitError && error.reason === 'failed') return false;
      throw error;
    }
  }

  /** Packs what a long life leaves behind; git decides whether there is enough of it. */
  async tidy(): Promise<void> {
    await this.run(['gc', '--auto', '--quiet', '--no-detach']).catch(() => {});
  }

  /** @throws GitError `refused` when no branch is checked out. */
  private async branch(): Promise<string> {
    const [, name] = /^ref: (refs\/heads\/\S+)\n$/.exec(await readFile(join(this.root, '.git', 'HEAD'), 'utf8')) ?? [];
    // Where references are not kept in files, HEAD names a branch that cannot be.
    if (name !== undefined && !name.endsWith('.invalid')) return name;
    try {
      return (await this.run(['symbolic-ref', '--quiet', 'HEAD'])).trim();
    } catch (error) {
      if (!(error instanceof GitError) || error.reason !== 'failed') throw error;
      throw new GitError('refused', t('No branch is checked out in the mirror’s folder. Run `git switch main` there.'));
    }
  }

  private async removeStaleLock(branch: string): Promise<void> {
    const lock = join(this.root, '.git', `${branch}.lock`);
    const found = await lstat(lock).catch(() => null);
    if (found?.isFile() && Date.now() - found.mtimeMs > STALE_REF_LOCK) await rm(lock, { force: true });
  }

  /** Stdout of one git command. */
  private run(args: string[], input: string | Buffer = '', more: Record<string, string> = {}): Promise<string> {
    const nowhere = join(this.root, '.git', 'letta-none');
    const fixed: Record<string, string> = {
      'core.hooksPath': nowhere,
      'core.fsmonitor': 'false',
      'core.quotePath': 'false',
      'core.autocrlf': 'false',
      'core.attributesFile': nowhere,
      'commit.gpgSign': 'false',
      'gc.auto': '1000',
      'user.name': AUTHOR.name,
      'user.email': AUTHOR.email,
    };
    const settings = Object.entries(fixed).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
    return new Promise((resolve, reject) => {
      const child = execFile(
        this.program,
        ['-C', this.root, ...settings, ...args],
        {
          env: { ...environment(this.root, nowhere), ...more },
          maxBuffer: MOST_OUTPUT,
          encoding: 'utf8',
          windowsHide: true,
          timeout: 60_000,
        },
        (error, stdout, stderr) => {
          if (!error) return resolve(stdout);
          if (error.code === 'ENOENT') {
            return reject(
              new GitError('missing', t('git was not found. The memory is mirrored as files, without history.')),
            );
          }
          const said = stderr.trim().split('\n').slice(-3).join(' ').slice(0, 400);
          if (/dubious ownership|not a git repository|bare repository/.test(said)) {
            return reject(new GitError('refused', t('git refuses this folder: {0}', said)));
          }
          reject(new GitError('failed', t('git {0} failed: {1}', args[0] ?? '', said || error.message)));
        },
      );
      // A git that ends early closes its input; its exit says why.
      child.stdin?.on('error', () => {});
      child.stdin?.end(input);
    });
  }
}

/** Only what a program needs to run: no `GIT_DIR` of a terminal, no `GIT_CONFIG_*`, no prompt. */
function environment(root: string, nowhere: string): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [key, value] of Object.entries(process.env)) {
    if (value !== undefined && !/^(GIT_|SSH_ASKPASS|LC_|LANG|EDITOR|VISUAL|PAGER)/i.test(key)) kept[key] = value;
  }
  return {
    ...kept,
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: nowhere,
    GIT_ATTR_NOSYSTEM: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_CEILING_DIRECTORIES: dirname(root),
  };
}

/** `MODE … ID …\tPATH` records; what the mirror does not keep is left out. */
function entries(output: string, idAt: number): Map<string, string> {
  const found = new Map<string, string>();
  for (const record of output.split('\0')) {
    const tab = record.indexOf('\t');
    if (tab < 0) continue;
    const fields = record.slice(0, tab).split(' ');
    const path = record.slice(tab + 1);
    if (fields[0]?.startsWith('100') && isMirrored(path)) found.set(path, fields[idAt] ?? '');
  }
  return found;
}

/** The id that git gives to contents; `like`: any id of the repository, which tells its kind of hash. */
export function blobId(text: string | Uint8Array, like?: string): string {
  const bytes = Buffer.from(text);
  const hash = createHash(like?.length === 64 ? 'sha256' : 'sha1');
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );
