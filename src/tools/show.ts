// Show: puts a place in a file, or a diff of it, before the person.
import * as z from 'zod/mini';
import type { Editor } from '../editor/editor.ts';
import { comparisons, type Shower } from '../editor/shower.ts';
import { t } from '../protocol/l10n.ts';
import { accessPaths, anyPlaceOf, guarded, type IsHidden } from './support.ts';
import { type Tool, ToolError, type ToolResult } from './tool.ts';

const Line = z.int().check(z.minimum(1));
const Input = z.object({
  path: z.string(),
  line: z.optional(Line),
  endLine: z.optional(Line),
  diff: z.optional(z.enum(comparisons).check(z.describe('Show changes since it was saved, or since HEAD'))),
  focus: z.optional(z.boolean().check(z.describe('Only if asked to go there'))),
});
export type ShowInput = z.infer<typeof Input>;

export function showTool(editor: Editor, shower: Shower, hidden: IsHidden): Tool<ShowInput> {
  return {
    name: 'Show',
    description: 'Shows the person a place in a file, or a diff of it, in the editor.',
    input: Input,
    // It says nothing of what stands in the file.
    source: [],
    title: ({ path, line, diff }) => ({
      title: diff === undefined ? 'Show' : t('Show changes'),
      target: line === undefined ? path : `${path}:${line}`,
    }),
    access: ({ path }) => ({ kind: 'read', paths: accessPaths(anyPlaceOf(editor, path)) }),
    run: (input) => guarded(() => show(editor, shower, hidden, input)),
  };
}

async function show(editor: Editor, shower: Shower, hidden: IsHidden, input: ShowInput): Promise<ToolResult> {
  const { path, line, endLine, diff, focus = false } = input;
  const place = anyPlaceOf(editor, path);
  if (hidden(place.path)) throw new ToolError(`.lettaignore hides ${place.display} from the agent.`);
  if (!place.exists) throw new ToolError(`${place.display} does not exist.`);
  if (diff !== undefined) {
    const shown = await shower.compare(place.path, place.display, diff, focus);
    const since = diff === 'saved' ? 'since it was saved' : 'since HEAD';
    const text = shown
      ? `The person sees what changed in ${place.display} ${since}.`
      : `${place.display} has no changes ${since}; nothing was opened.`;
    return { status: 'success', text };
  }
  if (line === undefined && endLine !== undefined) throw new ToolError('endLine needs line.');
  if (line !== undefined && endLine !== undefined && endLine < line) throw new ToolError('endLine is before line.');
  const wanted = line === undefined ? undefined : { startLine: line, endLine: endLine ?? line };
  const { lines, shown } = await shower.reveal(place.path, wanted, focus);
  if (wanted && wanted.startLine > lines) {
    return {
      status: 'error',
      text: `${place.display} has only ${lines} lines: its end is shown. Give a line that is there.`,
    };
  }
  const where = shown ? `, lines ${shown.startLine}-${shown.endLine}` : '';
  return { status: 'success', text: `The person sees ${place.display}${where}.` };
}
