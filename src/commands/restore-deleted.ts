// "Letta: Restore Deleted Memory…": blocks and entries of the archive that were deleted in the last week.
import * as vscode from 'vscode';
import type { DeletedEntry } from '../flows/deleted-entries.ts';
import type { TakenAway } from '../memory/manage-blocks.ts';
import { language, t } from '../protocol/l10n.ts';

export interface RestoreDeletedDeps {
  blocks(): Promise<readonly TakenAway[]>;
  entries(): Promise<readonly DeletedEntry[]>;
  /** @throws Error saying what to do */
  restoreBlock(taken: TakenAway): Promise<void>;
  restoreEntry(entry: DeletedEntry): Promise<void>;
}

interface Item extends vscode.QuickPickItem {
  at: number;
  restore(): Promise<void>;
}

const MAX_LABEL = 150;
const short = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > MAX_LABEL ? `${line.slice(0, MAX_LABEL - 1)}…` : line;
};
const when = (at: number): string =>
  new Date(at).toLocaleString(language(), { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });

export async function restoreDeletedCommand(deps: RestoreDeletedDeps): Promise<void> {
  const [blocks, entries] = await Promise.all([deps.blocks(), deps.entries()]);
  const items: Item[] = [
    ...blocks.map((taken) => ({
      label: taken.block.label,
      description: t('block, deleted {0}', when(Date.parse(taken.at))),
      detail: short(taken.block.value || taken.block.description),
      at: Date.parse(taken.at),
      restore: () => deps.restoreBlock(taken),
    })),
    ...entries.map((entry) => ({
      label: short(entry.text),
      description: t('archive, deleted {0}', when(entry.deleted)),
      at: entry.deleted,
      restore: () => deps.restoreEntry(entry),
    })),
  ].sort((a, b) => b.at - a.at);
  if (items.length === 0) {
    void vscode.window.showInformationMessage(t('Nothing of this agent’s memory was deleted in the last week.'));
    return;
  }
  const picked = await vscode.window.showQuickPick(items, {
    title: t('Letta: Restore Deleted Memory'),
    placeHolder: t('Tick what to restore'),
    canPickMany: true,
    ignoreFocusOut: true,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (!picked || picked.length === 0) return;
  const restored: string[] = [];
  const problems: string[] = [];
  for (const { label, restore } of picked) {
    try {
      await restore();
      restored.push(label);
    } catch (error) {
      problems.push(t('{0} was not restored: {1}', label, error instanceof Error ? error.message : String(error)));
    }
  }
  if (restored.length > 0) void vscode.window.showInformationMessage(t('Restored: {0}', restored.join('; ')));
  if (problems.length > 0) void vscode.window.showWarningMessage(problems.join(' '));
}
