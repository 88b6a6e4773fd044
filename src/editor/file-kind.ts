// What a file that is no text is, told by its first bytes: type, size, and a picture's dimensions.
import { open, stat } from 'node:fs/promises';

const HEAD_BYTES = 64 * 1024;

export interface FileKind {
  /** E.g. `PNG image`. */
  name: string;
  bytes: number;
  /** Pixels. */
  size?: { width: number; height: number };
}

/** Undefined: nothing that is known by its first bytes; it may be text. @param path absolute, of a file that exists */
export async function fileKind(path: string): Promise<FileKind | undefined> {
  // Opening a pipe would wait for whoever writes to it.
  if (!(await stat(path)).isFile()) return undefined;
  const file = await open(path, 'r');
  try {
    const { size: bytes } = await file.stat();
    const head = Buffer.alloc(Math.min(HEAD_BYTES, bytes));
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    const found = kindOf(head.subarray(0, bytesRead));
    return found && { ...found, bytes };
  } finally {
    await file.close();
  }
}

export function kindOf(head: Buffer): Omit<FileKind, 'bytes'> | undefined {
  const at = (start: number, text: string) => head.toString('latin1', start, start + text.length) === text;
  if (at(0, '\x89PNG\r\n\x1a\n'))
    return sized('PNG image', head.length >= 24 && [head.readUInt32BE(16), head.readUInt32BE(20)]);
  if (at(0, 'GIF87a') || at(0, 'GIF89a'))
    return sized('GIF image', head.length >= 10 && [head.readUInt16LE(6), head.readUInt16LE(8)]);
  if (at(0, '\xff\xd8\xff')) return sized('JPEG image', jpegSize(head));
  if (at(0, 'RIFF') && at(8, 'WEBP')) return sized('WebP image', webpSize(head));
  if (at(0, 'BM') && head.length >= 26 && head.readUInt32LE(14) >= 40 && head.readUInt32LE(14) <= 124)
    return sized('BMP image', [head.readInt32LE(18), Math.abs(head.readInt32LE(22))]);
  const plain = SIGNATURES.find(([bytes]) => at(0, bytes));
  return plain && { name: plain[1] };
}

const SIGNATURES: readonly (readonly [string, string])[] = [
  ['\x00\x00\x01\x00', 'icon'],
  ['%PDF-', 'PDF document'],
  ['PK\x03\x04', 'ZIP archive or a document made of one'],
  ['\x1f\x8b', 'gzip archive'],
  ['7z\xbc\xaf\x27\x1c', '7-Zip archive'],
  ['\x7fELF', 'ELF program or library'],
  ['\x00asm', 'WebAssembly module'],
  ['SQLite format 3\x00', 'SQLite database'],
  ['wOF2', 'WOFF2 font'],
  ['wOFF', 'WOFF font'],
  ['\x00\x01\x00\x00\x00', 'TrueType font'],
  ['OggS', 'Ogg recording'],
  ['ID3', 'MP3 recording'],
];

function sized(name: string, size: readonly [number, number] | number[] | false | undefined): Omit<FileKind, 'bytes'> {
  if (!size) return { name };
  const [width = 0, height = 0] = size;
  return { name, size: { width, height } };
}

/** The dimensions stand in the first frame header, behind any number of other segments. */
function jpegSize(head: Buffer): [number, number] | undefined {
  for (let at = 2; at + 9 < head.length && head[at] === 0xff; ) {
    const marker = head[at + 1] ?? 0;
    const frame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (frame) return [head.readUInt16BE(at + 7), head.readUInt16BE(at + 5)];
    at += 2 + head.readUInt16BE(at + 2);
  }
  return undefined;
}

function webpSize(head: Buffer): [number, number] | undefined {
  if (head.length < 30) return undefined;
  const form = head.toString('latin1', 12, 16);
  if (form === 'VP8X') return [head.readUIntLE(24, 3) + 1, head.readUIntLE(27, 3) + 1];
  if (form === 'VP8 ') return [head.readUInt16LE(26) & 0x3fff, head.readUInt16LE(28) & 0x3fff];
  if (form !== 'VP8L') return undefined;
  const bits = head.readUInt32LE(21);
  return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];
}
