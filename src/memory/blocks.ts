// The agent's memory blocks: read, and saved only when nobody changed them meanwhile.
import type { Connection } from '../letta/connection.ts';
import { LOCAL_ONLY, ONCE } from '../letta/connection.ts';
import { LettaError, toLettaError } from '../letta/errors.ts';
import { countCharacters } from '../protocol/characters.ts';
import { t } from '../protocol/l10n.ts';
import type { BlockView } from '../protocol/memory-views.ts';
import type { SaveBlockResult } from '../protocol/messages.ts';
import type { ChangeLog } from './change-log.ts';

/** The order in which a person reads them; others follow by label. */
const ORDER = ['persona', 'human', 'project', 'conventions', 'lessons', 'inbox'];
const place = (label: string): number => {
  const at = ORDER.indexOf(label);
  return at < 0 ? ORDER.length : at;
};

type Raw = Awaited<ReturnType<Connection['client']['blocks']['retrieve']>>;

export function toBlockView(raw: Raw): BlockView {
  return {
    id: raw.id,
    label: raw.label ?? raw.id,
    description: raw.description ?? '',
    value: raw.value,
    limit: raw.limit ?? 100_000,
    readOnly: raw.read_only ?? false,
    ...(raw.metadata?.[LOCAL_ONLY] === true ? { localOnly: true } : {}),
  };
}

/** @param forModel as that model may see them; see `for_model` in docs/letta-api.md. @throws LettaError */
export async function listBlocks(connection: Connection, agentId: string, forModel?: string): Promise<BlockView[]> {
  try {
    const reader = forModel ? { for_model: forModel } : {};
    const page = await connection.client.agents.blocks.list(agentId, { limit: 100, ...reader });
    return page.items
      .map(toBlockView)
      .sort((a, b) => place(a.label) - place(b.label) || a.label.localeCompare(b.label));
  } catch (error) {
    throw toLettaError(error);
  }
}

/** @throws LettaError `bad_request` when the value is longer than the block may be. */
export function checkLimit(block: Pick<BlockView, 'label' | 'limit'>, value: string): void {
  const length = countCharacters(value);
  if (length <= block.limit) return;
  throw new LettaError('bad_request', {
    detail: t(
      '{0} may hold {1} characters; this is {2}. Shorten it by {3}.',
      block.label,
      block.limit,
      length,
      length - block.limit,
    ),
  });
}

/** @throws LettaError */
export async function readBlock(connection: Connection, blockId: string): Promise<BlockView> {
  try {
    return toBlockView(await connection.client.blocks.retrieve(blockId));
  } catch (error) {
    throw toLettaError(error);
  }
}

/**
 * Writes a value over `before`; the change is in the log before the server has it. The Letta API has no conditional
 * write, so a change in the few milliseconds between the caller's read and this is not seen.
 * @throws LettaError
 */
export async function writeBlock(
  connection: Connection,
  changes: ChangeLog,
  block: BlockView,
  value: string,
  by: string,
): Promise<BlockView> {
  checkLimit(block, value);
  const change = await changes.begin({ blockId: block.id, label: block.label, before: block.value, after: value, by });
  try {
    const written = toBlockView(await connection.client.blocks.update(block.id, { value }, ONCE));
    await changes.end(change.id, 'applied');
    return written;
  } catch (error) {
    const known = toLettaError(error);
    // A refusal is certain; a connection that broke is not, so the change stays open.
    if (known.status !== undefined) await changes.end(change.id, 'refused');
    throw known;
  }
}

/**
 * Saves what a person typed. `base`: the value they started from; when the block holds something else by now, nothing
 * is written and what stands there comes back.
 * @throws LettaError
 */
export async function saveBlock(
  connection: Connection,
  changes: ChangeLog,
  save: { blockId: string; value: string; base: string },
): Promise<SaveBlockResult> {
  const block = await readBlock(connection, save.blockId);
  if (block.value === save.value) return { outcome: 'saved', block };
  if (block.value !== save.base) return { outcome: 'conflict', block };
  return { outcome: 'saved', block: await writeBlock(connection, changes, block, save.value, 'person') };
}
