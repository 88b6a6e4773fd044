// What the mirror asks of the memory it mirrors, and what it reports.
import type { AgentSkill } from '../agent-skills.ts';
import type { ForeignCommit } from './git.ts';

export interface MirrorBlock {
  id: string;
  label: string;
  description: string;
  value: string;
  /** Characters. */
  limit: number;
  readOnly: boolean;
  localOnly?: boolean | undefined;
  /** Of what is no block but a file of a skill: where it lies. Its value is the file as it is. */
  path?: string;
}

export interface BlockWrite {
  value: string;
  description: string;
  /** The value it was made from: when the block holds something else by now, nothing may be written. */
  expected: string;
}

export interface NewBlock {
  label: string;
  description: string;
  value: string;
}

/** A change by someone else, or one that needs a person's eye; for the review list. */
export interface MirrorProposal {
  /** The same for the same change, so that proposing it twice is proposing it once. */
  id: string;
  kind: 'mirror';
  /** `conflict`: the block was kept, and `copy` holds the other version. */
  action: 'edit' | 'create' | 'delete' | 'conflict';
  label: string;
  blockId: string | null;
  path: string;
  /** The block's value when it was proposed; null when there is no block. */
  before: string | null;
  /** The value proposed; null: the block is to be deleted or emptied. */
  after: string | null;
  description: string | null;
  /** Who committed it; empty for a local edit. */
  authors: ForeignCommit[];
  /** Why it was not simply taken, a sentence. */
  why?: string;
  copy: string | null;
}

export interface MirrorBlocks {
  /** Every block of the agent. When it cannot tell, it throws: an empty list means that there is none. */
  list(): Promise<MirrorBlock[]>;
  /** `held`: it may not enter memory unseen, and is a proposal. */
  write(blockId: string, write: BlockWrite, source: { by: 'mirror' }): Promise<'written' | 'changed' | 'held'>;
  /** Without it a new file is a proposal. */
  create?(block: NewBlock, source: { by: 'mirror' }): Promise<MirrorBlock | 'held'>;
  /** Durable when it resolves. */
  propose(proposal: MirrorProposal): Promise<void>;
  /** The file no longer asks for it, or asks for something else by now. */
  withdraw?(proposalId: string): Promise<void>;
}

/** The skills of the agent, file by file. Everything rejects with an Error that says what to do. */
export interface MirrorSkills {
  /** All of them. When it cannot tell, it throws. */
  list(): Promise<AgentSkill[]>;
  /**
   * Puts a text into a file, which may be new. `expected`: what it held, null: it was not there. `held`: it may not enter the skill
   * unseen, and is a proposal.
   */
  write(path: string, text: string, expected: Uint8Array | null): Promise<'written' | 'changed' | 'held'>;
  /** Why a text may not be that file of a skill; undefined: it may. */
  problemWith(path: string, text: string): string | undefined;
}

/** One change of a block, told by whoever saw it, so that it becomes one commit. */
export interface BlockChange {
  blockId: string;
  label: string;
  /** As it was right after the change. */
  value: string;
  description?: string;
  threadId?: string | null;
  turnId?: string | null;
  /** E.g. `agent`, `person`, `reflection`. */
  author: string;
}

export type ProblemReason =
  | 'frontmatter'
  | 'encoding'
  | 'index'
  | 'unsafe'
  | 'duplicate'
  | 'too_long'
  | 'masked'
  | 'git'
  | 'refused';

/** Something that was left alone, by name, with what the person can do. */
export interface MirrorProblem {
  path: string;
  reason: ProblemReason;
  message: string;
}

export interface MirrorReport {
  /** `busy`: a merge or the like is under way, and nothing was touched. */
  git: 'ready' | 'missing' | 'refused' | 'busy';
  /** Plain words where git is not `ready`; else null. */
  gitMessage: string | null;
  /** Files written from blocks, and blocks written from files. */
  written: string[];
  applied: string[];
  proposed: MirrorProposal[];
  /** Copies of versions set aside. */
  conflicts: string[];
  problems: MirrorProblem[];
  commits: number;
}

export class MirrorError extends Error {
  override name = 'MirrorError';
  readonly reason: 'other_agent' | 'locked' | 'folder';

  constructor(reason: 'other_agent' | 'locked' | 'folder', message: string) {
    super(message);
    this.reason = reason;
  }
}
