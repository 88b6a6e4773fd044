// Pictures of skills: the list with all that a row can say, preview, fix, versions, import, a trial, a revision, the chat's card, menu and question.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { skillText } from '../../test/e2e/harness/skills.ts';
import type { Workbench } from '../../test/e2e/harness/workbench.ts';
import { type ScriptedModel, text, toolCalls } from '../../test/support/scripted-model.ts';
import type { Shot, Widths } from './pictures-of-changes.ts';

const WAIT = { timeout: 45_000 };
const SCRIPT = '.agents/skills/release-notes/scripts/collect.sh';
const NOTES = skillText(
  'release-notes',
  'Writes the release notes of a version from its commits, in the tone of the earlier ones. Use before a release.',
  '# Release notes\n\n1. Run scripts/collect.sh.\n2. Group by what a reader gains.\n\n## Examples\n\n- Write the notes for 1.2\n',
);
const FILES: Record<string, string> = {
  '.agents/skills/release-notes/SKILL.md': NOTES,
  [SCRIPT]: 'echo collected\n',
  '.claude/skills/release-notes/SKILL.md': skillText('release-notes', 'An older one.'),
  '.agents/skills/add-a-very-long-named-endpoint-with-tests/SKILL.md': skillText(
    'Add An Endpoint',
    'Adds an endpoint: with tests.',
  ),
  '.agents/skills/no-description/SKILL.md': '---\nname: no-description\n---\n\nText.\n',
  '.skills/tidy_up.sh': '# Tidies up the build folder.\nexit 0\n',
};

async function putAll(folder: string): Promise<void> {
  for (const [path, content] of Object.entries(FILES)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

/** Puts skills into the sample workspace, takes the pictures, and takes them away again. */
export async function picturesOfSkills(
  window: Workbench,
  model: ScriptedModel,
  shot: Shot,
  { narrow, wide }: Widths,
): Promise<void> {
  const { editor, letta, page, quick } = window;
  const row = (name: string) => letta.skills.filter({ hasText: name }).first();
  const both = async (state: string) => {
    await shot(state);
    await narrow();
    await shot(`${state}-narrow`);
    await wide();
  };
  const done = async () => {
    await window.command('Notifications: Clear All Notifications');
    await window.command('View: Close All Editors');
    await letta.open();
  };
  await putAll(window.folder);
  await letta.newThread();
  await letta.panel('Skills');
  await row('tidy-up').waitFor(WAIT);
  await both('20-skills');
  await row('release-notes').getByRole('button', { name: 'Preview' }).click();
  await row('release-notes')
    .getByRole('group', { name: /^In every request/ })
    .waitFor(WAIT);
  await both('21-preview');
  await row('release-notes').getByRole('button', { name: 'Preview' }).click();

  await row('add-a-very-long').getByRole('button', { name: 'Fix…' }).click();
  await editor.diff.waitFor(WAIT);
  await window.told('Mending the skill');
  await shot('22-fix');
  await done();

  await letta.panel('Skills');
  await row('release-notes').getByRole('button', { name: 'Versions…' }).click();
  await quick.prompt('Versions of “release-notes”').waitFor(WAIT);
  await shot('23-versions');
  await page.keyboard.press('Escape');

  await letta.panel('Skills');
  model.script(text(NOTES.replace('Group by what', 'Sort by what')));
  await row('release-notes').getByRole('button', { name: 'Revise…' }).click();
  await quick.answer('Sort instead', 'What should be different?');
  await editor.diff.waitFor(WAIT);
  await shot('24-revision');
  await row('release-notes').getByText('A revision waits for you.').waitFor(WAIT);
  await both('24-revision-waits');
  await window.command('Letta: Discard Revision');
  await row('release-notes').getByText('You discarded a revision.').waitFor(WAIT);
  await done();

  await letta.panel('Skills');
  const change = { path: 'src/shelf.ts', edits: [{ old_string: '): Book {', new_string: '): Book | undefined {' }] };
  model.script(toolCalls([{ name: 'Edit', args: change }]), text('Noted, as the skill says.'), text('No idea.'));
  await letta.panel('Chat');
  await letta.chooseMode('acceptEdits');
  await letta.panel('Skills');
  await row('release-notes').getByRole('button', { name: 'Try…' }).click();
  await quick.pickFirst('Write the notes for 1.2');
  await quick.prompt('What may the trial use?').waitFor(WAIT);
  await shot('25-trial-tools');
  await quick.widget.locator('.monaco-list-row', { hasText: 'All tools' }).click();
  await editor.diff.waitFor(WAIT);
  await page.locator('.modified-in-monaco-diff-editor', { hasText: 'as the skill says' }).waitFor(WAIT);
  await shot('25-trial');
  await done();

  await letta.newThread();
  await letta.composer.fill('/re');
  await letta.frame.getByRole('listbox', { name: 'Commands and skills' }).waitFor(WAIT);
  await both('26-slash-menu');
  await letta.composer.fill('');
  await letta.chooseMode('standard');
  model.script(
    toolCalls([{ name: 'Skill', args: { name: 'release-notes', why: 'You asked for the notes of a version' } }]),
    toolCalls([{ name: 'Bash', args: { command: `bash ${SCRIPT}` } }]),
    text('I may not.'),
  );
  await letta.send('Write the notes for 1.3.');
  await letta.approval('Bash').waitFor(WAIT);
  await both('27-card-and-script');
  await letta.decide('Deny', 'Bash');
  await letta.idle();

  await window.command('Letta: Import Skill…');
  await quick.widget.locator('.monaco-list-row', { hasText: 'From a Folder' }).waitFor(WAIT);
  await shot('28-import');
  await page.keyboard.press('Escape');
  for (const path of ['.agents/skills', '.claude', '.skills'])
    await rm(join(window.folder, path), { recursive: true, force: true });
  await done();
}
