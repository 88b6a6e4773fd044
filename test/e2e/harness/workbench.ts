// One window of VS Code: loading, palette, editors, notifications. Knows nothing of Letta but where its view is.
import type { Locator, Page } from 'playwright-core';
import { isAlive, killQuietly, waitUntil } from '../../../scripts/lib/processes.ts';
import { Editor } from './editor.ts';
import { LettaView } from './letta-view.ts';

const LOAD_TIMEOUT_MS = 45_000;
/** VS Code starts a new extension host within 0.6 s; on a busy machine later. */
const HOST_TIMEOUT_MS = 15_000;

export interface WorkbenchParts {
  page: Page;
  url: string;
  folder: string;
  /** Process ids of the extension hosts that this window has started. */
  hosts: () => number[];
}

export class Workbench {
  readonly page: Page;
  /** The workspace folder. */
  readonly folder: string;
  readonly letta: LettaView;
  readonly editor: Editor;
  private readonly parts: WorkbenchParts;

  constructor(parts: WorkbenchParts) {
    this.parts = parts;
    this.page = parts.page;
    this.folder = parts.folder;
    this.letta = new LettaView(this);
    this.editor = new Editor(this);
  }

  /** Opens the address and waits for the workbench and for our stub (its status bar item). */
  async load(): Promise<void> {
    await this.page.goto(this.parts.url);
    await this.ready();
  }

  /** Reloads as a person does; resolves when the new extension host has activated the stub. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  private async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench').waitFor({ timeout: LOAD_TIMEOUT_MS });
    await this.statusItem.waitFor({ timeout: LOAD_TIMEOUT_MS });
  }

  /** Letta's item in the status bar. */
  get statusItem(): Locator {
    return this.page.locator('.statusbar-item', { hasText: 'Letta' }).first();
  }

  /** The process id of this window's extension host. */
  async extensionHost(): Promise<number> {
    await waitUntil(() => this.parts.hosts().length > 0, HOST_TIMEOUT_MS);
    const pid = this.parts.hosts().at(-1);
    if (pid === undefined) throw new Error('This window has no extension host.');
    return pid;
  }

  /** `kill -9` of the extension host; resolves when VS Code has started a new one. */
  async killExtensionHost(): Promise<void> {
    const old = await this.extensionHost();
    killQuietly(old, 'SIGKILL');
    await waitUntil(() => !isAlive(old), HOST_TIMEOUT_MS);
    const restart = this.page.getByRole('button', { name: 'Restart Remote Extension Host' });
    const back = (): boolean => this.parts.hosts().some((pid) => pid !== old);
    // By itself twice in five minutes; from then on VS Code asks.
    if (!(await waitUntil(back, 3_000)) && (await restart.isVisible())) await restart.click();
    if (!(await waitUntil(back, HOST_TIMEOUT_MS))) throw new Error('No new extension host came up.');
  }

  // -- palette and quick input

  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget');
  }

  /** Runs a command by its title as the palette shows it, e.g. `Letta: Open Chat`. */
  async command(title: string): Promise<void> {
    await this.openPalette(`>${title}`);
    await this.pickFirst(title);
  }

  private async openPalette(text: string): Promise<void> {
    const box = this.quickInput.locator('input').first();
    await this.page.keyboard.press('Escape');
    await this.page.keyboard.press('F1');
    await box.waitFor({ timeout: 10_000 });
    await box.fill(text);
  }

  /** Waits until the first row is the wanted one (rows move while the search runs), then takes it. */
  async pickFirst(text: string | RegExp): Promise<void> {
    const row = this.quickInput.locator('.monaco-list-row').first().filter({ hasText: text });
    await row.waitFor({ timeout: 10_000 });
    await this.page.keyboard.press('Enter');
  }

  /** Types into an input box that is open (or about to be) and confirms. */
  async answerInput(value: string): Promise<void> {
    const box = this.quickInput.locator('input').first();
    await box.waitFor({ timeout: 10_000 });
    await box.fill(value);
    await this.page.keyboard.press('Enter');
  }

  // -- notifications

  /** A notification that contains `text`: a toast, or in the notification centre once it has hidden. */
  notification(text: string | RegExp): Locator {
    return this.page.locator('.notifications-toasts, .notifications-center').locator('.notification-list-item', {
      hasText: text,
    });
  }

  /** Waits for a notification and presses one of its buttons. */
  async pressInNotification(text: string | RegExp, button: string): Promise<void> {
    const toast = this.notification(text).first();
    await toast.waitFor({ timeout: 15_000 });
    await toast.getByRole('button', { name: button }).click();
  }

  async showNotifications(): Promise<void> {
    await this.command('Notifications: Show Notifications');
  }

  // -- menus

  /** Opens the context menu of `target` and takes the item; VS Code ignores clicks in a menu's first 100 ms. */
  async contextMenu(target: Locator, item: string): Promise<void> {
    await target.click({ button: 'right' });
    const entry = this.page.locator('.context-view .monaco-menu').getByRole('menuitem', { name: item });
    await entry.waitFor({ timeout: 5_000 });
    await this.page.waitForTimeout(150);
    await entry.click();
  }

  /** A theme by its label, e.g. `Light Modern`, `Dark High Contrast`. */
  async theme(label: string): Promise<void> {
    await this.openPalette('>Preferences: Color Theme');
    await this.pickFirst('Preferences: Color Theme');
    const box = this.quickInput.locator('input').first();
    await this.quickInput.getByText('Select Color Theme').or(box).first().waitFor();
    await box.fill(label);
    await this.pickFirst(label);
    await this.quickInput.waitFor({ state: 'hidden' });
  }
}
