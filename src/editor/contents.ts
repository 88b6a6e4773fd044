// Contents of files by their hash, on disk: written once, never changed, so that a crash leaves nothing half there.
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const HASH = /^[0-9a-f]{64}$/;

export class Contents {
  private readonly folder: string;

  /** `folder`: absolute; made when the first content is kept. */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** Keeps the bytes. @returns their SHA-256 in hex, which `get` takes */
  async put(bytes: Uint8Array): Promise<string> {
    const hash = hashOfBytes(bytes);
    const path = this.pathOf(hash);
    if (await this.has(hash)) return hash;
    await mkdir(dirname(path), { recursive: true });
    const temporary = `${path}.${randomUUID().slice(0, 8)}.tmp`;
    try {
      await writeFile(temporary, bytes, { flag: 'wx', mode: 0o600, flush: true });
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    return hash;
  }

  /** The bytes; null where they are not kept, or are not what they were. */
  async get(hash: string): Promise<Uint8Array | null> {
    const bytes = await readFile(this.pathOf(hash)).catch(() => null);
    return bytes !== null && hashOfBytes(bytes) === hash ? bytes : null;
  }

  async has(hash: string): Promise<boolean> {
    return stat(this.pathOf(hash)).then(
      (found) => found.isFile(),
      () => false,
    );
  }

  /** Forgets all but these. */
  async keepOnly(hashes: ReadonlySet<string>): Promise<void> {
    for (const name of await readdir(this.folder, { recursive: true }).catch(() => [])) {
      const hash = name.replaceAll(/[\\/]/g, '');
      if (HASH.test(hash) && !hashes.has(hash)) await rm(join(this.folder, name), { force: true });
    }
  }

  private pathOf(hash: string): string {
    if (!HASH.test(hash)) throw new Error(`${JSON.stringify(hash)} is no hash of a content.`);
    return join(this.folder, hash.slice(0, 2), hash.slice(2));
  }
}

/** SHA-256 in hex. */
export function hashOfBytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
