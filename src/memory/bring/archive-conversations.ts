// Puts brought conversations into the archive: each whole or not at all, and none twice.

import { t } from '../../protocol/l10n.ts';
import type { BringItem, BringPreview } from './bring.ts';
import { passagesOf } from './bring.ts';
import { shortHash } from './markdown.ts';

export interface ConversationsDeps {
  /** @param at ISO 8601; '' when not known. @returns the id of the entry */
  add(text: string, tags: string[], at: string): Promise<string>;
  /** All that the archive holds. */
  entries(): AsyncIterable<{ text: string; tags: readonly string[] }>;
  remove(passageId: string): Promise<void>;
  /** Ids of the conversations that are in the archive. */
  brought(): readonly string[];
  setBrought(ids: readonly string[]): Promise<void>;
}

const TAGS = ['letta-code', 'conversation'];
/** The conversation that an entry is of: the same however long it has become. */
const tagOf = ({ from }: BringItem): string => `conversation-${shortHash(from.replace(/:\d+$/, ''))}`;

/** What was brought already is named as skipped. */
export function withoutBrought(preview: BringPreview, brought: readonly string[]): BringPreview {
  const there = new Set(brought);
  const shown: BringPreview = { ...preview, found: [], skipped: [...preview.skipped] };
  for (const item of preview.found) {
    const folder = item.from.replace(/\/[^/]*$/, '');
    if (there.has(item.id)) {
      shown.skipped.push({ path: folder, why: t('It was brought along already.') });
    } else shown.found.push(item);
  }
  return shown;
}

/**
 * Adds what is not there yet. @returns ids of the entries. When stopped, what belongs to the conversation under way is taken
 * out again. @throws what `add` throws, after the same
 */
export async function archiveConversations(
  deps: ConversationsDeps,
  conversations: readonly BringItem[],
  signal: AbortSignal,
): Promise<string[]> {
  const all: string[] = [];
  const there = await bodiesByTag(deps, new Set(conversations.map(tagOf)));
  for (const conversation of conversations) {
    if (signal.aborted) break;
    const { id, target, messages = [] } = conversation;
    const tag = tagOf(conversation);
    const own: string[] = [];
    let whole = false;
    try {
      for (const { text, at } of passagesOf(target.kind === 'thread' ? target.title : '', messages)) {
        if (signal.aborted) break;
        const missing = without(text, there.get(tag) ?? []);
        if (missing !== '') own.push(await deps.add(missing, [...TAGS, tag], at));
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

/** What stands in entries of these tags, the longest first. */
async function bodiesByTag(deps: ConversationsDeps, tags: ReadonlySet<string>): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for await (const entry of deps.entries()) {
    const tag = entry.tags.find((each) => tags.has(each));
    if (tag) found.set(tag, [...(found.get(tag) ?? []), bodyOf(entry.text)]);
  }
  for (const bodies of found.values()) bodies.sort((a, b) => b.length - a.length);
  return found;
}

/** An entry begins with a line that names its conversation. */
const bodyOf = (text: string): string => text.slice(text.indexOf('\n') + 1);

/** A passage without what is there of it: the last one of a conversation that went on begins with what was the last one. */
function without(text: string, bodies: readonly string[]): string {
  let rest = bodyOf(text);
  for (;;) {
    const known = bodies.find((body) => body !== '' && (rest === body || rest.startsWith(`${body}\n`)));
    if (known === undefined) return rest === '' ? '' : text.slice(0, text.indexOf('\n') + 1) + rest;
    rest = rest.slice(known.length + 1);
  }
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
