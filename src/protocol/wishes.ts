// What the view is asked to show inside of a panel, beside plain names: a line of a memory block.

const LINE = 'line:';

/** Names a line of a block; `line`: its text, or the part of it that is known. */
export const lineWish = (label: string, line: string): string => `${LINE}${label}\n${line}`;

const ARCHIVE = 'archive:';
/** Enough to find an entry by. */
const WORDS = 6;

/** Names an entry of the archive: it is searched for by its first words, and shown where its id is known. */
export function entryWish(text: string, id?: string): string {
  const [line = ''] = text.trim().split('\n');
  const words = line.split(/\s+/).slice(0, WORDS).join(' ');
  return `${ARCHIVE}${words}${id === undefined ? '' : `\n${id}`}`;
}

/** What *Open Memory* is asked to show: nothing, a block by its label, or also a line of it by its text. */
export function memoryWish(label: unknown, line: unknown): string | undefined {
  if (typeof label !== 'string') return undefined;
  return typeof line === 'string' ? lineWish(label, line) : label;
}

/** The block that a wish names, and the line in it; a wish of another kind is taken for a block's label. */
export function readLineWish(name: string): { label: string; line?: string } {
  if (!name.startsWith(LINE)) return { label: name };
  const [label = '', ...line] = name.slice(LINE.length).split('\n');
  return { label, line: line.join('\n') };
}
