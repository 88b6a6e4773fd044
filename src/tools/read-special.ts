// Reads what is not simply text: notebooks by cell, pictures themselves, other binary files by what they are, large files by lines.
import type { Editor } from '../editor/editor.ts';
import { fileKind } from '../editor/file-kind.ts';
import { readLineRange } from '../editor/line-range.ts';
import type { Notebook, NotebookCell } from '../editor/notebook.ts';
import type { Place } from '../editor/paths.ts';
import { cannotShow, noted } from './picture.ts';
import { placeHref } from './places.ts';
import { clip } from './support.ts';
import { ToolError, type ToolResult } from './tool.ts';

const MAX_CHARACTERS = 60_000;
const MAX_SOURCE = 20_000;
const MAX_OUTPUT = 2_000;
const MAX_LARGE_LINES = 500;
const MAX_LARGE_LINE = 2_000;

/** What a binary file is, and a picture itself; undefined: it may be text. */
export async function readBinary(editor: Editor, { path, display }: Place): Promise<ToolResult | undefined> {
  // What cannot be opened is for the reader of text to complain of.
  const kind = await fileKind(path).catch(() => undefined);
  if (kind === undefined) return undefined;
  const { name, bytes, size } = kind;
  const pixels = size === undefined ? '' : `, ${size.width} × ${size.height} pixels`;
  const what = `${name}${pixels}, ${bytes.toLocaleString('en')} bytes`;
  const text = `${display}: ${what}.`;
  if (!name.endsWith('image')) return { status: 'success', text: `${text} It is binary: there is no text to read.` };
  const href = placeHref(editor.folders(), { path });
  const view = { body: { kind: 'picture' as const, name: display, what, ...(href === undefined ? {} : { href }) } };
  const why = cannotShow(kind);
  if (why !== undefined) return { status: 'success', text: `${text} It cannot be shown to you. ${why}`, view };
  return { status: 'success', text, pictures: [await noted(path, kind)], view };
}

/** Cells by their numbers, from 1, with their outputs. `head` stands before them. */
export function notebookText({ cells }: Notebook, offset = 1, limit = cells.length, head = ''): string {
  if (cells.length === 0) return `${head}(a notebook without cells)`;
  if (offset > cells.length)
    throw new ToolError(`The notebook has ${cells.length} cells; offset ${offset} is behind their end.`);
  const shown: string[] = [];
  let size = 0;
  for (const [index, cell] of cells.slice(offset - 1, offset - 1 + limit).entries()) {
    const text = cellText(cell, offset + index);
    if (shown.length > 0 && size + text.length > MAX_CHARACTERS) break;
    shown.push(text);
    size += text.length;
  }
  const last = offset + shown.length - 1;
  const tail =
    last < cells.length ? `\n(cells ${offset}-${last} of ${cells.length}; go on with offset ${last + 1})` : '';
  return `${head}${shown.join('\n')}${tail}`;
}

function cellText({ kind, language, source, run, outputs }: NotebookCell, number: number): string {
  const facts = [kind === 'code' ? `code, ${language}` : kind, ...(run === undefined ? [] : [`run ${run}`])];
  const lines = [`# Cell ${number} (${facts.join(', ')})`, clip(source, MAX_SOURCE)];
  for (const output of outputs) lines.push('# Output', clip(output, MAX_OUTPUT));
  return lines.join('\n');
}

/** Lines of a file that is too large for the editor. @throws ToolError */
export async function readLarge(
  path: string,
  display: string,
  { offset = 1, limit = MAX_LARGE_LINES }: { offset?: number | undefined; limit?: number | undefined },
  signal: AbortSignal,
): Promise<string> {
  const lines = Math.min(limit, MAX_LARGE_LINES);
  const limits = { from: offset, lines, characters: MAX_CHARACTERS, line: MAX_LARGE_LINE };
  const found = await readLineRange(path, limits, signal).catch((error: Error) => {
    throw new ToolError(`${display} can't be read: ${error.message}`);
  });
  if (found.binary) throw new ToolError(`${display} is a large binary file: there is no text to read.`);
  if (found.total !== undefined)
    throw new ToolError(`The file has ${found.total} lines; offset ${offset} is behind its end.`);
  const shown = found.lines.map((line, index) => `${offset + index}\t${line}`);
  const last = offset + found.lines.length - 1;
  if (found.more)
    shown.push(`(lines ${offset}-${last} of a large file; go on with offset ${last + 1}, or search it with Grep)`);
  return shown.join('\n');
}
