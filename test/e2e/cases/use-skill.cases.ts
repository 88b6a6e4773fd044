// Skills in use: imported from a repository after a look, called with a slash, found by a search, their scripts approved once.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { text, toolCalls } from '../../support/scripted-model.ts';
import { chooseFolder } from '../harness/folder-dialog.ts';
import { lastUserOf, systemOf } from '../harness/requests.ts';
import { toolResult } from '../harness/results.ts';
import { skillText } from '../harness/skills.ts';
import { withWindow } from '../harness/with-vscode.ts';

/** For what takes a moment on a busy machine. */
const WAIT = { timeout: 45_000 };
const RUN = 'bash .agents/skills/greet/scripts/hello.sh';

const GREET =
  '---\nname: greet\ndescription: How people are greeted here.\n---\n\n# Greet\n\nSay hello to $ARGUMENTS.\n';
const HELLO = 'echo hello > greeted.txt\n';

/** A repository with one good skill and one that brings in something else. */
async function makeRepository(folder: string): Promise<string> {
  const put = async (path: string, content: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  };
  await put('skills/greet/SKILL.md', GREET);
  await put('skills/greet/scripts/hello.sh', HELLO);
  await put('skills/wrong/SKILL.md', '---js\nprocess.exit()\n---\n');
  const git = (...args: string[]) =>
    execFileSync('git', [
      '-c',
      'user.name=A',
      '-c',
      'user.email=a@b',
      '-c',
      'init.defaultBranch=main',
      '-C',
      folder,
      ...args,
    ]);
  git('init', '-q');
  git('add', '-A');
  git('commit', '-q', '-m', 'Skills');
  return `file://${folder}`;
}

let repository = '';
const { vscode, window } = withWindow({
  async prepare(folder) {
    repository = await makeRepository(join(dirname(folder), `skills-for-${basename(folder)}`));
  },
});

const at = (path: string) => join(window().folder, path);
/** As the import leaves it; written here where that case failed, so that each stands alone. */
async function withGreet(): Promise<void> {
  if (!existsSync(at('.agents/skills/greet'))) {
    await mkdir(at('.agents/skills/greet/scripts'), { recursive: true });
    await writeFile(at('.agents/skills/greet/SKILL.md'), GREET);
    await writeFile(at('.agents/skills/greet/scripts/hello.sh'), HELLO);
  }
  await window().letta.panel('Skills');
  await window().letta.skills.filter({ hasText: 'greet' }).first().waitFor(WAIT);
  await window().letta.panel('Chat');
}
const requests = () => vscode().model.requests;
const only = <T>(request: T | undefined): T => {
  if (!request) throw new Error('The model was not asked.');
  return request;
};

test('a skill is imported from a repository once the person has seen all of it', async () => {
  const { quick, page } = window();
  await window().command('Letta: Import Skill…');
  await quick.widget.locator('.monaco-list-row', { hasText: 'From a Git Repository' }).click();
  await quick.answer(repository, /nothing of it is checked out or run/);
  const rows = quick.widget.locator('.monaco-list-row');
  await rows.filter({ hasText: 'wrong' }).filter({ hasText: 'Cannot be imported' }).waitFor(WAIT);
  await rows.filter({ hasText: 'greet' }).filter({ hasText: '1 of them a program' }).click();

  // Its script is there to be read, and nothing is on disk.
  await page.locator('.view-line', { hasText: 'echo hello > greeted.txt' }).first().waitFor(WAIT);
  expect(existsSync(at('.agents/skills/greet'))).toBe(false);
  await window().pressInNotification('Import the skill “greet” (2 files, scripts: scripts/hello.sh)', 'To Project');

  await expect.poll(() => existsSync(at('.agents/skills/greet/scripts/hello.sh')), WAIT).toBe(true);
  await window().told('Its scripts are asked about when the agent first wants to run one');
  await window().command('Notifications: Clear All Notifications');
});

/** What a folder holds, by path: bytes, and whether they may be run. */
async function contents(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = files.toSorted().map(async (file) => {
    const runs = ((await stat(file)).mode & 0o100) !== 0 ? 'runs ' : '';
    return [relative(folder, file), `${runs}${(await readFile(file)).toString('hex')}`];
  });
  return Object.fromEntries(await Promise.all(found));
}

test('a skill is imported from a folder after a look at all of it, and exported byte for byte; one with a link is refused', async () => {
  const { letta, page, quick } = window();
  const given = join(dirname(window().folder), `given-${basename(window().folder)}`);
  const source = join(given, 'press-flowers');
  await mkdir(join(source, 'scripts'), { recursive: true });
  await mkdir(join(source, 'references'));
  await writeFile(join(source, 'SKILL.md'), skillText('press-flowers', 'How flowers are pressed.'));
  await writeFile(join(source, 'scripts', 'press.sh'), '#!/bin/sh\necho pressed\r\n', { mode: 0o755 });
  await writeFile(join(source, 'references', 'leaf.bin'), new Uint8Array([0, 255, 13, 10, 254]));
  const fromFolder = async (folder: string) => {
    await window().command('Letta: Import Skill…');
    await quick.widget.locator('.monaco-list-row', { hasText: 'From a Folder' }).click();
    await chooseFolder(window(), folder, 'Look at Its Skills');
  };

  await fromFolder(source);
  await page.locator('.view-line', { hasText: 'echo pressed' }).first().waitFor(WAIT);
  await page.locator('.view-line', { hasText: '(no text, 5 bytes)' }).first().waitFor(WAIT);
  const copy = at('.agents/skills/press-flowers');
  expect(existsSync(copy)).toBe(false);
  await window().pressInNotification(
    'Import the skill “press-flowers” (3 files, scripts: scripts/press.sh)',
    'To Project',
  );
  await window().told('Imported the skill “press-flowers” to the project');
  const wanted = await contents(source);
  expect(Object.keys(wanted)).toEqual(['SKILL.md', 'references/leaf.bin', 'scripts/press.sh']);
  expect(await contents(copy)).toEqual(wanted);

  const out = join(given, 'out');
  await mkdir(out);
  await letta.open();
  await letta.panel('Skills');
  const row = letta.skills.filter({ hasText: 'press-flowers' });
  await row.getByRole('button', { name: 'Export…' }).click(WAIT);
  await chooseFolder(window(), out, 'Export into This Folder');
  await window().told('Exported the skill “press-flowers” to');
  expect(await contents(join(out, 'press-flowers'))).toEqual(wanted);

  await rm(copy, { recursive: true });
  await symlink(window().folder, join(source, 'references', 'all'));
  await fromFolder(source);
  await window().told('“press-flowers” is not imported. references/all is a link');
  expect(existsSync(copy)).toBe(false);
  await window().command('Notifications: Clear All Notifications');
});

