// What a call of a memory tool makes of a block: the values it may leave behind, and what must have stood there before.
import { applyMemoryCall } from '../../letta/memory-tools.ts';

type Args = Record<string, unknown>;
const str = (value: unknown): string => (typeof value === 'string' ? value : '');
const record = (value: unknown): Args =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Args) : {};

/** Values as a server keeps them and a database can: no NUL, no half of a surrogate pair. */
export const clean = (value: string): string => value.replaceAll('\0', '').toWellFormed();

/** Some servers turn tabs into spaces, to the next multiple of 8 columns. */
function expandTabs(value: string): string {
  if (!value.includes('\t')) return value;
  const expand = (line: string): string => {
    let out = '';
    for (const char of line) out += char === '\t' ? ' '.repeat(8 - (out.length % 8)) : char;
    return out;
  };
  return value.split('\n').map(expand).join('\n');
}

/** The omni tool's commands are those of the single tools under other names. */
function plain(tool: string, args: unknown): { tool: string; args: Args } {
  const a = record(args);
  if (tool !== 'memory') return { tool, args: a };
  if (a.command === 'str_replace') return { tool: 'memory_replace', args: a };
  if (a.command === 'insert') return { tool: 'memory_insert', args: { ...a, new_string: str(a.insert_text) } };
  if (a.command === 'create') return { tool: 'memory_rethink', args: { new_memory: str(a.file_text) } };
  return { tool: `memory ${str(a.command)}`, args: a };
}

/** Whether the new value is in the call, whatever stood there. */
const isWhole = (tool: string): boolean => tool === 'memory_rethink';

/**
 * The values the block may have after the call succeeded on `value`, likeliest first. Empty where it cannot have
 * succeeded on that; null where the call alone does not tell. `value` undefined: nobody knows what stood there.
 */
export function outcomes(name: string, input: unknown, value: string | undefined): readonly string[] | null {
  const { tool, args } = plain(name, input);
  if (isWhole(tool)) return [clean(str(args.new_memory))];
  if (value === undefined) return null;
  switch (tool) {
    case 'memory_insert': {
      const tabs = { ...args, new_string: expandTabs(str(args.new_string)) };
      return distinct([applyMemoryCall(tool, args, value), applyMemoryCall(tool, tabs, expandTabs(value))]);
    }
    case 'memory_replace': {
      const tabs = {
        ...args,
        old_string: expandTabs(str(args.old_string)),
        new_string: expandTabs(str(args.new_string)),
      };
      return distinct([replaceOnce(args, value), replaceOnce(tabs, expandTabs(value))]);
    }
    case 'core_memory_append':
      return distinct([applyMemoryCall(tool, args, value), `${value}\n${str(args.content)}`]);
    case 'core_memory_replace':
      return distinct([applyMemoryCall(tool, args, value)]);
    case 'memory rename':
      return [value];
    default:
      return null;
  }
}

/** Servers refuse a text that stands there more than once. */
function replaceOnce(args: Args, value: string): string | undefined {
  const old = str(args.old_string);
  if (old === '' || value.indexOf(old) !== value.lastIndexOf(old)) return undefined;
  return applyMemoryCall('memory_replace', args, value);
}

const distinct = (values: (string | undefined)[]): string[] => [
  ...new Set(values.filter((value) => value !== undefined).map(clean)),
];

/** Old servers answer in words, and long answers are cut. */
const NO_VALUE = /^The core memory block with label|function output was truncated/;

/**
 * The block's whole value as the tool gave it back; undefined where the return is something else or cannot be told
 * from something else.
 */
export function returnedValue(name: string, input: unknown, returned: string): string | undefined {
  if (NO_VALUE.test(returned)) return undefined;
  const { tool, args } = plain(name, input);
  const value = clean(returned);
  const inserted = [str(args.new_string), expandTabs(str(args.new_string))].map(clean);
  switch (tool) {
    case 'memory_insert':
      return inserted.some((text) => text !== '' && cutLines(value, text, args.insert_line) !== undefined)
        ? value
        : undefined;
    case 'memory_replace': {
      const old = expandTabs(str(args.old_string));
      const found = inserted.some((text) => text !== '' && value.includes(text));
      const replaced = inserted.some((text) => text.includes(old)) || !value.includes(old);
      return found && replaced ? value : undefined;
    }
    case 'core_memory_append': {
      const text = clean(str(args.content));
      return text !== '' && (value === text || value.endsWith(`\n${text}`)) ? value : undefined;
    }
    case 'memory_rethink':
      return value === clean(str(args.new_memory)) ? value : undefined;
    default:
      return undefined;
  }
}

/** What stood there before a call that left `after`; undefined where the call does not tell. */
export function inverse(name: string, input: unknown, after: string): string | undefined {
  const { tool, args } = plain(name, input);
  return candidates(tool, args, after).find((before) => outcomes(tool, args, before)?.includes(after));
}

function candidates(tool: string, args: Args, after: string): string[] {
  const inserted = distinct([str(args.new_string), expandTabs(str(args.new_string))]);
  switch (tool) {
    case 'memory_insert':
      return inserted.flatMap((text) => cutLines(after, text, args.insert_line) ?? []);
    case 'memory_replace':
      return inserted.flatMap((text) => swaps(after, text, str(args.old_string)));
    case 'core_memory_append': {
      const content = str(args.content);
      if (after === content) return [''];
      return after.endsWith(`\n${content}`) ? [after.slice(0, -1 - content.length)] : [];
    }
    case 'core_memory_replace': {
      const now = str(args.new_content);
      return now === '' ? [] : [after.replaceAll(now, () => str(args.old_content))];
    }
    default:
      return [];
  }
}

/** `value` without the lines of `text` where an insertion at `line` has put them. */
function cutLines(value: string, text: string, line: unknown): string | undefined {
  if (value === text) return '';
  const lines = value.split('\n');
  const added = text.split('\n');
  const at = typeof line === 'number' && line >= 0 ? line : lines.length - added.length;
  if (at < 0 || lines.slice(at, at + added.length).join('\n') !== text) return undefined;
  return [...lines.slice(0, at), ...lines.slice(at + added.length)].join('\n');
}

/** `value` with one occurrence of `now` put back to `old`, for each occurrence. */
function swaps(value: string, now: string, old: string): string[] {
  if (now === '') return [];
  const found: string[] = [];
  for (let at = value.indexOf(now); at >= 0 && found.length < 20; at = value.indexOf(now, at + 1)) {
    found.push(value.slice(0, at) + old + value.slice(at + now.length));
  }
  return found;
}
