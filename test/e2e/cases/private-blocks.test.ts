// A block that is for local models only: closed by a checkbox, and no word of it reaches a model that runs elsewhere.
import { afterAll, expect, test } from 'vitest';
import { messageText, startScriptedModel, text } from '../../support/scripted-model.ts';
import { violations } from '../harness/axe.ts';
import { systemOf } from '../harness/requests.ts';
import { withWindow } from '../harness/with-vscode.ts';

const WAIT = 30_000;
const SECRET = 'quetzal-7741';

const here = await startScriptedModel();
const vendor = await startScriptedModel();
afterAll(() => Promise.all([here.close(), vendor.close()]));

const { window } = withWindow({
  settings: {
    'letta.models.endpoints': [
      { name: 'here', baseUrl: here.baseUrl },
      // The same computer, spelled so that nobody can tell from the address: it counts as one elsewhere.
      { name: 'vendor', baseUrl: vendor.baseUrl.replace('127.0.0.1', '[::ffff:127.0.0.1]') },
    ],
    'letta.models.default': 'here/scripted',
  },
});

test('a block that is closed to remote models says so, and stays out of all they are sent', async () => {
  const { letta } = window();
  const block = letta.block('project');
  const model = letta.frame.getByRole('combobox', { name: 'Model' });
  const choose = async (handle: string) => {
    await letta.panel('Chat');
    // One that was slow when the window opened is listed once it is asked for.
    if ((await model.locator(`option[value="${handle}"]`).count()) === 0) {
      await window().command('Letta: Select Model…');
      await window().quick.widget.locator('.monaco-list-row').first().waitFor({ timeout: WAIT });
      await window().page.keyboard.press('Escape');
    }
    await model.selectOption(handle);
    await model.locator(`option[value="${handle}"]:checked`).waitFor({ state: 'attached', timeout: WAIT });
  };

  await letta.panel('Memory');
  await letta.blockValue('project').fill(`The vault opens with ${SECRET}.`);
  await block.getByRole('button', { name: 'Save' }).click();
  await block.getByRole('button', { name: 'Edit details' }).click();
  await block.getByRole('checkbox', { name: 'Local models only' }).check();
  await block.getByRole('button', { name: 'Apply' }).click();
  // The form says the same words until it has closed.
  await block.getByRole('form', { name: 'Details' }).waitFor({ state: 'detached', timeout: WAIT });
  await block.getByText('Local models only').waitFor({ timeout: WAIT });
  expect(await block.getByText(/^Not shown to/).count()).toBe(0);

  await letta.panel('Chat');
  await letta.newThread();
  here.script(text(`It opens with ${SECRET}.`));
  await letta.ask('How does the vault open?');
  const local = here.requests.at(-1);
  expect(local && systemOf(local)).toContain(SECRET);

  // The same thread, another model.
  await choose('vendor/scripted');
  vendor.script(text('I cannot see that.'));
  await letta.ask('And what do you think?');
  const remote = vendor.requests.at(-1);
  expect(remote && systemOf(remote)).toContain('The block project is kept to local models and not shown to you');
  expect(remote?.body.messages.map(messageText).join('\n')).toContain('How does the vault open?');
  expect(JSON.stringify(vendor.requests.map(({ body }) => body))).not.toContain(SECRET);

  await letta.panel('Memory');
  await block.getByText('Not shown to vendor/scripted').waitFor({ timeout: WAIT });
  await letta.frame.getByRole('button', { name: /^Context/ }).click();
  await letta.frame
    .getByText('Not shown to vendor/scripted, kept to local models: project.')
    .waitFor({ timeout: WAIT });
  expect(await violations(letta)).toEqual([]);

  await choose('here/scripted');
  here.script(text('All there.'));
  await letta.ask('And now?');
  expect(JSON.stringify(here.requests.at(-1)?.body)).toContain(`It opens with ${SECRET}.`);
  await letta.panel('Memory');
  await block.getByText(/^Not shown to/).waitFor({ state: 'detached', timeout: WAIT });
});
