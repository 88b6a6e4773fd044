// Memory as files, on whichever home: `letta.memory.mirror` is `MIRROR`, and the chat of the window is open.
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { text, toolCalls } from '../../support/scripted-model.ts';
import { chooseFolder } from '../harness/folder-dialog.ts';
import { blockShows, insert } from '../harness/memory.ts';
import { newest, remindersOf, resultsOf, systemOf } from '../harness/requests.ts';
import type { Opened } from '../harness/with-vscode.ts';

/** In the settings. */
export const MIRROR = '~/memory';
const WAIT = 30_000;

export class FileSteps {
  private readonly opened: Opened;

  constructor(opened: Opened) {
    this.opened = opened;
  }

  /** The agent's folder inside the one of the setting. */
  async folder(): Promise<string> {
    const all = join(this.opened.vscode().home, 'memory');
    await expect.poll(() => readdir(all).catch(() => []), { timeout: WAIT }).toHaveLength(1);
    return join(all, (await readdir(all))[0] ?? '');
  }

  fileOf = async (label: string): Promise<string> =>
    readFile(join(await this.folder(), `${label}.md`), 'utf8').catch(() => '');

  /** The messages of all commits that changed a block. */
  log = async (label: string): Promise<string> => {
    const args = ['-C', await this.folder(), 'log', '--format=%B', '--', `${label}.md`];
    return (await promisify(execFile)('git', args).catch(() => ({ stdout: '' }))).stdout;
  };

  async value(label: string, expected: string): Promise<void> {
    const { letta } = this.opened.window();
    await letta.panel('Memory');
    await blockShows(letta, label, expected);
  }

  /** What the agent writes is a commit; what is written into the file reaches the agent. *conventions* is empty before. */
  async mirrored(): Promise<void> {
    const { letta } = this.opened.window();
    const { model } = this.opened.vscode();
    model.script(insert('conventions', 'Indent with tabs.'), text('Noted.'));
    await letta.ask('We indent with tabs');
    await expect.poll(() => this.fileOf('conventions'), { timeout: WAIT }).toContain('\nIndent with tabs.\n');
    expect(await this.fileOf('conventions')).toMatch(/^---\nname: conventions\ndescription: .+\n---\n/);
    await expect
      .poll(() => this.log('conventions'), { timeout: WAIT })
      .toMatch(/Letta-Thread: conv-\S+\nLetta-Turn: \S+\nLetta-Author: agent/);

    const path = join(await this.folder(), 'conventions.md');
    await writeFile(path, (await readFile(path, 'utf8')).replace('with tabs.', 'with two spaces.'));
    await this.value('conventions', 'Indent with two spaces.');
    await expect.poll(() => this.log('conventions'), { timeout: WAIT }).toContain('Letta-Author: file');
    await letta.panel('Chat');
    model.script(text('Two spaces.'));
    await letta.ask('What do we indent with?');
    expect(remindersOf(newest(model))).toContain('+ Indent with two spaces.');
  }

  /** *project* is empty before; *glossary* is there afterwards. */
  async outAndIn(): Promise<void> {
    const window = this.opened.window();
    const { letta, page } = window;
    const { home, model } = this.opened.vscode();
    const archived = toolCalls([{ name: 'archival_memory_insert', args: { content: 'The till was bought in 2019.' } }]);
    model.script(insert('project', 'A small shop.'), archived, text('Noted.'));
    await letta.ask('It is a small shop');
    const out = join(home, 'out');
    await mkdir(out);
    await window.command('Letta: Export Memory…');
    await chooseFolder(window, out, 'Export Memory Here');
    await window
      .notification(/Exported \d+ blocks/)
      .first()
      .waitFor({ timeout: WAIT });
    expect(await readFile(join(out, 'project.md'), 'utf8')).toContain('A small shop.');

    const project = await readFile(join(out, 'project.md'), 'utf8');
    await writeFile(join(out, 'project.md'), project.replace('small', 'large'));
    await writeFile(
      join(out, 'glossary.md'),
      '---\nname: glossary\ndescription: Words we use\n---\nSKU: one thing we sell.\n',
    );
    await writeFile(join(out, 'broken.md'), 'Nothing above.\n');
    const kept = await readFile(join(out, 'archive.jsonl'), 'utf8');
    expect(kept).toContain('The till was bought in 2019.');
    const more = JSON.stringify({ text: 'The shop closes at six.', tags: ['hours'], createdAt: null });
    await writeFile(join(out, 'archive.jsonl'), `${kept}${more}\n`);
    await window.command('Letta: Import Memory…');
    await chooseFolder(window, out, 'Import Memory from Here');
    await window.quick.prompt(/Choose what to import/).waitFor({ timeout: WAIT });
    const rows = window.quick.widget.locator('.monaco-list-row');
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
    await window.told('2 changes wait for review. 1 entry was added to the archive.');

    await this.value('project', 'A small shop.');
    const waiting = letta.frame.getByRole('list', { name: 'Waiting for review' }).getByRole('listitem');
    await waiting.filter({ hasText: 'SKU: one thing we sell.' }).getByRole('button', { name: 'Accept' }).click();
    await this.value('glossary', 'SKU: one thing we sell.');
    await waiting.filter({ hasText: 'A large shop.' }).getByRole('button', { name: 'Reject' }).click();
    await this.value('project', 'A small shop.');
    // What the archive held already was not added twice, and the agent finds what came in.
    const search = (query: string) => toolCalls([{ name: 'archival_memory_search', args: { query } }]);
    model.script(search('when does the shop close'), search('the till was bought'), text('At six.'));
    await letta.panel('Chat');
    await letta.ask('When do we close, and how old is the till?');
    const [closing = '', till = ''] = resultsOf(newest(model), 'archival_memory_search');
    expect(closing).toContain('The shop closes at six.');
    expect(till.split('The till was bought in 2019.')).toHaveLength(2);
    await letta.newThread();
    model.script(text('Yes.'));
    await letta.ask('What is an SKU?');
    expect(systemOf(newest(model))).toContain('SKU: one thing we sell.');
    expect(await this.fileOf('glossary')).toContain('SKU: one thing we sell.');
  }

  /** The project's memory goes into the workspace, and what others make of it waits. */
  async shared(): Promise<void> {
    const window = this.opened.window();
    const { letta } = window;
    const { model } = this.opened.vscode();
    model.script(insert('project', 'The till prints receipts.'), text('Noted.'));
    await letta.ask('The till prints receipts');
    await window.command('Letta: Share Project Memory with the Workspace');
    await window
      .notification(/Written to \.letta\/memory\/project\.md/)
      .first()
      .waitFor({ timeout: WAIT });
    const path = join(window.folder, '.letta', 'memory', 'project.md');
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
  }
}
