// What a file holds from a place on.
import { closeSync, openSync, readSync } from 'node:fs';

/** '' where there is no file, or nothing behind that place. */
export function readFrom(path: string, from: number): string {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return '';
  }
  try {
    const parts: Buffer[] = [];
    const part = Buffer.alloc(1 << 20);
    for (let at = from; ; ) {
      const read = readSync(fd, part, 0, part.length, at);
      if (read === 0) break;
      parts.push(Buffer.from(part.subarray(0, read)));
      at += read;
    }
    return Buffer.concat(parts).toString('utf8');
  } finally {
    closeSync(fd);
  }
}
