// Memory as files: each change is a commit that names its thread, an edit in a file reaches the agent, and a folder goes out and in.
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';
import { text, toolCalls } from '../../support/scripted-model.ts';
import type { LettaView } from '../harness/letta-view.ts';
import { blockShows, insert } from '../harness/memory.ts';
import { newest, remindersOf, resultsOf, systemOf } from '../harness/requests.ts';
import { withWindow } from '../harness/with-vscode.ts';
import type { Workbench } from '../harness/workbench.ts';

const { vscode, window } = withWindow({ settings: { 'letta.memory.mirror': '~/memory' } });
const WAIT = 30_000;

const request = () => newest(vscode().model);

async function value(letta: LettaView, label: string, expected: string): Promise<void> {
  await letta.panel('Memory');
  await blockShows(letta, label, expected);
}

/** The agent's folder inside the one of the setting. */
async function folder(): Promise<string> {
  const all = join(vscode().home, 'memory');
  await expect.poll(() => readdir(all).catch(() => []), { timeout: WAIT }).toHaveLength(1);
  return join(all, (await readdir(all))[0] ?? '');
}

const fileOf = async (label: string): Promise<string> =>
  readFile(join(await folder(), `${label}.md`), 'utf8').catch(() => '');

async function log(label: string): Promise<string> {
  const args = ['-C', await folder(), 'log', '--format=%B', '--', `${label}.md`];
  return (await promisify(execFile)('git', args).catch(() => ({ stdout: '' }))).stdout;
}

/** In VS Code's own folder picker. */
async function chooseFolder({ quick }: Workbench, path: string, button: string): Promise<void> {
  const box = quick.widget.locator('input').first();
  const ok = quick.widget.getByRole('button', { name: button });
  const row = (name: string) => quick.widget.locator('.monaco-list-row', { hasText: name }).first();
  await ok.waitFor({ timeout: WAIT });
  await row('..').waitFor({ timeout: WAIT });
  // It proposes a folder of its own, now and then over what was typed already.
  await vi.waitFor(
    async () => {
      await box.fill(path);
      await row(basename(path)).waitFor({ timeout: 3_000 });
      expect(await box.inputValue()).toBe(path);
      await ok.click({ timeout: 3_000 });
      await ok.waitFor({ state: 'hidden', timeout: 3_000 });
    },
    { timeout: WAIT, interval: 500 },
  );
}

test('a change of memory is a commit that names its thread, and an edit of the file reaches the block and the next request', async () => {
  const { letta } = window();
  const { model } = vscode();
  model.script(insert('conventions', 'Indent with tabs.'), text('Noted.'));
  await letta.ask('We indent with tabs');
  await expect.poll(() => fileOf('conventions'), { timeout: WAIT }).toContain('\nIndent with tabs.\n');
  expect(await fileOf('conventions')).toMatch(/^---\nname: conventions\ndescription: .+\n---\n/);
  await expect
    .poll(() => log('conventions'), { timeout: WAIT })
    .toMatch(/Letta-Thread: conv-\S+\nLetta-Turn: \S+\nLetta-Author: agent/);

  const path = join(await folder(), 'conventions.md');
  await writeFile(path, (await readFile(path, 'utf8')).replace('with tabs.', 'with two spaces.'));
  await value(letta, 'conventions', 'Indent with two spaces.');
  await expect.poll(() => log('conventions'), { timeout: WAIT }).toContain('Letta-Author: file');
  await letta.panel('Chat');
  model.script(text('Two spaces.'));
  await letta.ask('What do we indent with?');
  expect(remindersOf(request())).toContain('+ Indent with two spaces.');

  // What is typed in the Memory panel is the person's.
  await letta.panel('Memory');
  await letta.blockValue('conventions').fill('Indent with four spaces.');
  await letta.block('conventions').getByRole('button', { name: 'Save' }).click();
  await expect.poll(() => fileOf('conventions'), { timeout: WAIT }).toContain('\nIndent with four spaces.\n');
  await expect.poll(() => log('conventions'), { timeout: WAIT }).toContain('Letta-Author: person');
});

test('a file with bad frontmatter is refused by name and left alone; what a commit by others brings waits for review', async () => {
  const workbench = window();
  const { letta } = workbench;
  const path = join(await folder(), 'lessons.md');
  await expect.poll(() => fileOf('lessons'), { timeout: WAIT }).not.toBe('');
  const good = await readFile(path, 'utf8');
  const bad = 'No frontmatter here.\n';
  await writeFile(path, bad);
  await workbench
    .notification(/lessons\.md.*frontmatter/)
    .first()
    .waitFor({ timeout: WAIT });
  await value(letta, 'lessons', '');
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
  await value(letta, 'lessons', '');
  await item.getByRole('button', { name: 'Accept' }).click();
  await value(letta, 'lessons', 'Run it twice.');
  await waiting.waitFor({ state: 'detached', timeout: WAIT });
  expect(await fileOf('lessons')).toContain('Run it twice.');
});

