// Files that a person pastes or drops into the composer: copies by their hash, so that they are there after a reload.
import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Attachment } from '../../protocol/attachments.ts';
import { t } from '../../protocol/l10n.ts';

/** Bytes of a file. */
export const MAX_KEPT = 5_000_000;
/** Days after which a copy that nobody used goes. */
const KEPT_DAYS = 30;
const NAME = /^[0-9a-f]{64}(?:\.[a-z0-9]{1,8})?$/;

export class KeptFiles {
  private readonly folder: string;
  private tidied = false;

  /** @param folder absolute; made with the first file */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** @throws Error for one that is too large, or cannot be written */
  async keep(name: string, data: Uint8Array): Promise<Attachment> {
    if (data.length === 0) throw new Error(t('{0} is empty.', name));
    if (data.length > MAX_KEPT)
      throw new Error(t('{0} is larger than 5 MB. Put it into the workspace and mention it with @ instead.', name));
    const ending = /^\.[a-z0-9]{1,8}$/.exec(extname(name).toLowerCase())?.[0] ?? '';
    const ref = `${createHash('sha256').update(data).digest('hex')}${ending}`;
    await mkdir(this.folder, { recursive: true });
    await writeFile(join(this.folder, ref), data, { mode: 0o600 });
    void this.tidy();
    return { kind: 'copy', label: name.replace(/\s+/g, ' ').slice(0, 200) || 'file', ref };
  }

  /** Its absolute path. @throws Error where it is gone */
  async pathOf({ ref, label }: Attachment): Promise<string> {
    const path = join(this.folder, ref);
    const there = NAME.test(ref) && (await stat(path).catch(() => undefined));
    if (!there) throw new Error(t('{0} is no longer kept. Paste or drop it again.', label));
    const now = new Date();
    await utimes(path, now, now).catch(() => {});
    return path;
  }

  /** Once a window: what nobody has used for long goes. */
  private async tidy(): Promise<void> {
    if (this.tidied) return;
    this.tidied = true;
    const before = Date.now() - KEPT_DAYS * 86_400_000;
    for (const name of await readdir(this.folder).catch(() => [])) {
      const path = join(this.folder, name);
      const at = await stat(path).catch(() => undefined);
      if (at && at.mtimeMs < before) await rm(path, { force: true }).catch(() => {});
    }
  }
}
