// Where the outputs of commands lie: one file a call, in the extension's storage, for a week.
import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const WEEK_MS = 7 * 24 * 60 * 60 * 1_000;
/** Bytes of all files together; the oldest go first. */
const MOST = 2 * 1024 * 1024 * 1024;
const SUFFIX = '.log';

export class LogFolder {
  private readonly folder: string;
  private ready: Promise<void> | undefined;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Where the output of a call lies, or would. Ids of calls are unique in their thread only. */
  pathOf(threadId: string, callId: string): string {
    const name = createHash('sha256').update(`${threadId}\n${callId}`).digest('hex').slice(0, 24);
    return join(this.folder, `${name}${SUFFIX}`);
  }

  /** Makes the folder and removes what is old, once. @throws Error when it cannot be made */
  prepare(): Promise<void> {
    this.ready ??= mkdir(this.folder, { recursive: true, mode: 0o700 }).then(() => this.prune());
    return this.ready;
  }

  private async prune(): Promise<void> {
    const names = (await readdir(this.folder)).filter((name) => name.endsWith(SUFFIX));
    const files = await Promise.all(
      names.map(async (name) => {
        const path = join(this.folder, name);
        const { size, mtimeMs } = await stat(path).catch(() => ({ size: 0, mtimeMs: 0 }));
        return { path, size, mtimeMs };
      }),
    );
    let sum = 0;
    for (const { path, size, mtimeMs } of files.sort((a, b) => b.mtimeMs - a.mtimeMs)) {
      sum += size;
      // What cannot be removed now is tried again by the next window.
      if (sum > MOST || Date.now() - mtimeMs > WEEK_MS) await rm(path, { force: true }).catch(() => {});
    }
  }
}
