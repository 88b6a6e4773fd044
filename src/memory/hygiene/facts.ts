// What a check may ask of the workspace. Paths are relative to it, with forward slashes.

export interface WorkspaceFacts {
  /** Whether a file or a folder is there. False for what the agent must not see. */
  exists(path: string): Promise<boolean>;
  /** null: not there, hidden, too large, or no text. */
  readText(path: string): Promise<string | null>;
  /**
   * The files that are searched: those the agent may see, without what tools install or build (`node_modules`, `.git`, …); of a
   * workspace with more than can be searched, those nearest to its root.
   */
  files(): Promise<readonly string[]>;
  /** Where `files` leaves some out: the names of all of them. null: it leaves none out. */
  unsearched?(): Promise<readonly string[] | null>;
  /** Names without `refs/heads/` or a remote; null: no repository. */
  gitBranches?(): Promise<readonly string[] | null>;
  /** A path the agent must not look at: nothing is said about it. `.`: nothing at all may be looked at. */
  hidden?(path: string): boolean;
}

/** Where the text stands that supports or contradicts a claim; `line` from 1. */
export interface Evidence {
  path: string;
  line: number;
}

/** What one claim of a line came to. A claim that cannot be checked makes none. */
export interface Outcome {
  verdict: 'true' | 'stale';
  evidence: Evidence[];
  reason: string;
  /** It was looked for in all files that are searched, and is in none of them. */
  absent?: true;
}

export const supported = (reason: string, ...evidence: Evidence[]): Outcome => ({ verdict: 'true', evidence, reason });
export const contradicted = (reason: string, ...evidence: Evidence[]): Outcome => ({
  verdict: 'stale',
  evidence,
  reason,
});

/** What the line names was looked for everywhere and not found: proves nothing where not all files are searched. */
export const absent = (reason: string, ...evidence: Evidence[]): Outcome => ({
  ...contradicted(reason, ...evidence),
  absent: true,
});

/** Folders that tools fill: never searched. */
export const INSTALLED = new Set([
  'node_modules',
  '.git',
  '.hg',
  '.svn',
  '.venv',
  'venv',
  '__pycache__',
  '.mypy_cache',
  '.pytest_cache',
  '.ruff_cache',
  '.tox',
  '.next',
  '.nuxt',
  '.cache',
  '.turbo',
  '.gradle',
  'coverage',
  'dist',
  'target',
]);
