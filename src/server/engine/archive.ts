// Adding to an agent's archive, which is made with its first passage.
import { newId } from '../store/ids.ts';
import type { JsonObject } from '../store/json.ts';
import type { Passage } from '../store/passages.ts';
import type { Store } from '../store/store.ts';

/** Inside a transaction. */
export function addPassage(
  store: Store,
  agentId: string,
  text: string,
  tags: string[],
  createdAt = Date.now(),
  metadata: JsonObject = {},
): Omit<Passage, 'n'> {
  const passage = {
    id: newId('passage'),
    agentId,
    archiveId: store.passages.archiveOf(agentId) ?? newId('archive'),
    text: text.replaceAll('\0', '').toWellFormed(),
    tags: [...new Set(tags)],
    metadata,
    createdAt,
  };
  store.passages.create(passage);
  return passage;
}
