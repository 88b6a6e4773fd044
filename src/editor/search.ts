// Finding files and text, as the tools see it: ripgrep stands behind it, or a slow search of our own where there is none.

/** Where to look. Ignore files count, symlinks are not followed; `.lettaignore` is for who gets the results to apply. */
export interface Scope {
  /** The workspace folder: absolute, symlinks resolved. */
  root: string;
  /** A folder or file in it, likewise. It is looked at also where an ignore file names it. */
  start: string;
  /** Look at names that begin with a dot, too. */
  dotted: boolean;
}

export interface TextQuery {
  /** A regular expression, within a line unless `multiline`. */
  pattern: string;
  /** A match may span lines, `.` matches their ends, and each line of it counts as one that matches. */
  multiline: boolean;
  ignoreCase: boolean;
  /** Lines to give before and after each that matches. */
  context: number;
  /** `count` counts lines that match, or matches with `multiline`. */
  mode: 'content' | 'files' | 'count';
  /** A glob that the files' last name has to match. It must be simple: `*`, `?`, `[…]`, `{a,b}`. */
  name?: string;
}

/** A line of `content`; lines and columns count from 1. */
export interface FoundLine {
  line: number;
  /** Of the first match; absent: a line of context. */
  column?: number;
  /** Without line ending; long ones are cut. */
  text: string;
  cut: boolean;
}

/** `path` absolute. `line` in mode `content`, `count` in mode `count`. */
export interface Found {
  path: string;
  line?: FoundLine;
  count?: number;
}

/** `done`: all was looked at. `stopped`: whoever got the results had enough. `late`: the time was over. */
export type SearchEnd = 'done' | 'stopped' | 'late';

export type SearchErrorReason = 'pattern' | 'slow' | 'failed';

/** The message is written for the model. */
export class SearchError extends Error {
  override name = 'SearchError';
  readonly reason: SearchErrorReason;
  constructor(reason: SearchErrorReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Results come sorted by path. A callback that returns false ends the search. Methods throw `SearchError`. */
export interface Search {
  /** Every file, by its absolute path. */
  files(scope: Scope, each: (path: string) => boolean, signal: AbortSignal): Promise<SearchEnd>;
  text(scope: Scope, query: TextQuery, each: (found: Found) => boolean, signal: AbortSignal): Promise<SearchEnd>;
  /** The same in a text that is on no disk; `path` of what it finds is ''. */
  textIn(text: string, query: TextQuery, each: (found: Found) => boolean, signal: AbortSignal): Promise<SearchEnd>;
}

/** Text that the editor holds and that is on no disk. */
export interface UnsavedText {
  /** As a tool takes it. */
  name: string;
  /** Absolute, symlinks resolved; null for a document that was never saved. */
  path: string | null;
  text: string;
}

/** Longest line that is given whole, in bytes of UTF-8. */
export const MAX_LINE_BYTES = 400;
/** How long a search may take, in milliseconds. */
export const SEARCH_MS = 20_000;

/** The pattern with every line break in it made to match both kinds there are. In a class they stay as they are. */
export function anyLineBreak(pattern: string): string {
  return pattern.replace(/\\n|\n|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]/g, (part) =>
    part === '\\n' || part === '\n' ? String.raw`(?:\r?\n)` : part,
  );
}

export function badPattern(pattern: string, why: string): SearchError {
  return new SearchError(
    'pattern',
    `${JSON.stringify(pattern)} is no regular expression that can be searched for (${why}). Put \\ before ( ) [ ] { } . * + ? | ^ $ to search for them as they are. A pattern matches within one line, unless multiline is true.`,
  );
}
