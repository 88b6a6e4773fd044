// Learning skills: from a selection, from a thread, by offer; tried, counted, and revised when what came of them is corrected.
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { messageText, type RecordedRequest, text, toolCalls } from '../../support/scripted-model.ts';
import { lastUserOf, newest, remindersOf, systemOf } from '../harness/requests.ts';
import { countWith, toolNames, toolResult } from '../harness/results.ts';
import { putSkill, skillText } from '../harness/skills.ts';
import { withWindow } from '../harness/with-vscode.ts';

/** For what takes a moment on a busy machine. */
const WAIT = { timeout: 45_000 };

/** Characters that a careless way into a prompt would change; short lines, so that no editor wraps them. */
const TRICKY = [
  'export function li(book: Book) {',
  '  // <b>&amp; "quotes" \\slash $1',
  '\tconst fence = "```";',
  '',
  "  return '<li>' + book.title + fence;",
  '}',
];
const BEFORE = ["import type { Book } from './books.ts';", '// What a shelf looks like.'];

const { vscode, window } = withWindow({
  async prepare(folder) {
    await writeFile(join(folder, 'src', 'render.ts'), `${[...BEFORE, ...TRICKY].join('\n')}\n`);
  },
});

const row = (name: string) => window().letta.skills.filter({ hasText: name });
const request = () => newest(vscode().model);
const requestWith = (words: string): Promise<RecordedRequest> =>
  expect
    .poll(() => vscode().model.requests.find((each) => lastUserOf(each).includes(words)), WAIT)
    .toBeDefined()
    .then(() => vscode().model.requests.findLast((each) => lastUserOf(each).includes(words)) ?? request());
/** Where a draft would be saved. */
const saved = (name: string, path = 'SKILL.md'): string => join(window().folder, '.agents', 'skills', name, path);
/** They lie over the composer. */
const clearNotifications = () => window().command('Notifications: Clear All Notifications');

/** Selects the tricky lines of src/render.ts, which is the only editor then. */
async function selectTricky(): Promise<void> {
  await window().command('View: Close All Editors');
  await window().editor.open('src/render.ts');
  await window().editor.selectLines(1 + BEFORE.length, BEFORE.length + TRICKY.length);
}

/** The file takes the draft's place: whoever goes on writing and saves again means the skill. */
async function handedOver(): Promise<void> {
  const { editor } = window();
  await window().page.locator('.breadcrumbs-control', { hasText: '.agents' }).waitFor(WAIT);
  await expect.poll(() => editor.tab('SKILL.md').count(), WAIT).toBe(1);
}

/** What lies in a folder of the extension's storage. */
async function stored(name: string, ending = '.json'): Promise<string> {
  const storage = join(vscode().folder, 'data', 'data', 'User', 'globalStorage', 'letta-vscode.letta-vscode');
  const folder = join(storage, name);
  const names = (await readdir(folder).catch(() => [])).filter((each) => each.endsWith(ending));
  return (await Promise.all(names.map((each) => readFile(join(folder, each), 'utf8')))).join('\n');
}

/** All drafts. */
const keptDrafts = () => stored('skill-drafts', '.md');

/** The draft of that name, once it is the active editor. */
async function draftText(name: string): Promise<string> {
  const { editor } = window();
  await editor.activeTab.filter({ hasText: 'SKILL.md' }).waitFor(WAIT);
  await editor.active.locator('.view-line').first().waitFor();
  await expect.poll(() => editor.text(), WAIT).toContain(`---\nname: ${name}\n`);
  return editor.text();
}

/** What the editor offers above the first line of a draft. */
const lens = (name: string) => window().page.locator('.codelens-decoration a', { hasText: name }).first();

