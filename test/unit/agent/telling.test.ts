// What the agent is told beside the person's words goes out with the right message, and is told again until it has arrived.
import { describe, expect, it, vi } from 'vitest';
import { type News, Telling } from '../../../src/agent/telling.ts';
import { reminder } from '../../../src/letta/reminders.ts';

function world({ notice = null as string | null, again = null as string | null } = {}) {
  const waiting: News[] = [];
  const news = (text: string) => {
    const told = vi.fn();
    waiting.push({ text, told });
    return told;
  };
  const delivered = vi.fn();
  const given = vi.fn();
  const reminded = vi.fn();
  const blocks = [{ id: 'b1', label: 'project', value: 'Uses pnpm', limit: 100, description: '', readOnly: false }];
  const telling = new Telling({
    notice: async () => ({ text: notice, blocks, delivered }),
    news: () => waiting,
    note: { reminder: () => again, reminded },
    given,
  });
  return { telling, news, delivered, given, reminded, blocks };
}

describe('telling', () => {
  it('puts everything before what the person wrote, behind what they sent along', async () => {
    const { telling, news } = world({ notice: 'memory changed', again: 'your plan' });
    news('a test failed');
    await telling.readNotice();
    expect(telling.with({ otid: 'o1', parts: ['open files', 'Hello'] })).toEqual({
      otid: 'o1',
      parts: ['open files', ...['a test failed', 'memory changed', 'your plan'].map(reminder), 'Hello'],
    });
  });

  it('says nothing in the middle of an answer when nothing happened', () => {
    expect(world().telling.meanwhile()).toEqual({});
  });

  it('counts as told only what arrived', async () => {
    const { telling, news, delivered, given, reminded, blocks } = world({ notice: 'changed', again: 'your plan' });
    const told = news('a test failed');
    await telling.readNotice();
    telling.with({ otid: 'o1', parts: ['Hello'] });
    expect(told).not.toHaveBeenCalled();
    expect(delivered).not.toHaveBeenCalled();
    telling.arrived({ otid: 'o2', parts: [] });
    expect(told).toHaveBeenCalledOnce();
    expect(delivered).toHaveBeenCalledOnce();
    expect(reminded).toHaveBeenCalledOnce();
    expect(given).toHaveBeenCalledExactlyOnceWith(blocks, 'o2');
    telling.arrived({ otid: 'o3', parts: [] });
    expect(given).toHaveBeenCalledOnce();
    expect(told).toHaveBeenCalledOnce();
  });

  it('keeps the notice for the message when a step without one went through', async () => {
    const { telling, delivered, reminded } = world({ notice: 'changed', again: 'your plan' });
    await telling.readNotice();
    telling.arrived(undefined);
    expect(delivered).not.toHaveBeenCalled();
    expect(reminded).not.toHaveBeenCalled();
    telling.arrived({ otid: 'o1', parts: [] });
    expect(delivered).toHaveBeenCalledOnce();
  });
});
