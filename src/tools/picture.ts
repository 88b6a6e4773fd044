// Pictures that the model looks at: what is noted of one, and its bytes when they are sent.
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { FileKind } from '../editor/file-kind.ts';
import type { Picture } from './picture-note.ts';

/** Providers take 5 MB of base64 for a picture. */
export const MAX_BYTES = 3_750_000;
/** Pixels of a side; more are refused by some, and made smaller by all. */
export const MAX_SIDE = 8_000;

const TYPES: ReadonlyMap<string, string> = new Map([
  ['PNG image', 'image/png'],
  ['JPEG image', 'image/jpeg'],
  ['GIF image', 'image/gif'],
  ['WebP image', 'image/webp'],
]);

/** Why a file cannot be shown to a model, for the one who wants to see it; undefined: it can. */
export function cannotShow({ name, bytes, size }: FileKind): string | undefined {
  if (!TYPES.has(name)) return 'Models take PNG, JPEG, GIF and WebP: convert it to see it.';
  if (bytes > MAX_BYTES)
    return `Models take at most ${MAX_BYTES.toLocaleString('en')} bytes: make it smaller to see it.`;
  if (size === undefined || size.width < 1 || size.height < 1) return 'It seems to be damaged.';
  if (Math.max(size.width, size.height) > MAX_SIDE)
    return `Models take at most ${MAX_SIDE.toLocaleString('en')} pixels a side: make it smaller to see it.`;
  return undefined;
}

/** @param kind of a picture that can be shown @throws Error where it cannot be read */
export async function noted(path: string, { name }: FileKind): Promise<Picture> {
  const data = await readUpTo(path);
  return { path, mediaType: TYPES.get(name) ?? '', bytes: data.length, sha256: hashOf(data) };
}

/** The picture as base64; undefined where it is another one by now, or gone. */
export async function pictureData({ path, bytes, sha256 }: Picture): Promise<string | undefined> {
  const data = await readUpTo(path).catch(() => undefined);
  return data?.length === bytes && hashOf(data) === sha256 ? data.toString('base64') : undefined;
}

/** No more than a picture may have: it may have grown since. */
async function readUpTo(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const data = Buffer.alloc(Math.min((await file.stat()).size, MAX_BYTES + 1));
    const { bytesRead } = await file.read(data, 0, data.length, 0);
    return data.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function hashOf(data: Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
