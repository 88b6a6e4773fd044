// Threads in editor tabs beside the side bar, through a reload.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gate, text, toolCalls } from '../../support/scripted-model.ts';
import { withWindow } from '../harness/with-vscode.ts';

const { vscode, window } = withWindow();
/** A reload on a busy machine. */
const WAIT = 90_000;

/** What VS Code has noted of the tabs of this window. */
function savedTabs(): Promise<string> {
  return window().page.evaluate(async () => {
    const found: string[] = [];
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    for (const { name = '' } of await indexedDB.databases()) {
      const db = await settled(indexedDB.open(name));
      if (db.objectStoreNames.contains('ItemTable')) {
        const items = db.transaction('ItemTable').objectStore('ItemTable');
        found.push(String(await settled(items.get('memento/workbench.parts.editor'))));
      }
      db.close();
    }
    return found.join('\n');
  });
}

test('a thread in an editor tab is the same thread: followed, answered once, and there again after a reload', async () => {
  const { model } = vscode();
  const { letta, tab, page } = window();
  const handle = (title: string) => page.locator('.tabs-container .tab', { hasText: title });
  await window().markEditorTabs();
  model.script(text('First answer.'));
  await letta.ask('First question');
  await window().command('Letta: Open Thread in Editor');
  await tab.last.getByText('First answer.').waitFor({ timeout: WAIT });
  await handle('First question').waitFor({ timeout: WAIT });
  await tab.composer.fill('Draft of the tab');

  // The proposal's diff comes in front of the tab; the approval is asked in both, and settled in both by one.
  model.script(toolCalls([{ name: 'Write', args: { path: 'tab.ts', content: 'tab' }, id: 't1' }]), text('Written.'));
  expect(await letta.composer.inputValue()).toBe('');
  await letta.send('Write it');
  await letta.approval('Write tab.ts').waitFor({ timeout: WAIT });
  await handle('First question').click();
  await tab.decide('Allow', 'Write tab.ts');
  await letta.approval().waitFor({ state: 'hidden', timeout: WAIT });
  await letta.last.getByText('Written.').waitFor({ timeout: WAIT });
  await handle('First question').click();
  await tab.last.getByText('Written.').waitFor({ timeout: WAIT });
  expect(existsSync(join(window().folder, 'tab.ts'))).toBe(true);

  // A second one; closing it leaves its turn running.
  await letta.newThread();
  model.script(gate('Half ', 'and half.'));
  await letta.send('Second question');
  await letta.running();
  await window().command('Letta: Open Thread in Editor');
  await tab.last.getByText('Half').waitFor({ timeout: WAIT });
  await window().command('View: Close Editor');
  await handle('Second question').waitFor({ state: 'hidden', timeout: WAIT });
  await letta.running();
  model.release();
  await letta.last.getByText('Half and half.').waitFor({ timeout: WAIT });

  await handle('First question').click();
  await tab.last.getByText('Written.').waitFor({ timeout: WAIT });
  // VS Code notes every few seconds which tabs are open; a reload before that brings back older ones.
  await expect.poll(savedTabs, { timeout: WAIT }).toMatch(/^(?=.*First question)(?!.*Second question)/s);
  await window().reload();
  await tab.last.getByText('Written.').waitFor({ timeout: WAIT });
  expect(await tab.composer.inputValue()).toBe('Draft of the tab');
  await letta.open();
  await letta.last.getByText('Half and half.').waitFor({ timeout: WAIT });
  await handle('First question').click();
  await window().command('View: Close Editor');
  await handle('First question').waitFor({ state: 'hidden', timeout: WAIT });
});
