// Edits the cells of a Jupyter notebook: in its file only what a cell's source says is replaced, every other byte stays.
import { notebookSources, withSources } from '../editor/notebook-text.ts';
import { EditTextError, type Replacement, replaceInText } from './edit-text.ts';
import { nearMiss } from './near-miss.ts';

/** Whether a text is that of a notebook. */
export function isNotebook(path: string, text: string): boolean {
  return /\.ipynb$/i.test(path) && notebookSources(text) !== undefined;
}

/**
 * Applies the edits one after the other, each within one cell's source (or, with `replace_all`, within all that hold it).
 * @param text a notebook's file
 * @throws EditTextError as `replaceInText`
 */
export function editNotebook(text: string, edits: Replacement[]): string {
  const sources = notebookSources(text) ?? [];
  const now = [...sources];
  for (const [index, edit] of edits.entries()) {
    const label = edits.length === 1 ? '' : `Edit ${index + 1} of ${edits.length}: `;
    for (const cell of cellsOf(now, edit, label)) now[cell] = replaceInText(now[cell] ?? '', [edit]);
  }
  if (now.every((source, index) => source === sources[index])) {
    throw new EditTextError('The edits together change nothing.');
  }
  return withSources(text, now);
}

/** Which cells an edit speaks of. */
function cellsOf(sources: readonly string[], edit: Replacement, label: string): number[] {
  const search = (edit.old_string ?? '').replace(/\r\n?/g, '\n');
  if (search === '') {
    throw new EditTextError(`${label}in a notebook give old_string: lines have no numbers there.`);
  }
  const found = sources.flatMap((source, index) => (source.includes(search) ? [index] : []));
  if (found.length === 0) {
    const hint = nearMiss(sources.join('\n'), search, edit.new_string).replace(/\n\d+\t/g, '\n');
    throw new EditTextError(`${label}old_string was not found in any cell; lines count through all cells.${hint}`);
  }
  if (found.length > 1 && edit.replace_all !== true) {
    const cells = found.map((index) => index + 1).join(', ');
    throw new EditTextError(
      `${label}old_string was found in cells ${cells}. Add surrounding lines until it is unique, or set replace_all.`,
    );
  }
  return found;
}
