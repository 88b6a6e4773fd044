// Edit: exact replacements in one file, applied together as one undoable edit.
import * as z from 'zod/mini';
import type { Editor } from '../editor/editor.ts';
import { applyPlan } from './apply-plan.ts';
import { editNotebook, isNotebook } from './edit-notebook.ts';
import { EditTextError, replaceInText } from './edit-text.ts';
import { accessPaths, anyPlaceOf, guarded, type IsHidden } from './support.ts';
import { type Plan, type Tool, ToolError } from './tool.ts';

const Input = z.object({
  path: z.string(),
  edits: z
    .array(
      z.object({
        old_string: z.optional(
          z.string().check(z.describe('Exact text without line numbers; unique unless replace_all')),
        ),
        new_string: z.string(),
        replace_all: z.optional(z.boolean()),
        insert_line: z.optional(
          z.int().check(z.minimum(0), z.describe('Instead of old_string: insert lines after this line')),
        ),
      }),
    )
    .check(z.minLength(1)),
});
export type EditInput = z.infer<typeof Input>;

export function editTool(editor: Editor, hidden: IsHidden): Tool<EditInput> {
  const plan = (input: EditInput) => guarded(() => planEdit(editor, input));
  return {
    name: 'Edit',
    description: 'Replaces text in a file, all edits in order or none. Reports the problems it added or removed.',
    input: Input,
    title: ({ path }) => ({ title: 'Edit', target: path }),
    access: ({ path }) => ({ kind: 'edit', paths: accessPaths(anyPlaceOf(editor, path)) }),
    plan,
    run: async (input, { signal }, shown) => applyPlan(editor, shown ?? (await plan(input)), signal, hidden),
  };
}

async function planEdit(editor: Editor, { path, edits }: EditInput): Promise<Plan> {
  const place = anyPlaceOf(editor, path);
  const file = await editor.open(place.path);
  if (file === null) throw new ToolError(`${place.display} does not exist. To make a new file use Write.`);
  const edited = isNotebook(place.path, file.text) ? editNotebook : replaceInText;
  try {
    return { targets: [{ path: place.path, before: file.text, after: edited(file.text, edits) }] };
  } catch (error) {
    if (error instanceof EditTextError) throw new ToolError(`${place.display}: ${error.message}`);
    throw error;
  }
}
