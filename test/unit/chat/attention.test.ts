import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Attention } from '../../../src/chat/attention.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

function make({ visible = true, shown = 'shown' } = {}) {
  const told: string[] = [];
  const opened: string[] = [];
  let answer = true;
  const attention = new Attention({
    visible: () => visible,
    seen: (threadId) => visible && threadId === shown,
    titleOf: (threadId) => `Title of ${threadId}`,
    show: async (threadId) => void opened.push(threadId),
    notify: async (text) => {
      told.push(text);
      return answer;
    },
  });
  return { attention, told, opened, dismiss: () => (answer = false) };
}

const later = (ms: number) => {
  const began = Date.now();
  vi.setSystemTime(began + ms);
  return began;
};

describe('Attention', () => {
  it('says nothing of a thread that the person sees', () => {
    const { attention, told } = make();
    attention.asks('shown', 'Run npm test');
    expect(told).toEqual([]);
  });

  it('an approval of a thread that is not shown is told by its name, and leads to that thread', async () => {
    const { attention, told, opened } = make();
    attention.asks('other', 'Run npm test');
    await Promise.resolve();
    expect(told).toEqual(['Letta asks in “Title of other”: Run npm test']);
    expect(opened).toEqual(['other']);
  });

  it('with the chat hidden the notification leads to the thread that asks, not to the one shown last', async () => {
    const { attention, told, opened } = make({ visible: false });
    attention.asks('other', 'q'.repeat(300));
    await Promise.resolve();
    expect(told).toEqual([`Letta asks: ${'q'.repeat(199)}…`]);
    expect(opened).toEqual(['other']);
  });

  it('a dismissed notification opens nothing', async () => {
    const { attention, opened, dismiss } = make({ visible: false });
    dismiss();
    attention.asks('other', 'Really?');
    await Promise.resolve();
    expect(opened).toEqual([]);
  });

  it('tells that a long turn is over while the chat is hidden', async () => {
    const { attention, told, opened } = make({ visible: false });
    attention.ends('other', { kind: 'done' }, later(60_000));
    await Promise.resolve();
    expect(told).toEqual(['Letta has finished “Title of other”.']);
    expect(opened).toEqual(['other']);
    const failure = { message: 'The model is overloaded.', hint: '', retry: true };
    attention.ends('other', { kind: 'failed', failure }, later(60_000));
    expect(told[1]).toBe('Letta could not go on in “Title of other”: The model is overloaded.');
  });

  it('is silent about short turns, stopped and interrupted ones, and with the chat in sight', () => {
    const hidden = make({ visible: false });
    hidden.attention.ends('other', { kind: 'done' }, later(1_000));
    hidden.attention.ends('other', { kind: 'stopped' }, later(60_000));
    hidden.attention.ends('other', { kind: 'interrupted' }, later(60_000));
    expect(hidden.told).toEqual([]);
    const seen = make();
    seen.attention.ends('other', { kind: 'done' }, later(60_000));
    expect(seen.told).toEqual([]);
  });
});
