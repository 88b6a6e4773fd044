// Takes a file of rules apart: frontmatter, headings, and one piece for each bullet or paragraph, with its line.
import { createHash } from 'node:crypto';

export interface Piece {
  /** The innermost heading above it; '' for none. */
  heading: string;
  text: string;
  /** 1-based, in the file. */
  line: number;
}

export interface RulesText {
  /** Keys of the frontmatter, lists joined by `, `. */
  fields: Record<string, string>;
  pieces: Piece[];
}

const FENCE = /^\s*(`{3,}|~{3,})/;
const BULLET = /^(\s*)(?:[-*+]|\d+[.)])\s+(.*)$/;

/**
 * Frontmatter of rules files is not always YAML (`globs: *.ts` is an alias there), so it is read line by line.
 * @returns the fields, and the index of the first line behind it
 */
function frontmatter(lines: readonly string[]): { fields: Record<string, string>; start: number } {
  if (lines[0]?.trim() !== '---') return { fields: {}, start: 0 };
  const end = lines.findIndex((line, i) => i > 0 && line.trim() === '---');
  if (end < 0) return { fields: {}, start: 0 };
  const fields: Record<string, string> = {};
  let key = '';
  for (const line of lines.slice(1, end)) {
    const field = /^([A-Za-z][\w-]*)\s*:\s*(.*)$/.exec(line);
    const entry = /^\s*-\s+(.*)$/.exec(line)?.[1];
    if (field?.[1]) {
      key = field[1];
      fields[key] = unquoted((field[2] ?? '').replace(/^\[(.*)\]$/, '$1'));
    } else if (entry && key) fields[key] = [fields[key], unquoted(entry)].filter(Boolean).join(', ');
  }
  return { fields, start: end + 1 };
}

const unquoted = (text: string): string =>
  text
    .split(',')
    .map((part) => part.trim().replace(/^(['"])(.*)\1$/, '$2'))
    .filter(Boolean)
    .join(', ');

/** Never throws. Nested bullets and fenced code stay with the bullet or paragraph they belong to. */
export function readRules(text: string): RulesText {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const { fields, start } = frontmatter(lines);
  const pieces: Piece[] = [];
  let heading = '';
  let open: { lines: string[]; line: number; bullet: boolean } | undefined;
  let fence = '';
  let inComment = false;
  const close = (): void => {
    const body = open?.lines.join('\n').trim();
    if (open && body) pieces.push({ heading, text: body, line: open.line });
    open = undefined;
  };
  for (let i = start; i < lines.length; i++) {
    const line = lines[i] ?? '';
    if (inComment) {
      inComment = !line.includes('-->');
      continue;
    }
    const mark = FENCE.exec(line)?.[1];
    if (fence || mark) {
      if (!fence && mark) fence = mark;
      else if (mark?.startsWith(fence) && line.trim() === mark) fence = '';
      open ??= { lines: [], line: i + 1, bullet: false };
      open.lines.push(line);
      continue;
    }
    if (/^\s*<!--/.test(line)) {
      inComment = !line.includes('-->');
      continue;
    }
    const title = /^#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1];
    const bullet = BULLET.exec(line);
    if (title !== undefined) {
      close();
      heading = title;
    } else if (line.trim() === '') {
      // A blank line ends a paragraph; a bullet may go on behind it with something indented or fenced.
      const next = lines[i + 1] ?? '';
      if (!(open?.bullet && /^\s{2,}\S/.test(next)) && !FENCE.test(next)) close();
    } else if (bullet && (bullet[1] ?? '').length < 2) {
      close();
      open = { lines: [bullet[2] ?? ''], line: i + 1, bullet: true };
    } else if (/^(?:[-*_]\s*){3,}$/.test(line)) close();
    else {
      open ??= { lines: [], line: i + 1, bullet: false };
      open.lines.push(open.bullet && !bullet ? line.trim() : line);
    }
  }
  close();
  return { fields, pieces };
}

/** A short hash, for ids: the same text has the same one on every machine. */
export const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
