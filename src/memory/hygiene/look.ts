// What can be asked about the workspace in one look at it. Plain data in and out: it crosses between threads.
import { checkLines, type LineVerdict } from './check-line.ts';
import type { WorkspaceFacts } from './facts.ts';
import { anchorBlock, confirmLine, type LineNotes, unverifiedLines } from './line-notes.ts';
import type { LineNote, UnverifiedMark } from './unverified.ts';

/** Notes by the line's hash. */
export type NotesOfBlock = Readonly<Record<string, LineNote>>;

export interface NotedBlock {
  id: string;
  value: string;
  notes: NotesOfBlock;
}

/** A note to keep, or with null to drop. */
export interface NoteChange {
  blockId: string;
  lineHash: string;
  note: LineNote | null;
}

export interface MarkedBlock {
  id: string;
  marks: UnverifiedMark[];
}

/** What each question is about, and what it is answered with. */
export interface Questions {
  /** In the order of the lines. */
  check: { about: readonly string[]; answer: LineVerdict[] };
  /** Anchors new lines to the code as it is now, then says which lines are unverified. */
  marks: { about: readonly NotedBlock[]; answer: { blocks: MarkedBlock[]; changes: NoteChange[] } };
  /** The line holds for the code as it is now. */
  confirm: { about: NotedBlock & { line: string }; answer: NoteChange[] };
  /** null: no repository. */
  branches: { about: null; answer: readonly string[] | null };
}
export type Question = keyof Questions;

export const answers: {
  [Q in Question]: (about: Questions[Q]['about'], facts: WorkspaceFacts) => Promise<Questions[Q]['answer']>;
} = {
  check: (lines, facts) => checkLines(lines, facts),
  marks: async (blocks, facts) => {
    const notes = new NotesInHand(blocks);
    const marked: MarkedBlock[] = [];
    for (const block of blocks) {
      await anchorBlock(block, notes, facts);
      marked.push({ id: block.id, marks: await unverifiedLines(block, notes, facts) });
    }
    return { blocks: marked, changes: notes.changes };
  },
  confirm: async ({ line, ...block }, facts) => {
    const notes = new NotesInHand([block]);
    await confirmLine(block.id, line, notes, facts);
    return notes.changes;
  },
  branches: async (_about, facts) => (await facts.gitBranches?.()) ?? null,
};

/** Notes as they were given, and what becomes of them. */
class NotesInHand implements LineNotes {
  readonly changes: NoteChange[] = [];
  private readonly blocks: ReadonlyMap<string, Map<string, LineNote>>;

  constructor(blocks: readonly NotedBlock[]) {
    this.blocks = new Map(blocks.map(({ id, notes }) => [id, new Map(Object.entries(notes))]));
  }

  async get(blockId: string): Promise<ReadonlyMap<string, LineNote>> {
    return new Map(this.blocks.get(blockId));
  }

  async set(blockId: string, lineHash: string, note: LineNote): Promise<void> {
    this.blocks.get(blockId)?.set(lineHash, note);
    this.changes.push({ blockId, lineHash, note });
  }

  async delete(blockId: string, lineHash: string): Promise<void> {
    this.blocks.get(blockId)?.delete(lineHash);
    this.changes.push({ blockId, lineHash, note: null });
  }
}
