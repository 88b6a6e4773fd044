// Threads whose memory is pinned: what their model sees of memory, whatever becomes of it meanwhile. One small file a thread.
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { t } from '../protocol/l10n.ts';
import { fileNameFor, writeAtomic } from './files.ts';

const PinnedBlockSchema = z.object({
  id: z.string(),
  label: z.string(),
  description: z.string(),
  value: z.string(),
  limit: z.number(),
  readOnly: z.boolean(),
});
export type PinnedBlock = z.infer<typeof PinnedBlockSchema>;

const PinSchema = z.object({
  /**
   * `pinned`: as it was when the person pinned it. A question asked again: with memory as it is `today`, as it was `then`, or
   * with `none`.
   */
  kind: z.enum(['pinned', 'today', 'then', 'none']),
  /** ISO 8601: of when the memory is. */
  at: z.string(),
  blocks: z.array(PinnedBlockSchema),
});
export type Pin = z.infer<typeof PinSchema>;

export class PinError extends Error {
  override name = 'PinError';
  readonly reason: 'unreadable';

  constructor(path: string, cause: unknown) {
    const words = cause instanceof Error ? cause.message : String(cause);
    super(t('Whether memory is pinned in this thread could not be read from {0} ({1}).', path, words), { cause });
    this.reason = 'unreadable';
  }
}

/** For all windows of this computer: read anew each time, written whole. */
export class Pins {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  private pathOf(threadId: string): string {
    return join(this.folder, `${fileNameFor(threadId)}.json`);
  }

  /** Undefined: the thread follows memory as it is. @throws PinError where that cannot be told: nothing must be written then */
  async read(threadId: string): Promise<Pin | undefined> {
    const path = this.pathOf(threadId);
    try {
      return PinSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw new PinError(path, error);
    }
  }

  /** On disk when it resolves. */
  async set(threadId: string, pin: Pin): Promise<void> {
    await writeAtomic(this.pathOf(threadId), JSON.stringify(pin));
  }

  /** One that was not pinned stays so. */
  async remove(threadId: string): Promise<void> {
    await rm(this.pathOf(threadId), { force: true });
  }

  /** A fork keeps the memory of the thread it came from. */
  async inherit(parentId: string, forkId: string): Promise<void> {
    const pin = await this.read(parentId);
    if (pin) await this.set(forkId, pin);
  }

  /** Whether a thread is pinned, for many at once. */
  async all(): Promise<(threadId: string) => boolean> {
    const files = new Set(await readdir(this.folder).catch(() => []));
    return (threadId) => files.has(`${fileNameFor(threadId)}.json`);
  }
}
