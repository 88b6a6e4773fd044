// "Letta: Undo What This Thread Taught": shows what would go of each block, with VS Code's diff, and of the archive; takes back what is ticked.
import * as vscode from 'vscode';
import type { PassageView } from '../protocol/memory-views.ts';
import { type DoneAct, tellDone } from './tell-done.ts';

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
    void vscode.window.showInformationMessage('Nothing that this thread taught stands in memory.');
    return;
  }
  const picked = await pick(deps, standing);
  if (picked.length === 0) return;
  const done = await deps.undo(
    picked.flatMap((item) => ('taught' in item ? [item.taught] : [])),
    picked.flatMap((item) => ('entry' in item ? [item.entry] : [])),
  );
  void tellDone(done).catch(showError);
}

const showError = (error: unknown): void =>
  void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));

function itemOf<T extends TaughtBlock>(taught: T): Item<T> {
  const { label, lines, conflicts } = taught;
  const kept = conflicts.length > 0 ? ', some changed again since and kept' : '';
  return {
    label,
    description: `${lines.length === 1 ? 'one line' : `${lines.length} lines`}${kept}`,
    detail: lines.map((line) => line.trim()).join(' · '),
    buttons: [{ iconPath: new vscode.ThemeIcon('diff'), tooltip: 'Compare before and after' }],
    taught,
  };
}

function entryItem<T>(entry: PassageView): Item<T> {
  return { label: 'Archive', description: entry.tags.join(', '), detail: entry.text.replace(/\s+/g, ' '), entry };
}

/** Of its own making: only so a button of an item can show the diff while the list stays. */
function pick<T extends TaughtBlock>(
  deps: UndoThreadCommandDeps<T>,
  standing: readonly T[],
): Promise<readonly Item<T>[]> {
  const { promise, resolve } = Promise.withResolvers<readonly Item<T>[]>();
  const list = vscode.window.createQuickPick<Item<T>>();
  list.title = 'Letta: Undo What This Thread Taught';
  list.placeholder = 'Tick what to take back';
  list.canSelectMany = true;
  list.ignoreFocusOut = true;
  list.items = [...standing.map(itemOf), ...deps.archived.map((entry) => entryItem<T>(entry))];
  list.selectedItems = list.items;
  list.onDidTriggerItemButton(({ item }) => {
    if ('taught' in item) void deps.show(item.taught).catch(showError);
  });
  list.onDidAccept(() => {
    resolve(list.selectedItems);
    list.hide();
  });
  list.onDidHide(() => {
    resolve([]);
    list.dispose();
  });
  list.show();
  return promise;
}
