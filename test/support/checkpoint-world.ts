// A folder that is changed at random, and a reader of it that shares nothing with what it checks.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TakeRequest } from '../../src/editor/checkpoints/checkpoints.ts';

/** By relative path: kind and content as one string. */
export type Snapshot = Map<string, string>;

/** All files and links but what lies in `.git`. */
export function snapshot(root: string, folder = ''): Snapshot {
  const found: Snapshot = new Map();
  for (const name of readdirSync(join(root, folder))) {
    if (name === '.git') continue;
    const path = folder === '' ? name : `${folder}/${name}`;
    const stats = lstatSync(join(root, path));
    if (stats.isDirectory()) for (const [inner, value] of snapshot(root, path)) found.set(inner, value);
    else if (stats.isSymbolicLink()) found.set(path, `link ${readlinkSync(join(root, path))}`);
    else found.set(path, `${stats.mode & 0o100 ? 'x' : 'f'} ${readFileSync(join(root, path), 'latin1')}`);
  }
  return found;
}

export class World {
  readonly base = realpathSync(mkdtempSync(join(tmpdir(), 'letta-checkpoints-')));
  readonly root = join(this.base, 'project');
  readonly store = join(this.base, 'store');

  constructor(files: Record<string, string | Buffer> = {}) {
    mkdirSync(this.root);
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }

  git(...args: string[]): string {
    const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'commit.gpgsign=false'];
    return execFileSync('git', [...who, ...args], { cwd: this.root, encoding: 'utf8', stdio: 'pipe' });
  }

  init(): void {
    this.git('init', '-q', '-b', 'main');
    this.git('add', '-A');
    this.git('commit', '-q', '--allow-empty', '-m', 'first');
  }

  write(path: string, text: string | Buffer): void {
    const full = join(this.root, path);
    mkdirSync(dirname(full), { recursive: true });
    if (existsSync(full) && lstatSync(full).isSymbolicLink()) rmSync(full);
    writeFileSync(full, text);
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  remove(path: string): void {
    rmSync(join(this.root, path), { recursive: true, force: true });
  }

  move(from: string, to: string): void {
    mkdirSync(dirname(join(this.root, to)), { recursive: true });
    renameSync(join(this.root, from), join(this.root, to));
  }

  link(path: string, target: string): void {
    this.remove(path);
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    symlinkSync(target, join(this.root, path));
  }

  executable(path: string, on: boolean): void {
    chmodSync(join(this.root, path), on ? 0o755 : 0o644);
  }

  snapshot(): Snapshot {
    return snapshot(this.root);
  }

  /** What is the person's own in `.git`, byte for byte: index, refs, stash, HEAD. */
  gitState(): string {
    const folder = join(this.root, '.git');
    if (!existsSync(folder)) return '';
    const hash = createHash('sha256');
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
    for (const name of names)
      if (lstatSync(join(folder, name)).isFile()) hash.update(name).update(readFileSync(join(folder, name)));
    return hash.digest('hex');
  }

  request(more: Partial<TakeRequest> = {}): TakeRequest {
    const said = { threadId: 'thread-1', messageId: 'message-1', text: 'Change it' };
    return { folders: [this.root], targets: [], unsaved: [], ...said, ...more };
  }

  dispose(): void {
    rmSync(this.base, { recursive: true, force: true });
  }
}