test('memory goes out into a folder, and what differs is shown before it comes in and waits for review', async () => {
  const workbench = window();
  const { letta, page } = workbench;
  const { model } = vscode();
  const archived = toolCalls([{ name: 'archival_memory_insert', args: { content: 'The till was bought in 2019.' } }]);
  model.script(insert('project', 'A small shop.'), archived, text('Noted.'));
  await letta.ask('It is a small shop');
  const out = join(vscode().home, 'out');
  await mkdir(out);
  await workbench.command('Letta: Export Memory…');
  await chooseFolder(workbench, out, 'Export Memory Here');
  await workbench
    .notification(/Exported \d+ blocks/)
    .first()
    .waitFor({ timeout: WAIT });
  expect(await readFile(join(out, 'project.md'), 'utf8')).toContain('A small shop.');

  await writeFile(join(out, 'project.md'), (await readFile(join(out, 'project.md'), 'utf8')).replace('small', 'large'));
  await writeFile(
    join(out, 'glossary.md'),
    '---\nname: glossary\ndescription: Words we use\n---\nSKU: one thing we sell.\n',
  );
  await writeFile(join(out, 'broken.md'), 'Nothing above.\n');
  const kept = await readFile(join(out, 'archive.jsonl'), 'utf8');
  expect(kept).toContain('The till was bought in 2019.');
  const more = JSON.stringify({ text: 'The shop closes at six.', tags: ['hours'], createdAt: null });
  await writeFile(join(out, 'archive.jsonl'), `${kept}${more}\n`);
  await workbench.command('Letta: Import Memory…');
  await chooseFolder(workbench, out, 'Import Memory from Here');
  await workbench.quick.prompt(/Choose what to import/).waitFor({ timeout: WAIT });
  const rows = workbench.quick.widget.locator('.monaco-list-row');
  await rows.filter({ hasText: 'project' }).filter({ hasText: 'A large shop.' }).waitFor();
  await rows.filter({ hasText: 'glossary' }).filter({ hasText: 'new' }).waitFor();
  await rows
    .filter({ hasText: 'broken.md' })
    .filter({ hasText: /frontmatter/ })
    .waitFor();
  await rows.filter({ hasText: 'Archive' }).filter({ hasText: '1 new entry' }).waitFor();
  expect(await rows.filter({ hasText: 'persona' }).count()).toBe(0);
  await page.keyboard.press('Enter');
  const dialog = page.locator('.monaco-dialog-box', { hasText: 'Add 1 entry to the archive?' });
  await dialog.getByRole('button', { name: 'Add 1 Entry' }).click({ timeout: WAIT });
  await workbench.told('2 changes wait for review. 1 entry was added to the archive.');

  await value(letta, 'project', 'A small shop.');
  const waiting = letta.frame.getByRole('list', { name: 'Waiting for review' }).getByRole('listitem');
  await waiting.filter({ hasText: 'SKU: one thing we sell.' }).getByRole('button', { name: 'Accept' }).click();
  await value(letta, 'glossary', 'SKU: one thing we sell.');
  await waiting.filter({ hasText: 'A large shop.' }).getByRole('button', { name: 'Reject' }).click();
  await value(letta, 'project', 'A small shop.');
  // What the archive held already was not added twice, and the agent finds what came in.
  const search = (query: string) => toolCalls([{ name: 'archival_memory_search', args: { query } }]);
  model.script(search('when does the shop close'), search('the till was bought'), text('At six.'));
  await letta.panel('Chat');
  await letta.ask('When do we close, and how old is the till?');
  const [closing = '', till = ''] = resultsOf(request(), 'archival_memory_search');
  expect(closing).toContain('The shop closes at six.');
  expect(till.split('The till was bought in 2019.')).toHaveLength(2);
  await letta.newThread();
  model.script(text('Yes.'));
  await letta.ask('What is an SKU?');
  expect(systemOf(request())).toContain('SKU: one thing we sell.');
  expect(await fileOf('glossary')).toContain('SKU: one thing we sell.');
});

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
  const written = Date.now();
  await expect.poll(() => fileOf('lessons'), { timeout: WAIT, interval: 100 }).toContain('Then clear the cache.');
  // Two seconds, and what a busy machine adds.
  expect(Date.now() - written).toBeLessThan(5_000);

  const path = join(await folder(), 'lessons.md');
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
  expect(await readdir(await folder())).not.toContain('conflicts');
  await second.page.close();
});

test('the project’s memory is shared as a file of the workspace, and what others made of it waits for review', async () => {
  const workbench = window();
  const { letta, folder: workspace } = workbench;
  const { model } = vscode();
  model.script(insert('project', 'The till prints receipts.'), text('Noted.'));
  await letta.ask('The till prints receipts');
  await workbench.command('Letta: Share Project Memory with the Workspace');
  await workbench
    .notification(/Written to \.letta\/memory\/project\.md/)
    .first()
    .waitFor({ timeout: WAIT });
  const path = join(workspace, '.letta', 'memory', 'project.md');
  const shared = await readFile(path, 'utf8');
  expect(shared).toContain('The till prints receipts.');

  // A colleague's version arrives with a pull.
  await writeFile(path, shared.replace('The till prints receipts.', 'The till mails receipts.'));
  await letta.panel('Memory');
  const waiting = letta.frame.getByRole('list', { name: 'Waiting for review' });
  const item = waiting.getByRole('listitem').filter({ hasText: 'The till mails receipts.' });
  await item.waitFor({ timeout: WAIT });
  await item.getByText('Shared with the workspace').first().waitFor();
  expect(await letta.blockValue('project').inputValue()).toContain('The till prints receipts.');
  await item.getByRole('button', { name: 'Accept' }).click();
  await expect
    .poll(() => letta.blockValue('project').inputValue(), { timeout: WAIT })
    .toContain('The till mails receipts.');
  await waiting.waitFor({ state: 'detached', timeout: WAIT });

  // Both sides are the same again, so sharing has nothing left to ask.
  await workbench.command('Letta: Share Project Memory with the Workspace');
  await workbench.notification('is up to date').first().waitFor({ timeout: WAIT });

  await workbench.command('Letta: Open Memory Folder');
  await workbench.page.getByRole('tab', { name: /MEMORY\.md/ }).waitFor({ timeout: WAIT });
});
