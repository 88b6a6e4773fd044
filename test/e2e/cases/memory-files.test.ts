// Memory as files: each change is a commit that names its thread, an edit in a file reaches the agent, and a folder goes out and in.
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { text } from '../../support/scripted-model.ts';
import { insert, saveBlock } from '../harness/memory.ts';
import { newest, remindersOf } from '../harness/requests.ts';
import { withWindow } from '../harness/with-vscode.ts';
import { SkillSteps } from '../shared/agent-skills.ts';
import { FileSteps, MIRROR } from '../shared/memory-files.ts';

const opened = withWindow({ settings: { 'letta.memory.mirror': MIRROR } });
const { vscode, window } = opened;
const steps = new FileSteps(opened);
const skills = new SkillSteps(opened, steps);
const { fileOf, log } = steps;
const WAIT = 30_000;

const request = () => newest(vscode().model);

test('a change of memory is a commit that names its thread, and an edit of the file reaches the block and the next request', async () => {
  const { letta } = window();
  await steps.mirrored();

  // What is typed in the Memory panel is the person's.
  await letta.panel('Memory');
  await saveBlock(letta, 'conventions', 'Indent with four spaces.');
  await expect.poll(() => fileOf('conventions'), { timeout: WAIT }).toContain('\nIndent with four spaces.\n');
  await expect.poll(() => log('conventions'), { timeout: WAIT }).toContain('Letta-Author: person');
});

test('a file with bad frontmatter is refused by name and left alone; what a commit by others brings waits for review', async () => {
  const workbench = window();
  const { letta } = workbench;
  const path = join(await steps.folder(), 'lessons.md');
  await expect.poll(() => fileOf('lessons'), { timeout: WAIT }).not.toBe('');
  const good = await readFile(path, 'utf8');
  const bad = 'No frontmatter here.\n';
  await writeFile(path, bad);
  await workbench
    .notification(/lessons\.md.*frontmatter/)
    .first()
    .waitFor({ timeout: WAIT });
  await steps.value('lessons', '');
  expect(await readFile(path, 'utf8')).toBe(bad);

  const git = (...args: string[]) => promisify(execFile)('git', ['-C', dirname(path), ...args]);
  await writeFile(path, good.replace(/\n$/, 'Run it twice.\n'));
  await git('add', 'lessons.md');
  await git('-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', 'commit', '-qm', 'A lesson');
  const waiting = letta.frame.getByRole('list', { name: 'Waiting for review' });
  const item = waiting.getByRole('listitem').filter({ hasText: 'Run it twice.' });
  await item.waitFor({ timeout: WAIT });
  await item
    .getByText(/lessons\.md was changed/)
    .first()
    .waitFor();
  await steps.value('lessons', '');
  await item.getByRole('button', { name: 'Accept' }).click();
  await steps.value('lessons', 'Run it twice.');
  await waiting.waitFor({ state: 'detached', timeout: WAIT });
  expect(await fileOf('lessons')).toContain('Run it twice.');
});

test('a skill put into the folder is the agent’s own; what others commit to it waits, and is not loaded before', async () => {
  const { letta } = window();
  const folder = await steps.folder();
  const path = await skills.put('water-plants', '1. Use 0.2 l.');
  await letta.panel('Skills');
  await skills.row('water-plants').waitFor({ timeout: WAIT });
  expect(await skills.loaded('water-plants')).toContain('1. Use 0.2 l.');
  expect(await log('skills/water-plants/SKILL')).toContain('Letta-Author: file');

  const git = (...args: string[]) => promisify(execFile)('git', ['-C', folder, ...args]);
  await writeFile(path, (await readFile(path, 'utf8')).replace('0.2 l', '9 l'));
  await git('add', 'skills');
  await git('-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', 'commit', '-qm', 'More water');
  await letta.panel('Memory');
  const waiting = letta.frame.getByRole('list', { name: 'Waiting for review' });
  const item = waiting.getByRole('listitem').filter({ hasText: 'skills/water-plants/SKILL.md' });
  await item.getByText('Committed by Ada').waitFor({ timeout: WAIT });
  expect(await item.textContent()).toContain('1. Use 9 l.');
  expect(await skills.loaded('water-plants')).toContain('1. Use 0.2 l.');
  await letta.panel('Memory');
  await item.getByRole('button', { name: 'Accept' }).click();
  await waiting.waitFor({ state: 'detached', timeout: WAIT });
  expect(await skills.loaded('water-plants')).toContain('1. Use 9 l.');
});

test('memory goes out into a folder, and what differs is shown before it comes in and waits for review', () =>
  steps.outAndIn());

/** As another program on the same database does. */
function writeElsewhere(label: string, words: string): void {
  const db = new DatabaseSync(join(vscode().lettaDir, 'letta.db'));
  try {
    db.exec('PRAGMA busy_timeout = 5000');
    db.prepare('UPDATE blocks SET value = ?, updated_at = ? WHERE label = ?').run(words, Date.now(), label);
  } finally {
    db.close();
  }
}

test('two windows share one folder, and what another program writes is in it soon: nothing is lost or doubled', async () => {
  const { letta, folder: workspace } = window();
  const { model } = vscode();
  const second = await vscode().open({ folder: workspace });
  await second.letta.open();
  await second.letta.newThread();
  const before = (await log('lessons')).split('Letta-Author').length;

  model.script(insert('lessons', 'Restart the tunnel first.'), text('Noted.'));
  await second.letta.ask('Restart the tunnel first');
  await expect.poll(() => fileOf('lessons'), { timeout: WAIT }).toContain('Restart the tunnel first.');

  const found = (await fileOf('lessons')).split('---\n').at(-1)?.trimEnd() ?? '';
  writeElsewhere('lessons', `${found}\nThen clear the cache.`);
  await expect.poll(() => fileOf('lessons'), { timeout: WAIT, interval: 100 }).toContain('Then clear the cache.');

  const path = join(await steps.folder(), 'lessons.md');
  await writeFile(path, (await readFile(path, 'utf8')).replace('clear the cache', 'empty the cache'));
  await expect.poll(() => log('lessons'), { timeout: WAIT }).toContain('Letta-Author: file');
  for (const each of [letta, second.letta]) {
    await each.panel('Chat');
    model.script(text('The tunnel, then the cache.'));
    await each.ask('What comes first?');
    expect(remindersOf(request())).toContain('Then empty the cache.');
  }
  // One commit a change, whichever window came first; no version had to be set aside.
  expect((await log('lessons')).split('Letta-Author').length - before).toBe(3);
  expect(await readdir(await steps.folder())).not.toContain('conflicts');
  await second.page.close();
});

test('the project’s memory is shared as a file of the workspace, and what others made of it waits for review', async () => {
  const workbench = window();
  await steps.shared();

  // Both sides are the same again, so sharing has nothing left to ask.
  await workbench.command('Letta: Share Project Memory with the Workspace');
  await workbench.notification('is up to date').first().waitFor({ timeout: WAIT });

  await workbench.command('Letta: Open Memory Folder');
  await workbench.page.getByRole('tab', { name: /MEMORY\.md/ }).waitFor({ timeout: WAIT });
});
