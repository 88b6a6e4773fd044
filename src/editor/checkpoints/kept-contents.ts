// The contents of our own in the workspace's storage, and how much room they take.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Contents, hashOfBytes } from '../contents.ts';

/** Bytes. */
export const MAX_STORED = 500 * 1024 * 1024;

export class KeptContents {
  private readonly contents: Contents;
  private readonly folder: string;
  readonly limit: number;
  /** Bytes; undefined until it was counted. */
  private used: number | undefined;

  constructor(folder: string, limit = MAX_STORED) {
    this.folder = folder;
    this.contents = new Contents(folder);
    this.limit = limit;
  }

  /** SHA-256; null where there is no room for it. */
  async put(bytes: Uint8Array): Promise<string | null> {
    const hash = hashOfBytes(bytes);
    if (await this.contents.has(hash)) return hash;
    // Several come at once: between looking and counting nothing is awaited.
    await this.size();
    const used = (this.used ?? 0) + bytes.length;
    if (used > this.limit) return null;
    this.used = used;
    return this.contents.put(bytes);
  }

  get(hash: string): Promise<Uint8Array | null> {
    return this.contents.get(hash);
  }

  has(hash: string): Promise<boolean> {
    return this.contents.has(hash);
  }

  async keepOnly(hashes: ReadonlySet<string>): Promise<void> {
    await this.contents.keepOnly(hashes);
    this.used = undefined;
  }

  async size(): Promise<number> {
    if (this.used === undefined) {
      const counted = await folderSize(this.folder);
      this.used ??= counted;
    }
    return this.used;
  }
}

async function folderSize(folder: string): Promise<number> {
  let size = 0;
  for (const name of await readdir(folder, { recursive: true }).catch(() => [])) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found?.isFile()) size += found.size;
  }
  return size;
}
