// A picture that the agent looks at, a subagent that the person stops, a command without a word: as a person sees them.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gate, text, toolCalls } from '../../support/scripted-model.ts';
import { toolResult, userTexts } from '../harness/results.ts';
import { withWindow } from '../harness/with-vscode.ts';

/** For what takes a moment on a busy machine. */
const WAIT = { timeout: 45_000 };
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const { vscode, window } = withWindow({
  async prepare(folder) {
    await writeFile(join(folder, 'pixel.png'), Buffer.from(PIXEL, 'base64'));
  },
});

const call = (name: string, args: object, id: string) => toolCalls([{ name, args, id }]);

test('the model gets the picture itself, the card its name and size, also after a reload', async () => {
  const { letta, editor } = window();
  const { model } = vscode();
  model.script(call('Read', { path: 'pixel.png' }, 'p1'), text('A pixel.'), text('Still one.'));
  await letta.ask('What is on it?');
  const [, second] = model.requests;
  expect(toolResult(second, 'p1')).toMatch(/^pixel\.png: PNG image, 1 × 1 pixels, 70 bytes\./);
  const last = second?.body.messages.at(-1);
  expect(last?.role).toBe('user');
  expect(last?.content).toContainEqual({
    type: 'image_url',
    image_url: { url: `data:image/png;base64,${PIXEL}` },
  });

  const card = letta.card('Read pixel.png');
  await card.getByText('PNG image, 1 × 1 pixels, 70 bytes').waitFor(WAIT);
  await card.getByRole('link', { name: 'Open picture' }).click();
  await expect.poll(() => editor.activeTab.textContent(), WAIT).toContain('pixel.png');

  await window().reload();
  await letta.open();
  await card.getByText('PNG image, 1 × 1 pixels, 70 bytes').waitFor(WAIT);
  expect(await letta.frame.locator('body').innerHTML()).not.toContain(PIXEL);
  await letta.ask('And now?');
  expect(JSON.stringify(model.requests[2]?.body.messages)).toContain(PIXEL);
  expect(userTexts(model.requests[2]).at(-1)).toContain('And now?');
});

test('a subagent is stopped alone, the turn goes on, and nothing is left of it', async () => {
  const { letta } = window();
  const { model } = vscode();
  const before = model.requests.length;
  model.script(
    call('Task', { description: 'look long', prompt: 'Look.' }, 's1'),
    gate('I am looking…'),
    text('Then I do it myself.'),
  );
  await letta.send('Have it looked at.');
  const stop = letta.frame.getByRole('button', { name: 'Stop Task look long' });
  await stop.waitFor(WAIT);
  await model.whenRequest(before + 2, 30_000);
  await stop.click();
  await letta.idle();
  expect(await letta.last.textContent()).toContain('Then I do it myself.');
  expect(toolResult(model.requests[before + 2], 's1')).toContain('The person stopped this subagent');
  expect(model.requests[before + 1]?.outcome).toBe('aborted');
  await letta.card('Task look long').getByText('stopped', { exact: true }).waitFor(WAIT);
  expect(await stop.count()).toBe(0);
});

test('the seconds of a command that says nothing go on by themselves', async () => {
  const { letta, folder } = window();
  const { model } = vscode();
  model.script(
    call('Bash', { command: 'until [ -e go.txt ]; do sleep 0.1; done', timeout: 60 }, 'b1'),
    text('It is through.'),
  );
  await letta.send('Wait for it.');
  // What only reads passes unasked, unless the person wants to be asked about all commands.
  await letta.approval().waitFor(WAIT);
  await letta.decide('Allow');
  const card = letta.card('Bash until');
  await card.getByText(/^Running, \d+ s$/).waitFor(WAIT);
  // Every ten seconds only, for people who ask for less motion: as this window does.
  await card.getByText(/^Running, (?:[3-9]|\d\d) s$/).waitFor(WAIT);
  await writeFile(join(folder, 'go.txt'), '');
  await letta.idle();
  await card.getByText(/^Exit code 0, /).waitFor(WAIT);
  await rm(join(folder, 'go.txt'));
});
