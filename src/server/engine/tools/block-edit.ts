// What every memory tool does to a block: find it, refuse what must be refused, write the new value.

import type { Block } from '../../store/blocks.ts';
import { isLocalOnly } from '../../store/kept-local.ts';
import { countCharacters } from '../characters.ts';
import { isOfKept } from '../kept-local.ts';
import { type ToolContext, ToolFailure } from './tool.ts';

const LINE_NUMBER = /^\s*\d+→/m;
export const READ_ONLY = 'This block is read-only and cannot be edited.';

export function findBlock(context: ToolContext, label: string): Block {
  const block = context.store.blocks.byLabel(context.agent.id, label);
  if (block && isLocalOnly(block) && !context.audience.isLocal)
    throw new ToolFailure(`Block ${label} is kept to local models: this model can neither read nor write it.`);
  if (block) return block;
  const labels = context.store.blocks.ofAgent(context.agent.id).map((each) => each.label);
  throw new ToolFailure(`Block field ${label} does not exist (available sections = ${labels.join(', ')})`);
}

/** A block the agent may write. */
export function writableBlock(context: ToolContext, label: string): Block {
  const block = findBlock(context, label);
  if (block.readOnly) throw new ToolFailure(READ_ONLY);
  return block;
}

/** Stores the value and gives it back. */
export function writeBlock(context: ToolContext, block: Block, value: string): string {
  checkRoom(block.label, block.limit, block.value, value);
  const clean = value.replaceAll('\0', '');
  if (isLocalOnly(block)) noteSaid(context);
  else refuseCopy(context, block.value, clean);
  if (clean !== block.value) context.store.blocks.setValue(block.id, clean, context.agent.id);
  return clean;
}

/** A local model must not carry text of a block that is kept to those into one that every model reads. */
export function refuseCopy(context: ToolContext, before: string, after: string): void {
  const old = new Set(before.split('\n'));
  const added = after.split('\n').filter((line) => !old.has(line));
  if (isOfKept(context.store, added.join('\n')))
    throw new ToolFailure(
      'Nothing was changed: this text is in a block that is kept to local models, and this block is read by all. Leave it where it is.',
    );
}

/** What the person said to have it written there is as private as what was written. */
function noteSaid({ store, runId }: ToolContext): void {
  const owner = store.runs.get(runId)?.owner;
  if (owner !== undefined) store.keptLocal.noteSaid(owner);
}

/** A block that is over its limit already may shrink. */
export function checkRoom(label: string, limit: number, before: string, value: string): void {
  const [current, length] = [countCharacters(before), countCharacters(value)];
  if (length <= limit || length < current) return;
  const room = Math.max(0, limit - current);
  throw new ToolFailure(
    `Nothing was changed: block ${label} would hold ${length} characters, its limit is ${limit}. ${room} characters are left. Shorten what you add, or first remove or condense what the block holds.`,
  );
}

export function rejectLineNumbers(value: string, name: string): void {
  if (LINE_NUMBER.test(value))
    throw new ToolFailure(
      `${name} contains a line number prefix, which is not allowed. Do not include line numbers when calling memory tools (line numbers are for display purposes only).`,
    );
}

/** Tabs to the next multiple of 8 columns. */
export function expandTabs(value: string): string {
  if (!value.includes('\t')) return value;
  return value
    .split('\n')
    .map((line) => {
      let out = '';
      for (const char of line) out += char === '\t' ? ' '.repeat(8 - (out.length % 8)) : char;
      return out;
    })
    .join('\n');
}

/** Replaces the one occurrence of `oldText`. */
export function replaceOnce(block: Block, oldText: string, newText: string): string {
  rejectLineNumbers(oldText, 'old_string');
  rejectLineNumbers(newText, 'new_string');
  const value = expandTabs(block.value);
  const search = expandTabs(oldText);
  if (search === '')
    throw new ToolFailure('No replacement was performed, old_string is empty. Use memory_insert to add text.');
  const first = value.indexOf(search);
  if (first < 0)
    throw new ToolFailure(
      `No replacement was performed, old_string \`${oldText}\` did not appear verbatim in memory block with label \`${block.label}\`.`,
    );
  const lines: number[] = [];
  for (let at = first; at >= 0; at = value.indexOf(search, at + search.length))
    lines.push(value.slice(0, at).split('\n').length);
  if (lines.length > 1)
    throw new ToolFailure(
      `No replacement was performed. Multiple occurrences of old_string \`${oldText}\` in lines [${lines.join(', ')}]. Please ensure it is unique.`,
    );
  return value.slice(0, first) + expandTabs(newText) + value.slice(first + search.length);
}

/** Inserts after the given line (0: at the start, -1: at the end). */
export function insertAt(block: Block, newText: string, line: number): string {
  rejectLineNumbers(newText, 'new_string');
  const added = expandTabs(newText);
  if (block.value === '' && line <= 0) return added;
  const lines = expandTabs(block.value).split('\n');
  if (line !== -1 && (line < 0 || line > lines.length))
    throw new ToolFailure(
      `Invalid \`insert_line\` parameter: ${line}. It should be within the range of lines of the memory block: [0, ${lines.length}], or -1 to append to the end of the memory block.`,
    );
  lines.splice(line === -1 ? lines.length : line, 0, ...added.split('\n'));
  return lines.join('\n');
}
