// A note that was kept in the archive: taken back or put into other words, as long as its entry stands there as it was written.
import type { Connection } from '../letta/connection.ts';
import { LettaError } from '../letta/errors.ts';
import { Archive } from './archive.ts';
import { MemoryConflict } from './changes.ts';

/** @throws MemoryConflict where the entry is gone or was changed; LettaError */
export async function takeNoteBack(connection: Connection, agentId: string, id: string): Promise<void> {
  await (await holding(connection, agentId, id)).archive.remove(id);
}

/** @throws MemoryConflict where the entry is gone or was changed; LettaError */
export async function rewordNote(connection: Connection, agentId: string, id: string, text: string): Promise<void> {
  const { archive, tags } = await holding(connection, agentId, id);
  await archive.replace(id, text, tags);
}

/** An entry that is edited gets another id. */
async function holding(
  connection: Connection,
  agentId: string,
  id: string,
): Promise<{ archive: Archive; tags: readonly string[] }> {
  const archive = new Archive(connection, agentId);
  try {
    return { archive, tags: (await archive.get(id)).tags };
  } catch (error) {
    if (!(error instanceof LettaError) || error.reason !== 'not_found') throw error;
    throw new MemoryConflict('changed_since', 'This entry of the archive');
  }
}
