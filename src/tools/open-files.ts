// OpenFiles: what the person has before them.
import * as z from 'zod/mini';
import type { Editor, OpenFile } from '../editor/editor.ts';
import type { Tool } from './tool.ts';

const Input = z.object({});
export type OpenFilesInput = z.infer<typeof Input>;

const MAX_LISTED = 100;

export function openFilesTool(editor: Editor): Tool<OpenFilesInput> {
  return {
    name: 'OpenFiles',
    description: 'Lists open tabs: active, unsaved, visible lines, selection.',
    input: Input,
    title: () => ({ title: 'Open files' }),
    access: () => ({ kind: 'read', paths: [] }),
    run: async () => ({ status: 'success', text: describeOpenFiles(editor.openFiles()) }),
  };
}

/** One line a tab, the active one first. */
export function describeOpenFiles(files: OpenFile[]): string {
  if (files.length === 0) return 'No files are open.';
  const groups = new Set(files.map((file) => file.group)).size;
  const ordered = files.toSorted((a, b) => Number(b.active) - Number(a.active));
  const lines = ordered.slice(0, MAX_LISTED).map((file) => {
    const facts: string[] = [];
    if (file.active) facts.push('active');
    if (file.dirty) facts.push('unsaved changes');
    if (groups > 1) facts.push(`group ${file.group}`);
    if (file.visible.length > 0) {
      facts.push(`visible lines ${file.visible.map(({ startLine, endLine }) => `${startLine}-${endLine}`).join(', ')}`);
    }
    for (const { startLine, startColumn, endLine, endColumn } of file.selections) {
      facts.push(`selection ${startLine}:${startColumn}-${endLine}:${endColumn}`);
    }
    return facts.length === 0 ? file.name : `${file.name} (${facts.join('; ')})`;
  });
  if (files.length > MAX_LISTED) lines.push(`… ${files.length - MAX_LISTED} more`);
  return lines.join('\n');
}
