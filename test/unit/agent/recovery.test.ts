// Settling an interrupted call: a table of what the files look like, and what the agent is told.
import { describe, expect, it } from 'vitest';
import { hashOf } from '../../../src/agent/files.ts';
import type { Intent } from '../../../src/agent/journal-records.ts';
import { settle, settledText } from '../../../src/agent/recovery.ts';

const intent = (targets: { path: string; before: string | null; after: string | null }[], changes = true): Intent => ({
  kind: 'intent',
  at: '2026-01-01T00:00:00.000Z',
  callId: 'a',
  print: 'p',
  tool: 'Edit',
  changes,
  targets: targets.map((t) => ({ path: t.path, before: hashOf(t.before), after: hashOf(t.after) })),
});

const files = (now: Record<string, string | null | Error>) => async (path: string) => {
  const text = now[path];
  if (text instanceof Error) throw text;
  return text ?? null;
};

describe('settle', () => {
  const edit = { path: '/a', before: 'old', after: 'new' };
  const create = { path: '/b', before: null, after: 'made' };
  const remove = { path: '/c', before: 'there', after: null };
  const nothing = { path: '/d', before: 'same', after: 'same' };

  it.each([
    ['an edit that was applied', [edit], { '/a': 'new' }, 'applied'],
    ['an edit that was not', [edit], { '/a': 'old' }, 'not_applied'],
    ['an edit the person wrote over', [edit], { '/a': 'mine' }, 'unknown'],
    ['an edit whose file is gone', [edit], {}, 'unknown'],
    ['a new file that was made', [create], { '/b': 'made' }, 'applied'],
    ['a new file that was not', [create], {}, 'not_applied'],
    ['a new file half written', [create], { '/b': 'ma' }, 'unknown'],
    ['a new file, empty after a crash', [create], { '/b': '' }, 'unknown'],
    ['a removal that was done', [remove], {}, 'applied'],
    ['a removal that was not', [remove], { '/c': 'there' }, 'not_applied'],
    ['a change that changes nothing', [nothing], { '/d': 'same' }, 'applied'],
    ['two files, both changed', [edit, create], { '/a': 'new', '/b': 'made' }, 'applied'],
    ['two files, one changed', [edit, create], { '/a': 'new' }, 'unknown'],
    ['two files, none changed', [edit, create], { '/a': 'old' }, 'not_applied'],
    ['other line endings', [{ path: '/a', before: 'a\n', after: 'a\nb\n' }], { '/a': 'a\r\nb\r\n' }, 'applied'],
    ['a file that cannot be read', [edit], { '/a': new Error('EACCES') }, 'unknown'],
  ] as const)('%s', async (_name, targets, now, expected) => {
    expect(await settle(intent([...targets]), files(now))).toBe(expected);
  });

  it('never guesses about a command', async () => {
    expect(await settle(intent([]), files({}))).toBe('unknown');
  });

  it('has nothing to look at for a call that only reads', async () => {
    expect(await settle(intent([], false), files({}))).toBe('harmless');
  });

  it('tells the agent success only when the files show it', () => {
    const one = intent([edit]);
    expect(settledText('applied', one)).toMatchObject({ status: 'success' });
    for (const state of ['not_applied', 'unknown', 'harmless'] as const) {
      expect(settledText(state, one).status).toBe('error');
    }
    expect(settledText('not_applied', one).text).toContain('/a');
    expect(settledText('unknown', one).text).toContain('do not repeat');
  });
});
