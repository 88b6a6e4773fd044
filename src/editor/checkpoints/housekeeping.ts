// Keeps what checkpoints take on disk within its limit: the oldest go first, and with them what only they needed.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TEMPORARY } from './durable.ts';
import type { KeptContents } from './kept-contents.ts';
import type { Points } from './points.ts';
import { readJob } from './restore.ts';

/** Older checkpoints than that many are removed. */
const MAX_POINTS = 200;
/** How full the store may be once it was cleaned up. */
const ROOMY = 0.9;

export interface HousekeepingDeps {
  /** Of restores that were done, and can be taken back. */
  doneFolder: string;
  kept: Pick<KeptContents, 'limit' | 'size' | 'keepOnly'>;
  points: Pick<Points, 'list' | 'remove' | 'hashes' | 'removeUnusedBases'>;
  /** Hashes of contents that are needed beside those of the checkpoints. */
  alsoUsed(): Promise<Iterable<string>>;
}

export class Housekeeping {
  private readonly deps: HousekeepingDeps;

  constructor(deps: HousekeepingDeps) {
    this.deps = deps;
  }

  /** Nothing else may read or write the store meanwhile. The newest checkpoint always stays. */
  async prune(): Promise<void> {
    const { points, kept } = this.deps;
    const heads = await points.list();
    const tooMany = heads.slice(MAX_POINTS);
    let left = heads.slice(0, MAX_POINTS);
    for (const { id } of tooMany) await this.remove(id);
    const roomy = kept.limit * ROOMY;
    if (tooMany.length === 0 && (await kept.size()) <= roomy) return;
    await this.sweep();
    while (left.length > 1 && (await kept.size()) > roomy) {
      const oldest = left.slice(-Math.max(1, Math.floor(left.length / 4)));
      left = left.slice(0, -oldest.length);
      for (const { id } of oldest) await this.remove(id);
      await this.sweep();
    }
  }

  /** A checkpoint goes, and with it the restores that can no longer be taken back without it. */
  private async remove(id: string): Promise<void> {
    const { points, doneFolder } = this.deps;
    await points.remove(id);
    for (const name of await readdir(doneFolder).catch(() => [])) {
      const path = join(doneFolder, name);
      const job = name.endsWith(TEMPORARY) ? null : await readJob(path);
      if (!job || job.beforeId === id) await rm(path, { force: true });
    }
  }

  private async sweep(): Promise<void> {
    const { points, kept, alsoUsed } = this.deps;
    const used = new Set(await alsoUsed());
    for (const { id } of await points.list()) for (const hash of await points.hashes(id)) used.add(hash);
    await kept.keepOnly(used);
    await points.removeUnusedBases();
  }
}
