// Edits with a person's consent: what is asked, what the diff shows, what is applied, what the agent learns of it.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { text, toolCalls } from '../../support/scripted-model.ts';
import { toolResult } from '../harness/results.ts';
import { withVsCode, withWindow } from '../harness/with-vscode.ts';

/** For what takes a moment on a busy machine. */
const WAIT = { timeout: 45_000 };

const edit = (path: string, from: string, to: string, id: string) => ({
  name: 'Edit',
  args: { path, edits: [{ old_string: from, new_string: to }] },
  id,
});

describe('in a window', () => {
  const { vscode, window } = withWindow({
    async prepare(folder) {
      for (const name of ['denied', 'ruled', 'other', 'planned', 'accepted', 'first', 'second', 'shared']) {
        await writeFile(join(folder, `${name}.txt`), `The ${name} file.\n`);
      }
    },
  });
  const onDisk = (path: string): Promise<string> => readFile(join(window().folder, path), 'utf8');

  test('an edit asks first and shows its diff; Allow applies and saves it, and Ctrl+Z undoes it', async () => {
    const { editor, letta } = window();
    await editor.open('README.md');
    const before = await onDisk('src/shelf.ts');
    await editor.open('src/shelf.ts');
    await editor.active.locator('.squiggly-error').first().waitFor({ timeout: 60_000 });
    await editor.open('README.md');
    vscode().model.script(
      toolCalls([
        edit('src/shelf.ts', 'newest(shelf: Shelf): Book {', 'newest(shelf: Shelf): Book | undefined {', 'e1'),
      ]),
      text('The type is right now.'),
    );

    await letta.send('Correct the return type of newest.');
    const approval = letta.approval('src/shelf.ts');
    await approval.waitFor(WAIT);
    for (const name of ['Allow', 'Always allow…', 'Deny']) {
      expect(await approval.getByRole('button', { name, exact: true }).isEnabled()).toBe(true);
    }
    await letta.card('Edit src/shelf.ts').getByText('waiting for you').waitFor();
    // VS Code's own diff editor is what stands in front.
    await editor.diff.waitFor(WAIT);
    expect(await editor.activeTab.textContent()).toContain('Edit src/shelf.ts (proposed)');
    await expect.poll(() => editor.text(editor.diff.locator('.modified')), WAIT).toContain('): Book | undefined {');
    expect(await editor.text(editor.diff.locator('.original'))).toContain('newest(shelf: Shelf): Book {');
    expect(await onDisk('src/shelf.ts')).toBe(before);
    expect(vscode().model.requests).toHaveLength(1);

    await letta.decide('Allow');
    await letta.idle();

    await editor.diff.waitFor({ state: 'detached', ...WAIT });
    const after = await onDisk('src/shelf.ts');
    expect(after).toBe(before.replace('newest(shelf: Shelf): Book {', 'newest(shelf: Shelf): Book | undefined {'));
    const result = toolResult(vscode().model.requests[1], 'e1');
    expect(result).toContain('Changed src/shelf.ts (saved).');
    expect(result).toContain('Problems: 0 added, 1 removed.');
    expect(result).toMatch(/^- src\/shelf\.ts:26:3 error ts\(2322\)/m);
    expect(await letta.last.textContent()).toContain('The type is right now.');
    const card = letta.card('Edit src/shelf.ts');
    await card.getByText('done', { exact: true }).waitFor();
    expect(await card.textContent()).toContain('Solved:');

    await editor.open('src/shelf.ts');
    await editor.undo();
    await expect.poll(() => editor.text(), WAIT).toContain('newest(shelf: Shelf): Book {');
    await editor.save();
    await expect.poll(() => onDisk('src/shelf.ts'), WAIT).toBe(before);
  });

  test('a document with unsaved text is left unsaved, and the problems that an edit adds are reported', async () => {
    const { editor, letta } = window();
    await editor.open('src/shelf.ts');
    await editor.active.locator('.squiggly-error').first().waitFor({ timeout: 60_000 });
    const before = await onDisk('src/shelf.ts');
    await editor.goTo(1);
    await editor.insert('const mine = 1;\n');
    vscode().model.script(
      toolCalls([edit('src/shelf.ts', 'new Map<string, number>()', "new Map<string, number>([['a', 'b']])", 'e2')]),
      text('Done.'),
    );

    await letta.send('Begin the map with something.');
    await letta.decide('Allow', 'src/shelf.ts');
    await letta.idle();

    const result = toolResult(vscode().model.requests[1], 'e2');
    expect(result).toContain('Changed src/shelf.ts (it had unsaved changes, so it was left unsaved).');
    expect(result).toContain('Problems: 1 added, 0 removed.');
    expect(result).toMatch(/^\+ src\/shelf\.ts:20:\d+ error ts\(\d+\)/m);
    expect(await onDisk('src/shelf.ts')).toBe(before);
    expect(await letta.card('Edit src/shelf.ts').textContent()).toContain('New problem:');
    await editor.open('src/shelf.ts');
    expect(await editor.text()).toContain('const mine = 1;');
    expect(await editor.text()).toContain("[['a', 'b']]");
    await window().command('File: Revert File');
  });

  test('Deny changes nothing, the agent is told, and the turn goes on', async () => {
    const { editor, letta } = window();
    vscode().model.script(toolCalls([edit('denied.txt', 'denied', 'changed', 'e3')]), text('Then I leave it.'));

    await letta.send('Change the denied file.');
    await letta.approval('denied.txt').waitFor(WAIT);
    await letta.decide('Deny', 'denied.txt');
    await letta.idle();

    expect(await onDisk('denied.txt')).toBe('The denied file.\n');
    expect(toolResult(vscode().model.requests[1], 'e3')).toMatch(/denied.*declined/is);
    expect(await letta.last.textContent()).toContain('Then I leave it.');
    await letta.card('Edit denied.txt').getByText('denied', { exact: true }).waitFor();
    await editor.diff.waitFor({ state: 'detached', ...WAIT });
  });

  test('Always allow… stores the narrow rule in the settings: the same file asks no more, others do', async () => {
    const { letta } = window();
    vscode().model.script(
      toolCalls([edit('ruled.txt', 'The ruled', 'A ruled', 'e4')]),
      text('Once.'),
      toolCalls([edit('ruled.txt', 'A ruled', 'Any ruled', 'e5')]),
      text('Twice.'),
      toolCalls([edit('other.txt', 'other', 'changed', 'e6')]),
      text('Not that one.'),
    );

    await letta.send('Change the ruled file.');
    const approval = letta.approval('ruled.txt');
    await approval.waitFor(WAIT);
    expect(await approval.textContent()).toContain('Edit(ruled.txt)');
    await letta.decide('Always allow…', 'ruled.txt');
    await letta.idle();
    const settings = join(vscode().folder, 'data', 'data', 'Machine', 'settings.json');
    await expect
      .poll(async () => JSON.parse(await readFile(settings, 'utf8'))['letta.permissions.allow'], WAIT)
      .toEqual(['Edit(ruled.txt)']);

    await letta.ask('And again.');
    expect(await onDisk('ruled.txt')).toBe('Any ruled file.\n');
    expect(toolResult(vscode().model.requests[3], 'e5')).toContain('Changed ruled.txt (saved).');

    await letta.send('And the other one.');
    await letta.approval('other.txt').waitFor(WAIT);
    await letta.decide('Deny', 'other.txt');
    await letta.idle();
    expect(await onDisk('other.txt')).toBe('The other file.\n');
  });

  test('plan mode refuses, accept-edits mode passes but asks for protected files', async () => {
    const { letta } = window();
    const { model } = vscode();
    await letta.chooseMode('plan');
    model.script(toolCalls([edit('planned.txt', 'planned', 'changed', 'e7')]), text('In plan mode, then.'));
    await letta.ask('Change the planned file.');
    expect(toolResult(model.requests[1], 'e7')).toContain('In plan mode nothing is changed.');
    expect(await onDisk('planned.txt')).toBe('The planned file.\n');

    await letta.chooseMode('acceptEdits');
    model.script(
      toolCalls([edit('accepted.txt', 'accepted', 'changed', 'e8')]),
      toolCalls([edit('AGENTS.md', 'Rules for this project', 'No rules', 'e9')]),
      text('One of two.'),
    );
    await letta.send('Change both files.');
    const approval = letta.approval('AGENTS.md');
    await approval.waitFor(WAIT);
    expect(await onDisk('accepted.txt')).toBe('The changed file.\n');
    expect(toolResult(model.requests[3], 'e8')).toContain('Changed accepted.txt (saved).');
    // No stored rule may open what is protected.
    expect(await approval.getByRole('button', { name: 'Always allow…', exact: true }).isDisabled()).toBe(true);
    await letta.decide('Deny', 'AGENTS.md');
    await letta.idle();
    expect(await onDisk('AGENTS.md')).toContain('# Rules for this project');

    await letta.chooseMode('standard');
  });

  test('what .letta/settings.json allows counts once the person accepted that file', async () => {
    const { letta, folder } = window();
    const { model } = vscode();
    await mkdir(join(folder, '.letta'), { recursive: true });
    await writeFile(join(folder, '.letta', 'settings.json'), '{"permissions": {"allow": ["Edit(shared.txt)"]}}');
    model.script(
      toolCalls([edit('shared.txt', 'The shared', 'A shared', 'e20')]),
      text('Not yet.'),
      toolCalls([edit('shared.txt', 'The shared', 'A shared', 'e21')]),
      text('Now.'),
    );
    await letta.send('Change the shared file.');
    await letta.approval('shared.txt').waitFor(WAIT);
    await window().pressInNotification('.letta/settings.json of this workspace', 'Accept');
    await letta.decide('Deny', 'shared.txt');
    await letta.idle();
    expect(await onDisk('shared.txt')).toBe('The shared file.\n');

    await letta.ask('Once more.');
    expect(await onDisk('shared.txt')).toBe('A shared file.\n');
    await rm(join(folder, '.letta'), { recursive: true });
  });

  test('two edits of one step are asked one after the other and answered in one message', async () => {
    const { letta } = window();
    const { model } = vscode();
    model.script(
      toolCalls([edit('first.txt', 'first', '1st', 'e10'), edit('second.txt', 'second', '2nd', 'e11')]),
      text('The first only.'),
    );

    await letta.send('Change both.');
    await letta.approval('first.txt').waitFor(WAIT);
    expect(await letta.approval('second.txt').count()).toBe(0);
    await letta.decide('Allow', 'first.txt');
    await letta.approval('second.txt').waitFor(WAIT);
    expect(await onDisk('first.txt')).toBe('The 1st file.\n');
    await letta.decide('Deny', 'second.txt');
    await letta.idle();

    expect(await onDisk('second.txt')).toBe('The second file.\n');
    expect(model.requests).toHaveLength(2);
    expect(model.requests[1]?.body.messages.slice(-2).map((message) => message.tool_call_id)).toEqual(['e10', 'e11']);
    expect(toolResult(model.requests[1], 'e10')).toContain('Changed first.txt (saved).');
    expect(toolResult(model.requests[1], 'e11')).toMatch(/denied/i);
  });
});

