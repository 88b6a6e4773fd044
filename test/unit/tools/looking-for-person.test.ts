// Tools that only look, run for the person themself: what they attach to a message.
import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { look, mayLook } from '../../../src/looking.ts';
import type { Decision } from '../../../src/permissions/decision.ts';
import { Looking } from './looking.ts';

let looking: Looking;
beforeEach(() => {
  looking = new Looking();
  writeFileSync(looking.editor.path('a.ts'), 'one\ntwo\nthree\n');
});
afterEach(() => looking.dispose());

const judged = (decision: Decision['decision']) => ({
  tools: looking.tools,
  decide: async () => ({ decision, reason: 'Because of a rule.' }),
});
const run = (decision: Decision['decision'], name: string, input: object) =>
  look(judged(decision), name, input, AbortSignal.timeout(10_000));

describe('what a person attaches', () => {
  it('is read as the agent would read it, with where it came from', async () => {
    const read = await run('allow', 'Read', { path: 'a.ts', offset: 2, limit: 1 });
    expect(read).toMatchObject({ text: expect.stringMatching(/^2\ttwo\n/), sources: ['workspace'] });
  });

  it('is not asked about once more, save where it goes along by itself', async () => {
    expect((await run('ask', 'Read', { path: 'a.ts' })).text).toContain('1\tone');
    const may = (['allow', 'ask', 'deny'] as const).map((each) => mayLook(judged(each), 'Read', { path: 'a.ts' }));
    expect(await Promise.all(may)).toEqual([true, false, false]);
    expect(await mayLook(judged('allow'), 'Write', { path: 'a.ts', content: '' })).toBe(false);
  });

  it('stays refused where the rules refuse it, and where it would do more than look', async () => {
    await expect(run('deny', 'Read', { path: 'a.ts' })).rejects.toThrow('Because of a rule.');
    await expect(run('allow', 'Write', { path: 'a.ts', content: '' })).rejects.toThrow('Write does more than look.');
    await expect(run('allow', 'Read', { path: 'gone.ts' })).rejects.toThrow('gone.ts does not exist');
    await expect(run('allow', 'Nothing', {})).rejects.toThrow('not there');
  });
});
