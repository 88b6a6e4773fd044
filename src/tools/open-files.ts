// OpenFiles: what the person has before them, and what was edited last.
import * as z from 'zod/mini';
import type { Editor, OpenFile } from '../editor/editor.ts';
import { contains, displayPath } from '../editor/paths.ts';
import type { RecentEdit } from '../editor/recent-edits.ts';
import { t } from '../protocol/l10n.ts';
import type { IsHidden } from './support.ts';
import type { Tool } from './tool.ts';

const Input = z.object({});
export type OpenFilesInput = z.infer<typeof Input>;

const MAX_LISTED = 100;
const MAX_RECENT = 20;

export interface OpenFilesDependencies {
  editor: Editor;
  hidden: IsHidden;
  /** Newest first. */
  recentEdits?: (() => RecentEdit[]) | undefined;
}

export function openFilesTool({ editor, hidden, recentEdits }: OpenFilesDependencies): Tool<OpenFilesInput> {
  return {
    name: 'OpenFiles',
    description: 'Lists open tabs (active, unsaved, visible lines, selection) and recently edited files.',
    input: Input,
    title: () => ({ title: t('Open files') }),
    access: () => ({ kind: 'read', paths: [] }),
    run: async () => {
      const tabs = editor.openFiles().filter(({ path }) => path === null || !hidden(path));
      const folders = editor.folders();
      const recent = (recentEdits?.() ?? []).filter(
        ({ path }) => folders.some(({ real }) => contains(real, path)) && !hidden(path),
      );
      const names = recent.map((edit) => ({ ...edit, name: displayPath(edit.path, folders) }));
      const text = [describeOpenFiles(tabs), ...describeRecent(names)].join('\n');
      return { status: 'success', text };
    },
  };
}

function describeRecent(edits: readonly (RecentEdit & { name: string })[]): string[] {
  if (edits.length === 0) return [];
  const now = Date.now();
  const lines = edits.slice(0, MAX_RECENT).map(({ name, by, at }) => {
    const minutes = Math.floor((now - at) / 60_000);
    const when = minutes < 1 ? 'just now' : minutes < 60 ? `${minutes} min ago` : `${Math.floor(minutes / 60)} h ago`;
    return `${name} (${by === 'agent' ? 'you, the agent' : 'the person'}; ${when})`;
  });
  return ['Edited last:', ...lines];
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
