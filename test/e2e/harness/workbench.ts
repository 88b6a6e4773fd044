// One window of VS Code: loading, palette, editors, notifications. Knows nothing of Letta but where its view is.
import type { Locator, Page } from 'playwright-core';
import { isAlive, killQuietly, waitUntil } from '../../../scripts/lib/processes.ts';
import { Editor } from './editor.ts';
import { LettaView } from './letta-view.ts';
import { Quick } from './quick.ts';

const LOAD_TIMEOUT_MS = 90_000;
/** VS Code starts a new extension host within 0.6 s; on a busy machine later. */
const HOST_TIMEOUT_MS = 45_000;

export interface WorkbenchParts {
  page: Page;
  url: string;
  folder: string;
  /** Process ids of the extension hosts that this window has started. */
  hosts: () => number[];
  /** A self-hosted home and the key it asks for. */
  server?: { url: string; token: string | null };
}

export class Workbench {
  readonly page: Page;
  /** The workspace folder. */
  readonly folder: string;
  readonly quick: Quick;
  readonly letta: LettaView;
  /** The same in the editor tab that is in front; after `markEditorTabs`. */
  readonly tab: LettaView;
  readonly editor: Editor;
  private readonly parts: WorkbenchParts;

  constructor(parts: WorkbenchParts) {
    this.parts = parts;
    this.page = parts.page;
    this.folder = parts.folder;
    this.quick = new Quick(parts.page);
    this.letta = new LettaView(this.quick);
    this.tab = new LettaView(this.quick, 'editor');
    this.editor = new Editor(this.quick);
  }

  /** Opens the address and waits for the workbench and for our stub (its status bar item). */
  async load(): Promise<void> {
    await this.page.goto(this.parts.url);
    await this.ready();
  }

  /** Reloads as a person does; resolves when the new extension host has activated the stub. @param keyless enter no key */
  async reload(keyless = false): Promise<void> {
    await this.page.reload();
    await this.ready(keyless);
  }

  private async ready(keyless = false): Promise<void> {
    await this.page.locator('.monaco-workbench').waitFor({ timeout: LOAD_TIMEOUT_MS });
    await this.statusItem.waitFor({ timeout: LOAD_TIMEOUT_MS });
    // In this VS Code keys last as long as the page.
    if (this.parts.server?.token && !keyless) await this.enterKey(this.parts.server.url, this.parts.server.token);
  }

  /** **Letta: Select Home…** as a person goes through it, to a server of their own. */
  async enterKey(url: string, key: string): Promise<void> {
    await this.command('Letta: Select Home…');
    await this.quick.widget.locator('.monaco-list-row', { hasText: 'Your own Letta server' }).click();
    await this.quick.answer(url, 'Address of your Letta server');
    await this.quick.answer(key, /API key/);
    await this.quick.hidden();
  }

  /** From now on pages in editor tabs can be told from the one in the side bar: VS Code lays all of them over the workbench alike. */
  async markEditorTabs(): Promise<void> {
    const mark = () => {
      const at = (element: Element | null) => element?.getBoundingClientRect() ?? new DOMRect();
      const place = (frame: Element) => {
        const [editors, own] = [at(document.querySelector('.part.editor')), at(frame)];
        const middle = own.left + own.width / 2;
        return middle > editors.left && middle < editors.right ? 'editor' : 'sideBar';
      };
      setInterval(() => {
        for (const frame of document.querySelectorAll('iframe.webview')) frame.setAttribute('data-place', place(frame));
      }, 50);
    };
    await this.page.addInitScript(mark);
    await this.page.evaluate(mark);
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

  /**
   * `kill -9` of the extension host; resolves when VS Code has started a new one.
   * @param when the moment to kill at: nothing stands between it and the kill
   */
  async killExtensionHost(when?: () => Promise<void>): Promise<void> {
    const old = await this.extensionHost();
    await when?.();
    killQuietly(old, 'SIGKILL');
    await waitUntil(() => !isAlive(old), HOST_TIMEOUT_MS);
    const restart = this.page.getByRole('button', { name: 'Restart Remote Extension Host' });
    const back = (): boolean => this.parts.hosts().some((pid) => pid !== old);
    // By itself twice in five minutes; from then on VS Code asks.
    if (!(await waitUntil(back, 3_000)) && (await restart.isVisible())) await restart.click();
    if (!(await waitUntil(back, HOST_TIMEOUT_MS))) throw new Error('No new extension host came up.');
  }

  /** Runs a command by its title as the palette shows it, e.g. `Letta: Open Chat`. */
  command(title: string): Promise<void> {
    return this.quick.command(title);
  }

  // -- notifications

  /** A notification that contains `text`: a toast, or in the notification centre once it has hidden. */
  notification(text: string | RegExp): Locator {
    return this.page.locator('.notifications-toasts, .notifications-center').locator('.notification-list-item', {
      hasText: text,
    });
  }

  /** Waits until the person is told something. */
  async told(text: string | RegExp, timeout = 30_000): Promise<Locator> {
    const toast = this.notification(text).first();
    await toast.waitFor({ timeout });
    return toast;
  }

  /** Waits for a notification and presses one of its buttons. */
  async pressInNotification(text: string | RegExp, button: string): Promise<void> {
    const toast = await this.told(text, 45_000);
    await toast.getByRole('button', { name: button }).click();
  }

  async showNotifications(): Promise<void> {
    await this.command('Notifications: Show Notifications');
  }

  /** A theme by its label, e.g. `Light Modern`, `Dark High Contrast`. */
  async theme(label: string): Promise<void> {
    await this.command('Preferences: Color Theme');
    const box = this.quick.widget.getByPlaceholder(/Color Theme/);
    await box.waitFor();
    await box.fill(label);
    await this.quick.pickFirst(label);
    await this.quick.hidden();
  }
}
