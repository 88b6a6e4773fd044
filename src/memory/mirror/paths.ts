// Where a block lies in the mirror: its label as a safe file name, one to one on every file system.
import { createHash } from 'node:crypto';

/** Label of the block that is the root index itself in Letta's layout; its file has no frontmatter. */
export const INDEX_LABEL = 'MEMORY';
export const INDEX_PATH = 'MEMORY.md';
/** Versions set aside; a folder of its own keeps them out of the prompt. */
export const CONFLICTS = 'conflicts';
/** Where Letta's MemFS keeps the skills of an agent: `skills/NAME/SKILL.md` and the files beside it. */
export const SKILLS_PATH = 'skills/';

/** Files of skills are what they are; every other file of the mirror is a block. */
export const isSkillPath = (path: string): boolean => path.startsWith(SKILLS_PATH);

/** Whether a path may be that of a block or of a file of a skill. */
export const isMirrored = (path: string): boolean => !path.includes('/') || isSkillPath(path);

/** The skill that a file belongs to, and its path in the skill's folder; undefined: it lies in none. */
export function skillPartsOf(path: string): { name: string; file: string } | undefined {
  const [, name, file] = /^skills\/([^/]+)\/(.+)$/s.exec(path) ?? [];
  return name === undefined || file === undefined ? undefined : { name, file };
}

/** Whether a file of a skill is its SKILL.md, however that is written. */
export const isMainFile = (file: string): boolean => file.toLowerCase() === 'skill.md';

/** Bytes of a file name without `.md`: below the 143 of encrypted file systems, with room for temporary names. */
const LONGEST = 120;
const HASHED = /~[0-9a-f]{20}$/;
/** Names that Windows gives to devices, whatever follows the first dot. */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9]|lpt[0-9])($|\.)/;
/** A file of one of these names would collide with the index or stand beside a folder of the same stem. */
const TAKEN = new Set(['memory', 'skills', CONFLICTS]);

const hex = (text: string): string =>
  [...Buffer.from(text, 'utf8')].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');

/** Whether a file system that folds case or composes accents keeps this character apart from all others. */
function stays(character: string): boolean {
  if (/^[a-z0-9_.-]$/.test(character)) return true;
  if (character === ' ') return true;
  if (character.length === 1 && character < '\u0080') return false;
  if (!/^[\p{L}\p{N}]$/u.test(character) || /^\p{Default_Ignorable_Code_Point}$/u.test(character)) return false;
  // Exactly one form under case folding and every normalisation.
  return character.toUpperCase().toLowerCase() === character && character.normalize('NFKD') === character;
}

const hashed = (label: string): string => {
  const units = Buffer.from(label, 'utf16le');
  const start = label
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 60);
  return `${start || 'block'}~${createHash('sha256').update(units).digest('hex').slice(0, 20)}`;
};

function stemOf(label: string): string {
  if (!label.isWellFormed()) return hashed(label);
  const characters = [...label];
  const kept = characters.map((c) => (stays(c) ? c : hex(c)));
  // Letters that stay alone may still be composed with their neighbours, as those of Hangul are.
  const composes = kept.join('').normalize('NFC') !== kept.join('');
  const parts = composes ? characters.map((c) => (c < '\u0080' && stays(c) ? c : hex(c))) : kept;
  const last = parts.length - 1;
  // Hidden files, options of a program, names that Windows trims, and reserved names.
  if (/^[. -]/.test(parts[0] ?? '')) parts[0] = hex(characters[0] ?? '');
  if (/[. ]$/.test(parts[last] ?? '')) parts[last] = hex(characters[last] ?? '');
  const stem = parts.join('');
  if (DEVICE.test(stem) || TAKEN.has(stem)) parts[0] = hex(characters[0] ?? '');
  const safe = parts.join('');
  return Buffer.byteLength(safe) <= LONGEST ? safe : hashed(label);
}

/**
 * The file of a block, directly in the mirror's folder: `project` is `project.md`; what is unsafe in a name is written
 * as `%2F`, upper case too, because some file systems ignore case. Very long labels become a start and a hash, and the
 * file's `name` holds the label. @throws RangeError for an empty label.
 */
export function pathOf(label: string): string {
  if (label === '') throw new RangeError('A block without a label has no file.');
  return label === INDEX_LABEL ? INDEX_PATH : `${stemOf(label)}.md`;
}

/** Whether the label of this file stands in its frontmatter's `name` alone. */
export const isHashedPath = (path: string): boolean => HASHED.test(path.replace(/\.md$/, ''));

/**
 * The label a file stands for; accepts names a person chose, e.g. upper case. `name`: the frontmatter's.
 * Null: no file of a block, or its name belongs to another label.
 */
export function labelOf(path: string, name?: string): string | null {
  if (!path.endsWith('.md') || /[/\\\0]/.test(path) || path.startsWith('.')) return null;
  if (path === INDEX_PATH) return INDEX_LABEL;
  const stem = path.slice(0, -3);
  if (HASHED.test(stem)) return name !== undefined && hashed(name) === stem ? name : null;
  if (stem === '' || stem.toLowerCase() === 'memory') return null;
  try {
    return decodeURIComponent(stem.normalize('NFC'));
  } catch {
    // A `%` that a person wrote as such.
    return stem;
  }
}
