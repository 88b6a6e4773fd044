// Adds lines at the end of a block, as many as fit.

import type { Connection } from '../letta/connection.ts';
import { countCharacters } from '../protocol/characters.ts';
import { readBlock, writeBlock } from './blocks.ts';
import type { ChangeLog } from './change-log.ts';
import type { Undoable } from './changes.ts';

export interface Appended {
  /** For each line, in order: whether it found room. */
  fits: boolean[];
  /** To take it back; undefined when nothing was written. */
  change?: Undoable;
}

/** @param by who writes, in the log of our writes. @throws LettaError: then nothing was written */
export async function appendLines(
  connection: Connection,
  changes: ChangeLog,
  blockId: string,
  lines: readonly string[],
  by: string,
): Promise<Appended> {
  const block = await readBlock(connection, blockId);
  if (block.readOnly) return { fits: lines.map(() => false) };
  let value = block.value.trimEnd();
  const fits = lines.map((line) => {
    const longer = value === '' ? line : `${value}\n${line}`;
    if (countCharacters(longer) > block.limit) return false;
    value = longer;
    return true;
  });
  if (!fits.includes(true)) return { fits };
  const written = await writeBlock(connection, changes, block, value, by);
  return { fits, change: { label: block.label, before: block.value, after: written.value } };
}
