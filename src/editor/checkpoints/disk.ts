// Single files of a workspace, by root and relative path: looked at and read without following a link, written so that a crash
// leaves the old or the new content. All at once and not later: this runs in a worker thread.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statfsSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type FileKind, type Sight, sameSight } from './entry.ts';

/** A file that keeps changing is looked at so often. */
const TRIES = 3;
const EXECUTABLE = 0o111;
const windows = process.platform === 'win32';

export interface Seen {
  kind: FileKind;
  sight: Sight;
}

const sightOf = ({ size, mtimeMs, ctimeMs, ino }: Stats): Sight => ({ size, mtimeMs, ctimeMs, ino });

/** Null: nothing is there, or what is there is neither a file nor a link. */
export function look(path: string): Seen | null {
  let stats: Stats | undefined;
  try {
    stats = lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return null;
  }
  if (stats?.isSymbolicLink()) return { kind: 'l', sight: sightOf(stats) };
  if (!stats?.isFile()) return null;
  return { kind: !windows && stats.mode & 0o100 ? 'x' : 'f', sight: sightOf(stats) };
}

/** A folder, and no link to one. */
export const isFolder = (path: string): boolean => folderSight(path) !== null;

/** Null: it is no folder, or a link to one. `device`: of its file system. */
export function folderSight(path: string): (Sight & { device: number }) | null {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats?.isDirectory() ? { ...sightOf(stats), device: stats.dev } : null;
  } catch {
    return null;
  }
}

/** As Linux numbers them: ext, btrfs, xfs, tmpfs, overlay, zfs, f2fs, bcachefs. */
const EXACT = new Set([0xef53, 0x9123683e, 0x58465342, 0x01021994, 0x794c7630, 0x2fc12fc1, 0xf2f52010, 0xca451a4e]);

/** Whether a folder's times tell on the spot that names in it have changed. Over a network, and on FAT, they do not. */
export function tellsNames(folder: string): boolean {
  try {
    return process.platform === 'linux' && EXACT.has(statfsSync(folder).type);
  } catch {
    return false;
  }
}

/** Something is there, whatever it is. */
export function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // A folder on the way that is a file or may not be entered.
    return false;
  }
}

/** The content with what the disk said of it while it was read; null where it cannot be had as one piece. */
export function readStable(path: string): (Seen & { bytes: Buffer }) | null {
  for (let tries = 0; tries < TRIES; tries++) {
    const before = look(path);
    if (before === null) return null;
    try {
      const bytes = before.kind === 'l' ? readlinkSync(path, { encoding: 'buffer' }) : readPlain(path, before.sight);
      const after = look(path);
      if (bytes !== null && after !== null && after.kind === before.kind && sameSight(before.sight, after.sight))
        return { ...after, bytes };
    } catch {
      return null;
    }
  }
  return null;
}

function readPlain(path: string, expected: Sight): Buffer | null {
  const file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = fstatSync(file);
    return stats.isFile() && stats.ino === expected.ino ? readFileSync(file) : null;
  } finally {
    closeSync(file);
  }
}

/** The id that git gives a blob with this content, in the format of an id of that repository. */
export function blobId(bytes: Uint8Array, like: string): string {
  const hash = createHash(like.length === 64 ? 'sha256' : 'sha1');
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** True when every folder between the root and the path is a folder, or not there yet; a link on the way leads elsewhere. */
export function staysInside(root: string, path: string): boolean {
  const parts = path.split('/').slice(0, -1);
  let folder = root;
  for (const part of parts) {
    if (part === '' || part === '.' || part === '..' || part.toLowerCase() === '.git') return false;
    folder = join(folder, part);
    const stats = lstatSync(folder, { throwIfNoEntry: false });
    if (stats === undefined) return true;
    if (!stats.isDirectory()) return false;
  }
  const name = path.split('/').at(-1) ?? '';
  return name !== '' && name !== '.' && name !== '..' && name.toLowerCase() !== '.git';
}

/** A file that is to take another's place. `temporary`: its name until then. */
export interface Replacement {
  kind: FileKind;
  bytes: Uint8Array;
  temporary: string;
}

/** Replaces what is there by way of a file beside it; `written`: called before it takes its place. @throws Error of the file system */
export function replace(path: string, { kind, bytes, temporary }: Replacement, written: () => void): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true });
  const beside = join(folder, temporary);
  rmSync(beside, { force: true });
  try {
    if (kind === 'l') symlinkSync(Buffer.from(bytes), beside);
    else writeBeside(path, kind, bytes, beside);
    written();
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

function writeBeside(path: string, kind: FileKind, bytes: Uint8Array, beside: string): void {
  const file = openSync(beside, 'wx');
  try {
    writeFileSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  if (!windows) chmodSync(beside, modeFor(path, beside, kind));
}

/** Who may read and write stays as it is; only the executable bit is a checkpoint's. */
function modeFor(path: string, beside: string, kind: FileKind): number {
  const old = lstatSync(path, { throwIfNoEntry: false });
  const mode = (old?.isFile() ? old : lstatSync(beside)).mode & 0o777;
  // Executable for those who may read it.
  return kind === 'x' ? mode | ((mode & 0o444) >> 2) : mode & ~EXECUTABLE;
}

/** Sets the executable bit, or takes it. @throws Error of the file system */
export function setKind(path: string, kind: FileKind): void {
  if (!windows) chmodSync(path, modeFor(path, path, kind));
}

/** Removes the file, then the folders it leaves empty, up to one that `keep` names or that still holds something. */
export function remove(root: string, path: string, keep: (folder: string) => boolean): void {
  unlinkSync(join(root, path));
  for (let folder = dirname(path); folder !== '.' && folder !== '' && !keep(folder); folder = dirname(folder)) {
    try {
      rmdirSync(join(root, folder));
    } catch {
      return;
    }
  }
}
