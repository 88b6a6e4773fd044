// The one name of a memory line: what notes about it (anchor, expiry, confirmation) are kept under.
import { createHash } from 'node:crypto';

/** A trimmed line's hash, 16 hex digits: indentation and line ends may change, a word may not. */
export function lineHash(line: string): string {
  return createHash('sha256').update(line.trim()).digest('hex').slice(0, 16);
}
