// What cases about memory say again and again: the model writes a line, the Memory panel shows a value.
import { expect } from 'vitest';
import { toolCalls } from '../../support/scripted-model.ts';
import { asKept } from './letta-server.ts';
import type { LettaView } from './letta-view.ts';

const WAIT = 30_000;

/** The model stores a line in a block. */
export const insert = (label: string, line: string) =>
  toolCalls([{ name: 'memory_insert', args: { label, new_string: line } }]);

/** Waits until a block of the Memory panel, which is open, holds exactly that. */
export async function blockShows(letta: LettaView, label: string, expected: string): Promise<void> {
  await expect.poll(async () => asKept(await letta.blockValue(label).inputValue()), { timeout: WAIT }).toBe(expected);
}

/** Types a value into a block of the Memory panel, which is open, and saves it. */
export async function saveBlock(letta: LettaView, label: string, words: string): Promise<void> {
  await letta.blockValue(label).fill(words);
  const save = letta.block(label).getByRole('button', { name: 'Save' });
  await save.click();
  await expect.poll(() => save.isDisabled(), { timeout: WAIT }).toBe(true);
  await letta.frame.getByText(`Saved ${label}.`).first().waitFor({ state: 'attached', timeout: WAIT });
}
