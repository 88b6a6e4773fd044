// Reads the archive of an export: a passage a line, one at a time, whatever else stands there.
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { t } from '../../protocol/l10n.ts';
import { ARCHIVE_PATH, type ExportedPassage, PassageSchema } from './export.ts';
import { decode } from './format.ts';

const MOST_LINE = 1024 * 1024;

/** The passages of an export, one at a time; lines that are none are passed over, as the preview said. */
export async function* readArchive(folder: string, path = ARCHIVE_PATH): AsyncGenerator<ExportedPassage> {
  for await (const line of recordsOf(join(folder, path))) {
    const passage = passageOf(line.bytes);
    if (typeof passage !== 'string') yield passage;
  }
}

/** A passage, or why it is none. */
export function passageOf(bytes: Uint8Array | null): ExportedPassage | string {
  if (bytes === null) return t('the line is longer than 1 MB');
  try {
    const parsed = PassageSchema.safeParse(JSON.parse(decode(bytes)));
    return parsed.success ? parsed.data : t('the line is no passage');
  } catch {
    return t('the line is no JSON');
  }
}

/** The lines of a file; `bytes` null for one that is too long to be read. */
export async function* recordsOf(path: string): AsyncGenerator<{ bytes: Uint8Array | null; number: number }> {
  let parts: Buffer[] = [];
  let size = 0;
  let number = 0;
  const take = (): { bytes: Uint8Array | null; number: number } => {
    const line = { bytes: size > MOST_LINE ? null : Buffer.concat(parts), number: ++number };
    parts = [];
    size = 0;
    return line;
  };
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      add(chunk.subarray(from, end));
      from = end + 1;
      const empty = size === 0;
      const line = take();
      if (!empty) yield line;
    }
    add(chunk.subarray(from));
  }
  if (size > 0) yield take();

  function add(part: Buffer): void {
    size += part.length;
    if (size <= MOST_LINE) parts.push(part);
    else parts = [];
  }
}