test('from the right click to the second thread that uses the skill: drafted, revised, saved with its files, used, counted', async () => {
  const { editor, letta, quick, page } = window();
  const { model } = vscode();
  const about = 'Renders a book as a list item. Use for lists of books.';
  const draft = skillText('render-books', about, '# Render\n\n1. Start from templates/item.ts.\n');
  const file = '~~~~file templates/item.ts\nexport const item = 1;\n~~~~\n';
  const leaving = '~~~~file ../../evil.sh\nrm -rf /\n~~~~\n';
  model.script(text(`Here it is:\n\n\`\`\`\`markdown\n${draft}\`\`\`\`\n\n${file}\n${leaving}`));
  await selectTricky();
  await editor.contextMenu('Learn Skill from Selection');

  const shown = await draftText('render-books');
  expect(shown).not.toContain('Here it is');
  // All of it can be read before anything is saved; a path that leads elsewhere is left out, and that is said.
  await editor.tab('item.ts').waitFor(WAIT);
  await window().told('evil.sh was left out');
  // The selection reached the model as it stands in the editor, line by line, after whatever we say about it.
  const first = request();
  expect(lastUserOf(first).endsWith(`\n\n${TRICKY.join('\n')}`)).toBe(true);
  expect(remindersOf(first)).toContain('src/render.ts');
  expect(remindersOf(first)).toContain(`- ${BEFORE[0]}`);
  expect(remindersOf(first)).toContain(BEFORE[1]);

  // In the same conversation the agent makes it what the person wants; Ctrl+Z takes that back.
  model.script(text(`${draft.replace('# Render', '# Shorter')}\n${file}`));
  await window().pressInNotification('render-books', 'Revise…');
  await quick.answer('Say it shorter', 'What should be different?');
  const second = await requestWith('Say it shorter');
  expect(lastUserOf(second).endsWith('Say it shorter')).toBe(true);
  expect(remindersOf(second)).toContain('1. Start from templates/item.ts.');
  expect(countWith(second, TRICKY[0] ?? '')).toBeGreaterThan(0);
  await expect.poll(() => editor.text(), WAIT).toContain('# Shorter');
  await editor.undo();
  await expect.poll(() => editor.text(), WAIT).toContain('# Render');
  await page.keyboard.press('Control+Y');
  await expect.poll(() => editor.text(), WAIT).toContain('# Shorter');
  expect(existsSync(saved('render-books'))).toBe(false);

  // The notification is gone by now; the editor offers the same.
  await lens('Save to project').click(WAIT);
  await expect.poll(() => existsSync(saved('render-books', 'templates/item.ts')), WAIT).toBe(true);
  expect(await readFile(saved('render-books'), 'utf8')).toBe(draft.replace('# Render', '# Shorter'));
  expect(await readFile(saved('render-books', 'templates/item.ts'), 'utf8')).toBe('export const item = 1;\n');
  await handedOver();
  expect(await editor.tab('item.ts').count()).toBe(0);

  await clearNotifications();
  await letta.newThread();
  model.script(toolCalls([{ name: 'Skill', args: { name: 'render-books' }, id: 'k1' }]), text('As the skill says.'));
  const before = model.requests.length;
  await letta.ask('Render the books.');
  const asked = model.requests[before];
  expect(asked && systemOf(asked)).toMatch(
    /<available_skills>[\s\S]*render-books[\s\S]*Renders a book as a list item\./,
  );
  expect(asked && JSON.stringify(asked.body)).not.toContain('# Shorter');
  const result = toolResult(model.requests[before + 1], 'k1');
  expect(result).toContain('# Shorter');
  expect(result).toContain('- templates/item.ts');
  await letta.panel('Skills');
  await row('render-books')
    .getByText(/Used once/)
    .waitFor(WAIT);
});

test('a thread is distilled into a skill, which can be saved to the agent', async () => {
  const { letta } = window();
  const { model } = vscode();
  model.script(text('First the red can leaked, then the blue one worked.'));
  await letta.ask('Water the tulips.');
  model.script(text(skillText('water-tulips', 'How tulips are watered. Use for tulips.', '# Water\n\n1. Blue can.\n')));
  await letta.send('/skill only the watering');
  await draftText('water-tulips');

  const asked = await requestWith('only the watering');
  expect(lastUserOf(asked).endsWith('only the watering')).toBe(true);
  expect(remindersOf(asked)).toContain('Dead ends');
  // It is the thread itself that is looked back at.
  const said = asked.body.messages.map(messageText).join('\n');
  expect(said).toContain('Water the tulips.');
  expect(said).toContain('then the blue one worked.');

  await window().command('Letta: Save Skill to Agent');
  await letta.panel('Skills');
  await row('water-tulips').getByText('this agent').waitFor(WAIT);
  expect(existsSync(saved('water-tulips'))).toBe(false);
  await letta.panel('Chat');
  // The thread shows nothing of it.
  expect(await letta.transcript.textContent()).not.toContain('only the watering');
});

