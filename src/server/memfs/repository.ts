// One agent's bare git repository, through the program git: nobody's configuration, no hooks, and only the branch main.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { devNull } from 'node:os';
import { basename, join } from 'node:path';

export const BRANCH = 'refs/heads/main';
const AUTHOR = 'Letta <memory@letta.invalid>';
const MOST_OUTPUT = 64 * 1024 * 1024;
const TIMEOUT_MS = 60_000;
/** Begins the name of a folder that holds the objects of a push that is being looked at. */
const INCOMING = 'incoming-';
/** A folder of a push that is older was left behind by a kill. */
const STALE_MS = 10 * TIMEOUT_MS;
/** Larger files go through git in pieces; none of them is taken. */
const BIG_FILE = '4m';
/** Where the repository keeps `cleared`. */
const CLEARED = 'letta.cleared';

/** `missing`: there is no git here. `failed`: git refused; the message is its own. */
export class GitError extends Error {
  override name = 'GitError';
  readonly reason: 'missing' | 'failed';

  constructor(reason: GitError['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

export interface TreeEntry {
  path: string;
  mode: string;
  id: string;
  /** Bytes; 0 for what is no file. */
  size: number;
}

/** The id git gives to a file of these contents. */
export function blobId(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.byteLength}\0`).update(bytes).digest('hex');
}

export class Repository {
  readonly folder: string;
  private made = false;
  /** Of the push that is being looked at. */
  private incoming: string | undefined;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Making it again changes nothing, also where a kill has left half of it. @throws GitError */
  async make(): Promise<void> {
    // Somebody may have deleted it meanwhile.
    if (this.made && existsSync(this.folder)) return;
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    await this.git(['init', '--bare', '--quiet', '.']);
    await this.git(['symbolic-ref', 'HEAD', BRANCH]);
    for (const name of readdirSync(this.folder)) {
      const path = join(this.folder, name);
      if (name.startsWith(INCOMING) && Date.now() - statSync(path).mtimeMs > STALE_MS)
        rmSync(path, { recursive: true, force: true });
    }
    this.made = true;
  }

  /** The commit of the branch; undefined before the first. */
  async head(): Promise<string | undefined> {
    const text = await this.git(['for-each-ref', '--format=%(objectname)', BRANCH]);
    return text.toString('utf8').trim() || undefined;
  }

  /** All files of a commit, or undefined where there is no such commit. */
  async list(commit: string): Promise<TreeEntry[]> {
    const text = (await this.git(['ls-tree', '-r', '-l', '-z', '--full-tree', commit])).toString('utf8');
    return text
      .split('\0')
      .filter((line) => line !== '')
      .map((line) => {
        const [, mode = '', id = '', size = '', path = ''] = /^(\d+) \w+ (\w+) +(\S+)\t(.*)$/s.exec(line) ?? [];
        return { path, mode, id, size: Number(size) || 0 };
      });
  }

  async read(id: string): Promise<Buffer> {
    return await this.git(['cat-file', 'blob', id]);
  }

  /**
   * One commit on the branch. @param files by path; null removes one
   * @throws GitError also where the branch has moved on from `parent`
   */
  async commit(parent: string | undefined, message: string, files: ReadonlyMap<string, string | null>): Promise<void> {
    const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
    const quoted = (path: string) => `"${path.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
    let stream = `commit ${BRANCH}\ncommitter ${AUTHOR} now\n${data(message)}`;
    if (parent !== undefined) stream += `from ${parent}\n`;
    for (const [path, text] of files)
      stream += text === null ? `D ${quoted(path)}\n` : `M 100644 inline ${quoted(path)}\n${data(text)}`;
    await this.git(['fast-import', '--quiet', '--date-format=now'], Buffer.from(`${stream}\n`));
  }

  /**
   * Does `work` with the objects of a pack within reach of all that reads. They are the repository's once `admit` was called; else
   * nothing of them stays. They are never unpacked, so that they take no more room than they were sent in.
   * @throws GitError where the pack is broken
   */
  async withPack<T>(pack: Uint8Array, work: () => Promise<T>): Promise<T> {
    if (pack.byteLength === 0) return await work();
    const folder = mkdtempSync(join(this.folder, INCOMING));
    try {
      const into = ['index-pack', '--stdin', '--fix-thin', '--strict'];
      await this.git(['-c', `core.bigFileThreshold=${BIG_FILE}`, ...into], pack, {
        // As git is run in the repository's folder: a list of whole paths could not hold every one.
        GIT_OBJECT_DIRECTORY: basename(folder),
        GIT_ALTERNATE_OBJECT_DIRECTORIES: 'objects',
      });
      this.incoming = folder;
      return await work();
    } finally {
      this.incoming = undefined;
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Takes over the objects of the pack; at once, so that it can be the end of a transaction. */
  admit(): void {
    if (this.incoming === undefined) return;
    const [from, to] = [join(this.incoming, 'pack'), join(this.folder, 'objects', 'pack')];
    mkdirSync(to, { recursive: true });
    // Git looks for packs by their index.
    const names = readdirSync(from).sort((a, b) => Number(a.endsWith('.idx')) - Number(b.endsWith('.idx')));
    for (const name of names) renameSync(join(from, name), join(to, name));
  }

  /** Every file that a commit or one before it has brought, each state of it. */
  async history(commit: string): Promise<Pick<TreeEntry, 'path' | 'id'>[]> {
    const raw = ['--format=', '--raw', '--no-abbrev', '--no-renames', '-m', '--root', '-z'];
    const parts = (await this.git(['log', ...raw, commit])).toString('utf8').split('\0');
    return parts.flatMap((part, n) => {
      const id = /:\d+ \d+ \w+ (\w+) [A-Z]$/.exec(part)?.[1];
      return id === undefined || /^0+$/.test(id) ? [] : [{ id, path: parts[n + 1] ?? '' }];
    });
  }

  /** What stands in several files, one after the other, with a line of git's before each. @throws GitError where it is too much */
  async texts(ids: readonly string[]): Promise<string> {
    if (ids.length === 0) return '';
    return (await this.git(['cat-file', '--batch'], Buffer.from(ids.map((id) => `${id}\n`).join('')))).toString('utf8');
  }

  /** Puts one commit without a past in the place of a branch's last one. @throws GitError where the branch is not at `head` any more */
  async beginAnew(head: string, message: string): Promise<string> {
    const [, name = '', email = ''] = /^(.*) <(.*)>$/.exec(AUTHOR) ?? [];
    const who = ['-c', `user.name=${name}`, '-c', `user.email=${email}`];
    const made = await this.git([...who, 'commit-tree', `${head}^{tree}`, '-m', message]);
    const id = made.toString('utf8').trim();
    await this.advance(head, id);
    return id;
  }

  /** Removes every object that the branch does not lead to: whoever knows its id could fetch it. */
  async prune(): Promise<void> {
    await this.git(['repack', '-a', '-d', '-q']);
    await this.git(['prune', '--expire=now']);
  }

  /** What its history was last cleared for; undefined where nobody has looked. */
  async cleared(): Promise<string | undefined> {
    return await this.git(['config', '--get', CLEARED]).then(
      (text) => text.toString('utf8').replace(/\n$/, ''),
      () => undefined,
    );
  }

  async noteCleared(key: string): Promise<void> {
    await this.git(['config', CLEARED, key]);
  }

  async isAncestor(older: string, newer: string): Promise<boolean> {
    return await this.git(['merge-base', '--is-ancestor', older, newer]).then(
      () => true,
      () => false,
    );
  }

  /** @throws GitError where the branch is not at `from` any more */
  async advance(from: string, to: string): Promise<void> {
    await this.git(['update-ref', BRANCH, to, from]);
  }

  /** Packs what has become much, now and then; nobody waits for it. */
  tidy(): void {
    this.git(['gc', '--auto', '--quiet']).catch(() => {});
  }

  /** What `git upload-pack` says. @param protocol of the request's `Git-Protocol` */
  upload(args: readonly string[], input: Uint8Array, protocol: string | undefined): ChildProcessWithoutNullStreams {
    const child = this.start(['upload-pack', '--strict', '--stateless-rpc', ...args, '.'], protocol);
    // One that could not be started has no output: whoever reads it sees the end.
    child.on('error', () => {});
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    return child;
  }

  private start(
    args: readonly string[],
    protocol?: string,
    more: Record<string, string> = {},
  ): ChildProcessWithoutNullStreams {
    const quiet = ['-c', 'core.hooksPath=/dev/null', '-c', 'gc.autoDetach=false', '-c', 'safe.directory=*'];
    return spawn('git', [...quiet, ...args], {
      cwd: this.folder,
      env: {
        PATH: process.env.PATH ?? '',
        ...(process.env.SystemRoot ? { SystemRoot: process.env.SystemRoot } : {}),
        GIT_DIR: '.',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: devNull,
        GIT_TERMINAL_PROMPT: '0',
        LC_ALL: 'C',
        ...(protocol && /^version=\d$/.test(protocol) ? { GIT_PROTOCOL: protocol } : {}),
        ...more,
      },
      stdio: 'pipe',
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
    });
  }

  private git(args: readonly string[], input?: Uint8Array, more?: Record<string, string>): Promise<Buffer> {
    const within = this.incoming === undefined ? {} : { GIT_ALTERNATE_OBJECT_DIRECTORIES: basename(this.incoming) };
    return new Promise((done, failed) => {
      const child = this.start(args, undefined, more ?? within);
      const pieces: Buffer[] = [];
      let size = 0;
      let complaint = '';
      child.stdout.on('data', (piece: Buffer) => {
        size += piece.length;
        if (size > MOST_OUTPUT) child.kill('SIGKILL');
        else pieces.push(piece);
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        complaint = (complaint + text).slice(-2_000);
      });
      child.once('error', (error: NodeJS.ErrnoException) => {
        const isMissing = error.code === 'ENOENT';
        const why = 'Install git, so that the program "git" is found, to share memory through it.';
        failed(new GitError(isMissing ? 'missing' : 'failed', isMissing ? why : error.message));
      });
      child.once('close', (code) => {
        if (code === 0) done(Buffer.concat(pieces));
        else failed(new GitError('failed', complaint.trim() || `git ${args[0]} ended with ${code}`));
      });
      // It may end before it has read all.
      child.stdin.on('error', () => {});
      child.stdin.end(input);
    });
  }
}
