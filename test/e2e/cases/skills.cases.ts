// Skills: found while the window is open, offered to the model, loaded by it, switched off.
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { text, toolCalls } from '../../support/scripted-model.ts';
import { systemOf } from '../harness/requests.ts';
import { toolResult } from '../harness/results.ts';
import { putSkill, skillText } from '../harness/skills.ts';
import { withWindow } from '../harness/with-vscode.ts';

/** For what takes a moment on a busy machine. */
const WAIT = { timeout: 45_000 };

const { vscode, window } = withWindow();

const row = (name: string) => window().letta.skills.filter({ hasText: name });
const firstRequest = () => {
  const [request] = vscode().model.requests;
  if (!request) throw new Error('The model was not asked.');
  return request;
};
async function chooseScope(scope: string): Promise<void> {
  const { quick } = window();
  await quick.prompt('Who should have it?').waitFor(WAIT);
  // The words below a choice may name another one.
  await quick.widget.locator('.monaco-list-row', { hasText: scope }).first().click();
}
/** Where a draft would be saved. */
const saved = (name: string): string => join(window().folder, '.agents', 'skills', name, 'SKILL.md');

/** The draft, once it is the active editor. */
async function draftText(): Promise<string> {
  const { editor } = window();
  await editor.activeTab.filter({ hasText: 'SKILL.md' }).waitFor(WAIT);
  await editor.active.locator('.view-line').first().waitFor();
  await expect.poll(() => editor.text(), WAIT).toMatch(/^---\n/);
  return editor.text();
}

