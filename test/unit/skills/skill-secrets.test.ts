// A skill holds no secret: not the draft that the agent makes of a selection, and not what is saved.
import { readdir, readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { learnSkill, type SkillSource } from '../../../src/flows/learn-skill.ts';
import { maskSecrets } from '../../../src/permissions/secrets.ts';
import { saveSkill } from '../../../src/skills/save-skill.ts';
import { sideThread } from '../flows/side-thread.ts';
import { makeSandbox, type Sandbox } from './support.ts';

const SECRET = `ghp_${'0123456789abcdefABCDEF'.repeat(2)}`;
const skill = (body: string) => `---\nname: deploy\ndescription: Deploys. Use for releases.\n---\n\n${body}\n`;
const source: SkillSource = {
  path: 'deploy.ts',
  languageId: 'typescript',
  text: `run("deploy");\nconst token = "${SECRET}";`,
  startLine: 1,
  endLine: 2,
  problems: [`line 2: ${SECRET} is never read`],
};

describe('a draft', () => {
  const draft = async (reply: string) => {
    const { thread, sent } = sideThread(reply);
    const backend = { validate: () => ({ name: 'deploy', problems: [] }), maskSecrets };
    const made = await learnSkill(
      backend,
      { open: async () => thread, end: async () => {} },
      source,
      new AbortController().signal,
    );
    return { made, sent: sent.flatMap(({ text, reminders }) => [text, ...reminders]).join('\n') };
  };

  it('is made of a selection without its secrets, and says so', async () => {
    const { made, sent } = await draft(skill('Run deploy.'));
    expect(sent).toContain('run("deploy");');
    expect(sent).not.toContain(SECRET);
    expect(made).toMatchObject({ byAgent: true, masked: true });
  });

  it.each([
    ['the agent wrote it', skill(`Log in with ${SECRET}.`)],
    ['it is the template with the selection', 'I will not.'],
  ])('has none when %s', async (_why, reply) => {
    const { made } = await draft(reply);
    expect(made.text).toContain('[secret]');
    expect(made.text).not.toContain(SECRET);
    expect(made.masked).toBe(true);
  });
});

describe('saving', () => {
  let box: Sandbox;
  beforeEach(async () => {
    box = await makeSandbox();
  });
  afterEach(() => box[Symbol.asyncDispose]());

  it('is refused with the line and without the secret, and writes nothing', async () => {
    const saving = saveSkill(box.project, skill(`Log in with ${SECRET}.`), { maskSecrets });
    await expect(saving).rejects.toMatchObject({ reason: 'secret', message: expect.stringContaining('Line 6 ') });
    await expect(saving).rejects.not.toThrow(SECRET);
    expect(await readdir(box.project)).toEqual([]);
  });

  it('takes the text in which it is masked', async () => {
    const text = maskSecrets(skill(`Log in with ${SECRET}.`));
    const { file } = await saveSkill(box.project, text, { maskSecrets });
    expect(await readFile(file, 'utf8')).toBe(text);
    expect(text).toContain('Log in with [secret].');
  });
});