test('on the third request of a kind the agent offers to learn it, in the chat, once', async () => {
  const { letta } = window();
  const { model } = vscode();
  const offer = letta.frame.getByRole('region', { name: 'Learn a skill' });
  await window().command('View: Close All Editors');
  for (const version of ['1.1', '1.2']) {
    await letta.ask(`Write the release notes for ${version}`);
    expect(await offer.count()).toBe(0);
    await letta.newThread();
  }
  await letta.ask('Write the release notes for 1.3');
  await offer.getByText('3 threads').waitFor(WAIT);

  model.script(text(skillText('release-notes', 'Writes release notes.')));
  await offer.getByRole('button', { name: 'Draft a skill' }).click();
  await draftText('release-notes');
  expect(remindersOf(await requestWith('Draft a skill from this conversation.'))).toContain(
    '- Write the release notes for 1.1',
  );
  await window().pressInNotification('release-notes', 'Discard');
  await expect.poll(() => window().editor.tab('SKILL.md').count(), WAIT).toBe(0);
  await letta.newThread();
  await letta.ask('Write the release notes for 1.4');
  expect(await offer.count()).toBe(0);
});

test('a skill is tried on its example, beside the answer without it, with tools that only read', async () => {
  const { editor, letta, page } = window();
  const { model } = vscode();
  const body = '# Paint\n\n1. Two coats of linseed.\n\n## Examples\n\n- Paint the fence\n';
  await putSkill(window(), 'paint-fences', skillText('paint-fences', 'How fences are painted.', body));
  await letta.ask('Hello there');
  await letta.panel('Skills');
  const before = model.requests.length;
  model.script(text('Two coats, says the skill.'), text('One coat, I guess.'));
  await row('paint-fences').getByRole('button', { name: 'Try…' }).click(WAIT);
  await window().quick.pickFirst('Paint the fence');
  await window().quick.pickFirst('Tools that only read');

  await expect.poll(() => model.requests.length, WAIT).toBe(before + 2);
  const [withSkill, without] = model.requests.slice(before);
  for (const each of [withSkill, without]) {
    expect(each && lastUserOf(each).endsWith('Paint the fence')).toBe(true);
    expect(countWith(each, 'Hello there')).toBeGreaterThan(0);
    expect(toolNames(each)).toContain('Read');
    expect(toolNames(each)).not.toContain('Edit');
    expect(toolNames(each)).not.toContain('Bash');
  }
  expect(withSkill && remindersOf(withSkill)).toContain('Two coats of linseed.');
  // Neither its entry in the list nor its text.
  for (const word of ['linseed', 'paint-fences', 'How fences are painted.'])
    expect(JSON.stringify(without?.body)).not.toContain(word);

  await editor.diff.waitFor(WAIT);
  await page.locator('.modified-in-monaco-diff-editor', { hasText: 'Two coats, says the skill.' }).waitFor(WAIT);
  await page.locator('.original-in-monaco-diff-editor', { hasText: 'One coat, I guess.' }).waitFor(WAIT);
  await letta.panel('Threads');
  expect(await letta.threads.filter({ hasText: 'Try the skill' }).count()).toBe(0);
});

test('what a trial with all tools changes is shown, and put back before the run without the skill', async () => {
  const { letta, page, quick } = window();
  const { model } = vscode();
  const jar = join(window().folder, 'src', 'jar.ts');
  await writeFile(jar, "export const jar = 'plum';\n");
  const body = '# Label\n\n1. Write the fruit in capitals.\n\n## Examples\n\n- Label the jar\n';
  await putSkill(window(), 'label-jars', skillText('label-jars', 'How jars are labelled.', body));
  await letta.chooseMode('acceptEdits');
  await letta.panel('Skills');
  const before = model.requests.length;
  const edit = { path: 'src/jar.ts', edits: [{ old_string: 'plum', new_string: 'PLUM' }] };
  model.script(
    toolCalls([{ name: 'Edit', args: edit, id: 'j1' }]),
    text('In capitals, as the skill says.'),
    toolCalls([{ name: 'Read', args: { path: 'src/jar.ts' }, id: 'j2' }]),
    text('It is labelled already.'),
  );
  await row('label-jars').getByRole('button', { name: 'Try…' }).click(WAIT);
  await quick.pickFirst('Label the jar');
  await quick.widget.locator('.monaco-list-row', { hasText: 'All tools' }).click(WAIT);

  await page
    .locator('.modified-in-monaco-diff-editor', { hasText: "+export const jar = 'PLUM';" })
    .filter({ hasText: 'In capitals, as the skill says.' })
    .waitFor(WAIT);
  await page.locator('.original-in-monaco-diff-editor', { hasText: 'It is labelled already.' }).waitFor(WAIT);
  const asked = model.requests.slice(before);
  expect(asked).toHaveLength(4);
  expect(asked[0] && remindersOf(asked[0])).toContain('Write the fruit in capitals.');
  expect(toolNames(asked[0])).toContain('Bash');
  for (const each of asked.slice(2))
    for (const word of ['fruit in capitals', 'label-jars', 'How jars are labelled.'])
      expect(JSON.stringify(each.body)).not.toContain(word);
  // Both runs found the same file, and nothing of them is left.
  expect(toolResult(asked[3], 'j2')).toContain("jar = 'plum'");
  expect(await readFile(jar, 'utf8')).toBe("export const jar = 'plum';\n");
  await letta.panel('Chat');
  await letta.frame.getByRole('region', { name: 'Changed files' }).waitFor({ state: 'detached', ...WAIT });
  await letta.chooseMode('standard');
});

