// What a thread has put into the archive and still stands there, told from its calls: passages do not say who wrote them.
import type { Connection } from '../letta/connection.ts';
import { known } from '../letta/errors.ts';
import { type Cursor, readHistory } from '../letta/history.ts';
import { isDefault } from '../letta/stream.ts';
import { approvalsOf, callsOf, returnsOf, type WireEvent } from '../letta/wire.ts';
import type { PassageView } from '../protocol/memory-views.ts';
import type { Archive } from './archive.ts';
import { MemoryConflict } from './changes.ts';
import { pairsOf } from './pair-entries.ts';
import type { WriteCall } from './undo-write.ts';

interface Insertion {
  callId?: string;
  text: string;
  /** Milliseconds. */
  at: number;
}

/** Between a call and the entry that it makes; clocks of two computers may differ. */
const SLACK_MS = 120_000;
const MOST_PAGES = 400;

/** The calls that ran and put something into the archive. @param messages of one thread, oldest first */
export function insertionsOf(messages: readonly WireEvent[], since = 0): Insertion[] {
  const asked = new Map<string, Insertion>();
  const done: Insertion[] = [];
  const settle = (callId: string, status: string): void => {
    const call = asked.get(callId);
    asked.delete(callId);
    if (call && status !== 'error') done.push(call);
  };
  for (const event of messages) {
    const at = Date.parse(event.date ?? '');
    // A fork begins with copies of what another thread has done.
    if (at < since) continue;
    for (const { id, name, arguments: args } of callsOf(event)) {
      const text = name === 'archival_memory_insert' ? contentOf(args) : undefined;
      if (id !== undefined && text !== undefined) asked.set(id, { callId: id, text, at });
    }
    if (event.message_type === 'tool_return_message')
      for (const { callId, status } of returnsOf(event)) settle(callId, status);
    if (event.message_type === 'approval_response_message')
      for (const { callId, status, answered } of approvalsOf(event)) if (answered) settle(callId, status);
  }
  return done;
}

function contentOf(args: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(args);
    const content = typeof parsed === 'object' && parsed !== null && 'content' in parsed ? parsed.content : undefined;
    return typeof content === 'string' && content !== '' ? content : undefined;
  } catch {
    return undefined;
  }
}

/** The entries that the insertions have made. */
export const entriesOf = (insertions: readonly Insertion[], passages: readonly PassageView[]): PassageView[] =>
  pairsOf(insertions, passages).map(([, entry]) => entry);

/** @returns the entries of the archive that a thread has made and that still stand as it wrote them. @throws LettaError */
export async function archivedBy(
  connection: Connection,
  agentId: string,
  threadId: string,
  archive: Archive,
): Promise<PassageView[]> {
  return (await archived(connection, agentId, threadId, archive)).map(([, entry]) => entry);
}

/** Deletes the entry that a call has made. @throws MemoryConflict where it does not stand there as it was written; LettaError */
export async function undoEntry(
  connection: Connection,
  agentId: string,
  archive: Archive,
  call: WriteCall,
): Promise<void> {
  const made = await archived(connection, agentId, call.threadId, archive);
  const [, entry] = made.find(([{ callId }]) => callId === call.id) ?? [];
  if (!entry) throw new MemoryConflict('changed_since', 'This entry of the archive');
  await archive.remove(entry.id);
}

async function archived(
  connection: Connection,
  agentId: string,
  threadId: string,
  archive: Archive,
): Promise<[Insertion, PassageView][]> {
  const insertions = insertionsOf(...(await readThread(connection, agentId, threadId)));
  if (insertions.length === 0) return [];
  const from = new Date(Math.min(...insertions.map(({ at }) => at)) - SLACK_MS).toISOString();
  const passages: PassageView[] = [];
  for (let after: string | undefined, pages = 0; pages < MOST_PAGES; pages++) {
    const page = await archive.list({ query: '', from, ...(after ? { after } : {}) });
    passages.push(...page.passages);
    after = page.passages.at(-1)?.id;
    if (!page.hasMore || !after) break;
  }
  return pairsOf(insertions, passages);
}

/** A thread whole, oldest first, and the time in milliseconds since when it is one of its own. */
async function readThread(
  connection: Connection,
  agentId: string,
  threadId: string,
): Promise<[messages: WireEvent[], since: number]> {
  const pages: WireEvent[][] = [];
  let cursor: Cursor | null = null;
  do {
    const page = await readHistory(connection, agentId, threadId, cursor ? { before: cursor } : {});
    pages.unshift(page.messages);
    cursor = page.cursor;
  } while (cursor !== null && pages.length < MOST_PAGES);
  if (isDefault(agentId, threadId)) return [pages.flat(), 0];
  const thread = await known(() => connection.client.conversations.retrieve(threadId));
  // Messages tell their time in seconds: what was done in the second of the thread's beginning is its own.
  const created = Date.parse(thread.created_at ?? '') || 0;
  return [pages.flat(), created - (created % 1_000)];
}
