// Follows the symlinks of the part of a path that exists.
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** @param path absolute. @returns where it really is, or would be if it were made */
export function realPathOf(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPathOf(parent), path.slice(parent.length));
  }
}
