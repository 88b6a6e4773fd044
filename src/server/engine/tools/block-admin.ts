// How an agent makes, drops and renames memory blocks.
import { newId } from '../../store/ids.ts';
import { checkRoom, refuseCopy, writableBlock } from './block-edit.ts';
import { type ToolContext, ToolFailure } from './tool.ts';

/** Limit of a block that an agent makes itself. */
const NEW_BLOCK_LIMIT = 20_000;

export function createBlock(
  context: ToolContext,
  blockLabel: string,
  value: string,
  description: string | null,
): string {
  if (context.store.blocks.byLabel(context.agent.id, blockLabel))
    throw new ToolFailure(`Block ${blockLabel} exists already. Edit it instead.`);
  checkRoom(blockLabel, NEW_BLOCK_LIMIT, '', value);
  refuseCopy(context, '', `${value}\n${description ?? ''}`);
  const id = newId('block');
  context.store.blocks.create(id, {
    label: blockLabel,
    value: value.replaceAll('\0', ''),
    limit: NEW_BLOCK_LIMIT,
    description,
    readOnly: false,
    hidden: false,
    metadata: {},
    tags: [],
  });
  context.store.blocks.attach(context.agent.id, { id, label: blockLabel });
  return `Successfully created memory block '${blockLabel}'`;
}

/** Takes the block out of the agent's memory. The block itself stays: other agents may share it. */
export function deleteBlock(context: ToolContext, blockLabel: string): string {
  const block = writableBlock(context, blockLabel);
  context.store.blocks.detach(context.agent.id, block.id);
  return `Successfully deleted memory block '${blockLabel}'`;
}

export function renameBlock(
  context: ToolContext,
  blockLabel: string,
  newLabel: string | undefined,
  description: string | undefined,
): string {
  const block = writableBlock(context, blockLabel);
  const target = newLabel ?? blockLabel;
  for (const agentId of context.store.blocks.agentsOf(block.id)) {
    const holder = context.store.blocks.byLabel(agentId, target);
    if (holder && holder.id !== block.id) throw new ToolFailure(`A block with label ${target} exists already.`);
  }
  context.store.blocks.update(block.id, { ...block, label: target, description: description ?? block.description });
  return target === blockLabel
    ? `Successfully updated the description of memory block '${blockLabel}'`
    : `Successfully renamed memory block '${blockLabel}' to '${target}'`;
}
