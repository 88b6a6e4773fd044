// What a check may ask of the workspace. Paths are relative to it, with forward slashes.

export interface WorkspaceFacts {
  /** Whether a file or a folder is there. False for what the agent must not see. */
  exists(path: string): Promise<boolean>;
  /** null: not there, hidden, too large, or no text. */
  readText(path: string): Promise<string | null>;
  /** Every file the agent may see, without what tools install or build (`node_modules`, `.git`, …). */
  files(): Promise<readonly string[]>;
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
}

export const supported = (reason: string, ...evidence: Evidence[]): Outcome => ({ verdict: 'true', evidence, reason });
export const contradicted = (reason: string, ...evidence: Evidence[]): Outcome => ({
  verdict: 'stale',
  evidence,
  reason,
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
