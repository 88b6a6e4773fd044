// Writes several blocks as one act of the person: what changed meanwhile is left alone and named, and all can be taken back.
import type { Connection } from '../letta/connection.ts';
import { toLettaError } from '../letta/errors.ts';
import { t } from '../protocol/l10n.ts';
import { readBlock, writeBlock } from './blocks.ts';
import type { ChangeLog } from './change-log.ts';
import { undo } from './changes.ts';

/** A block's whole value, as it was read and as it shall be. */
export interface BlockEdit {
  blockId: string;
  label: string;
  before: string;
  after: string;
}

export interface WrittenEdits {
  written: BlockEdit[];
  /** For the person, a sentence for each block that was not written. */
  problems: string[];
}

/** `by`: who makes it, in the log of our writes. Never rejects for one block: its problem is named and the others are written. */
export async function writeEdits(
  connection: Connection,
  changes: ChangeLog,
  edits: readonly BlockEdit[],
  by: string,
): Promise<WrittenEdits> {
  const result: WrittenEdits = { written: [], problems: [] };
  for (const edit of edits) {
    try {
      const block = await readBlock(connection, edit.blockId);
      if (block.value !== edit.before) {
        result.problems.push(t('{0} was changed meanwhile and stays as it is: try again.', edit.label));
        continue;
      }
      await writeBlock(connection, changes, block, edit.after, by);
      result.written.push(edit);
    } catch (error) {
      result.problems.push(t('{0} could not be written: {1}', edit.label, toLettaError(error).message));
    }
  }
  return result;
}

/** Takes edits back, the last one first, and keeps what was changed elsewhere since. @returns as `writeEdits` */
export async function undoEdits(
  connection: Connection,
  changes: ChangeLog,
  agentId: string,
  edits: readonly BlockEdit[],
): Promise<WrittenEdits> {
  const result: WrittenEdits = { written: [], problems: [] };
  for (const edit of edits.toReversed()) {
    try {
      await undo(connection, changes, agentId, edit);
      result.written.push(edit);
    } catch (error) {
      result.problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  return result;
}
