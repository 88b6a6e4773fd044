// What the address of a link in a message means: a page, or a place in a file of the workspace.
import { isAbsolute, join, normalize, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { t } from '../protocol/l10n.ts';

export type LinkTarget =
  | { kind: 'page'; href: string }
  /** `line` and `column` count from 1. */
  | { kind: 'file'; path: string; line?: number; column?: number; endLine?: number };

const PLACE = /(?:#L(\d+)(?:C(\d+))?(?:-L?(\d+))?|:(\d+)(?::(\d+))?(?:-(\d+))?)$/;
/** One letter and a colon is a Windows drive. */
const SCHEME = /^[a-z][a-z0-9+.-]+:/i;
/** `Makefile:12` has a name that could be a scheme; a number behind it is a line. */
const NAME_AND_LINE = /^[^/\\:]+:\d+(?::\d+)?(?:-\d+)?$/;

/** @throws Error for anything but http(s), mailto and files */
export function linkTarget(href: string): LinkTarget {
  if (/^(https?|mailto):/i.test(href)) return { kind: 'page', href };
  const match = PLACE.exec(href);
  const bare = match ? href.slice(0, match.index) : href;
  const path = pathOf(bare, NAME_AND_LINE.test(href));
  const number = (text: string | undefined) => (text === undefined ? undefined : Math.max(1, Number(text)));
  const [, hashLine, hashColumn, hashEnd, line, column, end] = match ?? [];
  const place = {
    line: number(hashLine ?? line),
    column: number(hashColumn ?? column),
    endLine: number(hashEnd ?? end),
  };
  return {
    kind: 'file',
    path,
    ...Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined)),
  };
}

function pathOf(bare: string, named: boolean): string {
  try {
    if (/^file:/i.test(bare)) return fileURLToPath(bare);
    if (named || !SCHEME.test(bare)) return decodeURIComponent(bare);
  } catch {
    throw new Error(t('The address {0} names no file.', bare));
  }
  throw new Error(t('Links of this kind are not opened.'));
}

/**
 * @param path as a link names it: absolute, or relative to the folder
 * @param realOf follows symlinks of what exists of a path
 * @returns where it is on disk; undefined where that is outside of the folder
 */
export function insideFolder(folder: string, path: string, realOf: (path: string) => string): string | undefined {
  const absolute = isAbsolute(path) ? normalize(path) : join(folder, path);
  const rest = relative(realOf(folder), realOf(absolute));
  return rest === '..' || rest.startsWith(`..${sep}`) || isAbsolute(rest) ? undefined : absolute;
}
