// What can be brought along, shown in a quick pick: by source, with what is skipped and why; the person ticks what to take.
import * as vscode from 'vscode';
import type { BringItem, BringPreview } from '../memory/bring/bring.ts';
import { t } from '../protocol/l10n.ts';

interface PreviewItem extends vscode.QuickPickItem {
  /** Undefined: a heading, or something that cannot be taken. */
  id?: string;
}

const LINE_CHARS = 120;
const oneLine = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > LINE_CHARS ? `${line.slice(0, LINE_CHARS - 1)}…` : line;
};

const fileOf = (from: string): string => from.replace(/:\d+$/, '');

const GROUPS: Record<BringItem['kind'], string | undefined> = {
  rule: undefined,
  memory: undefined,
  skill: t('Skills'),
  transcript: t('Conversations'),
};

const goesTo = ({ target }: BringItem): string =>
  target.kind === 'block'
    ? t('to {0}', target.label)
    : target.kind === 'skill'
      ? t('a skill of this agent')
      : t('to the archive');

const titleOf = ({ target, text }: BringItem): string =>
  oneLine(target.kind === 'thread' ? target.title : target.kind === 'skill' ? target.name : text);

function itemsOf({ found, skipped }: BringPreview): PreviewItem[] {
  const groups = new Map<string, PreviewItem[]>();
  for (const item of found) {
    const group = GROUPS[item.kind] ?? fileOf(item.from);
    groups.set(group, [
      ...(groups.get(group) ?? []),
      {
        id: item.id,
        label: titleOf(item),
        description: item.masked ? `${goesTo(item)} · ${t('a secret in it is masked')}` : goesTo(item),
        detail: item.target.kind === 'thread' ? oneLine(item.text) : item.from,
      },
    ]);
  }
  const heading = (label: string): PreviewItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
  return [
    ...[...groups].flatMap(([group, items]) => [heading(group), ...items]),
    ...(skipped.length > 0 ? [heading(t('Skipped'))] : []),
    ...skipped.map(({ path, why }) => ({ label: `$(circle-slash) ${path}`, description: why })),
  ];
}

/**
 * @param ticked whether an item is ticked at first
 * @returns the ids of what was chosen; undefined when the person backed out
 */
export function choose(
  preview: BringPreview,
  title: string,
  ticked: (item: BringItem) => boolean = () => true,
): Promise<string[] | undefined> {
  const pick = vscode.window.createQuickPick<PreviewItem>();
  const items = itemsOf(preview);
  const first = new Set(preview.found.filter(ticked).map(({ id }) => id));
  pick.title = title;
  pick.placeholder =
    preview.found.length > 0
      ? t('Tick what to bring along: {0} found, {1} skipped', preview.found.length, preview.skipped.length)
      : t('Nothing to bring along');
  pick.canSelectMany = true;
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.ignoreFocusOut = true;
  pick.items = items;
  pick.selectedItems = items.filter(({ id }) => id !== undefined && first.has(id));
  return new Promise((resolve) => {
    const subscriptions = [
      pick,
      pick.onDidChangeSelection((selected) => {
        // What is skipped is there to be read.
        if (selected.some(({ id }) => id === undefined)) pick.selectedItems = selected.filter(({ id }) => id);
      }),
      pick.onDidAccept(() => {
        resolve(pick.selectedItems.flatMap(({ id }) => (id === undefined ? [] : [id])));
        pick.hide();
      }),
      pick.onDidHide(() => {
        resolve(undefined);
        for (const subscription of subscriptions) subscription.dispose();
      }),
    ];
    pick.show();
  });
}

export interface BringMemoryDeps {
  preview(): Promise<BringPreview>;
  /** Puts what was chosen up for review. @returns how many are new there */
  propose(preview: BringPreview, ids: readonly string[]): Promise<number>;
  viewReviews(): Promise<void>;
}

/** "Letta: Bring Along…": the rules and memories other tools keep in this workspace. */
export async function bringMemoryCommand(deps: BringMemoryDeps): Promise<void> {
  const preview = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: t('Letta: looking for rules…') },
    () => deps.preview(),
  );
  if (preview.found.length === 0 && preview.skipped.length === 0) {
    void vscode.window.showInformationMessage(
      t('There are no rules of other tools here (AGENTS.md, CLAUDE.md, .cursor/rules, memory banks and the like).'),
    );
    return;
  }
  const ids = await choose(preview, t('Bring Along: {0}', preview.source));
  if (!ids || ids.length === 0) return;
  await deps.propose(preview, ids);
  await deps.viewReviews();
}
