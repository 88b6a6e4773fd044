// Files: patches of several files, moves, deletions and new folders, each call all or nothing.
import * as z from 'zod/mini';
import type { Editor } from '../editor/editor.ts';
import { plural, t } from '../protocol/l10n.ts';
import { applyPlan } from './apply-plan.ts';
import { planDelete, planMkdir, planMove } from './file-plans.ts';
import { PatchError } from './patch/hunks.ts';
import { readPatch } from './patch/parse.ts';
import { planPatch } from './patch/plan.ts';
import { accessPaths, anyPlaceOf, guarded, type IsHidden } from './support.ts';
import { type Access, type Plan, type Tool, ToolError } from './tool.ts';

const Input = z.object({
  operation: z.enum(['patch', 'move', 'delete', 'mkdir']),
  path: z.optional(z.string()),
  to: z.optional(z.string().check(z.describe('New path (move)'))),
  patch: z.optional(z.string().check(z.describe('Unified diff, or *** Begin Patch … *** End Patch'))),
});
export type FilesInput = z.infer<typeof Input>;

export function filesTool(editor: Editor, hidden: IsHidden): Tool<FilesInput> {
  const plan = (input: FilesInput) => guarded(() => planFiles(editor, input));
  return {
    name: 'Files',
    description:
      'Patches several files at once; moves (updating imports) or deletes files and folders; makes folders. All or nothing.',
    input: Input,
    title: titleOf,
    access: (input) => ({
      kind: 'edit',
      paths: [...new Set(pathsOf(input).flatMap((path) => accessPaths(anyPlaceOf(editor, path))))],
    }),
    plan,
    run: async (input, { signal }, shown) => applyPlan(editor, shown ?? (await plan(input)), signal, hidden),
  };
}

/** What a call would touch, from its input alone; undefined where that cannot be told. */
export function accessOfFiles(input: unknown): Access | undefined {
  const parsed = Input.safeParse(input);
  if (!parsed.success) return undefined;
  try {
    return { kind: 'edit', paths: pathsOf(parsed.data) };
  } catch (error) {
    if (error instanceof ToolError) return undefined;
    throw error;
  }
}

function titleOf(input: FilesInput): { title: string; target?: string } {
  const { operation, path = '', to = '' } = input;
  if (operation === 'move') return { title: t('Move'), target: `${path} → ${to}` };
  if (operation === 'delete') return { title: t('Delete'), target: path };
  if (operation === 'mkdir') return { title: t('Make folder'), target: path };
  const files = patchOf(input);
  const [first] = files;
  return {
    title: t('Patch'),
    target: files.length === 1 && first ? first.path : plural(files.length, '{0} file', '{0} files'),
  };
}

function pathsOf(input: FilesInput): string[] {
  switch (input.operation) {
    case 'patch':
      return patchOf(input).flatMap((file) =>
        file.kind === 'update' && file.to !== undefined ? [file.path, file.to] : [file.path],
      );
    case 'move':
      return [given(input, 'path'), given(input, 'to')];
    default:
      return [given(input, 'path')];
  }
}

function patchOf(input: FilesInput): ReturnType<typeof readPatch> {
  try {
    return readPatch(given(input, 'patch'));
  } catch (error) {
    throw error instanceof PatchError ? new ToolError(error.message) : error;
  }
}

function given(input: FilesInput, key: 'path' | 'to' | 'patch'): string {
  const value = input[key];
  if (value === undefined || value === '') throw new ToolError(`${input.operation} needs ${key}.`);
  return value;
}

async function planFiles(editor: Editor, input: FilesInput): Promise<Plan> {
  switch (input.operation) {
    case 'patch':
      return planPatch(editor, patchOf(input));
    case 'move':
      return planMove(editor, given(input, 'path'), given(input, 'to'));
    case 'delete':
      return planDelete(editor, given(input, 'path'));
    case 'mkdir':
      return planMkdir(editor, given(input, 'path'));
  }
}
