import { describe, expect, it } from 'vitest';
import { changedAgents } from '../../../src/flows/corrections.ts';
import { evidenceText, improveSkill } from '../../../src/flows/improve-skill.ts';
import { FAILED, sideThread } from './side-thread.ts';

const SKILL = '---\nname: add-a-route\ndescription: Adds a route.\n---\n\n# Route\n\n1. Use var.\n';
const never = new AbortController().signal;
const backend = {
  validate: (text: string) => ({ name: /^name: (.*)$/m.exec(text)?.[1] ?? '', problems: [] }),
  maskSecrets: (text: string) => text.replaceAll('s3cret', '[secret]'),
};
const skill = { name: 'add-a-route', text: SKILL, reviewed: true };
const diff = (name: string, before: string, after: string) => (before === after ? '' : `${name}: ${before} → ${after}`);

describe('improveSkill', () => {
  it('sends the skill and what was corrected, and gives the revision', async () => {
    const { thread, sent } = sideThread(SKILL.replace('Use var', 'Use const'));
    const revised = await improveSkill(backend, thread, skill, 'They changed var to const; s3cret', never);
    expect(revised).toContain('1. Use const.');
    expect(sent[0]?.text).toBe('They changed var to const; [secret]');
    expect(sent[0]?.reminders[0]).toContain('1. Use var.');
    expect(sent[0]?.sources).toEqual(['person', 'workspace', 'skill']);
  });

  it('says where a skill comes from that nobody has read', async () => {
    const { thread, sent } = sideThread('NONE');
    await improveSkill(backend, thread, { ...skill, reviewed: false }, 'x', never);
    expect(sent[0]?.sources).toContain('unreviewedSkill');
  });

  it.each(['NONE', 'None.'.toUpperCase(), SKILL, `\`\`\`\`markdown\n${SKILL}\`\`\`\``])(
    'proposes nothing for %j',
    async (reply) => {
      expect(await improveSkill(backend, sideThread(reply).thread, skill, 'x', never)).toBeUndefined();
    },
  );

  it.each([
    ['talk', sideThread('I am sorry.'), 'no usable revision'],
    ['another name', sideThread(SKILL.replace('add-a-route', 'other')), 'renamed'],
    ['a failure', sideThread('', FAILED), 'model down'],
  ])('says why there is none: %s', async (_why, { thread }, message) => {
    await expect(improveSkill(backend, thread, skill, 'x', never)).rejects.toThrow(message);
  });
});

describe('evidenceText', () => {
  it('tells words and changes, and nothing where nothing says what was wrong', () => {
    const files = [{ name: 'a.ts', before: '', after: 'var', now: 'const' }];
    const text = evidenceText(
      [{ what: 'Declined.', why: ' no var ' }, { what: 'Changed.', files }, { what: 'Restored.' }],
      diff,
    );
    expect(text).toContain('Declined. They said: “no var”');
    expect(text).toContain('a.ts: var → const');
    expect(text).not.toContain('Restored');
    expect(evidenceText([{ what: 'Restored.' }], diff)).toBe('');
  });
});

describe('changedAgents', () => {
  const before = 'a\nb\n';
  const after = 'a\nagent\nb\n';
  it.each([
    ['nothing', after, false],
    ['the agent’s line is gone', before, true],
    ['the agent’s line is another', 'a\nperson\nb\n', true],
    ['a line was added elsewhere', 'a\nagent\nb\nc\n', false],
    ['a line that was there before is gone', 'agent\nb\n', false],
  ])('%s', (_what, now, changed) => expect(changedAgents({ before, after, now })).toBe(changed));
});
