// VS Code's palette and quick input, and its menus: how everything else in the harness runs a command.
import type { Locator, Page } from 'playwright-core';

/** Longer than anything takes that works, on a machine that does much else. */
const WAIT_MS = 30_000;
const OPEN_TRIES = 3;

export class Quick {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get widget(): Locator {
    return this.page.locator('.quick-input-widget');
  }

  private get box(): Locator {
    return this.widget.locator('input').first();
  }

  /** Runs a command by its title as the palette shows it, e.g. `Letta: Open Chat`. */
  async command(title: string): Promise<void> {
    await this.openBox('F1', `>${title}`);
    // By its whole name: VS Code lists first what it thinks likely, not what matches best.
    const row = this.widget.locator('.monaco-list-row').filter({
      has: this.page.locator('.quick-input-list-label .label-name', { hasText: new RegExp(`^${literally(title)}$`) }),
    });
    await row.first().click({ timeout: WAIT_MS });
    // Away from what lies below the list: its hover would cover what is pressed next.
    await this.page.mouse.move(1, 1);
  }

  /** Waits until the first row is the wanted one (rows move while the search runs), then takes it. */
  async pickFirst(text: string | RegExp): Promise<void> {
    await this.widget.locator('.monaco-list-row').first().filter({ hasText: text }).waitFor({ timeout: WAIT_MS });
    await this.page.keyboard.press('Enter');
  }

  /** Opens quick open with a text (`>…` commands, `:…` lines, else files). */
  async search(text: string): Promise<void> {
    await this.openBox('Control+P', text);
  }

  /** Types into the input box that is open (or about to be) and confirms. `prompt` is its placeholder or its message. */
  async answer(value: string, prompt?: string | RegExp): Promise<void> {
    if (prompt !== undefined) await this.prompt(prompt).waitFor({ timeout: WAIT_MS });
    await this.box.waitFor({ timeout: WAIT_MS });
    await this.box.fill(value);
    await this.page.keyboard.press('Enter');
  }

  /** What an open quick input asks for: its placeholder, title or message. */
  prompt(text: string | RegExp): Locator {
    return this.widget.getByPlaceholder(text).or(this.widget.getByText(text)).first();
  }

  /** Tries again: a view that takes the keyboard late closes the box, or swallows the key. */
  private async openBox(key: string, text: string): Promise<void> {
    for (let left = OPEN_TRIES; ; left--) {
      try {
        await this.close();
        await this.page.keyboard.press(key);
        await this.box.waitFor({ timeout: WAIT_MS / OPEN_TRIES });
        await this.box.fill(text, { timeout: WAIT_MS / OPEN_TRIES });
        return;
      } catch (error) {
        if (left === 1) throw error;
      }
    }
  }

  /** Escape only where something is open: in an editor it would drop the selection. */
  private async close(): Promise<void> {
    if (await this.widget.isVisible()) await this.page.keyboard.press('Escape');
  }

  async hidden(): Promise<void> {
    await this.widget.waitFor({ state: 'hidden', timeout: WAIT_MS });
  }

  /** Takes an item of the context menu that is open (or about to be). */
  async takeMenuItem(item: string): Promise<void> {
    const entry = this.page.locator('.monaco-menu').getByRole('menuitem', { name: item });
    await entry.waitFor({ timeout: WAIT_MS });
    // VS Code ignores clicks in a menu's first 100 ms.
    await this.page.waitForTimeout(150);
    await entry.click();
  }
}

/** A text as a regular expression that matches just it. */
export function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
