// Keeps notes about single lines of memory up to date, under the line's hash; where they lie is another's concern.
import { lineHash } from '../line-hash.ts';
import { anchorFor, checkAnchor } from './anchors.ts';
import { parseExpiry } from './expiry.ts';
import type { WorkspaceFacts } from './facts.ts';
import type { Anchor, LineNote, UnverifiedMark } from './unverified.ts';
import { Workspace } from './workspace.ts';

/** Kept per block and `lineHash` of the line. */
export interface LineNotes {
  /** By line hash. */
  get(blockId: string): Promise<ReadonlyMap<string, LineNote>>;
  set(blockId: string, lineHash: string, note: LineNote): Promise<void>;
  delete(blockId: string, lineHash: string): Promise<void>;
}

const linesOf = (value: string): string[] => value.split(/\r?\n/).filter((line) => line.trim() !== '');

/**
 * Anchors the lines of a block that have no note yet, and drops the notes of lines that are gone. Call it after a block has
 * changed: new lines are anchored to the code as it is now.
 */
export async function anchorBlock(
  block: { id: string; value: string },
  notes: LineNotes,
  facts: WorkspaceFacts,
): Promise<void> {
  const known = await notes.get(block.id);
  const hashes = new Set<string>();
  const workspace = new Workspace(facts);
  for (const line of linesOf(block.value)) {
    const hash = lineHash(line);
    if (hashes.has(hash)) continue;
    hashes.add(hash);
    if (known.has(hash)) continue;
    const anchor = await anchorFor(line, facts, workspace);
    const expiry = parseExpiry(line);
    if (anchor || expiry)
      await notes.set(block.id, hash, { ...(anchor ? { anchor } : {}), ...(expiry ? { expiry } : {}) });
  }
  for (const hash of known.keys()) if (!hashes.has(hash)) await notes.delete(block.id, hash);
}

/** The lines of a block whose anchor no longer holds. */
export async function unverifiedLines(
  block: { id: string; value: string },
  notes: LineNotes,
  facts: WorkspaceFacts,
): Promise<UnverifiedMark[]> {
  const known = await notes.get(block.id);
  const marks: UnverifiedMark[] = [];
  for (const line of new Set(linesOf(block.value))) {
    const anchor: Anchor | undefined = known.get(lineHash(line))?.anchor;
    if (!anchor) continue;
    const state = await checkAnchor(anchor, facts);
    if (state !== 'same') marks.push({ line, anchor, state });
  }
  return marks;
}

/** The person or the agent says that the line still holds: it is anchored to the code as it is now. */
export async function confirmLine(
  blockId: string,
  line: string,
  notes: LineNotes,
  facts: WorkspaceFacts,
): Promise<void> {
  const hash = lineHash(line);
  const { expiry } = (await notes.get(blockId)).get(hash) ?? {};
  const anchor = await anchorFor(line, facts);
  if (anchor || expiry)
    await notes.set(blockId, hash, { ...(anchor ? { anchor } : {}), ...(expiry ? { expiry } : {}) });
  else await notes.delete(blockId, hash);
}
