// Taking back one write of the agent: the one that a card shows, or the last one of a block.
import type { Connection } from '../letta/connection.ts';
import { listBlocks } from './blocks.ts';
import type { ChangeLog } from './change-log.ts';
import { MemoryConflict, undo } from './changes.ts';
import type { MemoryTimeline } from './memory-timeline.ts';
import type { Revision } from './store/types.ts';

export interface UndoWriteDeps {
  connection: Connection;
  agentId: string;
  changes: ChangeLog;
  timeline: MemoryTimeline;
}

/** A call of a memory tool. A model may give an id twice, but hardly in one thread. */
export interface WriteCall {
  threadId: string;
  id: string;
}

const PAGE = 100;
/** Further back nobody expects a single write to come off by itself. */
const PAGES = 10;

/**
 * Takes back what a call wrote, or the block's last change where nobody has reviewed it; what came after it stays. The write
 * counts as reviewed then.
 * @returns the call that made it, where one did
 * @throws MemoryConflict when the block is gone, or what was written was changed again; LettaError, MemoryStoreError
 */
export async function undoWrite(deps: UndoWriteDeps, label: string, call?: WriteCall): Promise<WriteCall | undefined> {
  const { connection, agentId, changes, timeline } = deps;
  const blocks = await listBlocks(connection, agentId);
  const block = blocks.find((each) => each.label === label);
  if (!block) throw new MemoryConflict('gone', label);
  await timeline.observe(blocks);
  const found = await revisionOf(timeline, block.id, call);
  const value = found && (await timeline.revision(found.id));
  if (!value) throw new MemoryConflict('changed_since', label);
  await undo(connection, changes, agentId, { label, before: value.before, after: value.value });
  await timeline.setReview(value.id, 'accepted');
  return value.callId && value.threadId ? { threadId: value.threadId, id: value.callId } : undefined;
}

async function revisionOf(
  timeline: MemoryTimeline,
  blockId: string,
  call: WriteCall | undefined,
): Promise<Revision | undefined> {
  let before: string | undefined;
  for (let read = 0; read < PAGES; read++) {
    const page = await timeline.history(blockId, { limit: PAGE, ...(before === undefined ? {} : { before }) });
    if (!call) return page.revisions.find((revision, at) => at === 0 && revision.review === 'unreviewed');
    const found = page.revisions.find((each) => each.callId === call.id && each.threadId === call.threadId);
    before = page.revisions.at(-1)?.id;
    if (found || !page.hasMore) return found;
  }
  return undefined;
}
