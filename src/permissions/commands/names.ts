// Which program a name means: for rules that open (strictly) and for rules that close (as the most forgiving system would).
import { posix } from 'node:path';

const SYSTEM_FOLDERS = new Set([
  '/bin',
  '/sbin',
  '/usr/bin',
  '/usr/sbin',
  '/usr/local/bin',
  '/usr/local/sbin',
  '/opt/homebrew/bin',
]);

/** The plain name of a program of the system or on the search path; a path elsewhere stays a path. */
export function trustedName(text: string): string {
  if (!text.includes('/')) return text;
  return SYSTEM_FOLDERS.has(posix.dirname(text)) ? posix.basename(text) : text;
}

/** What the name may mean anywhere: without folder, ending, case. */
export function looseName(text: string): string {
  const base = text.replaceAll('\\', '/').split('/').at(-1) ?? '';
  return base
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\.(?:exe|cmd|bat|com|ps1)$/, '');
}

/** `python3.12` is python. */
export function interpreterName(text: string): string {
  const name = looseName(text);
  return name.replace(/^(python|pypy|perl|ruby|php|lua|node|pwsh|tclsh)[\d.w-]+$/, '$1');
}
