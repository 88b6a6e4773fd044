// Permission rules in Letta Code's syntax: `Tool`, `Tool(pattern)`, `*`.
import { posix } from 'node:path';
import picomatch from 'picomatch';
import type { Located } from './paths.ts';

export interface Rule {
  /** As it was written. */
  text: string;
  /** The tool's name, or `*`. */
  tool: string;
  /** What stands in the brackets; absent where the rule covers every call of the tool. */
  pattern?: string;
}

/** Names that Letta Code's toolsets use for the same thing. */
const ALIASES = new Map(
  Object.entries({
    Bash: 'shell Shell shell_command ShellCommand exec_command run_shell_command RunShellCommand',
    Edit: 'MultiEdit NotebookEdit replace Replace',
    Fetch: 'WebFetch fetch_webpage',
    Glob: 'glob_gemini GlobGemini',
    Grep: 'grep_files GrepFiles search_file_content SearchFileContent',
    Read: 'read_file ReadFile read_file_gemini ReadFileGemini',
    Task: 'task Agent agent',
    Write: 'write_file WriteFile write_file_gemini WriteFileGemini',
  }).flatMap(([tool, names]) => names.split(' ').map((name) => [name, tool] as const)),
);

/** The first that is no rule, of those that refuse or ask: it was meant to keep something back. */
export const unreadableRule = ({
  deny,
  ask,
}: {
  deny: readonly string[];
  ask: readonly string[];
}): string | undefined => [...deny, ...ask].find((text) => parseRule(text) === undefined);

/** Undefined where it is no rule. */
export function parseRule(text: string): Rule | undefined {
  const match = /^\s*(\*|\w+)\s*(?:\((.*)\))?\s*$/s.exec(text);
  const [, name, pattern] = match ?? [];
  if (name === undefined) return undefined;
  const tool = ALIASES.get(name) ?? name;
  return pattern === undefined || pattern.trim() === '' ? { text, tool } : { text, tool, pattern: pattern.trim() };
}

/** Globs of the rules that refuse to read files. */
export function refusedReads(deny: readonly string[]): string[] {
  return deny.flatMap((text) => {
    const rule = parseRule(text);
    return rule?.tool === 'Read' && rule.pattern !== undefined ? [rule.pattern] : [];
  });
}

/** Longest pattern that is tried; a longer one is nobody's handwriting. */
const MAX_PATTERN = 1_000;

/**
 * Whether the pattern covers the file. Patterns are globs relative to the workspace folder (`./` may be left out), `//…` or a
 * drive for absolute paths.
 * @param lenient for rules that tighten: case does not matter, the plain name of a folder covers all that is in it, and `/…` means
 * the workspace folder too, as it does in ignore files
 */
export function coversPath(pattern: string, file: Located, lenient: boolean): boolean {
  // Outside of the workspace a rule can only refuse or ask, by an absolute path.
  if ((file.inside === undefined && !lenient) || pattern.length > MAX_PATTERN) return false;
  // A backslash escapes in a glob; on Windows people write it between folders all the same.
  const glob = /^[a-z]:\\/i.test(pattern) ? pattern.replaceAll('\\', '/') : pattern.replace(/^\.\//, '');
  const absolute = glob.startsWith('/') || /^[a-z]:\//i.test(glob);
  if (lenient && /^\/[^/]/.test(glob) && coversPath(glob.slice(1), file, true)) return true;
  const names = absolute ? [file.absolute] : [file.inside, file.named].filter((name) => name !== undefined);
  const wanted = absolute ? [glob.replace(/^\/\//, '/')] : [glob];
  const [only = ''] = wanted;
  if (lenient && !/[*?[{(]/.test(only)) wanted.push(`${only.replace(/\/$/, '')}/**`);
  return wanted.some((one) => {
    const matches = matcher(one, lenient);
    return names.some((name) => matches(name));
  });
}

type Matcher = (name: string) => boolean;

/** A search asks about thousands of files; the rules of a person are few. */
const MATCHERS = new Map<string, Matcher>();
const MOST_MATCHERS = 500;

function matcher(glob: string, nocase: boolean): Matcher {
  const key = `${nocase}:${glob}`;
  const known = MATCHERS.get(key);
  if (known) return known;
  if (MATCHERS.size >= MOST_MATCHERS) MATCHERS.clear();
  const made = makeMatcher(glob, nocase);
  MATCHERS.set(key, made);
  return made;
}

function makeMatcher(glob: string, nocase: boolean): Matcher {
  try {
    // A leading `!` is a character here: a rule that covers all but something would be too easy to write by mistake.
    return picomatch(glob, { dot: true, nonegate: true, nocase, windows: false });
  } catch {
    return () => false;
  }
}

/**
 * Whether the pattern covers the URL: `example.com`, `*.example.com`, `domain:example.com`, or `https://example.com/*`.
 */
export function coversUrl(pattern: string, url: URL): boolean {
  const host = pattern.replace(/^domain:/i, '').toLowerCase();
  if (!host.includes('/')) return coversHost(host, url);
  const match = /^(https?):\/\/([^/]+)(\/.*)?$/i.exec(pattern);
  const [, scheme = '', authority = '', path = '/*'] = match ?? [];
  if (`${scheme.toLowerCase()}:` !== url.protocol || !coversHost(authority.toLowerCase(), url)) return false;
  const target = url.pathname + url.search;
  return path.endsWith('*') ? target.startsWith(path.slice(0, -1)) : target === path;
}

function coversHost(host: string, url: URL): boolean {
  if (host === '*') return true;
  if (host.startsWith('*.')) return url.port === '' && url.hostname.endsWith(host.slice(1));
  return host === url.host || host === url.hostname.replace(/\.$/, '') + (url.port === '' ? '' : `:${url.port}`);
}

/**
 * Whether the pattern names the command: exactly, or its beginning with `:*`. Good for rules that refuse, never for ones that
 * allow: a command says more than its beginning.
 */
export function namesCommand(pattern: string, command: string): boolean {
  const plain = command.trim().replace(/\s+/g, ' ');
  if (!pattern.endsWith(':*')) return plain === pattern.trim();
  const prefix = pattern.slice(0, -2).trim();
  return plain === prefix || plain.startsWith(`${prefix} `);
}

/** The glob that matches this one relative path and no other; undefined where no pattern can say it. */
export function exactGlob(path: string): string | undefined {
  // Windows would read the escape as a slash, and a rule must survive being trimmed and put in brackets.
  if (path.includes('\\') || path !== path.trim() || /[\n\r\0]/.test(path)) return undefined;
  const glob = path.replace(/[*?[\]{}()!+@|^$<>"'`~#%&;,=]/g, '\\$&');
  return glob.length <= MAX_PATTERN && glob === posix.normalize(glob) ? glob : undefined;
}
