// Reflect now, on whichever home: what the model is asked, what waits with its citations and cost, what is accepted.
import type { Locator } from 'playwright-core';
import { expect } from 'vitest';
import { messageText, type RecordedRequest, type ReplySource, text } from '../../support/scripted-model.ts';
import type { LettaView } from '../harness/letta-view.ts';
import { newest } from '../harness/requests.ts';
import type { VsCode } from '../harness/vscode.ts';
import type { Workbench } from '../harness/workbench.ts';

const WAIT = 30_000;
/** Which thread is read first is open where both are of the same second. */
const PNPM = 'We use pnpm here, never npm.';
const COMMITS = 'Commit messages are in the imperative.';

/** What the model proposes. `cites`: what was said, or the name it has in the request. */
export const edits =
  (...list: { block: string; old?: string; new: string; cites: string[]; why?: string }[]): ReplySource =>
  (request: RecordedRequest) => {
    const lines = request.body.messages.map(messageText).join('\n').split('\n');
    const named = (cite: string) => lines.find((line) => line.endsWith(`: ${cite}`))?.match(/^\[(m\d+)\]/)?.[1] ?? cite;
    return text(JSON.stringify({ edits: list.map((edit) => ({ ...edit, cites: edit.cites.map(named) })) }));
  };

export const reviews = (letta: LettaView): Locator =>
  letta.frame.getByRole('list', { name: 'Waiting for review' }).locator(':scope > li');

/** In a window where nothing was said yet, with *conventions* empty. One proposal is accepted, the other still waits. */
export async function reflectNow({ model }: VsCode, window: Workbench): Promise<void> {
  const { letta } = window;
  model.script(text('Understood, pnpm.'));
  await letta.ask(PNPM);
  await letta.newThread();
  model.script(text('I keep to that.'));
  await letta.ask(COMMITS);

  model.script(
    edits(
      { block: 'conventions', new: 'Use pnpm, never npm.', cites: [PNPM], why: 'the person said so' },
      { block: 'conventions', new: COMMITS, cites: [COMMITS, 'I keep to that.'] },
      { block: 'persona', old: 'There is no such line.', new: 'Unfounded.', cites: [PNPM] },
    ),
  );
  await window.command('Letta: Reflect Now');
  await window.pressInNotification(/Reflection proposes 2 edits of memory \([\d,]+ tokens\)\./, 'Review');

  const request = newest(model);
  const asked = request.body.messages.map(messageText).join('\n');
  for (const said of [PNPM, 'Understood, pnpm.', COMMITS]) expect(asked).toContain(said);
  // Memory is in it, tools are not, and what it may cost is bounded on both sides.
  expect(asked).toContain('I am this workspace’s coding agent.');
  expect(request.body.tools ?? []).toEqual([]);
  const cap = Number(request.body.max_tokens);
  expect(cap).toBeGreaterThan(0);
  expect(asked.length / 4 + cap).toBeLessThan(8_000);

  await expect.poll(() => reviews(letta).count(), { timeout: WAIT }).toBe(2);
  const first = reviews(letta).filter({ hasText: 'Use pnpm, never npm.' });
  await first.getByText(/The run that proposed it took [\d,]+ tokens\./).waitFor();
  const cite = first.getByRole('list', { name: 'Rests on' }).getByRole('button', { name: PNPM });
  await cite.waitFor();
  expect(await letta.blockValue('conventions').inputValue()).toBe('');

  // Its diff is VS Code's own.
  await first.getByRole('button', { name: 'Compare' }).click();
  await window.editor.diff.getByText('Use pnpm, never npm.').first().waitFor({ timeout: WAIT });

  await first.getByRole('button', { name: 'Accept' }).click();
  await expect.poll(() => letta.blockValue('conventions').inputValue(), { timeout: WAIT }).toBe('Use pnpm, never npm.');
  // The other one still waits: it was this block's other proposal that changed it.
  await expect.poll(() => reviews(letta).count(), { timeout: WAIT }).toBe(1);
  await letta.block('conventions').getByRole('button', { name: 'History' }).click();
  const history = letta.frame.getByRole('list', { name: 'History of conventions' });
  await history.getByRole('listitem').filter({ hasText: 'Reflection' }).first().waitFor({ timeout: WAIT });
}
