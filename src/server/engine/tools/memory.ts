// The tools by which an agent edits its memory blocks.

import { createBlock, deleteBlock, renameBlock } from './block-admin.ts';
import { insertAt, rejectLineNumbers, replaceOnce, writableBlock, writeBlock } from './block-edit.ts';
import { applyBlockPatch } from './patch.ts';
import { optionalIntArg, optionalTextArg, type ServerTool, schema, ToolFailure, text, textArg } from './tool.ts';

const label = text('Label of the memory block.');

const memoryInsert: ServerTool = {
  name: 'memory_insert',
  type: 'letta_memory_core',
  description: 'Insert text into a memory block.',
  parameters: schema(
    {
      label,
      new_string: text('Text to insert. Without line numbers.'),
      insert_line: {
        type: 'integer',
        description: 'Line after which to insert: 0 for the beginning, -1 (default) for the end.',
      },
    },
    ['insert_line'],
  ),
  run(args, context) {
    const block = writableBlock(context, textArg(args, 'label'));
    const line = optionalIntArg(args, 'insert_line') ?? -1;
    return writeBlock(context, block, insertAt(block, textArg(args, 'new_string'), line));
  },
};

const memoryReplace: ServerTool = {
  name: 'memory_replace',
  type: 'letta_memory_core',
  description: 'Replace text in a memory block, for precise edits and to delete (empty new_string).',
  parameters: schema({
    label,
    old_string: text('Text to replace: must match exactly and occur once.'),
    new_string: text('Text to put in its place. Without line numbers.'),
  }),
  run(args, context) {
    const block = writableBlock(context, textArg(args, 'label'));
    return writeBlock(context, block, replaceOnce(block, textArg(args, 'old_string'), textArg(args, 'new_string')));
  },
};

const memoryRethink: ServerTool = {
  name: 'memory_rethink',
  type: 'letta_memory_core',
  description: 'Rewrite a whole memory block, for large sweeping changes such as condensing or reorganizing.',
  parameters: schema({ label, new_memory: text('The complete new content of the block.') }),
  run(args, context) {
    const value = textArg(args, 'new_memory');
    rejectLineNumbers(value, 'new_memory');
    return writeBlock(context, writableBlock(context, textArg(args, 'label')), value);
  },
};

const coreMemoryAppend: ServerTool = {
  name: 'core_memory_append',
  type: 'letta_memory_core',
  description: 'Append to a memory block.',
  parameters: schema({ label, content: text('Text to append.') }),
  run(args, context) {
    const block = writableBlock(context, textArg(args, 'label'));
    return writeBlock(context, block, `${block.value}\n${textArg(args, 'content')}`);
  },
};

const coreMemoryReplace: ServerTool = {
  name: 'core_memory_replace',
  type: 'letta_memory_core',
  description: 'Replace every occurrence of a text in a memory block; an empty new_content deletes.',
  parameters: schema({
    label,
    old_content: text('Text to replace: must match exactly.'),
    new_content: text('Text to put in its place.'),
  }),
  run(args, context) {
    const block = writableBlock(context, textArg(args, 'label'));
    const old = textArg(args, 'old_content');
    if (old === '' || !block.value.includes(old))
      throw new ToolFailure(`Old content '${old}' not found in memory block '${block.label}'`);
    return writeBlock(
      context,
      block,
      block.value.replaceAll(old, () => textArg(args, 'new_content')),
    );
  },
};

const memoryApplyPatch: ServerTool = {
  name: 'memory_apply_patch',
  type: 'letta_memory_core',
  description:
    'Apply a patch to memory. Either unified-diff hunks for the block `label`, or sections "*** Add Block: L", "*** Update Block: L" (optionally "*** Move to: L2"), "*** Delete Block: L".',
  parameters: schema({
    label,
    patch: text('The patch: lines that begin with " ", "-" or "+", hunks begin with "@@".'),
  }),
  run: (args, context) => applyBlockPatch(context, textArg(args, 'label'), textArg(args, 'patch')),
};

const memory: ServerTool = {
  name: 'memory',
  type: 'letta_memory_core',
  description: 'Create, edit, delete or rename memory blocks. Paths are /memories/<label>.',
  parameters: schema(
    {
      command: { type: 'string', enum: ['create', 'str_replace', 'insert', 'delete', 'rename'] },
      path: text('Path of the block.'),
      file_text: text('create: its content.'),
      description: text('create, rename: what the block is for.'),
      old_string: text('str_replace: text to replace, must occur once.'),
      new_string: text('str_replace: text to put in its place.'),
      insert_line: { type: 'integer', description: 'insert: line after which to insert; 0 is the beginning.' },
      insert_text: text('insert: text to insert.'),
      old_path: text('rename: path of the block.'),
      new_path: text('rename: its new path.'),
    },
    [
      'path',
      'file_text',
      'description',
      'old_string',
      'new_string',
      'insert_line',
      'insert_text',
      'old_path',
      'new_path',
    ],
  ),
  run(args, context) {
    const command = textArg(args, 'command');
    switch (command) {
      case 'create':
        return createBlock(
          context,
          labelOf(textArg(args, 'path')),
          optionalTextArg(args, 'file_text') ?? '',
          optionalTextArg(args, 'description') ?? null,
        );
      case 'str_replace': {
        const block = writableBlock(context, labelOf(textArg(args, 'path')));
        const replaced = replaceOnce(block, textArg(args, 'old_string'), optionalTextArg(args, 'new_string') ?? '');
        return writeBlock(context, block, replaced);
      }
      case 'insert': {
        const block = writableBlock(context, labelOf(textArg(args, 'path')));
        const line = optionalIntArg(args, 'insert_line') ?? -1;
        return writeBlock(context, block, insertAt(block, textArg(args, 'insert_text'), line));
      }
      case 'delete':
        return deleteBlock(context, labelOf(textArg(args, 'path')));
      case 'rename': {
        const old = labelOf(optionalTextArg(args, 'old_path') ?? textArg(args, 'path'));
        const target = optionalTextArg(args, 'new_path');
        return renameBlock(context, old, target && labelOf(target), optionalTextArg(args, 'description'));
      }
      default:
        throw new ToolFailure(
          `Unknown command ${command}. Known commands: create, str_replace, insert, delete, rename.`,
        );
    }
  },
};

function labelOf(path: string): string {
  const found = path.replace(/^\/?memories\//, '').replace(/^\/+|\/+$/g, '');
  if (found === '') throw new ToolFailure(`Invalid path ${path}: it must be /memories/<label>.`);
  return found;
}

export const memoryTools: readonly ServerTool[] = [
  memoryInsert,
  memoryReplace,
  memoryRethink,
  memory,
  memoryApplyPatch,
  coreMemoryAppend,
  coreMemoryReplace,
];