test('what the person takes back after a skill was used counts, and becomes a revision that they discard, find again and keep', async () => {
  const { editor, letta, page } = window();
  const { model } = vscode();
  const skill = skillText('greet-people', 'How people are greeted.', '# Greet\n\n1. Say hi.\n');
  await putSkill(window(), 'greet-people', skill);
  await letta.chooseMode('acceptEdits');
  model.script(
    toolCalls([{ name: 'Skill', args: { name: 'greet-people' }, id: 'g1' }]),
    toolCalls([{ name: 'Write', args: { path: 'src/greet.ts', content: 'export const hi = "hi";\n' }, id: 'g2' }]),
    text('Greeted.'),
  );
  await letta.ask('Greet the people.');
  const revised = skill.replace('Say hi.', 'Say good day.');
  model.script(text(revised));
  await letta.button('Undo all').click();

  await window().pressInNotification('You corrected what came of the skill “greet-people”', 'Show Diff');
  const asked = await requestWith('undid what the agent had done in src/greet.ts');
  expect(remindersOf(asked)).toContain('1. Say hi.');
  expect(lastUserOf(asked)).toContain('-export const hi = "hi";');
  await editor.diff.waitFor(WAIT);
  await page.locator('.modified-in-monaco-diff-editor', { hasText: 'Say good day.' }).waitFor(WAIT);
  expect(await readFile(saved('greet-people'), 'utf8')).toBe(skill);

  await window().command('Letta: Discard Revision');
  await editor.diff.waitFor({ state: 'detached', ...WAIT });
  await window().told('Discarded the revision of the skill “greet-people”');
  expect(await readFile(saved('greet-people'), 'utf8')).toBe(skill);
  await letta.panel('Skills');
  await row('greet-people').getByText('You discarded a revision.').waitFor(WAIT);
  await row('greet-people').getByRole('button', { name: 'View revision' }).click();
  await page.locator('.modified-in-monaco-diff-editor', { hasText: 'Say good day.' }).waitFor(WAIT);

  await window().command('Letta: Keep Revision');
  await expect.poll(() => readFile(saved('greet-people'), 'utf8'), WAIT).toBe(revised);
  await window().told('Kept the revision of the skill “greet-people”');
  await editor.diff.waitFor({ state: 'detached', ...WAIT });
  await clearNotifications();
  await letta.open();
  await letta.chooseMode('standard');
  await letta.panel('Skills');
  await row('greet-people')
    .getByText(/1 corrected/)
    .waitFor(WAIT);
  // It is another skill now.
  expect(await row('greet-people').getByRole('button', { name: 'View revision' }).count()).toBe(0);

  // What a command of the turn wrote counts as well, when the person has changed it and speaks again.
  const day = join(window().folder, 'src', 'day.txt');
  await letta.panel('Chat');
  model.script(
    toolCalls([{ name: 'Skill', args: { name: 'greet-people' }, id: 'g3' }]),
    toolCalls([{ name: 'Bash', args: { command: 'echo "good day" > src/day.txt' }, id: 'g4' }]),
    text('Greeted by a command.'),
    text('Indeed.'),
  );
  await letta.send('Greet them by a command.');
  await letta.approval('Bash').waitFor(WAIT);
  await letta.decide('Allow', 'Bash');
  await expect.poll(() => stored('skill-usage'), WAIT).toContain(day);
  await letta.idle();
  await writeFile(day, 'good evening\n');
  await letta.ask('Now it is evening.');
  await letta.panel('Skills');
  await row('greet-people')
    .getByText(/2 corrected/)
    .waitFor(WAIT);
  // The terminal takes the room that the editors of the next cases need.
  await window().command('View: Hide Panel');
});

