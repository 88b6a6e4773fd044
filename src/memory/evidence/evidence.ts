// What a repository says about itself: claims, each with the lines that support it.
import type { WorkspaceFiles } from './workspace.ts';

export type Topic =
  | 'purpose'
  | 'layout'
  | 'command'
  | 'tooling'
  | 'style'
  | 'naming'
  | 'imports'
  | 'testing'
  | 'architecture'
  | 'errors'
  | 'docs'
  | 'environment'
  | 'git'
  | 'rule';

/** A line that is there. A commit is cited as path `commit <sha>`, line 1: its subject; a branch as `branch <name>`, line 1. */
export interface Citation {
  path: string;
  /** 1-based. */
  line: number;
  /** The line without its indentation, at most `MAX_CITED` characters. */
  text: string;
}

export interface Evidence {
  /** One sentence, short enough to stand in a block as it is. */
  claim: string;
  topic: Topic;
  block: 'project' | 'conventions';
  /** At least one, at most three. */
  evidence: Citation[];
  /** 0 to 1: how sure and how useful; the list is sorted by it. */
  strength: number;
}

/** Something the evidence leaves open, which only a person can settle. */
export interface OpenPoint {
  id: string;
  question: string;
  options: string[];
  /** How the answer begins as a line of memory; also how a later run knows that it was answered. */
  answerPrefix: string;
  block: 'project' | 'conventions';
}

export interface GitFacts {
  /** Newest first. */
  commits: readonly { sha: string; subject: string; body: string }[];
  branches: readonly string[];
}

/** What the gathering may look at. */
export interface Facts {
  files: WorkspaceFiles;
  /** Undefined where the workspace is no git repository. */
  gitLog?: () => Promise<GitFacts | undefined>;
  /** Evidence that this would change is left out. */
  maskSecrets?: (text: string) => string;
  signal?: AbortSignal;
}

export const MAX_CITED = 160;
const MAX_CITATIONS = 3;

/** A text file taken apart; `lines` are without line ends. */
export interface TextFile {
  path: string;
  lines: readonly string[];
}

/** @param index 0-based */
export const cite = (file: TextFile, index: number): Citation => ({
  path: file.path,
  line: index + 1,
  text: (file.lines[index] ?? '').trim().slice(0, MAX_CITED),
});

/** Collects claims; one without a line that says something is not taken. */
export class Claims {
  readonly list: Evidence[] = [];
  readonly open: OpenPoint[] = [];
  private readonly mask: (text: string) => string;

  constructor(mask: (text: string) => string = (text) => text) {
    this.mask = mask;
  }

  add(
    block: Evidence['block'],
    topic: Topic,
    strength: number,
    claim: string,
    evidence: readonly (Citation | undefined)[],
  ): void {
    const kept = evidence.filter((c) => c !== undefined && c.text !== '' && this.mask(c.text) === c.text);
    if (kept.length === 0 || this.mask(claim) !== claim) return;
    this.list.push({ block, topic, strength, claim, evidence: kept.slice(0, MAX_CITATIONS) as Citation[] });
  }
}
