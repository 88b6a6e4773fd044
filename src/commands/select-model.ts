// "Letta: Select Model": all models with window and price, searched by name, provider and handle; stars keep favourites at the top.
import * as vscode from 'vscode';
import type { ModelView } from '../protocol/about-views.ts';
import { language, t } from '../protocol/l10n.ts';

export interface SelectModelDeps {
  placeHolder: string;
  /** The handle that answers now. */
  current: string;
  /** Favourites first, then those that were chosen last. */
  models(): readonly ModelView[];
  /** Resolves once `models` are as new as can be. Never rejects. */
  refreshed: Promise<void>;
  /** Stars a model, or takes the star away. */
  toggle(handle: string): Promise<void>;
}

interface Item extends vscode.QuickPickItem {
  handle?: string;
}

/** @returns the handle that was chosen; undefined when the person backed out */
export function selectModel({
  placeHolder,
  current,
  models,
  refreshed,
  toggle,
}: SelectModelDeps): Promise<string | undefined> {
  const pick = vscode.window.createQuickPick<Item>();
  pick.title = t('Select Model');
  pick.placeholder = placeHolder;
  pick.matchOnDescription = true;
  pick.keepScrollPosition = true;
  const show = (handle: string | undefined): void => {
    pick.items = itemsFor(models(), current);
    const active = pick.items.find((item) => item.handle === handle);
    if (active) pick.activeItems = [active];
  };
  show(current);
  pick.busy = true;
  void refreshed.then(() => {
    pick.busy = false;
    show(pick.activeItems[0]?.handle);
  });
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  pick.onDidTriggerItemButton(({ item: { handle } }) => {
    if (handle !== undefined) void toggle(handle).then(() => show(handle));
  });
  pick.onDidAccept(() => {
    const chosen = (pick.selectedItems[0] ?? pick.activeItems[0])?.handle;
    if (chosen === undefined) return;
    resolve(chosen);
    pick.hide();
  });
  pick.onDidHide(() => {
    resolve(undefined);
    pick.dispose();
  });
  pick.show();
  return promise;
}

function itemsFor(models: readonly ModelView[], current: string): Item[] {
  const groups = [
    { label: t('Favourites'), models: models.filter((model) => model.favourite) },
    { label: t('Chosen last'), models: models.filter((model) => model.recent && !model.favourite) },
    { label: t('All models'), models: models.filter((model) => !model.recent && !model.favourite) },
  ].filter((group) => group.models.length > 0);
  return groups.flatMap(({ label, models: members }) => [
    ...(groups.length > 1 ? [{ label, kind: vscode.QuickPickItemKind.Separator }] : []),
    ...members.map((model) => itemFor(model, current)),
  ]);
}

function itemFor(model: ModelView, current: string): Item {
  const { handle, name, favourite } = model;
  const star = favourite
    ? { iconPath: new vscode.ThemeIcon('star-full'), tooltip: t('Remove from favourites') }
    : { iconPath: new vscode.ThemeIcon('star-empty'), tooltip: t('Add to favourites') };
  return {
    label: name,
    description: handle === current ? t('{0} (current)', handle) : handle,
    handle,
    detail: factsOf(model),
    buttons: [star],
  };
}

function factsOf({ demo, contextWindow, price, local }: ModelView): string {
  if (demo) return t('A small program, not an AI.');
  return [
    ...(contextWindow === null ? [] : [t('{0} tokens of context', contextWindow)]),
    ...(price ? [t('{0} a million tokens read, {1} written', dollars(price.input), dollars(price.output))] : []),
    ...(local ? [t('runs on this computer or in its network')] : []),
  ].join(' · ');
}

const dollars = (price: number): string =>
  price.toLocaleString(language(), { style: 'currency', currency: 'USD', maximumFractionDigits: 3 });
