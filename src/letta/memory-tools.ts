// The server's own tools as a client sees them: which ones write memory, what a call changes, how its card is titled.
import { t } from '../protocol/l10n.ts';

/** The server tools an agent of ours has, and which of them change a block. */
export const SERVER_TOOLS = [
  'memory_insert',
  'memory_replace',
  'memory_rethink',
  'conversation_search',
  'archival_memory_insert',
  'archival_memory_search',
] as const;
/** The writing ones: the server asks before it runs them. */
export const WRITING_TOOLS = ['memory_insert', 'memory_replace', 'memory_rethink', 'archival_memory_insert'] as const;

/**
 * One change of memory. `before`/`after` are the lines concerned, not the whole block: `before` is '' for an insertion
 * and null where the call does not say what it replaces. `label` is `archive` for the archive.
 */
export interface MemoryChange {
  label: string;
  before: string | null;
  after: string;
}

export const ARCHIVE = 'archive';

type Args = Record<string, unknown>;
const str = (value: unknown): string => (typeof value === 'string' ? value : '');
const blockOf = (path: unknown): string => str(path).replace(/^\/?memories\//, '');

/** What a call of a memory tool changes; undefined for every other tool, or where the arguments make no sense. */
export function memoryChange(tool: string, args: unknown): MemoryChange | undefined {
  if (typeof args !== 'object' || args === null) return undefined;
  const a = args as Args;
  const label = str(a.label);
  switch (tool) {
    case 'memory_insert':
      return label ? { label, before: '', after: str(a.new_string) } : undefined;
    case 'memory_replace':
      return label ? { label, before: str(a.old_string), after: str(a.new_string) } : undefined;
    case 'memory_rethink':
      return label ? { label, before: null, after: str(a.new_memory) } : undefined;
    case 'core_memory_append':
      return label ? { label, before: '', after: str(a.content) } : undefined;
    case 'core_memory_replace':
      return label ? { label, before: str(a.old_content), after: str(a.new_content) } : undefined;
    case 'archival_memory_insert':
      return { label: ARCHIVE, before: '', after: str(a.content) };
    case 'memory':
      return omniChange(a);
    default:
      return undefined;
  }
}

function omniChange(a: Args): MemoryChange | undefined {
  const label = blockOf(a.path);
  switch (a.command) {
    case 'create':
      return { label, before: '', after: str(a.file_text) };
    case 'str_replace':
      return { label, before: str(a.old_string), after: str(a.new_string) };
    case 'insert':
      return { label, before: '', after: str(a.insert_text) };
    case 'delete':
      return { label, before: null, after: '' };
    default:
      return undefined;
  }
}

/**
 * The value of a block after a call that succeeded. Undefined where it cannot be told from the call alone.
 * Mirrors the server: lines are inserted after `insert_line`, -1 means at the end.
 */
export function applyMemoryCall(tool: string, args: unknown, value: string): string | undefined {
  if (typeof args !== 'object' || args === null) return undefined;
  const a = args as Args;
  switch (tool) {
    case 'memory_insert': {
      const lines = value === '' ? [] : value.split('\n');
      const at = typeof a.insert_line === 'number' && a.insert_line >= 0 ? a.insert_line : lines.length;
      return [...lines.slice(0, at), ...str(a.new_string).split('\n'), ...lines.slice(at)].join('\n');
    }
    case 'memory_replace': {
      const old = str(a.old_string);
      const at = old ? value.indexOf(old) : -1;
      if (at < 0) return undefined;
      return value.slice(0, at) + str(a.new_string) + value.slice(at + old.length);
    }
    case 'memory_rethink':
      return str(a.new_memory);
    case 'core_memory_append':
      return value ? `${value}\n${str(a.content)}` : str(a.content);
    case 'core_memory_replace': {
      const old = str(a.old_content);
      return old && value.includes(old) ? value.replaceAll(old, () => str(a.new_content)) : undefined;
    }
    default:
      return undefined;
  }
}

const TITLES: Record<string, string> = {
  memory_insert: t('Remember'),
  memory_replace: t('Update memory'),
  memory_rethink: t('Rewrite memory'),
  core_memory_append: t('Remember'),
  core_memory_replace: t('Update memory'),
  memory: t('Change memory'),
  memory_apply_patch: t('Change memory'),
  archival_memory_insert: t('Archive'),
  archival_memory_search: t('Search archive'),
  conversation_search: t('Search threads'),
};

/** How the answer to a write begins that was not made because a person is to look at it first. It counts as a success. */
export const HELD = 'Held for review: ';
/** Whether what came back from a memory tool says that nothing was written. */
export const isHeld = (toolReturn: string): boolean => toolReturn.trimStart().startsWith(HELD.trim());

/** Title and target of a server tool's card: the block's label, or what is searched for. */
export function serverToolTitle(tool: string, args: unknown): { title: string; target?: string } {
  const title = TITLES[tool] ?? tool;
  const a = (typeof args === 'object' && args !== null ? args : {}) as Args;
  const change = memoryChange(tool, args);
  const target = tool === 'archival_memory_insert' ? '' : (change?.label ?? (str(a.query) || str(a.label)));
  return target ? { title, target } : { title };
}

/** Tools that write memory, on this agent or on one made by another client. */
export const isWriting = (tool: string): boolean => WRITING.has(tool);
const OTHERS = ['memory', 'memory_apply_patch', 'core_memory_append', 'core_memory_replace'];
const WRITING: ReadonlySet<string> = new Set([...WRITING_TOOLS, ...OTHERS]);