test('/skill completes in the composer, and the skill goes along with the message', async () => {
  const { letta } = window();
  await withGreet();
  vscode().model.script(text('Hello, Ada!'));
  await letta.composer.fill('/gre');
  const menu = letta.frame.getByRole('listbox', { name: 'Commands and skills' });
  await menu.getByRole('option', { name: /\/greet How people are greeted/ }).waitFor(WAIT);
  await letta.composer.press('Tab');
  await expect.poll(() => letta.composer.inputValue(), WAIT).toBe('/greet ');
  await letta.composer.pressSequentially('Ada');
  await letta.composer.press('Enter');
  await expect.poll(() => requests().length, WAIT).toBe(1);
  await letta.idle();

  const said = lastUserOf(only(requests()[0]));
  expect(said).toMatch(/<greet>[\s\S]*scripts\/hello\.sh[\s\S]*Say hello to Ada\.\s*<\/greet>\s*\/greet Ada$/);
  expect(systemOf(only(requests()[0]))).toContain('How people are greeted here.');
  await letta.articles.filter({ hasText: '/greet Ada' }).first().waitFor(WAIT);
  expect(await letta.transcript.textContent()).not.toContain('Say hello to');
});

test('the card says which skill was used and why; a search finds one', async () => {
  const { letta } = window();
  await withGreet();
  vscode().model.script(
    toolCalls([{ name: 'Skill', args: { query: 'how do I say hello to somebody, greeting' }, id: 'f1' }]),
    toolCalls([{ name: 'Skill', args: { name: 'greet', why: 'You asked for a greeting' }, id: 'g1' }]),
    text('Hello.'),
  );
  await letta.ask('Greet Bob.');
  expect(toolResult(requests()[1], 'f1')).toMatch(/- greet: How people are greeted here\./);
  expect(toolResult(requests()[2], 'g1')).toContain('Skill: greet');
  await letta.card('Skill greet').getByText('Why: You asked for a greeting').waitFor(WAIT);
});

test('its script is asked about until it is approved, and again when it has changed, whatever the mode', async () => {
  const { letta } = window();
  await withGreet();
  await letta.chooseMode('unrestricted');
  const command = (id: string) => toolCalls([{ name: 'Bash', args: { command: RUN }, id }]);
  vscode().model.script(command('r1'), command('r2'), text('Greeted twice.'));
  await letta.send('Run it twice.');
  const approval = letta.approval('Bash');
  await approval.getByText(/skill “greet”.*scripts\/hello\.sh.*nobody has approved/).waitFor(WAIT);
  expect(existsSync(at('greeted.txt'))).toBe(false);
  // Nothing that could be stored in place of looking again.
  expect(await approval.getByRole('button', { name: 'Always allow…' }).isDisabled()).toBe(true);
  await letta.decide('Allow', 'Bash');
  await letta.idle();
  await expect.poll(() => existsSync(at('greeted.txt')), WAIT).toBe(true);
  expect(requests()).toHaveLength(3);

  await writeFile(at('.agents/skills/greet/scripts/hello.sh'), 'echo evil > evil.txt\n');
  vscode().model.reset();
  vscode().model.script(command('r3'), text('I may not.'));
  await letta.send('And again.');
  await approval.getByText('nobody has approved').waitFor(WAIT);
  await letta.decide('Deny', 'Bash');
  await letta.idle();
  expect(existsSync(at('evil.txt'))).toBe(false);
  await letta.chooseMode('standard');
});

test('an earlier version is shown as a diff and restored', async () => {
  const { quick } = window();
  await withGreet();
  const versions = quick.widget.locator('.monaco-list-row', { hasText: 'kept copy' });
  const show = async () => {
    await window().command('Letta: Show Versions of a Skill…');
    await quick.widget.locator('.monaco-list-row', { hasText: '.agents/skills/greet' }).first().click();
    await quick.prompt('Versions of “greet”').waitFor(WAIT);
    await versions.first().waitFor(WAIT);
  };
  // What stands there is kept when the versions are asked for.
  await show();
  const before = await readFile(at('.agents/skills/greet/SKILL.md'), 'utf8');
  await window().page.keyboard.press('Escape');
  await writeFile(at('.agents/skills/greet/SKILL.md'), before.replace('Say hello', 'Wave'));
  await show();
  await versions.nth(1).click();
  await window().pressInNotification('Restore the skill “greet”', 'Restore');
  await window().told('Restored the skill “greet”');
  expect(await readFile(at('.agents/skills/greet/SKILL.md'), 'utf8')).toBe(before);
});
