// Puts brought conversations into the archive: each whole or not at all, and none twice.
import type { BringItem, BringPreview } from './bring.ts';
import { passagesOf } from './bring.ts';

export interface ConversationsDeps {
  /** @returns the id of the entry */
  add(text: string, tags: string[]): Promise<string>;
  remove(passageId: string): Promise<void>;
  /** Ids of the conversations that are in the archive. */
  brought(): readonly string[];
  setBrought(ids: readonly string[]): Promise<void>;
}

const TAGS = ['letta-code', 'conversation'];

/** What was brought already is named as skipped. */
export function withoutBrought(preview: BringPreview, brought: readonly string[]): BringPreview {
  const there = new Set(brought);
  const shown: BringPreview = { ...preview, found: [], skipped: [...preview.skipped] };
  for (const item of preview.found) {
    const folder = item.from.replace(/\/[^/]*$/, '');
    if (there.has(item.id)) {
      shown.skipped.push({ path: folder, why: 'It was brought along already.' });
    } else shown.found.push(item);
  }
  return shown;
}

/**
 * @returns ids of the entries. When stopped, what belongs to the conversation under way is taken out again.
 * @throws what `add` throws, after the same
 */
export async function archiveConversations(
  deps: ConversationsDeps,
  conversations: readonly BringItem[],
  signal: AbortSignal,
): Promise<string[]> {
  const all: string[] = [];
  for (const { id, target, messages = [] } of conversations) {
    if (signal.aborted) break;
    const own: string[] = [];
    let whole = false;
    try {
      for (const { text } of passagesOf(target.kind === 'thread' ? target.title : '', messages)) {
        if (signal.aborted) break;
        own.push(await deps.add(text, TAGS));
      }
      whole = !signal.aborted;
    } finally {
      if (!whole) for (const passage of own) await deps.remove(passage);
    }
    if (!whole) break;
    all.push(...own);
    await deps.setBrought([...deps.brought(), id]);
  }
  return all;
}

/** Takes conversations out again: they may be brought anew. */
export async function removeConversations(
  deps: ConversationsDeps,
  conversations: readonly BringItem[],
  passages: readonly string[],
): Promise<void> {
  for (const passage of passages) await deps.remove(passage);
  const gone = new Set(conversations.map(({ id }) => id));
  await deps.setBrought(deps.brought().filter((id) => !gone.has(id)));
}
