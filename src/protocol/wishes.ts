// What the view is asked to show inside of a panel, beside plain names: a line of a memory block.

const LINE = 'line:';

/** Names a line of a block; `line`: its text, or the part of it that is known. */
export const lineWish = (label: string, line: string): string => `${LINE}${label}\n${line}`;

/** The block that a wish names, and the line in it; a wish of another kind is taken for a block's label. */
export function readLineWish(name: string): { label: string; line?: string } {
  if (!name.startsWith(LINE)) return { label: name };
  const [label = '', ...line] = name.slice(LINE.length).split('\n');
  return { label, line: line.join('\n') };
}
