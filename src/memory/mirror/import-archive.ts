// Adds the archive of an export to the agent's: each entry that is not there yet.
import { createHash } from 'node:crypto';
import type { Archive } from '../archive.ts';
import type { MaskSecrets } from './masked.ts';
import { readArchive } from './read-archive.ts';

const printOf = (text: string): string => createHash('sha256').update(text).digest('base64');

/** For each text whether the archive holds it; read once, when it is first asked. */
export function knownTexts(
  archive: Pick<Archive, 'all'>,
  signal: AbortSignal,
): (texts: string[]) => Promise<boolean[]> {
  let known: Promise<Set<string>> | undefined;
  const read = async (): Promise<Set<string>> => {
    const found = new Set<string>();
    for await (const { text } of archive.all()) {
      signal.throwIfAborted();
      found.add(printOf(text));
    }
    return found;
  };
  return async (texts) => {
    known ??= read();
    const found = await known;
    return texts.map((text) => found.has(printOf(text)));
  };
}

export interface ImportArchiveOptions {
  archive: Pick<Archive, 'all'>;
  add: Archive['add'];
  maskSecrets: MaskSecrets;
  /** Whether this home keeps entries to local models. */
  keeps: boolean;
  signal: AbortSignal;
  onProgress(added: number): void;
}

/**
 * With a signal that aborts: those before it.
 * @returns how many were left out because they are kept to local models, and this home cannot
 * @throws what `add` throws
 */
export async function importArchive(
  folder: string,
  { archive, add, maskSecrets, keeps, signal, onProgress }: ImportArchiveOptions,
): Promise<number> {
  const known = knownTexts(archive, signal);
  let added = 0;
  let left = 0;
  for await (const { text, tags, createdAt, localOnly } of readArchive(folder)) {
    if (signal.aborted) break;
    const stored = maskSecrets(text);
    if ((await known([stored]))[0]) continue;
    if (localOnly && !keeps) {
      left++;
      continue;
    }
    await add(stored, tags, { at: createdAt, localOnly });
    onProgress(++added);
  }
  return left;
}
