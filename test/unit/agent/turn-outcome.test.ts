// What becomes of a turn when a step has ended.
import { describe, expect, it, vi } from 'vitest';
import { PinError } from '../../../src/agent/pins.ts';
import type { StepEnd } from '../../../src/agent/step.ts';
import { failureOf, outcomeOf, wentThrough } from '../../../src/agent/turn-outcome.ts';
import { errorFromBody } from '../../../src/letta/errors.ts';

const end = (change: Partial<StepEnd>): StepEnd => ({
  reason: 'end_turn',
  error: undefined,
  calls: [],
  incomplete: false,
  begun: true,
  ...change,
});
const call = { callId: 'c1', name: 'Read', arguments: '{}' };
const refusal = errorFromBody({ detail: 'no' }, 500);

describe('the outcome of a step', () => {
  it.each([
    ['its end', end({}), { kind: 'done' }],
    ['a lost stream', end({ reason: null }), { kind: 'interrupted' }],
    ['nothing to answer', end({ reason: 'nothing_pending' }), { kind: 'interrupted' }],
    ['Stop', end({ reason: 'cancelled' }), { kind: 'stopped' }],
    ['calls', end({ reason: 'requires_approval', calls: [call] }), undefined],
    ['calls without saying so', end({ calls: [call] }), undefined],
  ])('%s', (_what, step, outcome) => {
    expect(outcomeOf(step, false, () => {})).toEqual(outcome);
  });

  it('leaves calls of a run that is only followed to whoever began it', () => {
    expect(outcomeOf(end({ reason: 'requires_approval', calls: [call] }), true, () => {})).toEqual({
      kind: 'interrupted',
    });
  });

  it('tells of the server’s limit', () => {
    const tell = vi.fn();
    expect(outcomeOf(end({ reason: 'max_steps' }), false, tell)).toEqual({ kind: 'interrupted' });
    expect(tell).toHaveBeenCalledOnce();
  });

  it('fails with what a person can do, for an error and for a reason that tells of one', () => {
    for (const step of [end({ error: refusal }), end({ reason: 'llm_api_error' })]) {
      expect(outcomeOf(step, false, () => {})).toMatchObject({ kind: 'failed', failure: { hint: expect.any(String) } });
    }
  });

  it('counts what was sent as taken only where the step went through', () => {
    const through = [end({}), end({ reason: 'max_steps' }), end({ reason: 'requires_approval' })];
    const lost = [
      end({ reason: null }),
      end({ reason: 'error' }),
      end({ reason: 'cancelled' }),
      end({ error: refusal }),
    ];
    expect(through.map(wentThrough)).toEqual([true, true, true]);
    expect(lost.map(wentThrough)).toEqual([false, false, false, false]);
  });

  it('tells a person what to do about a pin that cannot be read', () => {
    expect(failureOf(new PinError('/pins/t1', new Error('torn'))).hint).toContain('Unpin memory');
  });
});
