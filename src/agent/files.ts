// Small durable files: whole files replaced in one step, and hashes of texts.
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Replaces a file so that a reader, or a start after a kill, sees the old or the new text and nothing between.
 * `durable`: also after a loss of power.
 */
export async function writeAtomic(path: string, text: string, durable = true): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(text);
      if (durable) await file.datasync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Hash of a text; line endings do not count, because an editor may change them on saving. Null: no such file. */
export function hashOf(text: string | null): string | null {
  return text === null ? null : createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex');
}

/** A file name for any id: ids of the Letta API stay readable, everything else is hashed. */
export function fileNameFor(id: string): string {
  return /^[A-Za-z0-9_-]{1,80}$/.test(id) ? id : createHash('sha256').update(id).digest('hex').slice(0, 40);
}

/** Where it is noted what any thread of an agent has seen on this computer; `globalFolder`: the extension's storage of it. */
export function seenFolder(globalFolder: string, agentId: string): string {
  return join(globalFolder, 'seen', fileNameFor(agentId));
}
