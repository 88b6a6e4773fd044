// The editor tools as a model uses them: what stands in its next request is what they said.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { text, toolCalls } from '../../support/scripted-model.ts';
import { toolNames, toolResult } from '../harness/results.ts';
import { withWindow } from '../harness/with-vscode.ts';

const { vscode, window } = withWindow({
  async prepare(folder) {
    await writeFile(join(folder, 'src', 'unopened.ts'), "export const pages: number = 'many';\n");
  },
});

test('OpenFiles tells tabs, the active one, unsaved text, visible lines and the selection', async () => {
  const { editor, letta } = window();
  await editor.open('src/book.ts');
  await editor.open('src/shelf.ts');
  await editor.goTo(1);
  await editor.insert('const unsaved = 1;\n');
  await editor.selectLines(5, 7);
  vscode().model.script(toolCalls([{ name: 'OpenFiles', args: {}, id: 'call-open' }]), text('Two files.'));

  await letta.ask('Which files do I have open?');

  const [first, second] = vscode().model.requests;
  expect(toolNames(first)).toEqual(
    expect.arrayContaining(['OpenFiles', 'Read', 'Edit', 'Write', 'Diagnostics', 'Skill']),
  );
  const lines = toolResult(second, 'call-open').split('\n');
  expect(lines[0]).toMatch(/^src\/shelf\.ts \(active; unsaved changes; visible lines 1-\d+; selection 5:1-7:\d+\)$/);
  expect(lines).toContain('src/book.ts');
  await letta.card('Open files').getByText('done', { exact: true }).waitFor();

  await editor.undo();
});

test('Read gives the text of the editor where it is unsaved, else that of the disk; one step, one answer', async () => {
  const { editor, letta, folder } = window();
  await editor.open('src/book.ts');
  await editor.goTo(1);
  await editor.insert('const onlyInTheEditor = 1;\n');
  vscode().model.script(
    toolCalls([
      { name: 'Read', args: { path: 'src/book.ts' }, id: 'call-dirty' },
      { name: 'Read', args: { path: join(folder, 'package.json') }, id: 'call-disk' },
      { name: 'Read', args: { path: 'README.md', offset: 3, limit: 1 }, id: 'call-part' },
      { name: 'Read', args: { path: 'src/nowhere.ts' }, id: 'call-missing' },
    ]),
    text('Read them.'),
  );

  await letta.ask('Read these.');

  const { requests } = vscode().model;
  // The model is asked once more, not four times, and finds the results in the order of its calls.
  expect(requests).toHaveLength(2);
  expect(requests[1]?.body.messages.slice(-4).map((message) => message.tool_call_id)).toEqual([
    'call-dirty',
    'call-disk',
    'call-part',
    'call-missing',
  ]);
  const dirty = toolResult(requests[1], 'call-dirty');
  expect(dirty).toContain('with unsaved changes');
  expect(dirty).toContain('1\tconst onlyInTheEditor = 1;');
  expect(await readFile(join(folder, 'src/book.ts'), 'utf8')).not.toContain('onlyInTheEditor');
  expect(toolResult(requests[1], 'call-disk')).toContain('2\t  "name": "shelf",');
  expect(toolResult(requests[1], 'call-part')).toMatch(/^3\tA tiny library/);
  expect(toolResult(requests[1], 'call-missing')).toBe('Error: src/nowhere.ts does not exist.');
  await letta.card('Read src/nowhere.ts').getByText('failed', { exact: true }).waitFor();

  await window().command('File: Revert File');
});

test('Diagnostics names the type error of the sample workspace, and looks at files that nobody has opened', async () => {
  const { editor, letta } = window();
  await editor.open('src/shelf.ts');
  // TypeScript may take its time to start; the tool waits for 5 s at most.
  await editor.active.locator('.squiggly-error').first().waitFor({ timeout: 60_000 });
  vscode().model.script(
    toolCalls([
      { name: 'Diagnostics', args: { path: 'src/shelf.ts' }, id: 'call-open' },
      { name: 'Diagnostics', args: { path: 'src/unopened.ts' }, id: 'call-unopened' },
    ]),
    toolCalls([{ name: 'Diagnostics', args: {}, id: 'call-all' }]),
    text('Two errors.'),
  );

  await letta.ask('What is wrong in this project?');

  const { requests } = vscode().model;
  const wrong = "src/shelf.ts:26:3 error ts(2322): Type 'Book | undefined' is not assignable to type 'Book'.";
  expect(toolResult(requests[1], 'call-open')).toContain(wrong);
  expect(toolResult(requests[1], 'call-unopened')).toContain(
    "src/unopened.ts:1:14 error ts(2322): Type 'string' is not assignable to type 'number'.",
  );
  expect(toolResult(requests[2], 'call-all')).toContain(wrong);
});
