// A memory block as a Markdown file and back, in the form of Letta's MemFS v2.

import { t } from '../../protocol/l10n.ts';
import { INDEX_LABEL, isHashedPath, pathOf } from './paths.ts';

export interface FileBlock {
  label: string;
  description: string;
  value: string;
  /** What the frontmatter calls it, where that is not the label; Letta Code writes `Persona` for persona.md. */
  name?: string | undefined;
}

export type FormatReason = 'frontmatter' | 'encoding' | 'index';

/** A file that is no memory file; it is named, and left alone. */
export class FormatError extends Error {
  override name = 'FormatError';
  readonly reason: FormatReason;

  constructor(reason: FormatReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

const KEYS = ['name', 'description'] as const;
const FENCE = '---';
const STOCK = 'Memory block';
/** What stands for a description that is missing: the layout wants one. A real one of these words has quotes. */
function stock(label: string): string {
  const text = `${STOCK} ${label}`;
  return isPlain(text) ? text : STOCK;
}

/** Whether the text means itself without quotes: to YAML, and to Letta Code, which takes the rest of the line as it is. */
function isPlain(text: string): boolean {
  return (
    /^[\p{L}\p{N}][\p{L}\p{N}\p{P}\p{S} ]*$/u.test(text) &&
    !/: |:$| #| $/.test(text) &&
    !/^(true|false|null|yes|no|on|off|~|[-+.\d][\d._eExXoO+:-]*)$/i.test(text)
  );
}

const quoted = (text: string): string =>
  JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

const scalar = (text: string, not?: string): string => (isPlain(text) && text !== not ? text : quoted(text));

function unquoted(raw: string, key: string): string {
  if (raw.startsWith('"')) {
    try {
      const value: unknown = JSON.parse(raw);
      if (typeof value === 'string') return value;
    } catch {
      // Said below.
    }
    throw new FormatError('frontmatter', t('the quotes of {0} are not closed, or hold what cannot be read', key));
  }
  if (/^'(?:[^']|'')*'$/.test(raw)) return raw.slice(1, -1).replaceAll("''", "'");
  return raw;
}

/** `text` where git, editors and Letta can carry it unchanged. */
export const isStorable = (text: string): boolean => text.isWellFormed();

/**
 * The file of a block. The value stands byte for byte behind the frontmatter, followed by one line end, which is not
 * part of it. @throws FormatError when the value cannot be written to a file without loss.
 */
export function toFile(block: FileBlock): string {
  if (!isStorable(block.value) || !isStorable(block.description)) {
    throw new FormatError('encoding', t('it holds half of a character (a lone surrogate), which no file can hold'));
  }
  if (block.label === INDEX_LABEL) {
    if (/^---\r?(\n|$)/.test(block.value) || block.value.startsWith('\uFEFF')) {
      throw new FormatError('index', t('the index must not begin with frontmatter'));
    }
    return `${block.value}\n`;
  }
  const name = block.name !== undefined && !isHashedPath(pathOf(block.label)) ? block.name : block.label;
  const description = block.description === '' ? stock(block.label) : scalar(block.description, stock(block.label));
  return `${FENCE}\nname: ${scalar(name)}\ndescription: ${description}\n${FENCE}\n${block.value}\n`;
}

/**
 * Reads a file of the mirror. Line ends: a file whose first line ends in CRLF was converted as a whole by an editor or
 * by git, and is read with LF; in every other file each byte of the value counts.
 * @param label what the path stands for.
 * @throws FormatError which says what is wrong.
 */
export function fromFile(text: string, label: string): FileBlock & { name: string } {
  let rest = text.startsWith('\uFEFF') ? text.slice(1) : text;
  if (label === INDEX_LABEL) {
    if (/^---\r?(\n|$)/.test(rest)) throw new FormatError('index', t('the index must not have frontmatter'));
    return { label, name: label, description: '', value: withoutEnd(rest) };
  }
  if (rest.startsWith(`${FENCE}\r\n`)) rest = rest.replaceAll('\r\n', '\n');
  if (!rest.startsWith(`${FENCE}\n`)) {
    throw new FormatError('frontmatter', t('there is no frontmatter: the first line must be three hyphens (---)'));
  }
  const { fields, body } = fieldsOf(rest);
  const raw = fields.get('description') ?? '';
  const missing = raw === stock(label);
  const name = unquoted(fields.get('name') ?? '', 'name');
  return { label, name, description: missing ? '' : unquoted(raw, 'description'), value: withoutEnd(body) };
}

function fieldsOf(text: string): { fields: Map<string, string>; body: string } {
  const fields = new Map<string, string>();
  let at = FENCE.length + 1;
  for (;;) {
    const end = text.indexOf('\n', at);
    const line = end < 0 ? text.slice(at) : text.slice(at, end);
    if (line === FENCE) return { fields: complete(fields), body: end < 0 ? '' : text.slice(end + 1) };
    if (end < 0) {
      throw new FormatError('frontmatter', t('the frontmatter is not closed: add a line with three hyphens (---)'));
    }
    at = end + 1;
    if (line === '') continue;
    const colon = line.indexOf(':');
    const key = (colon < 0 ? line : line.slice(0, colon)).trim();
    if (!KEYS.some((known) => known === key)) {
      throw new FormatError(
        'frontmatter',
        t('the frontmatter may hold name and description only, not ‘{0}’', key.slice(0, 40)),
      );
    }
    if (fields.has(key)) throw new FormatError('frontmatter', t('the frontmatter has two lines for {0}', key));
    fields.set(key, colon < 0 ? '' : line.slice(colon + 1).trim());
  }
}

function complete(fields: Map<string, string>): Map<string, string> {
  for (const key of KEYS) {
    const value = fields.get(key);
    if (value === undefined) throw new FormatError('frontmatter', t('the frontmatter has no {0}', key));
    if (value === '' || value === '""' || value === "''") throw new FormatError('frontmatter', t('{0} is empty', key));
    if (/^[|>][+-]?$/.test(value)) throw new FormatError('frontmatter', t('{0} must stand on one line', key));
  }
  return fields;
}

const withoutEnd = (body: string): string => (body.endsWith('\n') ? body.slice(0, -1) : body);

/** Decodes what a file holds. @throws FormatError when it is no UTF-8. */
export function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FormatError('encoding', t('it is not UTF-8 text'));
  }
}

/** Undefined for what is no UTF-8. */
export function textIn(bytes: Uint8Array): string | undefined {
  try {
    return decode(bytes);
  } catch {
    return undefined;
  }
}