test('a skill put into the project is listed at once, offered to the model and loaded by it', async () => {
  const { letta } = window();
  await letta.panel('Skills');
  await row('add-a-field').waitFor(WAIT);
  const folder = await putSkill(
    window(),
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
  await putSkill(window(), 'fold-paper', skillText('fold-paper', 'How paper is folded here.'));
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

test('a broken skill is listed with what is wrong and not offered; one with another name than its folder is', async () => {
  const { letta } = window();
  await letta.panel('Skills');
  await putSkill(window(), 'no-frontmatter', '# Just text\n');
  await putSkill(window(), 'wrong-name', skillText('another-name', 'Its name is not that of its folder.'));
  await putSkill(window(), 'no-description', '---\nname: no-description\n---\n\nText.\n');

  await row('no-frontmatter')
    .filter({ hasText: /frontmatter/ })
    .waitFor(WAIT);
  await row('wrong-name').filter({ hasText: 'is not that of its folder' }).waitFor(WAIT);
  await row('no-description').filter({ hasText: 'has no description' }).waitFor(WAIT);

  await letta.panel('Chat');
  await letta.ask('Which skills are there?');
  const system = systemOf(firstRequest());
  for (const name of ['no-frontmatter', 'another-name', 'no-description']) expect(system).not.toContain(name);
  expect(system).toContain('wrong-name');
  for (const name of ['no-frontmatter', 'wrong-name', 'no-description']) {
    await rm(join(window().folder, '.agents', 'skills', name), { recursive: true });
  }
});

test('a broken skill is mended once its diff was seen', async () => {
  const { editor, letta } = window();
  await letta.panel('Skills');
  const broken = skillText('Mend Me', 'How it is mended: with care.');
  const file = join(await putSkill(window(), 'mend-me', broken), 'SKILL.md');
  await row('mend-me').getByRole('button', { name: 'Fix…' }).click(WAIT);
  await editor.diff.waitFor(WAIT);
  expect(await readFile(file, 'utf8')).toBe(broken);

  await window().pressInNotification('mend-me', 'Apply');

  const mended = skillText('mend-me', '"How it is mended: with care."');
  await expect.poll(() => readFile(file, 'utf8'), WAIT).toBe(mended);
  await row('mend-me')
    .getByRole('button', { name: 'Fix…' })
    .waitFor({ state: 'detached', ...WAIT });
  await letta.panel('Chat');
  await letta.ask('Can it be mended?');
  expect(systemOf(firstRequest())).toContain('mend-me/SKILL.md (How it is mended: with care.)');
});

test('a skill put into a folder of the computer is listed by itself', async () => {
  const folder = join(vscode().home, '.agents', 'skills', 'fly-a-kite');
  await window().letta.panel('Skills');
  await row('memory-hygiene').waitFor(WAIT);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'SKILL.md'), skillText('fly-a-kite', 'How kites fly.'));
  await row('fly-a-kite').filter({ hasText: 'this computer · ~/.agents/skills/fly-a-kite' }).waitFor(WAIT);
});

test('a new skill of the agent alone is previewed as it is sent, moved to the project, and moved back', async () => {
  const { editor, letta, quick } = window();
  await letta.panel('Skills');
  await letta.button('New skill').click();
  await quick.answer('Count Sheep', /lower case, digits/);
  await quick.prompt('single hyphens between them').waitFor(WAIT);
  await quick.answer('count-sheep');
  await quick.answer('Counts sheep. Use at night.', /What it does and when to use it/);
  await chooseScope('This agent');
  expect(await draftText()).toContain('description: "Counts sheep. Use at night."');
  await editor.save();
  await row('count-sheep').filter({ hasText: 'this agent' }).waitFor(WAIT);
  expect(existsSync(saved('count-sheep'))).toBe(false);

  await letta.panel('Chat');
  await letta.ask('Count sheep.');
  await letta.panel('Skills');
  await letta.frame.getByRole('searchbox', { name: 'Search skills' }).fill('sheep night');
  await expect.poll(() => letta.skills.count(), WAIT).toBe(1);
  await row('count-sheep').getByRole('button', { name: 'Preview' }).click();
  const entry = row('count-sheep').getByRole('group', { name: /^In every request/ });
  const line = ((await entry.textContent(WAIT)) ?? '').split('\n└── ');
  expect(line).toHaveLength(2);
  for (const part of line) expect(systemOf(firstRequest())).toContain(part);

  await row('count-sheep').getByRole('button', { name: 'Move' }).click();
  await chooseScope('Project');
  await expect.poll(() => existsSync(saved('count-sheep')), WAIT).toBe(true);
  await row('count-sheep').filter({ hasText: 'project' }).waitFor(WAIT);
  await window().pressInNotification('Moved the skill “count-sheep”', 'Undo');
  await row('count-sheep').filter({ hasText: 'this agent' }).waitFor(WAIT);
  await expect.poll(() => existsSync(saved('count-sheep')), WAIT).toBe(false);
  await letta.frame.getByRole('searchbox', { name: 'Search skills' }).fill('');
});

test('a script alone is wrapped into a skill, and goes when the person says so', async () => {
  const { letta, quick } = window();
  const script = join(window().folder, '.skills', 'Tidy_Up.sh');
  await mkdir(join(window().folder, '.skills'), { recursive: true });
  await writeFile(script, '#!/bin/sh\n# Tidies up.\nexit 0\n');
  await letta.panel('Skills');
  await row('tidy-up').getByRole('button', { name: 'Wrap…' }).click(WAIT);
  await quick.answer('Tidies up. Use after a party.', /What it does and when to use it/);

  await expect.poll(() => existsSync(saved('tidy-up')), WAIT).toBe(true);
  expect(await readFile(join(saved('tidy-up'), '..', 'scripts', 'Tidy_Up.sh'), 'utf8')).toContain('# Tidies up.');
  expect(existsSync(script)).toBe(true);
  await window().pressInNotification('The original is still there', 'Delete the Original');
  await expect.poll(() => existsSync(script), WAIT).toBe(false);
  await letta.panel('Chat');
  await letta.ask('Was it a good party?');
  expect(systemOf(firstRequest())).toContain('Tidies up. Use after a party.');
});

test('a bundled skill is loaded, cannot be deleted, and is copied to be changed', async () => {
  const { editor, letta } = window();
  vscode().model.script(toolCalls([{ name: 'Skill', args: { name: 'memory-hygiene' }, id: 's9' }]), text('Tidy.'));
  await letta.ask('Tidy your memory.');
  expect(toolResult(vscode().model.requests[1], 's9')).toContain('# Memory hygiene');
  await letta.panel('Skills');
  const bundled = row('memory-hygiene').filter({ hasText: 'built in' });
  await bundled.waitFor(WAIT);
  expect(await bundled.getByRole('button', { name: 'Delete' }).count()).toBe(0);
  await bundled.getByRole('button', { name: 'Customize…' }).click();
  await chooseScope('Project');
  await expect.poll(() => existsSync(saved('memory-hygiene')), WAIT).toBe(true);
  await bundled.filter({ hasText: '.agents/skills/memory-hygiene has the same name and wins' }).waitFor(WAIT);
  await editor.activeTab.filter({ hasText: 'SKILL.md' }).waitFor(WAIT);
  await rm(join(saved('memory-hygiene'), '..'), { recursive: true });
});
