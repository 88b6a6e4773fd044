// The extension host is killed between edits of memory and their record in the history, on whichever home.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import { gate, hang, toolCalls } from '../../support/scripted-model.ts';
import { blockShows } from '../harness/memory.ts';
import type { VsCode } from '../harness/vscode.ts';
import type { Workbench } from '../harness/workbench.ts';

const WAIT = 60_000;

const BY_AGENT = 'Restart the tunnel first.';
const BY_HAND = 'The tunnel is called mole.';

/**
 * The agent writes to *lessons* and the person to *project*, both empty before: the server has both, the history neither,
 * because another program holds its file at that moment. Afterwards both are there once, each with its author.
 * @param goOn brings the agent's turn to its end once the window is back
 */
export async function killedBeforeTheRecord(
  vscode: VsCode,
  window: Workbench,
  goOn: () => Promise<void>,
): Promise<void> {
  const { letta } = window;
  const { model } = vscode;
  const api = await vscode.api();
  /** The values on the server that hold a text. */
  const holding = async (label: string, words: string) =>
    (await api.valuesOf(label)).filter((value) => value.includes(words));
  const storedSoon = (label: string, value: string) =>
    expect.poll(() => holding(label, value), { timeout: WAIT, interval: 20 }).toEqual([value]);
  const write = { name: 'memory_insert', args: { label: 'lessons', new_string: BY_AGENT }, id: 'lesson' };

  // The turn is still under way when the host dies.
  model.script(gate('Let me note that.', toolCalls([write]), 'write'), hang());
  await letta.send('How is the tunnel revived?');
  await letta.last.getByText('Let me note that.').waitFor({ timeout: WAIT });
  await letta.panel('Memory');
  await letta.blockValue('project').fill(BY_HAND);

  const history = new DatabaseSync(join(vscode.home, '.letta', 'vscode', 'memory.db'));
  const evidence = () => Number(history.prepare('SELECT count(*) AS n FROM evidence').get()?.n);
  try {
    history.exec('PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE');
    const before = evidence();
    await window.killExtensionHost(async () => {
      model.release('write');
      await storedSoon('lessons', BY_AGENT);
      await letta.block('project').getByRole('button', { name: 'Save' }).click();
      await storedSoon('project', BY_HAND);
    });
    expect(evidence()).toBe(before);
  } finally {
    // Without a word: as if it had never been there.
    history.close();
  }

  await letta.open();
  await goOn();
  await letta.idle();
  await letta.panel('Memory');
  for (const [label, value, author] of [
    ['lessons', BY_AGENT, /^The agent/],
    ['project', BY_HAND, /^You · edited in Memory/],
  ] as const) {
    await blockShows(letta, label, value);
    expect(await holding(label, value)).toEqual([value]);
    await letta.block(label).getByRole('button', { name: 'History' }).click();
    const revisions = letta.frame.getByRole('list', { name: `History of ${label}` }).getByRole('listitem');
    const made = revisions.filter({ hasText: value });
    await made.first().waitFor({ timeout: WAIT });
    expect(await made.count()).toBe(1);
    const authors = await revisions.locator('.origin').allTextContents();
    expect(authors[0]).toMatch(author);
    expect(authors.filter((each) => each.includes('Elsewhere'))).toEqual([]);
  }
  const lesson = letta.frame.getByRole('list', { name: 'History of lessons' }).getByRole('listitem').first();
  await lesson.getByRole('button', { name: 'Show turn' }).click();
  await letta.questions.getByText('How is the tunnel revived?').waitFor({ timeout: WAIT });
}