test('Learn Skill from the palette: saving the editor saves the skill, with what the person changed in it', async () => {
  const { editor } = window();
  const draft = skillText('by-keyboard', 'Saved by the keyboard.', '# By keyboard\n\n1. Press the keys.\n');
  vscode().model.script(text(draft));
  await selectTricky();
  await window().command('Letta: Learn Skill from Selection');
  await draftText('by-keyboard');
  await editor.goTo(6);
  await editor.insert('By hand: ');
  expect(existsSync(saved('by-keyboard'))).toBe(false);

  await editor.save();

  await expect.poll(() => existsSync(saved('by-keyboard')), WAIT).toBe(true);
  const first = draft.replace('# By keyboard', 'By hand: # By keyboard');
  expect(await readFile(saved('by-keyboard'), 'utf8')).toBe(first);
  await handedOver();
  await editor.goTo(8);
  await editor.insert('2. And once more.\n');
  await editor.save();
  await expect.poll(() => readFile(saved('by-keyboard'), 'utf8'), WAIT).toContain('2. And once more.\n1. Press');
});

test('auto save keeps a draft and saves no skill: that is for the person to say', async () => {
  const { editor, folder } = window();
  const settings = join(folder, '.vscode', 'settings.json');
  await mkdir(join(folder, '.vscode'), { recursive: true });
  await writeFile(settings, '{ "files.autoSave": "afterDelay", "files.autoSaveDelay": 100 }');
  try {
    vscode().model.script(text(skillText('by-itself', 'Saved by nobody.')));
    await selectTricky();
    await window().command('Letta: Learn Skill from Selection');
    await draftText('by-itself');
    await editor.goTo(6);
    await editor.insert('Letters. ');
    await expect.poll(keptDrafts, WAIT).toContain('Letters. ');
    // The text is kept first: what would follow has had its time once the next letters are kept as well.
    await editor.insert('More. ');
    await expect.poll(keptDrafts, WAIT).toContain('Letters. More. ');
    expect(existsSync(saved('by-itself'))).toBe(false);
    await lens('Save to project').waitFor(WAIT);

    await editor.save();
    await expect.poll(() => existsSync(saved('by-itself')), WAIT).toBe(true);
    expect(await readFile(saved('by-itself'), 'utf8')).toContain('Letters. More. ');
    await handedOver();
  } finally {
    await rm(settings);
  }
});

test('a draft that nobody changed is saved by Ctrl+S as well', async () => {
  const { editor } = window();
  const draft = skillText('untouched', 'Saved as the agent wrote it.');
  vscode().model.script(text(draft));
  await selectTricky();
  await window().command('Letta: Learn Skill from Selection');
  await draftText('untouched');

  await editor.save();

  await expect.poll(() => existsSync(saved('untouched')), WAIT).toBe(true);
  expect(await readFile(saved('untouched'), 'utf8')).toBe(draft);
  await handedOver();
});

test('a reply that is no SKILL.md gives a marked template that holds the selection', async () => {
  vscode().model.script(text('I would rather talk about the weather.'));
  await selectTricky();
  await window().command('Letta: Learn Skill from Selection');

  const shown = await draftText('from-render');
  expect(shown).toContain('TEMPLATE');
  expect(shown).toContain('not written by the agent');
  for (const line of TRICKY) expect(shown).toContain(line.trim());
  await window().notification('The reply was no SKILL.md').first().waitFor(WAIT);
  expect(existsSync(saved('from-render'))).toBe(false);
});

test('a name that is taken is asked about before anything is replaced', async () => {
  const { editor } = window();
  const mine = skillText('taken', 'Mine.', '# Mine\n');
  await putSkill(window(), 'taken', mine);
  const theirs = skillText('taken', 'From the selection.', '# Theirs\n');
  vscode().model.script(text(theirs));
  await selectTricky();
  await window().command('Letta: Learn Skill from Selection');
  await draftText('taken');

  await editor.save();
  const question = window().page.locator('.monaco-dialog-box', { hasText: 'There is a skill "taken" already' });
  await question.waitFor(WAIT);
  expect(await readFile(saved('taken'), 'utf8')).toBe(mine);
  await question.getByRole('button', { name: 'Cancel' }).click();
  // Whoever keeps the other one is told that this one is not saved.
  await window().notification('Not saved: you kept the skill of that name').first().waitFor(WAIT);
  expect(await readFile(saved('taken'), 'utf8')).toBe(mine);

  await editor.save();
  await question.waitFor(WAIT);
  await question.getByRole('button', { name: 'Replace' }).click();
  await expect.poll(() => readFile(saved('taken'), 'utf8'), WAIT).toBe(theirs);
  await handedOver();
});
