// Some lines of a file that is too large to be read as a whole: streamed, and never more held than is given.
import { createReadStream } from 'node:fs';

export interface LineRange {
  lines: string[];
  /** The file goes on behind them. */
  more: boolean;
  /** Lines there are before `from`, where it lies behind the end. */
  total?: number;
  /** It holds a NUL, so it is no text. */
  binary: boolean;
}

const NEWLINE = 10;

export interface Limits {
  /** First line, from 1. */
  from: number;
  lines: number;
  characters: number;
  /** Most bytes of a line that are given. */
  line: number;
}

/** UTF-8. @throws Error of the file system */
export async function readLineRange(path: string, limits: Limits, signal: AbortSignal): Promise<LineRange> {
  const found: LineRange = { lines: [], more: false, binary: false };
  let number = 1;
  let size = 0;
  let line: Buffer[] = [];
  let held = 0;
  let long = 0;
  const keep = (bytes: Buffer): void => {
    if (number < limits.from) return;
    if (held < limits.line) line.push(bytes.subarray(0, limits.line - held));
    held += bytes.length;
    long = Math.max(0, held - limits.line);
  };
  const end = (): void => {
    if (number >= limits.from) {
      const text = Buffer.concat(line).toString('utf8').replace(/\r$/, '');
      const shown = long > 0 ? `${text}… (${long} more bytes in this line)` : text;
      found.lines.push(shown);
      size += shown.length;
    }
    number += 1;
    line = [];
    held = 0;
    long = 0;
  };
  const enough = () => found.lines.length >= limits.lines || size >= limits.characters;
  for await (const chunk of createReadStream(path, { signal }) as AsyncIterable<Buffer>) {
    if (chunk.includes(0)) return { ...found, binary: true };
    let at = 0;
    for (let stop = chunk.indexOf(NEWLINE); stop !== -1; stop = chunk.indexOf(NEWLINE, at)) {
      keep(chunk.subarray(at, stop));
      end();
      at = stop + 1;
      if (enough()) return { ...found, more: true };
    }
    keep(chunk.subarray(at));
  }
  if (held > 0) end();
  return number <= limits.from && found.lines.length === 0 ? { ...found, total: number - 1 } : found;
}
