// A list in which the person ticks what is to be done. A button of an item shows more of it while the list stays: VS Code's own
// quick pick would be gone.
import * as vscode from 'vscode';
import { showError } from './show-error.ts';

export interface TickList<I extends vscode.QuickPickItem> {
  title: string;
  placeholder: string;
  items: readonly I[];
  /** Those that are ticked at first. */
  ticked: readonly I[];
  /** The button of an item was pressed. */
  look(item: I): Promise<unknown>;
  /** A button of the list itself. */
  button?: vscode.QuickInputButton & { press(): Promise<unknown> };
}

/** @returns what was ticked; none when the person backed out */
export function tick<I extends vscode.QuickPickItem>(wanted: TickList<I>): Promise<readonly I[]> {
  const { promise, resolve } = Promise.withResolvers<readonly I[]>();
  const { button } = wanted;
  const list = vscode.window.createQuickPick<I>();
  list.title = wanted.title;
  list.placeholder = wanted.placeholder;
  list.canSelectMany = true;
  list.ignoreFocusOut = true;
  if (button) list.buttons = [button];
  list.items = wanted.items;
  list.selectedItems = wanted.ticked;
  list.onDidTriggerButton(() => void button?.press().catch(showError));
  list.onDidTriggerItemButton(({ item }) => void wanted.look(item).catch(showError));
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
