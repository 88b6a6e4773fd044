import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Attention } from '../../../src/chat/attention.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

function make({ visible = true, shown = 'shown' } = {}) {
  const standing = new Map<string, string>();
  const waiting = new Set<string>();
  const told: string[] = [];
  const opened: string[] = [];
  let answer = true;
  const attention = new Attention({
    visible: () => visible,
    seen: (threadId) => visible && threadId === shown,
    waits: (threadId) => waiting.has(threadId),
    titleOf: (threadId) => `Title of ${threadId}`,
    show: async (threadId) => void opened.push(threadId),
    notify: async (text) => {
      told.push(text);
      return answer;
    },
    stand: (text, threadId) => {
      standing.set(text, threadId);
      return () => standing.delete(text);
    },
  });
  const see = (threadId: string) => {
    shown = threadId;
  };
  return { attention, standing, waiting, see, told, opened, dismiss: () => (answer = false) };
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

  it('an approval of a thread that is not shown is told by its name, and leads to that thread', () => {
    const { attention, standing } = make();
    attention.asks('other', 'Run npm test');
    expect([...standing]).toEqual([['Letta asks in “Title of other”: Run npm test', 'other']]);
  });

  it('with the chat hidden the notification leads to the thread that asks, not to the one shown last', () => {
    const { attention, standing } = make({ visible: false });
    attention.asks('other', 'q'.repeat(300));
    expect([...standing]).toEqual([[`Letta asks: ${'q'.repeat(199)}…`, 'other']]);
  });

  it('a notification goes away when nothing waits there any more, or the person sees the thread', () => {
    const { attention, standing, waiting, see } = make();
    for (const threadId of ['one', 'two', 'three']) {
      attention.asks(threadId, 'Really?');
      waiting.add(threadId);
    }
    attention.settle();
    expect([...standing.values()]).toEqual(['one', 'two', 'three']);
    waiting.delete('one');
    attention.settle();
    expect([...standing.values()]).toEqual(['two', 'three']);
    see('three');
    attention.settle();
    expect([...standing.values()]).toEqual(['two']);
    // A thread has one notification, of what it asked last.
    attention.asks('two', 'And this?');
    expect([...standing.keys()]).toEqual(['Letta asks in “Title of two”: And this?']);
  });

  it('words of the model make no link that runs a command', () => {
    const { attention, standing } = make();
    attention.asks('other', 'Run [this](command:workbench.action.terminal.new) or ]( that');
    expect([...standing.keys()].join()).not.toContain('](');
  });

  it('a dismissed notification opens nothing', async () => {
    const { attention, opened, dismiss } = make({ visible: false });
    dismiss();
    attention.ends('other', { kind: 'done' }, later(60_000));
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
