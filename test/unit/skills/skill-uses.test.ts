// What counts the uses of skills: turns, refusals, undone changes, and what the person says next.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TurnEvent } from '../../../src/agent/events.ts';
import type { Evidence } from '../../../src/flows/improve-skill.ts';
import { SkillUses } from '../../../src/skill-uses.ts';
import { freshUsage, SkillUsage, STANDS_MS, type UsageState } from '../../../src/skills/usage.ts';

const skillCall = (name: string, state: 'done' | 'failed' = 'done'): TurnEvent => ({
  type: 'tool',
  part: { type: 'tool', id: name, name: 'Skill', title: 'Skill', target: name, state, input: JSON.stringify({ name }) },
});
const ended = (kind: 'done' | 'interrupted' | 'stopped' = 'done'): TurnEvent => ({ type: 'ended', outcome: { kind } });
const message = (otid: string) => ({ kind: 'message' as const, text: `Say ${otid}`, reminders: [], otid });

function world() {
  let state: UsageState = freshUsage();
  const corrected: { id: string; evidence: readonly Evidence[] }[] = [];
  const asked: string[] = [];
  const usage = new SkillUsage({
    read: async () => state,
    change: async (change) => {
      state = change(state) ?? state;
    },
  });
  const uses = new SkillUses({
    usage,
    idOf: async (name) => (name === 'unknown' ? undefined : `/skills/${name}`),
    corrected: async (id, evidence) => void corrected.push({ id, evidence }),
    asked: async (threadId, text, used) => void asked.push(`${threadId}: ${text}${used ? ' (skill)' : ''}`),
    counted: () => {},
    log: (line) => expect.fail(line),
  });
  const of = async (name = 's') => {
    await uses.settled();
    return (await usage.counts()).get(`/skills/${name}`);
  };
  return { uses, of, corrected, asked };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('SkillUses', () => {
  it('counts a skill that was loaded, and its success when it has stood', async () => {
    const w = world();
    const turn = w.uses.begin('t', message('1'));
    turn.event(skillCall('s', 'failed'));
    turn.event(skillCall('s'));
    turn.event(skillCall('unknown'));
    turn.event(ended());
    expect(await w.of()).toMatchObject({ used: 1, succeeded: 0 });
    vi.advanceTimersByTime(STANDS_MS);
    expect(await w.of()).toMatchObject({ used: 1, succeeded: 1, corrected: 0 });
    expect(w.asked).toEqual(['t: Say 1 (skill)']);
  });

  it('counts nothing of turns without skills', async () => {
    const w = world();
    const turn = w.uses.begin('t', message('1'));
    w.uses.wrote('t', ['/a']);
    turn.refused('Edit a', 'no');
    turn.event(ended());
    w.uses.undone('t', [{ path: '/a', name: 'a', base: '', wrote: 'x' }]);
    await w.uses.settled();
    await vi.runAllTimersAsync();
    expect(w.corrected).toEqual([]);
    expect(w.asked).toEqual(['t: Say 1']);
  });

  it('a refusal corrects a skill that is loaded in the same turn, before or after', async () => {
    const w = world();
    const turn = w.uses.begin('t', message('1'));
    turn.refused('Edit a', 'use const');
    turn.event(skillCall('s'));
    turn.event(ended());
    expect(await w.of()).toMatchObject({ used: 1, succeeded: 0, corrected: 1 });
    await vi.runAllTimersAsync();
    expect(w.corrected).toEqual([
      { id: '/skills/s', evidence: [{ what: 'The person declined “Edit a”.', why: 'use const' }] },
    ]);
  });

  it('what is undone one after the other is told once', async () => {
    const w = world();
    const turn = w.uses.begin('t', message('1'));
    turn.event(skillCall('s'));
    w.uses.wrote('t', ['/a', '/b']);
    turn.event(ended());
    w.uses.undone('t', [{ path: '/a', name: 'a', base: '1', wrote: '2' }]);
    w.uses.undone('t', [{ path: '/b', name: 'b', base: '3', wrote: '4' }]);
    expect(await w.of()).toMatchObject({ used: 1, corrected: 1 });
    await vi.runAllTimersAsync();
    expect(w.corrected).toHaveLength(1);
    expect(w.corrected[0]?.evidence[0]?.files).toEqual([{ name: 'a', before: '1', after: '2', now: '1' }]);
  });

  it('undoing what another turn wrote corrects nothing', async () => {
    const w = world();
    const first = w.uses.begin('t', message('1'));
    w.uses.wrote('t', ['/a']);
    first.event(ended());
    const second = w.uses.begin('t', message('2'));
    second.event(skillCall('s'));
    w.uses.wrote('t', ['/b']);
    second.event(ended());
    w.uses.undone('t', [{ path: '/a', name: 'a', base: '', wrote: '' }]);
    w.uses.undone('other', [{ path: '/b', name: 'b', base: '', wrote: '' }]);
    expect(await w.of()).toMatchObject({ corrected: 0 });
    w.uses.restored(['/b']);
    expect(await w.of()).toMatchObject({ corrected: 1 });
  });

  it('undoing while the turn still runs counts', async () => {
    const w = world();
    const turn = w.uses.begin('t', message('1'));
    turn.event(skillCall('s'));
    w.uses.wrote('t', ['/a']);
    w.uses.undone('t', [{ path: '/a', name: 'a', base: '', wrote: 'x' }]);
    turn.event(ended());
    expect(await w.of()).toMatchObject({ used: 1, corrected: 1 });
  });

  it('what stands otherwise when the person speaks again counts; what they added beside it does not', async () => {
    const w = world();
    for (const [otid, now, count] of [
      ['1', 'agent\nmore\n', 0],
      ['2', 'person\n', 1],
    ] as const) {
      const turn = w.uses.begin('t', message(otid));
      turn.event(skillCall('s'));
      w.uses.wrote('t', ['/a']);
      turn.event(ended());
      w.uses.begin('t', message(`${otid} next`)).event(ended());
      w.uses.spoke('t', [{ path: '/a', name: 'a', before: '', after: 'agent\n', now }]);
      expect(await w.of()).toMatchObject({ corrected: count });
    }
  });

  it('what stands otherwise where nobody speaks again counts once, also after it had stood', async () => {
    const w = world();
    const turn = w.uses.begin('t', message('1'));
    turn.event(skillCall('s'));
    w.uses.wrote('t', ['/a']);
    turn.event(ended());
    await w.uses.settled();
    vi.advanceTimersByTime(STANDS_MS);
    expect(await w.of()).toMatchObject({ succeeded: 1, corrected: 0 });
    const undone = { path: '/a', name: 'a', before: '', after: 'agent\n', now: '' };
    w.uses.changed('other', [undone]);
    w.uses.changed('t', [{ ...undone, now: 'agent\nmore\n' }]);
    expect(await w.of()).toMatchObject({ succeeded: 1, corrected: 0 });
    for (let times = 0; times < 2; times++) w.uses.changed('t', [undone]);
    expect(await w.of()).toMatchObject({ used: 1, succeeded: 0, corrected: 1 });
  });

  it('undoing what a command of the turn has written counts; who used no skill is not looked at', async () => {
    const w = world();
    let looked = 0;
    const ran = async () => {
      looked++;
      return ['/made'];
    };
    w.uses.begin('t', message('0'), ran).event(ended());
    const turn = w.uses.begin('t', message('1'), ran);
    turn.event(skillCall('s'));
    turn.event(ended());
    w.uses.restored(['/made']);
    expect(await w.of()).toMatchObject({ used: 1, corrected: 1 });
    expect(looked).toBe(1);
  });

  it('an interrupted turn that goes on is one turn', async () => {
    const w = world();
    const turn = w.uses.begin('t', message('1'));
    turn.event(skillCall('s'));
    turn.event(ended('interrupted'));
    const on = w.uses.begin('t', { kind: 'continue' });
    on.event(skillCall('s'));
    on.event(ended());
    await w.uses.settled();
    vi.advanceTimersByTime(STANDS_MS);
    expect(await w.of()).toMatchObject({ used: 1, succeeded: 1 });
  });
});
