// Follows the symlinks of the part of a path that exists.
import { readlinkSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** More links in a row lead nowhere. */
const MOST_LINKS = 40;
/** Where a link that leads to itself is said to lie: in no workspace. */
const NOWHERE = '/dev/null/loop';

/** @param path absolute. @returns where it really is, or would be if it were made: what writes to a link to nothing makes its target */
export function realPathOf(path: string, links = MOST_LINKS): string {
  try {
    return realpathSync.native(path);
  } catch {
    const parent = dirname(path);
    if (parent === path) return path;
    const folder = realPathOf(parent, links);
    const target = linkTarget(path);
    if (target === undefined) return join(folder, path.slice(parent.length));
    return links === 0 ? NOWHERE : realPathOf(resolve(folder, target), links - 1);
  }
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
