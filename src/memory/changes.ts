// Taking memory writes back one by one, and keeping notes in the inbox.
import type { Connection } from '../letta/connection.ts';
import { LettaError } from '../letta/errors.ts';
import { countCharacters } from '../protocol/characters.ts';
import { t } from '../protocol/l10n.ts';
import type { BlockView } from '../protocol/memory-views.ts';
import { listBlocks, writeBlock } from './blocks.ts';
import type { ChangeLog } from './change-log.ts';

/** A change of memory cannot be taken back by itself, because what it wrote was changed again. */
export class MemoryConflict extends Error {
  override name = 'MemoryConflict';
  readonly reason: 'changed_since' | 'gone';
  readonly label: string;

  constructor(reason: 'changed_since' | 'gone', label: string) {
    super(
      reason === 'gone'
        ? t('The block {0} is no longer there. Nothing was changed.', label)
        : t('{0} was changed again since then. Nothing was undone: open Memory and correct it there.', label),
    );
    this.reason = reason;
    this.label = label;
  }
}

/** What to take back. `before`/`after`: whole values, or the lines concerned; `before` '' for an insertion. */
export interface Undoable {
  label: string;
  before: string | null;
  after: string;
}

/**
 * The value with one change taken back. Null when that cannot be told for certain: the written text stands there more
 * than once, or no longer.
 */
export function reverted(value: string, { before, after }: Pick<Undoable, 'before' | 'after'>): string | null {
  if (before === null) return null;
  if (value === after) return before;
  const { was, is, lead, trail } = difference(before, after);
  // Look for the written text with as much of what stood around it as is needed to find one place.
  for (const context of [0, 20, 60, 200, 1_000]) {
    const left = context === 0 ? '' : lead.slice(-context);
    const right = trail.slice(0, context);
    const wanted = left + is + right;
    if (wanted === '') continue;
    const at = value.indexOf(wanted);
    if (at < 0) {
      // Less context found it more than once, more does not find it at all.
      return null;
    }
    if (value.indexOf(wanted, at + 1) >= 0) continue;
    const from = at + left.length;
    const to = from + is.length;
    return was === '' ? withoutLine(value, from, to) : value.slice(0, from) + was + value.slice(to);
  }
  return null;
}

/** Cuts a passage out, and the line break that it leaves behind when it was a line of its own. */
function withoutLine(value: string, from: number, to: number): string {
  const startsLine = from === 0 || value[from - 1] === '\n';
  const endsLine = to === value.length || value[to] === '\n';
  if (startsLine && endsLine) {
    if (to < value.length) return value.slice(0, from) + value.slice(to + 1);
    return value.slice(0, Math.max(0, from - 1));
  }
  return value.slice(0, from) + value.slice(to);
}

/** The lines in which two texts differ, and what is the same before and behind them. */
function difference(before: string, after: string): { was: string; is: string; lead: string; trail: string } {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start++;
  while (start > 0 && before[start - 1] !== '\n' && !(ends(before[start]) && ends(after[start]))) start--;
  let end = 0;
  while (end < most - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  // Whole lines: a single letter that differs would be found in the wrong place.
  while (end > 0 && !ends(before.at(-end)) && !(begins(before, end) && begins(after, end))) end--;
  return {
    was: before.slice(start, before.length - end),
    is: after.slice(start, after.length - end),
    lead: after.slice(0, start),
    trail: end === 0 ? '' : after.slice(-end),
  };
}

const ends = (character: string | undefined): boolean => character === undefined || character === '\n';
/** Whether the last `end` characters begin a line. */
const begins = (text: string, end: number): boolean => text.length === end || text.at(-1 - end) === '\n';

/**
 * Takes back one write, ours or the agent's. Restores what stood there, also when other parts of the block have
 * changed since.
 * @param by the act, as the history tells it
 * @returns the block as it is now.
 * @throws MemoryConflict when what was written cannot be found again; LettaError.
 */
export async function undo(
  connection: Connection,
  changes: ChangeLog,
  agentId: string,
  change: Undoable,
  by = 'undo',
): Promise<BlockView> {
  const block = (await listBlocks(connection, agentId)).find((b) => b.label === change.label);
  if (!block) throw new MemoryConflict('gone', change.label);
  const value = reverted(block.value, change);
  if (value === null) throw new MemoryConflict('changed_since', change.label);
  if (value === block.value) return block;
  return writeBlock(connection, changes, block, value, by);
}

export const INBOX = 'inbox';

/** What was kept. `archived`: the entry's id in the archive, because `inbox` is full or the blocks may not grow. */
export interface Kept {
  text: string;
  archived?: string;
}

/**
 * Keeps a note word for word in `inbox`, or in the archive when that is full or blocks may not grow; one that stands in `inbox`
 * already is not added again. Works with no model.
 * @throws MemoryConflict `gone` when the agent has no inbox; LettaError.
 */
export async function keepInInbox(
  connection: Connection,
  changes: ChangeLog,
  agentId: string,
  text: string,
): Promise<Kept> {
  const note = text.replaceAll('\r\n', '\n').trim();
  const block = (await listBlocks(connection, agentId)).find((b) => b.label === INBOX);
  if (!block) throw new MemoryConflict('gone', INBOX);
  if (`\n${block.value}\n`.includes(`\n${note}\n`)) return { text: note };
  const value = block.value.trimEnd() === '' ? note : `${block.value.trimEnd()}\n${note}`;
  try {
    await writeBlock(connection, changes, block, value, 'inbox');
    return { text: note };
  } catch (error) {
    if (!(error instanceof LettaError) || (error.reason !== 'memory_full' && countCharacters(value) <= block.limit))
      throw error;
  }
  // On first use: the first view needs no archive.
  const { Archive } = await import('./archive.ts');
  return { text: note, archived: (await new Archive(connection, agentId).add(note, [])).id };
}