describe('in an untrusted workspace', () => {
  const vscode = withVsCode({
    trustAll: false,
    settings: { 'letta.permissions.mode': 'acceptEdits', 'letta.permissions.allow': ['Edit(**)', 'Write'] },
  });

  test('the agent may read and nothing else, whatever mode and rules say', async () => {
    const { letta, folder } = await vscode().open({ files: { 'notes.txt': 'Something to read.\n' } });
    await letta.open();
    vscode().model.script(
      toolCalls([
        { name: 'Read', args: { path: 'notes.txt' }, id: 'u1' },
        edit('notes.txt', 'Something', 'Nothing', 'u2'),
        { name: 'Write', args: { path: 'new.txt', content: 'new' }, id: 'u3' },
      ]),
      text('I can only read here.'),
    );

    await letta.ask('Change the notes.');

    const [, second] = vscode().model.requests;
    expect(toolResult(second, 'u1')).toContain('Something to read.');
    expect(toolResult(second, 'u2')).toContain('not trusted');
    expect(toolResult(second, 'u3')).toContain('not trusted');
    expect(await readFile(join(folder, 'notes.txt'), 'utf8')).toBe('Something to read.\n');
    await expect(readFile(join(folder, 'new.txt'))).rejects.toThrow('ENOENT');
  });
});
