// What stands behind an answer, on whichever home: its receipt, the same question with another memory, pinned threads.
import type { Locator } from 'playwright-core';
import { expect } from 'vitest';
import { type RecordedRequest, text } from '../../support/scripted-model.ts';
import type { LettaView } from '../harness/letta-view.ts';
import { insert, saveBlock } from '../harness/memory.ts';
import { newest, remindersOf, resultsOf, systemOf } from '../harness/requests.ts';
import type { Opened } from '../harness/with-vscode.ts';

const WAIT = 30_000;

export const all = (asked: RecordedRequest): string => JSON.stringify(asked.body.messages);

/** What is said about the newest answer. */
export async function aboutAnswer(letta: LettaView): Promise<Locator> {
  const button = letta.last.getByRole('button', { name: 'About this answer' });
  await button.focus();
  // It stays open for who comes back.
  if ((await button.getAttribute('aria-expanded')) === 'false') await button.press('Enter');
  const region = letta.last.getByRole('group', { name: 'About this answer' });
  await region.getByRole('button', { name: 'Why did you do that?' }).waitFor({ timeout: WAIT });
  return region;
}

export const pinMark = (letta: LettaView): Locator => letta.frame.getByRole('region', { name: 'Pinned memory' });

async function write(letta: LettaView, label: string, words: string): Promise<void> {
  await letta.panel('Memory');
  await saveBlock(letta, label, words);
  await letta.panel('Chat');
}

export class ReceiptSteps {
  private readonly opened: Opened;

  constructor(opened: Opened) {
    this.opened = opened;
  }

  /** The model is asked to write to pinned memory, and hears that it cannot. */
  async refused(line: string): Promise<void> {
    const { letta } = this.opened.window();
    const { model } = this.opened.vscode();
    model.script(insert('conventions', line), text('It is pinned.'));
    await letta.ask(`Remember: ${line}`);
    expect(resultsOf(newest(model), 'memory_insert').at(-1)).toContain('Memory is pinned in this thread');
    await letta.panel('Memory');
    await letta.blockValue('conventions').waitFor();
    expect(await letta.blockValue('conventions').inputValue()).not.toContain(line);
    await letta.panel('Chat');
  }

  /** Asks the question of the newest answer again; @returns the request that the model got. */
  private async again(memory: string, said: RegExp): Promise<RecordedRequest> {
    const { letta } = this.opened.window();
    const { model } = this.opened.vscode();
    const before = model.requests.length;
    await (await aboutAnswer(letta)).getByRole('button', { name: `Ask again with ${memory}` }).click();
    await pinMark(letta).getByText(said).waitFor({ timeout: WAIT });
    await expect.poll(() => model.requests.length, { timeout: WAIT }).toBe(before + 1);
    await letta.idle();
    return newest(model);
  }

  /**
   * Leaves threads called after *How do we indent?* and the memory that each was asked with.
   * @param look what else is done with the receipt of that answer
   */
  async askAgain(look: (receipt: Locator) => Promise<void> = async () => {}): Promise<void> {
    const { letta } = this.opened.window();
    const { model } = this.opened.vscode();
    model.script(text('Hello.'));
    await letta.ask('Hello there');
    await write(letta, 'conventions', 'Indent with tabs.');
    model.script(text('With tabs, as you told me.'));
    await letta.ask('How do we indent?');
    await write(letta, 'conventions', 'Indent with two spaces.');

    const receipt = await aboutAnswer(letta);
    await receipt.getByText(/scripted/).waitFor();
    const blocks = receipt.getByRole('list', { name: 'Memory of this answer' });
    await blocks
      .getByRole('listitem')
      .filter({ hasText: /^conventions 17 characters.*, changed since/ })
      .waitFor();
    await blocks
      .getByRole('listitem')
      .filter({ hasText: /^persona .*, unchanged$/ })
      .waitFor();
    await look(receipt);

    model.script(text('I do not know.'));
    const none = await this.again('no memory', /Asked again with no memory/);
    expect(all(none)).toContain('Hello there');
    expect(all(none).match(/How do we indent\?/g)).toHaveLength(1);
    expect(all(none)).not.toContain('Indent with');
    await this.refused('Forget nothing.');

    await letta.openThread('Hello there');
    model.script(text('With tabs.'));
    const then = await this.again('that day’s memory', /Asked again with the memory of/);
    expect(systemOf(then)).toContain('Indent with tabs.');
    expect(all(then)).not.toContain('two spaces');
    expect(all(then)).toContain('Hello there');

    await letta.openThread('Hello there');
    model.script(text('With two spaces.'));
    const today = await this.again('today’s memory', /Asked again with today’s memory/);
    expect(systemOf(today)).toContain('Indent with two spaces.');
    expect(all(today)).not.toContain('Indent with tabs.');
  }

  /** @param meanwhile what else is done while the memory of the thread *Shall we begin?* is pinned */
  async pin(meanwhile: () => Promise<void> = async () => {}): Promise<void> {
    const { letta } = this.opened.window();
    const { model } = this.opened.vscode();
    await write(letta, 'conventions', 'Indent with tabs.');
    model.script(text('Yes.'));
    await letta.ask('Shall we begin?');
    await this.opened.window().command('Letta: Pin Memory in This Thread');
    await pinMark(letta)
      .getByText(/Memory is pinned in this thread/)
      .waitFor({ timeout: WAIT });
    await write(letta, 'conventions', 'Indent with four spaces.');
    await this.refused('Indent with eight spaces.');
    const pinned = newest(model);
    expect(systemOf(pinned)).toContain('Indent with tabs.');
    expect(systemOf(pinned)).toContain('Memory is pinned in this thread.');
    expect(all(pinned)).not.toContain('four spaces');
    await meanwhile();

    await pinMark(letta).getByRole('button', { name: 'Unpin memory' }).click();
    await pinMark(letta).waitFor({ state: 'detached', timeout: WAIT });
    model.script(insert('conventions', 'End files with a line break.'), text('Noted.'));
    await letta.ask('Now remember it');
    expect(`${systemOf(newest(model))}${remindersOf(newest(model))}`).toContain('Indent with four spaces.');
    await letta.panel('Memory');
    const value = () => letta.blockValue('conventions').inputValue();
    await expect.poll(value, { timeout: WAIT }).toBe('Indent with four spaces.\nEnd files with a line break.');
  }
}
