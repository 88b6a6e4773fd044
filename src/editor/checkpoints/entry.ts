// How one file stands in a checkpoint: what it is, and where its content lies. As short strings: there are tens of thousands.

/** `f` file, `x` executable file, `l` symbolic link (its content is where it leads, as bytes). */
export type FileKind = 'f' | 'x' | 'l';

/** Why the content of a file that was there is not kept. */
export type Unkept =
  /** More than `MAX_BYTES`, and git has it not. */
  | 'large'
  /** The store of the workspace is full. */
  | 'full'
  /** It was not read yet; the background does, while the file stands as it did. */
  | 'later'
  /** No permission, or it changed again and again while it was read. */
  | 'unreadable'
  /** A sparse checkout leaves it out: it is in git and not on the disk. */
  | 'sparse';

export type Parsed =
  /** `git`: the id of an object of the repository the file lies in. `store`: SHA-256 of a content of our own. */
  | { kind: FileKind; from: 'git' | 'store'; hash: string }
  /** `sign`: what the disk said of it, so that one can see whether it still stands so. */
  | { kind: FileKind; from: 'nowhere'; why: Unkept; sign: string };

/** Largest content that is kept, in bytes; git's own objects may be larger. */
export const MAX_BYTES = 1024 * 1024;

export const inGit = (kind: FileKind, oid: string): string => `${kind}g${oid}`;
export const inStore = (kind: FileKind, sha256: string): string => `${kind}s${sha256}`;
export const unkept = (kind: FileKind, why: Unkept, sign: string): string => `${kind}?${why}:${sign}`;

const KINDS: readonly FileKind[] = ['f', 'x', 'l'];
const REASONS: readonly Unkept[] = ['large', 'full', 'later', 'unreadable', 'sparse'];

/** @throws Error for a string that none of the above has made */
export function parseEntry(entry: string): Parsed {
  const kind = KINDS.find((each) => entry[0] === each);
  const rest = entry.slice(2);
  if (kind !== undefined && entry[1] === 'g') return { kind, from: 'git', hash: rest };
  if (kind !== undefined && entry[1] === 's') return { kind, from: 'store', hash: rest };
  const colon = rest.indexOf(':');
  const why = REASONS.find((each) => rest.slice(0, colon) === each);
  if (kind === undefined || why === undefined) throw new Error(`${JSON.stringify(entry)} is no entry of a checkpoint.`);
  return { kind, from: 'nowhere', why, sign: rest.slice(colon + 1) };
}

/** What the disk says of a file without reading it. Times in milliseconds, with what the system has behind the point. */
export interface Sight {
  size: number;
  mtimeMs: number;
  ctimeMs: number;
  ino: number;
}

export const signOf = ({ size, mtimeMs, ctimeMs, ino }: Sight): string => `${size}.${ino}.${mtimeMs}.${ctimeMs}`;

export const sameSight = (a: Sight, b: Sight): boolean =>
  a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.ino === b.ino;

/** Within so many milliseconds two changes may look the same; file systems that count whole seconds take longer. */
const FINE_MS = 100;
const COARSE_MS = 2_500;

/** Whether a file read at that time (milliseconds since the epoch) could have changed since without looking otherwise. */
export function mayHideChange({ mtimeMs, ctimeMs }: Sight, readAt: number): boolean {
  const last = Math.max(mtimeMs, ctimeMs);
  return last > readAt - (last % 1_000 === 0 ? COARSE_MS : FINE_MS);
}
