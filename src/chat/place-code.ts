// Finds what a code block replaces in a file. Where that is not plain, nobody guesses.

interface Range {
  from: number;
  to: number;
}

/** So much of a file's lines must stand in a block that is the whole file again. */
const SAME_FILE = 0.5;

/**
 * @param selected what the person has selected in the file; it is replaced
 * @returns the file's whole new text; undefined where it is not clear what the code replaces
 */
export function placeCode(file: string, code: string, selected?: Range): string | undefined {
  const text = code.replace(/\n+$/, '');
  if (selected) return file.slice(0, selected.from) + text + file.slice(selected.to);
  if (file.trim() === '') return `${text}\n`;
  const lines = file.split(/\r?\n/);
  const block = text.split('\n');
  return aroundEnds(lines, block) ?? (isSameFile(lines, block) ? `${text}\n` : undefined);
}

/** The lines from the block's first one to its last one, where each stands in the file exactly once. */
function aroundEnds(lines: readonly string[], block: readonly string[]): string | undefined {
  const [first, last] = [block[0] ?? '', block.at(-1) ?? ''];
  if (block.length < 2 || first.trim() === '' || last.trim() === '') return undefined;
  const from = only(lines, first, 0);
  if (from === undefined) return undefined;
  // A closing bracket stands in many places: the first one that is indented like the block's begin ends it.
  const to = only(lines, last, from + 1) ?? (isClosing(last) ? lines.indexOf(last, from + 1) : -1);
  if (to <= from) return undefined;
  return [...lines.slice(0, from), ...block, ...lines.slice(to + 1)].join('\n');
}

const isClosing = (line: string): boolean => /^\s*(?:[}\])]+[;,)]*|end|fi|done|esac)\s*$/.test(line);

function only(lines: readonly string[], line: string, from: number): number | undefined {
  const at = lines.indexOf(line, from);
  return at >= 0 && lines.indexOf(line, at + 1) < 0 ? at : undefined;
}

function isSameFile(lines: readonly string[], block: readonly string[]): boolean {
  const known = new Set(block.map((line) => line.trim()));
  const telling = lines.map((line) => line.trim()).filter((line) => line.length > 2);
  return telling.length > 0 && telling.filter((line) => known.has(line)).length >= telling.length * SAME_FILE;
}
