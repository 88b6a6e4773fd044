// "Letta: Undo What This Thread Taught": shows what would go of each block, with VS Code's diff, and of the archive; takes back what is ticked.
import * as vscode from 'vscode';
import { plural, t } from '../protocol/l10n.ts';
import type { PassageView } from '../protocol/memory-views.ts';
import { showError } from './show-error.ts';
import { type DoneAct, tellDone } from './tell-done.ts';
import { tick } from './tick-list.ts';

export interface TaughtBlock {
  label: string;
  /** Lines of the thread that still stand. */
  lines: readonly string[];
  before: string;
  after: string;
  conflicts: readonly unknown[];
}

export interface UndoThreadCommandDeps<T extends TaughtBlock> {
  taught: readonly T[];
  /** Entries of the archive. */
  archived: readonly PassageView[];
  /** Before and after, side by side. */
  show(taught: T): Promise<void>;
  undo(taught: readonly T[], archived: readonly PassageView[]): Promise<DoneAct>;
}

type Item<T> = vscode.QuickPickItem & ({ taught: T } | { entry: PassageView });

export async function undoThreadCommand<T extends TaughtBlock>(deps: UndoThreadCommandDeps<T>): Promise<void> {
  const standing = deps.taught.filter(({ before, after, conflicts }) => before !== after || conflicts.length > 0);
  if (standing.length === 0 && deps.archived.length === 0) {
    void vscode.window.showInformationMessage(t('Nothing that this thread taught stands in memory.'));
    return;
  }
  const items = [...standing.map(itemOf), ...deps.archived.map((entry) => entryItem<T>(entry))];
  const picked = await tick({
    title: t('Letta: Undo What This Thread Taught'),
    placeholder: t('Tick what to take back'),
    items,
    ticked: items,
    look: async (item) => {
      if ('taught' in item) await deps.show(item.taught);
    },
  });
  if (picked.length === 0) return;
  const done = await deps.undo(
    picked.flatMap((item) => ('taught' in item ? [item.taught] : [])),
    picked.flatMap((item) => ('entry' in item ? [item.entry] : [])),
  );
  void tellDone(done).catch(showError);
}

function itemOf<T extends TaughtBlock>(taught: T): Item<T> {
  const { label, lines, conflicts } = taught;
  const kept = conflicts.length > 0 ? [t('some changed again since and kept')] : [];
  return {
    label,
    description: [plural(lines.length, 'one line', '{0} lines'), ...kept].join(', '),
    detail: lines.map((line) => line.trim()).join(' · '),
    buttons: [{ iconPath: new vscode.ThemeIcon('diff'), tooltip: t('Compare before and after') }],
    taught,
  };
}

function entryItem<T>(entry: PassageView): Item<T> {
  return { label: t('Archive'), description: entry.tags.join(', '), detail: entry.text.replace(/\s+/g, ' '), entry };
}
