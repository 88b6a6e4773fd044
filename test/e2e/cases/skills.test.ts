// Skills: found while the window is open, offered to the model, loaded by it, switched off.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { text, toolCalls } from '../../support/scripted-model.ts';
import { systemOf } from '../harness/requests.ts';
import { toolResult } from '../harness/results.ts';
import { withWindow } from '../harness/with-vscode.ts';

/** For what takes a moment on a busy machine. */
const WAIT = { timeout: 45_000 };

const { vscode, window } = withWindow();

const skillText = (name: string, description: string, body = '# Do it\n\n1. Do the thing.\n') =>
  `---\nname: ${name}\ndescription: ${description}\n---\n\n${body}`;

async function putSkill(name: string, content: string): Promise<string> {
  const folder = join(window().folder, '.agents', 'skills', name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'SKILL.md'), content);
  return folder;
}

const row = (name: string) => window().letta.skills.filter({ hasText: name });
const firstRequest = () => {
  const [request] = vscode().model.requests;
  if (!request) throw new Error('The model was not asked.');
  return request;
};
test('a skill put into the project is listed at once, offered to the model and loaded by it', async () => {
  const { letta } = window();
  await letta.panel('Skills');
  await row('add-a-field').waitFor(WAIT);
  const folder = await putSkill(
    'water-plants',
    skillText('water-plants', 'How plants are watered here.', '# Water\n\nUse <SKILL_DIR>/can.txt & pour 0.2 l.\n'),
  );
  await writeFile(join(folder, 'can.txt'), 'A can.\n');

  await row('water-plants').waitFor(WAIT);
  expect(await row('water-plants').textContent()).toContain('How plants are watered here.');
  expect(await row('water-plants').getByRole('switch', { name: 'Enabled' }).getAttribute('aria-checked')).toBe('true');

  await letta.panel('Chat');
  vscode().model.script(
    toolCalls([
      { name: 'Skill', args: { name: 'water-plants' }, id: 's1' },
      { name: 'Skill', args: { name: 'no-such-skill' }, id: 's2' },
    ]),
    text('Watered.'),
  );
  await letta.ask('Water the plants.');

  const system = systemOf(firstRequest());
  expect(system).toMatch(/<available_skills>[\s\S]*water-plants[\s\S]*How plants are watered here\./);
  expect(system).toContain('add-a-field');
  // Only name and description are in every request; the text comes when it is asked for.
  expect(JSON.stringify(firstRequest().body)).not.toContain('pour 0.2 l');
  const result = toolResult(vscode().model.requests[1], 's1');
  expect(result).toContain(`Use ${folder}/can.txt & pour 0.2 l.`);
  expect(result).toContain('- can.txt');
  expect(toolResult(vscode().model.requests[1], 's2')).toMatch(
    /^Error: There is no skill "no-such-skill"\..*water-plants/,
  );
  await letta.card('Skill water-plants').getByText('done', { exact: true }).waitFor();
});

test('a skill that is switched off is not offered and not loaded, and one that is deleted is gone', async () => {
  const { letta } = window();
  await putSkill('fold-paper', skillText('fold-paper', 'How paper is folded here.'));
  await letta.panel('Skills');
  const enabled = row('fold-paper').getByRole('switch', { name: 'Enabled' });
  await enabled.click(WAIT);
  await expect.poll(() => enabled.getAttribute('aria-checked'), WAIT).toBe('false');

  await letta.panel('Chat');
  vscode().model.script(toolCalls([{ name: 'Skill', args: { name: 'fold-paper' }, id: 's3' }]), text('I may not.'));
  await letta.ask('Fold paper.');
  expect(systemOf(firstRequest())).not.toContain('fold-paper');
  expect(toolResult(vscode().model.requests[1], 's3')).toContain('switched the skill "fold-paper" off');

  await letta.panel('Skills');
  await enabled.click();
  await expect.poll(() => enabled.getAttribute('aria-checked'), WAIT).toBe('true');
  await letta.panel('Chat');
  await letta.ask('And now?');
  expect(systemOf(vscode().model.requests[2] ?? firstRequest())).toContain('fold-paper');

  await letta.panel('Skills');
  await rm(join(window().folder, '.agents', 'skills', 'fold-paper'), { recursive: true });
  await row('fold-paper').waitFor({ state: 'detached', ...WAIT });
});

test('a broken skill is listed with what is wrong and not offered', async () => {
  const { letta } = window();
  await letta.panel('Skills');
  await putSkill('no-frontmatter', '# Just text\n');
  await putSkill('wrong-name', skillText('another-name', 'Its name is not that of its folder.'));
  await putSkill('no-description', '---\nname: no-description\n---\n\nText.\n');

  await row('no-frontmatter')
    .filter({ hasText: /frontmatter/ })
    .waitFor(WAIT);
  await row('another-name').filter({ hasText: 'is not that of its folder' }).waitFor(WAIT);
  await row('no-description').filter({ hasText: 'has no description' }).waitFor(WAIT);

  await letta.panel('Chat');
  await letta.ask('Which skills are there?');
  const system = systemOf(firstRequest());
  for (const name of ['no-frontmatter', 'another-name', 'no-description']) expect(system).not.toContain(name);
  for (const name of ['no-frontmatter', 'wrong-name', 'no-description']) {
    await rm(join(window().folder, '.agents', 'skills', name), { recursive: true });
  }
});
