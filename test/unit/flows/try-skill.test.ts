import { describe, expect, it } from 'vitest';
import type { TurnEvent } from '../../../src/agent/events.ts';
import { toolsForTrial, trialDocument, trySkill } from '../../../src/flows/try-skill.ts';
import type { ToolPart } from '../../../src/protocol/transcript-views.ts';

const ALL = [
  { name: 'Read' },
  { name: 'Grep' },
  { name: 'Edit', plan: () => {} },
  { name: 'Bash' },
  { name: 'Fetch' },
  { name: 'Skill' },
  { name: 'Task' },
  { name: 'AskUserQuestion' },
];

const usage = (prompt: number): TurnEvent => {
  const spent = { prompt, cached: 0, completion: 0 };
  return { type: 'usage', tokens: prompt, spent, context: null };
};
const part = (id: string, title: string, state: ToolPart['state']): TurnEvent => ({
  type: 'tool',
  part: { type: 'tool', id, name: title, title, target: 'a.ts', state, input: '{}' },
});

describe('toolsForTrial', () => {
  it('has only what reads, unless the person says otherwise, and never what speaks to others', () => {
    expect(toolsForTrial(ALL, false)).toEqual(['Read', 'Grep']);
    expect(toolsForTrial(ALL, true)).toEqual(['Read', 'Grep', 'Edit', 'Bash', 'Fetch']);
  });
});

describe('trySkill', () => {
  it('asks the same twice, with the skill and without it, and tells what each took', async () => {
    const asked: { reminder: string; question: string }[] = [];
    const trial = await trySkill(
      {
        tools: ['Read', 'Edit'],
        changing: true,
        model: 'm/one',
        diff: (name, before, after) => `${name}: ${before} -> ${after}`,
        run: async (reminder, question, seen) => {
          asked.push({ reminder, question });
          seen(usage(1_200));
          seen(part('1', 'Read', 'running'));
          seen(part('1', 'Read', asked.length === 1 ? 'done' : 'failed'));
          seen(usage(34));
          const changed = asked.length === 1 ? [{ name: 'a.ts', before: null, after: 'new' }] : [];
          return {
            status: 'success',
            text: `Answer ${asked.length}`,
            changed,
            left: changed.map(() => 'b.ts stays: it has unsaved text.'),
          };
        },
      },
      { skill: 'add-a-route', skillText: '# Use REST', question: 'Add a route' },
    );
    expect(asked.map(({ question }) => question)).toEqual(['Add a route', 'Add a route']);
    expect(asked[0]?.reminder).toContain('# Use REST');
    expect(asked[1]?.reminder).not.toContain('# Use REST');
    expect(asked[1]?.reminder).not.toContain('add-a-route');
    for (const { reminder } of asked) expect(reminder).toContain('put back afterwards');
    expect(trial.with).toEqual({
      text: 'Answer 1',
      failed: false,
      model: 'm/one',
      tokens: 1_234,
      tools: ['Read a.ts'],
      changes: ['a.ts: null -> new'],
      left: ['b.ts stays: it has unsaved text.'],
    });
    expect(trial.without.tools).toEqual(['Read a.ts (failed)']);
    const document = trialDocument(trial, trial.with, 'with');
    for (const said of ['Model: m/one', 'Tokens: 1,234', '- Read a.ts', 'Answer 1', 'Add a route'])
      expect(document).toContain(said);
    expect(document).toContain(
      '## What it changed\n\nb.ts stays: it has unsaved text.\n\n```diff\na.ts: null -> new\n```',
    );
    expect(trialDocument(trial, trial.without, 'without')).not.toContain('## What it changed');
  });

  it('with tools that only read, it says what it would change', async () => {
    const reminders: string[] = [];
    await trySkill(
      {
        tools: ['Read'],
        changing: false,
        model: 'm/one',
        diff: () => '',
        run: async (reminder) => {
          reminders.push(reminder);
          return { status: 'success', text: '', changed: [], left: [] };
        },
      },
      { skill: 's', skillText: 'x', question: 'q' },
    );
    for (const reminder of reminders) expect(reminder).toContain('say in full what you would change');
  });
});
