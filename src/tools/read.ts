// Read: a file's text with line numbers, the unsaved one where the editor has it.
import { join } from 'node:path';
import * as z from 'zod/mini';
import { type Editor, EditorError } from '../editor/editor.ts';
import type { Notebook } from '../editor/notebook.ts';
import { accessPaths, anyPlaceOf, guarded, type IsHidden } from './support.ts';
import { type Tool, ToolError, type ToolResult } from './tool.ts';

const Input = z.object({
  path: z.string(),
  offset: z.optional(z.int().check(z.minimum(1), z.describe('First line or cell, from 1'))),
  limit: z.optional(z.int().check(z.minimum(1), z.describe('Lines, default 2000'))),
});
export type ReadInput = z.infer<typeof Input>;

const DEFAULT_LINES = 2_000;
/** Most characters of a result: about 15,000 tokens. */
const MAX_CHARACTERS = 60_000;
/** Most characters of a line, when many are read and when few are. */
const MAX_LINE = 2_000;
const MAX_LINE_OF_FEW = 20_000;
const FEW_LINES = 3;
const MAX_ENTRIES = 200;
const UNTITLED = /^untitled:/;
const NOTEBOOK = /\.ipynb$/i;
/** Names of pictures, whose bytes may pass for text of some kind. */
const NOT_TEXT = /\.(?:png|jpe?g|gif|webp|bmp|ico|pdf)$/i;
const UNSAVED = '[with unsaved changes of the editor]\n';

export interface ReadDependencies {
  editor: Editor;
  hidden: IsHidden;
  /** A notebook that is open with unsaved changes, by its absolute path. */
  unsavedNotebook?: ((path: string) => Promise<Notebook | undefined>) | undefined;
}

export function readTool(deps: ReadDependencies): Tool<ReadInput> {
  const { editor } = deps;
  return {
    name: 'Read',
    description:
      'Reads a file (with unsaved changes) as numbered lines, a notebook by cells, or a picture; lists a folder.',
    input: Input,
    title: ({ path }) => ({ title: 'Read', target: path }),
    access: ({ path }) => {
      if (UNTITLED.test(path)) return { kind: 'read', paths: [path] };
      return { kind: 'read', paths: accessPaths(anyPlaceOf(editor, path)) };
    },
    run: (input, { signal }) => guarded(async () => withSource(deps, input, await run(deps, input, signal))),
  };
}

/** Trusting the workspace says nothing of what lies outside. */
function withSource({ editor }: ReadDependencies, { path }: ReadInput, result: ToolResult): ToolResult {
  const outside = !UNTITLED.test(path) && anyPlaceOf(editor, path).outside;
  return outside ? { ...result, source: 'untrustedWorkspace' } : result;
}

async function run(deps: ReadDependencies, input: ReadInput, signal: AbortSignal): Promise<ToolResult> {
  const { editor, hidden } = deps;
  const { path, offset, limit } = input;
  if (UNTITLED.test(path)) {
    const text = editor.readUntitled(path);
    if (text === null) throw new ToolError(`${path} is not open. OpenFiles lists what is.`);
    return { status: 'success', text: numbered(text, offset, limit, '[never saved to disk]\n') };
  }
  const place = anyPlaceOf(editor, path);
  // By its first bytes, before anything tries to decode it.
  const binary = NOT_TEXT.test(place.path) ? await special().then((it) => it.readBinary(editor, place)) : undefined;
  if (binary !== undefined) return binary;
  try {
    const file = await editor.read(place.path);
    if (file === null) throw new ToolError(`${place.display} does not exist.`);
    const head = file.dirty ? UNSAVED : '';
    const cells = NOTEBOOK.test(place.path) ? await readNotebook(deps, place.path, file.text, input) : undefined;
    return { status: 'success', text: cells ?? numbered(file.text, offset, limit, head) };
  } catch (error) {
    const reason = error instanceof EditorError ? error.reason : undefined;
    if (reason === 'directory')
      return { status: 'success', text: await listing(editor, hidden, place.path, place.display) };
    const { readBinary, readLarge } = await special();
    const what = reason === 'binary' || reason === 'too-large' ? await readBinary(editor, place) : undefined;
    if (what !== undefined) return what;
    if (reason === 'too-large')
      return { status: 'success', text: await readLarge(place.path, place.display, input, signal) };
    throw error;
  }
}

const special = () => import('./read-special.ts');

/** Undefined: it is no notebook in spite of its name. */
async function readNotebook(
  { unsavedNotebook }: ReadDependencies,
  path: string,
  text: string,
  { offset, limit }: ReadInput,
): Promise<string | undefined> {
  const { parseNotebook } = await import('../editor/notebook.ts');
  const { notebookText } = await special();
  const unsaved = await unsavedNotebook?.(path);
  const notebook = unsaved ?? parseNotebook(text);
  return notebook && notebookText(notebook, offset, limit, unsaved ? UNSAVED : '');
}

/** Lines as `number<tab>text`, and how to go on where there is more. */
export function numbered(text: string, offset = 1, limit = DEFAULT_LINES, head = ''): string {
  if (text === '') return `${head}(empty file)`;
  const lines = text.split(/\r\n|\n|\r/);
  // A final line break ends the last line; it begins no new one.
  if (lines.at(-1) === '') lines.pop();
  if (offset > lines.length)
    throw new ToolError(`The file has ${lines.length} lines; offset ${offset} is behind its end.`);
  const longest = limit <= FEW_LINES ? MAX_LINE_OF_FEW : MAX_LINE;
  const shown: string[] = [];
  let size = 0;
  for (const [index, line] of lines.slice(offset - 1, offset - 1 + limit).entries()) {
    const cut = line.length > longest;
    const more = cut && limit > FEW_LINES ? ', read it alone to see more' : '';
    const body = cut
      ? `${line.slice(0, longest)}… (${line.length - longest} more characters in this line${more})`
      : line;
    const entry = `${offset + index}\t${body}`;
    if (shown.length > 0 && size + entry.length > MAX_CHARACTERS) break;
    shown.push(entry);
    size += entry.length + 1;
  }
  const last = offset + shown.length - 1;
  const tail =
    last < lines.length ? `\n(lines ${offset}-${last} of ${lines.length}; go on with offset ${last + 1})` : '';
  return `${head}${shown.join('\n')}${tail}`;
}

async function listing(editor: Editor, hidden: IsHidden, path: string, display: string): Promise<string> {
  const { entries, total } = await editor.list(path, MAX_ENTRIES);
  const names = entries
    .filter((entry) => !hidden(join(path, entry.name)))
    .map((entry) => (entry.kind === 'directory' ? `${entry.name}/` : entry.name));
  const more = total > entries.length ? `\n… ${total - entries.length} more` : '';
  return `${display} is a folder:\n${names.join('\n')}${more}`;
}
