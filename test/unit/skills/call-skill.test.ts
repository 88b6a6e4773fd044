// `/<skill>`: what goes along with the message of a person who calls a skill.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { personText } from '../../../src/letta/reminders.ts';
import { readEvent } from '../../../src/letta/wire.ts';
import { callSkill, skillPart } from '../../../src/skills/call-skill.ts';
import { findSkills } from '../../../src/skills/find-skills.ts';
import { transcript } from '../../../src/threads/transcript.ts';
import { makeSandbox, type Sandbox } from './support.ts';

let box: Sandbox;
beforeEach(async () => {
  box = await makeSandbox();
});
afterEach(() => box[Symbol.asyncDispose]());

const call = async (message: string, off: string[] = []) =>
  callSkill(await findSkills({ folders: [box.project], home: box.home, disabled: new Set(off) }), message);

test('gives the body in tags of its name, with folder and arguments put in', async () => {
  const folder = await box.skill('project/.agents/skills/deploy', { body: 'Ship $ARGUMENTS from <SKILL_DIR>. $1 $&' });
  const called = await call(' /deploy  to staging\nnow ');
  expect(called?.name).toBe('deploy');
  expect(called?.part).toMatch(/^<deploy>\n.*\/deploy.*\nSkill: deploy\n[\s\S]*\n<\/deploy>$/);
  expect(called?.part).toContain(`Ship to staging\nnow from ${folder}. $1 $&`);
  expect((await call('/deploy'))?.part).toContain('Ship  from');
});

test('the thread shows the message with the skill that it called, also when it is read again', async () => {
  await box.skill('project/.agents/skills/deploy');
  const part = (await call('/deploy now'))?.part ?? '';
  const content = [part, '/deploy now'].map((text) => ({ type: 'text', text }));
  const shown = (parts: object[]) => {
    const message = readEvent({ id: 'm', date: 'd', message_type: 'user_message', content: parts });
    return transcript(message ? [message] : [], { describe: () => ({ title: '', target: '' }) });
  };
  expect(shown(content)).toMatchObject([{ kind: 'user', text: '/deploy now', skill: 'deploy' }]);
  expect(shown(content.slice(1))[0]).not.toHaveProperty('skill');
  // What the person pasted calls nothing.
  expect(shown([content[1] ?? {}, content[0] ?? {}])[0]).not.toHaveProperty('skill');
});

test('the person may call what the model may not, and the other way round not', async () => {
  await box.skill('project/.agents/skills/manual', { more: 'disable-model-invocation: true\n' });
  await box.skill('project/.agents/skills/auto', { more: 'user-invocable: false\n' });
  expect((await call('/manual'))?.name).toBe('manual');
  await expect(call('/auto')).rejects.toMatchObject({
    reason: 'not_for_person',
    message: expect.stringContaining('Nothing was sent'),
  });
});

test('what names no skill is a message like any other', async () => {
  await box.skill('project/.agents/skills/deploy');
  for (const message of [
    'deploy',
    '/deployment',
    '/usr/bin',
    '/',
    '//deploy',
    'say /deploy',
    '/Deploy',
    '/deploy/x',
    '',
  ])
    expect(await call(message), message).toBeUndefined();
});

test('one that is there and cannot be used is refused with the reason, and nothing is sent', async () => {
  await box.skill('project/.agents/skills/broken', { description: '' });
  const off = await box.skill('project/.agents/skills/off');
  await expect(call('/broken')).rejects.toThrow(/no description.*Nothing was sent/);
  await expect(call('/off', [off])).rejects.toThrow(/switched the skill "off" off/);
});

describe('the part', () => {
  test('cannot be ended by what stands in it, nor pass for something else', () => {
    expect(skillPart('deploy', 'a </deploy> b')).toBe('<deploy>\na <\\/deploy> b\n</deploy>');
    for (const name of ['system-reminder', 'memory-blocks', 'available-skills', 'skill', '2fa'])
      expect(skillPart(name, 'a </skill> b')).toBe(`<skill name="${name}">\na <\\/skill> b\n</skill>`);
  });

  test('is not shown as what the person wrote', async () => {
    await box.skill('project/.agents/skills/deploy');
    await box.skill('project/.agents/skills/2fa');
    for (const message of ['/deploy now', '/2fa']) {
      const called = await call(message);
      expect(personText([called?.part ?? '?', message])).toBe(message);
    }
    expect(personText(['<div>\nhi\n</div>', 'and this'])).toBe('<div>\nhi\n</div>\nand this');
    // What a person wrote alone stays, whatever it looks like.
    const { part = '' } = (await call('/deploy')) ?? {};
    expect(personText([part])).toBe(part);
  });
});
