// The text editors of a window: opening, selecting, typing, reading what stands there.
import { basename } from 'node:path';
import type { Locator } from 'playwright-core';
import type { Quick } from './quick.ts';

export class Editor {
  private readonly quick: Quick;

  constructor(quick: Quick) {
    this.quick = quick;
  }

  /** Opens a file of the workspace by its relative path and gives it the keyboard. */
  async open(path: string): Promise<void> {
    await this.quick.search(path);
    await this.quick.pickFirst(basename(path));
    await this.tab(basename(path)).and(this.quick.page.locator('.active')).waitFor();
    await this.active.locator('.view-line').first().waitFor();
    await this.focus();
  }

  tab(name: string | RegExp): Locator {
    return this.quick.page.locator('.tabs-container .tab', { hasText: name });
  }

  get activeTab(): Locator {
    return this.quick.page.locator('.editor-group-container.active .tabs-container .tab.active');
  }

  /** The editor of the active group. */
  get active(): Locator {
    return this.quick.page.locator('.editor-group-container.active .editor-instance');
  }

  /** VS Code's diff editor. */
  get diff(): Locator {
    return this.quick.page.locator('.editor-group-container .monaco-diff-editor');
  }

  /** The lines that are drawn, as text. Long files are drawn in part: read those from disk. */
  async text(editor: Locator = this.active): Promise<string> {
    const lines = editor.locator('.view-lines').last().locator('.view-line');
    const drawn = await lines.evaluateAll((nodes) =>
      nodes
        .map((node) => ({ top: Number.parseFloat((node as HTMLElement).style.top), text: node.textContent ?? '' }))
        .sort((a, b) => a.top - b.top)
        .map((line) => line.text),
    );
    return drawn.join('\n').replaceAll('\u00a0', ' ');
  }

  async focus(): Promise<void> {
    await this.quick.command('View: Focus Active Editor Group');
  }

  /** Puts the cursor; both count from 1. */
  async goTo(line: number, column = 1): Promise<void> {
    await this.focus();
    await this.quick.search(`:${line}:${column}`);
    await this.quick.page.keyboard.press('Enter');
    await this.quick.hidden();
  }

  /** Selects whole lines, both counted from 1 and included. */
  async selectLines(from: number, to: number): Promise<void> {
    await this.goTo(from);
    for (let line = from; line < to; line++) await this.quick.page.keyboard.press('Shift+ArrowDown');
    await this.quick.page.keyboard.press('Shift+End');
  }

  /** Types without the editor's own additions (closing brackets, indentation). */
  async insert(text: string): Promise<void> {
    await this.quick.page.keyboard.insertText(text);
  }

  async save(): Promise<void> {
    await this.focus();
    await this.quick.page.keyboard.press('Control+S');
  }

  async undo(): Promise<void> {
    await this.focus();
    await this.quick.page.keyboard.press('Control+Z');
  }

  async redo(): Promise<void> {
    await this.focus();
    await this.quick.page.keyboard.press('Control+Y');
  }

  /** Takes an item of the context menu at the cursor; a selection stays. */
  async contextMenu(item: string): Promise<void> {
    await this.focus();
    await this.quick.page.keyboard.press('Shift+F10');
    await this.quick.takeMenuItem(item);
  }
}
