// Write: makes a file, or replaces its whole text.
import * as z from 'zod/mini';
import type { Editor } from '../editor/editor.ts';
import { applyPlan } from './apply-plan.ts';
import { refuseFileAbove } from './file-plans.ts';
import { accessPaths, anyPlaceOf, guarded, type IsHidden } from './support.ts';
import { type Plan, type Tool, ToolError } from './tool.ts';
import { asWritten } from './written.ts';

const Input = z.object({ path: z.string(), content: z.string() });
export type WriteInput = z.infer<typeof Input>;

export function writeTool(editor: Editor, hidden: IsHidden): Tool<WriteInput> {
  const plan = (input: WriteInput) => guarded(() => planWrite(editor, input));
  return {
    name: 'Write',
    description: 'Makes a file or replaces its whole text. To change a part use Edit.',
    input: Input,
    title: ({ path }) => ({ title: 'Write', target: path }),
    access: ({ path }) => ({ kind: 'edit', paths: accessPaths(anyPlaceOf(editor, path)) }),
    plan,
    run: async (input, { signal }, shown) => applyPlan(editor, shown ?? (await plan(input)), signal, hidden),
  };
}

async function planWrite(editor: Editor, { path, content }: WriteInput): Promise<Plan> {
  const place = anyPlaceOf(editor, path);
  const file = await editor.open(place.path);
  const before = file?.text ?? null;
  if (before === null) await refuseFileAbove(place);
  const after = asWritten(content, before, editor.newFileStyle(place.path));
  if (after === before) throw new ToolError(`${place.display} has exactly this text already.`);
  return { targets: [{ path: place.path, before, after }] };
}
