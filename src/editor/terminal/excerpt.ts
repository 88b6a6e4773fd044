// Shows a long output by its beginning and its end, out of the file that holds all of it.
import { type FileHandle, open } from 'node:fs/promises';

/** Most of what is shown, in bytes: from the beginning, and from the end. */
const HEAD = 6_000;
const TAIL = 12_000;
/** Bytes read at a time when lines are counted. */
const BLOCK = 256 * 1024;
const BREAK = 10;

export interface Excerpt {
  text: string;
  /** Not all is shown: how many bytes are left out in the middle. */
  left: number;
}

/** The part of a file from `begin` to `end`, both in bytes, cut at line breaks where there are some. */
export async function excerpt(file: FileHandle, begin: number, end: number): Promise<Excerpt> {
  const size = end - begin;
  if (size <= HEAD + TAIL) return { text: (await bytes(file, begin, size)).toString('utf8'), left: 0 };
  const head = await bytes(file, begin, HEAD);
  const tail = await bytes(file, end - TAIL, TAIL);
  const headEnd = head.lastIndexOf(BREAK) + 1 || cleanEnd(head);
  const tailStart = tail.indexOf(BREAK) + 1 || cleanStart(tail);
  const left = size - headEnd - (TAIL - tailStart);
  const text = `${head.toString('utf8', 0, headEnd).trimEnd()}\n… (${left.toLocaleString('en')} bytes left out)\n${tail.toString('utf8', tailStart)}`;
  return { text, left };
}

/** What a command that is no longer known has left in its file; undefined where there is none. */
export async function leftIn(path: string): Promise<string | undefined> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return undefined;
  try {
    return (await excerpt(file, 0, (await file.stat()).size)).text;
  } finally {
    await file.close();
  }
}

export interface Lines {
  lines: string[];
  /** There are more behind them. */
  more: boolean;
}

/** Lines of a file, from the one with number `first` (from 1); as many as fit. */
export async function linesFrom(
  path: string,
  first: number,
  most: { lines: number; characters: number },
): Promise<Lines> {
  const file = await open(path, 'r');
  try {
    const start = await startOfLine(file, first);
    const block = await bytes(file, start, most.characters * 2);
    const text = block.toString('utf8').slice(0, most.characters);
    const all = text.split('\n');
    const atEnd = start + block.length >= (await file.stat()).size && text.length < most.characters;
    // The last one may be cut.
    const complete = atEnd || all.length === 1 ? all : all.slice(0, -1);
    const lines = complete.slice(0, most.lines);
    return {
      lines: atEnd && lines.at(-1) === '' ? lines.slice(0, -1) : lines,
      more: !atEnd || complete.length > most.lines,
    };
  } finally {
    await file.close();
  }
}

async function startOfLine(file: FileHandle, first: number): Promise<number> {
  let line = 1;
  for (let at = 0; line < first; ) {
    const block = await bytes(file, at, BLOCK);
    if (block.length === 0) return at;
    for (let found = block.indexOf(BREAK); found !== -1; found = block.indexOf(BREAK, found + 1)) {
      line += 1;
      if (line === first) return at + found + 1;
    }
    at += block.length;
  }
  return 0;
}

async function bytes(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** Where the last whole character ends. */
function cleanEnd(buffer: Buffer): number {
  let at = buffer.length;
  while (at > 0 && ((buffer[at - 1] ?? 0) & 0xc0) === 0x80) at -= 1;
  return Math.max(0, at - 1);
}

/** Where the first whole character begins. */
function cleanStart(buffer: Buffer): number {
  let at = 0;
  while (((buffer[at] ?? 0) & 0xc0) === 0x80) at += 1;
  return at;
}
