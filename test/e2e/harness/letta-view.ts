// Letta's view, by the accessible names that people and screen readers know it by.
import type { FrameLocator, Locator } from 'playwright-core';
import { literally, type Quick } from './quick.ts';

/** What a turn may take on a busy machine; the scripted model answers at once. */
const TURN_TIMEOUT_MS = 45_000;

export class LettaView {
  private readonly quick: Quick;
  private readonly place: 'sideBar' | 'editor';

  constructor(quick: Quick, place: 'sideBar' | 'editor' = 'sideBar') {
    this.quick = quick;
    this.place = place;
  }

  /** By its extension: VS Code leaves `purpose=webviewView` out when it shows a view again. And by its place (`markEditorTabs`). */
  get frame(): FrameLocator {
    const place = this.place === 'editor' ? '[data-place="editor"]' : ':not([data-place="editor"])';
    return this.quick.page
      .frameLocator(`iframe.webview.ready[src*="extensionId=letta-vscode.letta-vscode"]${place}`)
      .frameLocator('#active-frame');
  }

  /**
   * Shows the view with the palette's **Letta: Open Chat** and waits until one can type: the keyboard is in the composer.
   * Before that the command may still be on its way, and would undo what a case does next.
   */
  async open(): Promise<void> {
    const typing = this.composer.and(this.frame.locator(':focus'));
    await this.quick.command('Letta: Open Chat');
    // The palette gives the keyboard back to what had it before, now and then after the command has run: one asks again then.
    for (let tries = 0; tries < 2; tries++) {
      const there = await typing.waitFor({ timeout: TURN_TIMEOUT_MS / 3 }).then(
        () => true,
        () => false,
      );
      if (there) return;
      await this.quick.command('Letta: Open Chat');
    }
    await typing.waitFor({ timeout: TURN_TIMEOUT_MS });
  }

  async panel(name: 'Chat' | 'Threads' | 'Memory' | 'Skills'): Promise<void> {
    await this.tab(name).click();
  }

  tab(name: 'Chat' | 'Threads' | 'Memory' | 'Skills'): Locator {
    return this.frame.getByRole('tab', { name, exact: true });
  }

  button(name: string): Locator {
    return this.frame.getByRole('button', { name, exact: true });
  }

  // -- chat

  get about(): Locator {
    return this.frame.getByRole('region', { name: 'About this agent' });
  }

  get composer(): Locator {
    return this.frame.getByRole('textbox', { name: 'Message the agent' });
  }

  get transcript(): Locator {
    return this.frame.getByRole('log', { name: 'Conversation' });
  }

  /** All messages, in order. */
  get articles(): Locator {
    return this.transcript.getByRole('article');
  }

  get questions(): Locator {
    return this.transcript.getByRole('article', { name: 'You', exact: true });
  }

  /** The newest article; after a turn that is the agent's answer. */
  get last(): Locator {
    return this.articles.last();
  }

  /** Sends a message; does not wait for the answer. */
  async send(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.button('Send').click();
  }

  /** Sends and waits until the turn has ended. @returns the answer's article */
  async ask(text: string): Promise<Locator> {
    const before = await this.questions.count();
    await this.send(text);
    await this.questions.nth(before).waitFor({ timeout: TURN_TIMEOUT_MS });
    await this.idle();
    return this.last;
  }

  /** Resolves when no turn runs: **Stop** is hidden or cannot be pressed. */
  async idle(timeout = TURN_TIMEOUT_MS): Promise<void> {
    await this.frame
      .locator('body')
      .filter({ hasNot: this.quick.page.getByRole('button', { name: 'Stop', exact: true, disabled: false }) })
      .waitFor({ timeout });
  }

  /** Resolves once a turn runs and can be stopped. */
  async running(timeout = TURN_TIMEOUT_MS): Promise<void> {
    await this.frame.getByRole('button', { name: 'Stop', exact: true, disabled: false }).waitFor({ timeout });
  }

  /** A tool card, by the beginning of its name: the tool's title and target. */
  card(name: string | RegExp): Locator {
    return this.transcript.getByRole('group', { name });
  }

  /** A waiting approval; `title` narrows it. */
  approval(title = ''): Locator {
    return this.frame.getByRole('group', { name: new RegExp(`^Approval: .*${literally(title)}`) });
  }

  async decide(decision: 'Allow' | 'Always allow…' | 'Deny', title = ''): Promise<void> {
    await this.approval(title).getByRole('button', { name: decision, exact: true }).click();
  }

  /** Chooses a permission mode, by its setting's value, and waits until it counts. */
  async chooseMode(mode: string): Promise<void> {
    const picker = this.frame.getByRole('combobox', { name: 'Permission mode' });
    await picker.selectOption(mode);
    // The host confirms: until then the old one stands there.
    await this.modeIs(mode);
  }

  /** Waits until the permission mode counts. */
  async modeIs(mode: string): Promise<void> {
    const picker = this.frame.getByRole('combobox', { name: 'Permission mode' });
    await picker.locator(`option[value="${mode}"]:checked`).waitFor({ state: 'attached', timeout: TURN_TIMEOUT_MS });
  }

  // -- threads

  get threads(): Locator {
    return this.frame.getByRole('list', { name: 'Threads' }).getByRole('listitem');
  }

  async newThread(): Promise<void> {
    await this.panel('Threads');
    await this.button('New thread').click();
    await this.composer.waitFor();
  }

  async openThread(title: string): Promise<void> {
    await this.panel('Threads');
    await this.threads.getByRole('button', { name: title, exact: true }).click();
    await this.composer.waitFor();
  }

  // -- memory

  /** A block's region in the Memory panel. */
  block(label: string): Locator {
    return this.frame.getByRole('region', { name: label, exact: true });
  }

  blockValue(label: string): Locator {
    return this.block(label).getByRole('textbox', { name: 'Value' });
  }

  // -- skills

  get skills(): Locator {
    return this.frame.getByRole('list', { name: 'Skills' }).getByRole('listitem');
  }
}
