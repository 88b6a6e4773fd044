import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  extractSkill,
  learnReminder,
  learnSkill,
  type SkillSource,
  skillTemplate,
} from '../../../src/flows/learn-skill.ts';

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
const never = new AbortController().signal;

describe('extractSkill', () => {
  it.each([
    ['whole', SKILL],
    ['after words', `Here it is:\n\n${SKILL}`],
    ['in a fence of four', `Here:\n\n\`\`\`\`markdown\n${SKILL}\`\`\`\`\n`],
    ['in a fence of three with a fence inside', `\`\`\`markdown\n${SKILL}\`\`\``],
    ['CRLF', SKILL.replace(/\n/g, '\r\n')],
  ])('finds it %s', (_how, reply) => {
    expect(extractSkill(reply)).toBe(SKILL);
  });

  it('takes the whole of a skill that quotes a fenced one', () => {
    const skill = `${SKILL}\n\`\`\`markdown\n---\nname: inner\n---\n\`\`\`\n`;
    expect(extractSkill(skill)).toBe(skill);
  });

  it.each(['', 'Sorry, I cannot.', '---\nname: x', '# Title\ntext'])('finds none in %j', (reply) => {
    expect(extractSkill(reply)).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => (extractSkill(text) ?? '---\n').startsWith('---\n')),
    );
  });
});

describe('learnSkill', () => {
  const backend = (reply: string, problems: string[] = [], failed = false) => {
    const sent: { text: string; reminders: string[] }[] = [];
    return {
      sent,
      runBeside: async (
        _t: string,
        text: string,
        reminders: string[],
        sink: (e: { type: 'text'; id: string; delta: string }) => void,
      ) => {
        sent.push({ text, reminders });
        sink({ type: 'text', id: 't', delta: reply });
        return failed
          ? ({ kind: 'failed', failure: { message: 'model down', hint: '', retry: true } } as const)
          : ({ kind: 'done' } as const);
      },
      validate: () => ({ name: 'write-a-test', problems }),
      maskSecrets: (each: string) => each,
    };
  };

  it('sends the selection unescaped, line by line', async () => {
    const b = backend(SKILL);
    const draft = await learnSkill(b, source, never);
    expect(b.sent[0]?.text).toBe(source.text);
    expect(b.sent[0]?.reminders[0]).toBe(learnReminder(source));
    expect(draft).toEqual({ name: 'write-a-test', text: SKILL, byAgent: true });
  });

  it.each([
    ['no SKILL.md', backend('I will not.')],
    ['an invalid one', backend(SKILL, ['name does not fit'])],
    ['a failure', backend('', [], true)],
  ])('falls back to a marked template that holds the selection: %s', async (_why, b) => {
    const draft = await learnSkill(b, source, never);
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
});
