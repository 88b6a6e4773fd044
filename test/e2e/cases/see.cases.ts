// The tools that look, as a model uses them and as a person sees what they found.
import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { text, toolCalls } from '../../support/scripted-model.ts';
import { toolNames, toolResult } from '../harness/results.ts';
import { withWindow } from '../harness/with-vscode.ts';

const { vscode, window } = withWindow({
  async prepare(folder) {
    await writeFile(join(folder, 'src', 'unopened.ts'), "export const pages: number = 'many';\n");
    const git = (...args: string[]) =>
      execFileSync(
        'git',
        ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'commit.gpgsign=false', ...args],
        {
          cwd: folder,
        },
      );
    await mkdir(join(folder, 'private'));
    await writeFile(join(folder, '.lettaignore'), 'private/\n');
    await writeFile(join(folder, 'private', 'plan.ts'), 'export const isSamePlan = 1;\n');
    git('init', '-q', '-b', 'main');
    git('add', '-A');
    git('commit', '-q', '-m', 'A shelf');
    await appendFile(join(folder, 'src', 'book.ts'), '// changed since\n');
    await appendFile(join(folder, 'private', 'plan.ts'), '// hidden change\n');
  },
});

test('Grep, Code, Git and Diagnostics: what the model reads, and places on their cards that open in the editor', async () => {
  const { editor, letta, page } = window();
  await editor.open('src/shelf.ts');
  await editor.goTo(1);
  await editor.insert('// isSame, unsaved\n');
  // TypeScript may take its time to start.
  await editor.active.locator('.squiggly-error').first().waitFor({ timeout: 60_000 });
  vscode().model.script(
    toolCalls([
      { name: 'Glob', args: { pattern: '**/*.ts' }, id: 'call-glob' },
      { name: 'Grep', args: { pattern: 'isSame' }, id: 'call-grep' },
      { name: 'Code', args: { operation: 'definition', path: 'src/shelf.ts', symbol: 'isSame' }, id: 'call-code' },
      { name: 'Git', args: { operation: 'diff' }, id: 'call-git' },
      { name: 'Diagnostics', args: { path: 'src' }, id: 'call-problems' },
      { name: 'OpenFiles', args: {}, id: 'call-open' },
    ]),
    text('Found it.'),
  );

  await letta.ask('Where is isSame?');

  const [first, second] = vscode().model.requests;
  expect(toolNames(first)).toEqual(expect.arrayContaining(['Glob', 'Grep', 'Diagnostics', 'Code', 'Git']));
  expect(toolResult(second, 'call-glob')).toBe('src/book.ts\nsrc/shelf.ts\nsrc/unopened.ts');
  const found = toolResult(second, 'call-grep');
  expect(found).toMatch(/^src\/shelf\.ts \[unsaved\]\n1:\/\/ isSame, unsaved\n3:import/);
  expect(found).toContain('\n\nsrc/book.ts\n9:export function isSame');
  expect(toolResult(second, 'call-code')).toBe('src/book.ts:9:17: export function isSame(a: Book, b: Book): boolean {');
  expect(toolResult(second, 'call-git')).toMatch(
    /^diff --git a\/src\/book\.ts b\/src\/book\.ts\n[\s\S]*\+\/\/ changed since$/,
  );
  expect(toolResult(second, 'call-problems')).toMatch(/^src\/shelf\.ts:2[67]:3 error ts\(2322\)/m);
  expect(toolResult(second, 'call-open')).toMatch(/Edited last:\nsrc\/shelf\.ts \(the person; /);
  const results = second?.body.messages.filter(({ role }) => role === 'tool');
  expect(results).toHaveLength(6);
  expect(JSON.stringify(results)).not.toMatch(/isSamePlan|hidden change|private/);

  const card = letta.card('Code definition isSame in src/shelf.ts');
  const link = card.getByRole('list', { name: 'Found places' }).getByRole('link', { name: 'src/book.ts:9' });
  await link.click();
  await editor.tab('book.ts').and(page.locator('.active')).waitFor();
  await page.locator('.statusbar-item', { hasText: 'Ln 9, Col 17' }).waitFor();
  // Many places are folded.
  const many = letta.card('Search isSame');
  await many.getByRole('button', { name: /^\d+ places in 2 files/ }).click();
  await many.getByRole('link', { name: 'src/shelf.ts:1', exact: true }).click();
  await page.locator('.statusbar-item', { hasText: 'Ln 1, Col 4' }).waitFor();
  await editor.undo();
});

test('bad calls come back as errors that say what to do', async () => {
  const { letta } = window();
  vscode().model.script(
    toolCalls([
      { name: 'Grep', args: { pattern: 'a(' }, id: 'call-regex' },
      { name: 'Grep', args: { pattern: 'x', path: 'private' }, id: 'call-hidden' },
      { name: 'Glob', args: { pattern: '../**' }, id: 'call-out' },
      { name: 'Code', args: { operation: 'references', path: 'src/book.ts', symbol: 'isSam' }, id: 'call-near' },
      { name: 'Git', args: { operation: 'show', ref: '--output=x' }, id: 'call-ref' },
    ]),
    text('I see.'),
  );

  await letta.ask('Look again.');

  const second = vscode().model.requests[1];
  expect(toolResult(second, 'call-regex')).toMatch(/^Error: "a\(" is no regular expression .*Put \\ before/);
  expect(toolResult(second, 'call-hidden')).toContain('.lettaignore hides private');
  expect(toolResult(second, 'call-out')).toContain('leads out');
  expect(toolResult(second, 'call-near')).toContain('Similar names there: isSame (line 9)');
  expect(toolResult(second, 'call-ref')).toContain('is no name of a commit');
});
