import { describe, expect, it } from 'vitest';
import { reviseDraft } from '../../../src/flows/draft-skill.ts';
import {
  importsOf,
  learnReminder,
  learnSkill,
  type SkillSource,
  skillTemplate,
} from '../../../src/flows/learn-skill.ts';
import { learnFromThread } from '../../../src/flows/learn-skill-thread.ts';
import type { SideThread } from '../../../src/flows/run-beside.ts';
import { FAILED, sideThread } from './side-thread.ts';

const source: SkillSource = {
  path: 'test/a.test.ts',
  languageId: 'typescript',
  text: 'it("adds <1> & 2", () => {\n  expect(add(1, 2)).toBe(3);\n});',
  startLine: 3,
  endLine: 5,
  problems: [],
};
const SKILL =
  '---\nname: write-a-test\ndescription: Writes a test. Use for new functions.\n---\n\n# T\n\n```ts\ncode\n```\n';
const FILE = '~~~~file templates/test.ts\nit("", () => {});\n~~~~\n';
const never = new AbortController().signal;
const backend = (problems: string[] = []) => ({
  validate: () => ({ name: 'write-a-test', problems }),
  maskSecrets: (text: string) => text.replaceAll('s3cret', '[secret]'),
});

const opened = (thread: SideThread) => ({ open: async () => thread, end: async () => {} });

describe('learnSkill', () => {
  it('ends with a template where the home does not answer', async () => {
    const open = () => Promise.reject(new Error('The server does not answer.'));
    const draft = await learnSkill(backend(), { open, end: async () => {} }, source, never);
    expect(draft).toMatchObject({ byAgent: false, reason: 'The server does not answer.' });
    expect(draft.text).toContain(source.text);
  });

  it('leaves no hidden thread when it is cancelled, and keeps it for the draft otherwise', async () => {
    const { thread } = sideThread(SKILL);
    const ended: string[] = [];
    const side = { open: async () => thread, end: async () => void ended.push('ended') };
    await learnSkill(backend(), side, source, never);
    expect(ended).toEqual([]);
    await learnSkill(backend(), side, source, AbortSignal.abort());
    expect(ended).toEqual(['ended']);
  });

  it('sends the selection unescaped, line by line', async () => {
    const { thread, sent } = sideThread(`${SKILL}\n${FILE}`);
    const draft = await learnSkill(backend(), opened(thread), source, never);
    expect(sent[0]?.text).toBe(source.text);
    expect(sent[0]?.reminders[0]).toBe(learnReminder(source));
    expect(draft).toEqual({
      name: 'write-a-test',
      text: SKILL,
      files: [{ path: 'templates/test.ts', text: 'it("", () => {});\n' }],
      byAgent: true,
    });
  });

  it('sends the file around it, what it imports, and its problems, without secrets', async () => {
    const file = `import { add } from './add.ts';\nconst key = "s3cret";\n${source.text}\n`;
    const { thread, sent } = sideThread(SKILL);
    await learnSkill(backend(), opened(thread), { ...source, file, problems: ['line 4: s3cret is wrong'] }, never);
    const [reminder = ''] = sent[0]?.reminders ?? [];
    expect(reminder).toContain("- import { add } from './add.ts';");
    expect(reminder).toContain('const key = "[secret]";');
    expect(reminder).toContain('- line 4: [secret] is wrong');
    expect(JSON.stringify(sent)).not.toContain('s3cret');
    expect(sent[0]?.sources).toEqual(['person', 'workspace']);
  });

  it('sends of a long file what stands around the selection', () => {
    const lines = Array.from({ length: 4_000 }, (_, i) => `line number ${i + 1};`);
    const reminder = learnReminder({ ...source, file: lines.join('\n'), startLine: 2_000, endLine: 2_002 });
    expect(reminder).toContain('line number 1995;');
    expect(reminder).toContain('line number 2010;');
    expect(reminder).not.toContain('line number 1;');
    expect(reminder.length).toBeLessThan(30_000);
  });

  it.each([
    ['no SKILL.md', backend(), sideThread('I will not.')],
    ['an invalid one', backend(['name does not fit']), sideThread(SKILL)],
    ['a failure', backend(), sideThread('', FAILED)],
  ])('falls back to a marked template that holds the selection: %s', async (_why, b, { thread }) => {
    const draft = await learnSkill(b, opened(thread), source, never);
    expect(draft.byAgent).toBe(false);
    expect(draft.reason).toBeTruthy();
    expect(draft.text).toContain(source.text);
    expect(draft.text).toContain('Template, not written by the agent');
    expect(draft.text.startsWith('---\nname: ')).toBe(true);
  });

  it('fences a selection that holds fences', () => {
    const text = '````md\nx\n````';
    const draft = skillTemplate({ ...source, text });
    expect(draft.text).toContain(`\`\`\`\`\`typescript\n${text}\n\`\`\`\`\``);
  });

  it.each([
    ["import a from 'b';", true],
    ['from os import path', true],
    ['#include <stdio.h>', true],
    ['use std::fs;', true],
    ["const fs = require('fs');", true],
    ['using System.Text;', true],
    ['important();', false],
    ['const a = 1;', false],
    ['// from here on', false],
  ])('an import: %s %s', (line, is) => expect(importsOf(line)).toHaveLength(is ? 1 : 0));
});

describe('reviseDraft', () => {
  it('sends what stands in the editor and what the person wants, in the same conversation', async () => {
    const { thread, sent } = sideThread(SKILL.replace('# T', '# Better'));
    const draft = { text: `${SKILL}\nBy hand.`, files: [{ path: 'scripts/x.sh', text: 'echo s3cret\n' }] };
    const revised = await reviseDraft(backend(), thread, draft, 'Make it better', never);
    expect(revised.text).toContain('# Better');
    expect(sent[0]?.text).toBe('Make it better');
    expect(sent[0]?.reminders[0]).toContain('By hand.');
    expect(sent[0]?.reminders[0]).toContain('scripts/x.sh:\n```\necho [secret]\n```');
  });

  it.each([sideThread('No.'), sideThread('', FAILED)])(
    'leaves the draft where there is no better one',
    async (side) => {
      const revising = reviseDraft(backend(), side.thread, { text: SKILL, files: [] }, 'x', never);
      await expect(revising).rejects.toThrow('The draft stays as it is.');
    },
  );
});

describe('learnFromThread', () => {
  it('asks a copy of the thread for what worked, what did not, and how it was checked', async () => {
    const { thread, sent } = sideThread(SKILL);
    const draft = await learnFromThread(backend(), thread, { hint: '', similar: ['Write release notes'] }, never);
    expect(draft.name).toBe('write-a-test');
    const [reminder = ''] = sent[0]?.reminders ?? [];
    for (const word of ['Dead ends', 'commands', 'Check', '- Write release notes']) expect(reminder).toContain(word);
  });

  it('says why there is no draft', async () => {
    const learning = learnFromThread(backend(), sideThread('Hm.').thread, { hint: 'the tests' }, never);
    await expect(learning).rejects.toThrow('The reply was no SKILL.md.');
  });
});
