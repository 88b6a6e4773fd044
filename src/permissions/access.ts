// What a call would touch, from the tool's name and input alone: for judging calls of tools that are not at hand.
import * as z from 'zod/mini';
import type { Access } from '../tools/tool.ts';

const Input = z.object({
  path: z.optional(z.string()),
  file_path: z.optional(z.string()),
  command: z.optional(z.string()),
  cwd: z.optional(z.string()),
  url: z.optional(z.string()),
  operation: z.optional(z.string()),
  name: z.optional(z.string()),
});

const EDITORS = new Set(['Edit', 'Write', 'MultiEdit']);
const HARMLESS = new Set(['Skill', 'AskUserQuestion', 'TodoWrite', 'OtherTools', 'Task']);
const READERS = new Set(['Read', 'Glob', 'Grep', 'Diagnostics', 'OpenFiles', 'Code', 'Git', 'Show']);

/** Undefined where the tool is unknown or its input says too little: then the call must be asked about. */
export function accessOf(toolName: string, input: unknown): Access | undefined {
  const parsed = Input.safeParse(input);
  if (!parsed.success) return undefined;
  const { command, cwd, url } = parsed.data;
  const path = parsed.data.path ?? parsed.data.file_path;
  if (EDITORS.has(toolName)) return path === undefined ? undefined : { kind: 'edit', paths: [path] };
  if (toolName === 'Read') return path === undefined ? undefined : { kind: 'read', paths: [path] };
  if (READERS.has(toolName)) return { kind: 'read', paths: path === undefined ? [] : [path] };
  if (toolName === 'Bash') {
    if (command === undefined) return undefined;
    return cwd === undefined ? { kind: 'command', command } : { kind: 'command', command, cwd };
  }
  if (toolName === 'Fetch') return url === undefined ? undefined : { kind: 'fetch', url };
  const { operation, name } = parsed.data;
  if (toolName === 'OtherTools' && operation === 'call')
    return name === undefined ? undefined : { kind: 'foreign', name };
  return HARMLESS.has(toolName) ? { kind: 'none' } : undefined;
}
