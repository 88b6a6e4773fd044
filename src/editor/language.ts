// What language servers know of code, as the tools see it. Lines and columns count from 1.

export interface Position {
  line: number;
  column: number;
}

/** A place in a file or in something that is none (a library inside of a server). */
export interface CodePlace extends Position {
  /** As a tool takes it: relative where it is inside the workspace, else an absolute path or a URI. */
  name: string;
  /** Absolute, symlinks resolved; null where it is no file on disk. */
  path: string | null;
  /** The place lies in the workspace. */
  inside: boolean;
  /** The line's text, shortened; '' where it cannot be read. */
  text: string;
}

export interface CodeSymbol {
  name: string;
  /** E.g. `function`, `class`. */
  kind: string;
  /** What it lies in. */
  container?: string;
  place: CodePlace;
  /** Last line of all that belongs to it. */
  endLine: number;
  children: CodeSymbol[];
}

export interface CodeCall {
  /** Who calls, or is called. */
  name: string;
  kind: string;
  place: CodePlace;
  /** Lines of the calls, in the file of the one who calls. */
  lines: number[];
}

export const lookups = ['definition', 'typeDefinition', 'references', 'implementations'] as const;
export type Lookup = (typeof lookups)[number];

/** All that can be asked. */
export const codeOperations = [
  'symbols',
  'workspaceSymbols',
  ...lookups,
  'hover',
  'incomingCalls',
  'outgoingCalls',
] as const;
export type CodeOperation = (typeof codeOperations)[number];

/**
 * `known`: someone has answered, though it may be nothing. `unserved`: there is nobody here who knows this language.
 * `starting`: whoever knows it had not begun to answer when the wait was over.
 */
export type Served = 'known' | 'unserved' | 'starting';

export interface CodeAnswer<T> {
  served: Served;
  /** As VS Code calls it, e.g. `python`. */
  language: string;
  found: T[];
}

/** Paths are absolute and of files that exist. */
export interface Languages {
  symbols(path: string, signal: AbortSignal): Promise<CodeAnswer<CodeSymbol>>;
  workspaceSymbols(query: string, signal: AbortSignal): Promise<CodeSymbol[]>;
  places(what: Lookup, path: string, at: Position, signal: AbortSignal): Promise<CodeAnswer<CodePlace>>;
  /** Markdown. */
  hover(path: string, at: Position, signal: AbortSignal): Promise<CodeAnswer<string>>;
  calls(way: 'incoming' | 'outgoing', path: string, at: Position, signal: AbortSignal): Promise<CodeAnswer<CodeCall>>;
  /** Titles of the quick fixes offered for a problem at a place. */
  fixes(path: string, at: Position, signal: AbortSignal): Promise<string[]>;
}
