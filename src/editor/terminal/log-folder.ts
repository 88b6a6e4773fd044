// Where the outputs of commands lie: one file a call, in the extension's storage, for a week; and how many there have been.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const WEEK_MS = 7 * 24 * 60 * 60 * 1_000;
/** Bytes of all files together; the oldest go first. */
const MOST = 2 * 1024 * 1024 * 1024;
const SUFFIX = '.log';
const COUNT_FILE = 'count';

/** Those of a workspace. `storage`: the extension's folder for it */
export const commandLogs = (storage: string): LogFolder => new LogFolder(join(storage, 'commands'));

export class LogFolder {
  /** Absolute. */
  readonly folder: string;
  private ready: Promise<void> | undefined;
  private counting: Promise<number> | undefined;

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

  /**
   * A number that no command of the workspace has had: after a reload the agent still speaks of earlier ones.
   * @throws Error when the folder cannot be made
   */
  async next(): Promise<number> {
    await this.prepare();
    this.counting = (this.counting ?? this.counted()).then(async (last) => {
      const path = join(this.folder, COUNT_FILE);
      const noted = writeFile(`${path}.tmp`, String(last + 1)).then(() => rename(`${path}.tmp`, path));
      // In this window it counts all the same.
      await noted.catch(() => {});
      return last + 1;
    });
    return this.counting;
  }

  private async counted(): Promise<number> {
    return Number.parseInt(await readFile(join(this.folder, COUNT_FILE), 'utf8').catch(() => ''), 10) || 0;
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
