// A memory block as a file of Letta's MemFS (version 2), and back: Markdown directly in the root, with `name` and `description` in
// front of the text. Root `MEMORY.md` has no such front: it is the block MEMORY, or an index where there is none.
import type { Block } from '../store/blocks.ts';

const INDEX_LABEL = 'MEMORY';
export const INDEX_PATH = 'MEMORY.md';

/** A file that is no memory file. Its message begins with the path. */
export class LayoutError extends Error {
  override name = 'LayoutError';
  readonly reason = 'layout';
}

/** What file systems that ignore case, and Windows, keep apart from all else. */
const PLAIN = /^[a-z0-9_-]$/;
const RESERVED = /^(memory|skills|conflicts|con|prn|aux|nul|com\d|lpt\d)$/;
const LONGEST_NAME = 200;

const escaped = (text: string): string =>
  [...Buffer.from(text, 'utf8')].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');

/** Where a block lies; undefined: its label is too long for a file name, and it stays on the server. */
export function pathOf(label: string): string | undefined {
  if (label === INDEX_LABEL) return INDEX_PATH;
  const parts = [...label].map((c) => (PLAIN.test(c) ? c : escaped(c)));
  if (RESERVED.test(parts.join(''))) parts[0] = escaped(label[0] ?? '');
  const path = `${parts.join('')}.md`;
  return path.length > LONGEST_NAME ? undefined : path;
}

/** The label of a block's file, also under a name that a person chose; undefined: no file of a block. */
export function labelOf(path: string): string | undefined {
  if (path === INDEX_PATH) return INDEX_LABEL;
  if (!path.endsWith('.md') || path.includes('/') || path.startsWith('.')) return undefined;
  const stem = path.slice(0, -'.md'.length);
  try {
    return decodeURIComponent(stem);
  } catch {
    return stem;
  }
}

/** A scalar of YAML; what could mean something else to it has quotes. */
const scalar = (text: string): string =>
  /^[\p{L}\p{N}][\p{L}\p{N}\p{P}\p{S} ]*$/u.test(text) &&
  !/: |:$| #| $|^(true|false|null|yes|no|on|off|[-+.\d][\d._eExX]*)$/i.test(text)
    ? text
    : JSON.stringify(text);

function plain(raw: string): string {
  if (raw.startsWith('"')) {
    try {
      return String(JSON.parse(raw));
    } catch {
      return raw;
    }
  }
  return /^'(?:[^']|'')*'$/.test(raw) ? raw.slice(1, -1).replaceAll("''", "'") : raw;
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

export interface FileText {
  /** Undefined: the index, which has none. */
  name?: string;
  description?: string;
  value: string;
}

/** @param name as the file that is there calls it; the label where there is none yet */
export function toFile(block: Pick<Block, 'label' | 'description' | 'value'>, name = block.label): string {
  if (block.label === INDEX_LABEL) return `${block.value}\n`;
  const description = oneLine(block.description ?? '') || `Memory block ${block.label}`;
  return `---\nname: ${scalar(oneLine(name))}\ndescription: ${scalar(description)}\n---\n${block.value}\n`;
}

/** @throws LayoutError which says what is wrong with it */
export function fromFile(path: string, bytes: Uint8Array): FileText {
  const text = decoded(path, bytes);
  const hasFront = /^---\n/.test(text);
  if (path === INDEX_PATH) {
    if (hasFront) throw new LayoutError(`${path}: the index has no frontmatter`);
    return { value: withoutEnd(text) };
  }
  const end = text.indexOf('\n---\n', 3);
  if (!hasFront || (end < 0 && !text.endsWith('\n---')))
    throw new LayoutError(
      `${path}: it must begin with frontmatter, that is name and description between two lines ---`,
    );
  const front = end < 0 ? text.slice(4, -4) : text.slice(4, end);
  const fields = new Map<string, string>();
  for (const line of front.split('\n').filter((each) => each.trim() !== '')) {
    const [, key = line, value = ''] = /^([^:]*):(.*)$/s.exec(line) ?? [];
    if (key !== 'name' && key !== 'description')
      throw new LayoutError(`${path}: the frontmatter holds name and description only, not "${key.slice(0, 40)}"`);
    fields.set(key, plain(value.trim()));
  }
  const [name, description] = [fields.get('name'), fields.get('description')];
  if (!name || !description) throw new LayoutError(`${path}: the frontmatter needs a name and a description`);
  return { name, description, value: end < 0 ? '' : withoutEnd(text.slice(end + 5)) };
}

function decoded(path: string, bytes: Uint8Array): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // As a whole, as an editor on Windows saves it.
    return /^[^\n]*\r\n/.test(text) ? text.replaceAll('\r\n', '\n') : text;
  } catch {
    throw new LayoutError(`${path}: it is not UTF-8 text`);
  }
}

const withoutEnd = (text: string): string => (text.endsWith('\n') ? text.slice(0, -1) : text);

/** What stands in `MEMORY.md` where the agent has no such block: without the file Letta Code takes the layout for the old one. */
export function indexOf(files: readonly { path: string; description: string }[]): string {
  const lines = files.map(
    ({ path, description }) => `- [${path.slice(0, -3)}](${encodeURI(path)}): ${oneLine(description).slice(0, 200)}`,
  );
  return `# Memory\n\n${lines.join('\n')}\n`;
}
