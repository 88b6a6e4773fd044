// What goes along with a message: mentions, files that are pasted, and what the editor shares.
import { expect, test } from 'vitest';
import { type ChatMessage, text } from '../../support/scripted-model.ts';
import { violations } from '../harness/axe.ts';
import { lastUserOf, newest } from '../harness/requests.ts';
import { withWindow } from '../harness/with-vscode.ts';

const { vscode, window } = withWindow();
const WAIT = 30_000;

/** One pixel, so that it is a picture to everybody. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

const chips = () => window().letta.frame.getByRole('list', { name: 'Goes along' }).getByRole('listitem');
const chip = (name: string) => chips().filter({ hasText: name });
const mentions = () => window().letta.frame.getByRole('listbox', { name: 'Mentions' }).getByRole('option');

async function mention(typed: string, offered: string | RegExp): Promise<void> {
  const { letta } = window();
  await letta.composer.press('End');
  await letta.composer.pressSequentially(typed);
  const option = mentions().filter({ hasText: offered });
  await option.first().waitFor({ timeout: WAIT });
  await option.first().click();
  await mentions().first().waitFor({ state: 'detached' });
}

/** The parts of the last message of the person. */
function parts(messages: readonly ChatMessage[]) {
  const content = messages.findLast(({ role }) => role === 'user')?.content;
  return Array.isArray(content) ? content : [];
}

test('what is mentioned, selected and pasted reaches the model word for word, and is named in the thread', async () => {
  const { editor, letta, page } = window();
  await editor.open('src/book.ts');
  await editor.selectLines(9, 11);
  await letta.open();
  await chip('Selected: src/book.ts:9-11').waitFor({ timeout: WAIT });
  await chip('open file').waitFor();

  await letta.composer.fill('Compare ');
  await mention('@she', 'src/shelf.ts');
  expect(await letta.composer.inputValue()).toBe('Compare @src/shelf.ts ');
  await mention('@book.ts:1-3', 'src/book.ts:1-3');
  await mention('@changes', 'git changes');
  await mention('@commit:', 'A shelf');
  await mention('@memory:conv', 'conventions');
  await letta.composer.evaluate((box, data) => {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], 'shot.png', { type: 'image/png' }));
    box.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true }));
  }, PIXEL);
  await chip('shot.png').waitFor({ timeout: WAIT });
  expect(await violations(letta)).toEqual([]);

  vscode().model.script(text('They differ.'));
  await letta.composer.press('Enter');
  await letta.last.getByText('They differ.').waitFor({ timeout: WAIT });
  const asked = newest(vscode().model);
  const sent = lastUserOf(asked);
  // Cases before it may have left others open.
  expect(sent).toMatch(/Shared from the editor \(openFiles\): (1 open file|\d+ open files)\nsrc\/book\.ts\n/);
  expect(sent).toContain(
    'Shared from the editor (selection): src/book.ts:9-11\nexport function isSame(a: Book, b: Book): boolean {\n',
  );
  expect(sent).toMatch(/The person attached \(file\): src\/shelf\.ts\n1\t/);
  expect(sent).toMatch(/The person attached \(file\): src\/book\.ts:1-3\n1\t.*\n2\t.*\n3\t[^\n]*\n(?!4\t)/);
  expect(sent).toMatch(/The person attached \(changes\): git changes\n[\s\S]*\+\/\/ changed since/);
  expect(sent).not.toContain('hidden change');
  expect(sent).toMatch(/The person attached \(commit\): [0-9a-f]{7,} A shelf\n/);
  expect(sent).toContain('The person attached (memory): conventions\n');
  expect(sent.endsWith('Compare @src/shelf.ts @src/book.ts:1-3 @conventions ')).toBe(true);
  const pictures = parts(asked.body.messages).filter((part) => 'image_url' in part);
  expect(pictures).toEqual([{ type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } }]);
  expect(await chips().count()).toBe(2);

  const along = [
    expect.stringMatching(/^\d+ open files?$/),
    'src/book.ts:9-11',
    'src/shelf.ts',
    'src/book.ts:1-3',
    'git changes',
  ];
  const named = letta.questions.last().getByRole('list', { name: 'Sent along' }).getByRole('listitem');
  expect((await named.allTextContents()).slice(0, 5)).toEqual(along);
  await letta.questions.last().getByRole('link', { name: 'src/shelf.ts' }).click();
  await editor.tab('shelf.ts').and(page.locator('.active')).waitFor({ timeout: WAIT });
});
