// Which addresses a message may link to. What is refused is shown as text.

export type LinkKind = 'web' | 'file';

const SCHEME = /^([a-z][a-z\d+.-]*):/i;
/** `C:\src\a.ts` looks like a scheme and is none; nor is `a.ts:12`. */
const DRIVE = /^[a-z]:[\\/]/i;
const LINE_SUFFIX = /^[^:?]*\.[^:/?]+:\d+(?::\d+)?$/;
const MAX_HREF = 4_096;

/** @returns `undefined` for what must not be a link: scripts, data, commands, other applications, an address in this page. */
export function linkKind(href: string): LinkKind | undefined {
  if (href === '' || href.length > MAX_HREF || href.startsWith('#') || hasControl(href)) return undefined;
  if (DRIVE.test(href) || LINE_SUFFIX.test(href)) return 'file';
  const scheme = SCHEME.exec(href)?.[1]?.toLowerCase();
  if (scheme === 'http' || scheme === 'https') return 'web';
  if (scheme !== undefined && scheme !== 'file') return undefined;
  // `//host/share` and `\\host\share` would be somebody else's computer.
  return href.startsWith('//') || href.startsWith('\\') ? undefined : 'file';
}

function hasControl(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) < 32) return true;
  return false;
}
