// Lines that hold for a time: noted, marked for the person and for the agent once it is over, until confirmed or removed.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isExpired } from '../../../src/memory/hygiene/expiry.ts';
import { LineMarks } from '../../../src/memory/hygiene/line-marks.ts';
import { branchState, mergedAmong } from '../../../src/memory/hygiene/merged.ts';
import { lineHash } from '../../../src/memory/line-hash.ts';

describe('a line with an end', () => {
  const LINE = '- The API is mocked.';

  function make(value: string) {
    const notes = new Map<string, unknown>();
    const state = { now: new Date(2026, 10, 21), value, changed: 0 };
    const marks = new LineMarks({
      blocks: async () => [
        { id: 'b', label: 'project', description: '', value: state.value, limit: 1_000, readOnly: false },
      ],
      look: () => null,
      notes: {
        get: async () => Object.fromEntries(notes),
        set: async (_block, hash, note) => void notes.set(hash, note),
      },
      changed: () => {
        state.changed++;
      },
      now: () => state.now,
      log: (line) => {
        throw new Error(line);
      },
    });
    return { marks, notes, state };
  }

  it('is marked once its day is over, and not after the person has confirmed it', async () => {
    const { marks, state, notes } = make(`${LINE}\n- Another.`);
    await marks.setExpiry('b', LINE, { until: '2026-11-30' });
    expect(marks.expires('b', LINE)).toBe('2026-11-30');
    expect(marks.unverified('b')).toEqual([]);
    expect(marks.notice()).toBe('');

    state.changed = 0;
    state.now = new Date(2026, 11, 1);
    await marks.look();
    expect(state.changed).toBe(1);
    expect(marks.unverified('b')).toEqual([{ line: LINE, why: 'It held until 2026-11-30.' }]);
    expect(marks.notice()).toBe(
      'These lines of memory have expired:\n- It held until 2026-11-30. - The API is mocked.',
    );

    await marks.confirm('b', LINE);
    expect(marks.unverified('b')).toEqual([]);
    expect(marks.expires('b', LINE)).toBeUndefined();
    await marks.look();
    expect(marks.notice()).toBe('');
    // Looked at, so that what the line says itself is not read again.
    expect(notes.get(lineHash(LINE))).toEqual({});
  });

  it('is marked no longer when it is removed, or holds for good', async () => {
    const { marks, state } = make(LINE);
    await marks.setExpiry('b', LINE, { until: '2026-11-01' });
    expect(marks.unverified('b')).toHaveLength(1);
    await marks.setExpiry('b', LINE, null);
    expect(marks.unverified('b')).toEqual([]);
    await marks.setExpiry('b', LINE, { until: '2026-11-01' });
    state.value = '- Something else.';
    await marks.look();
    expect(marks.unverified('b')).toEqual([]);
    expect(marks.notice()).toBe('');
  });

  it('keeps the anchor that it has', async () => {
    const { marks, notes } = make(LINE);
    const anchor = { path: 'src/api.ts', hash: 'x' };
    notes.set(lineHash(LINE), { anchor });
    await marks.setExpiry('b', LINE, { branch: 'feature/api', at: 'abc' });
    expect(notes.get(lineHash(LINE))).toEqual({ anchor, expiry: { branch: 'feature/api', at: 'abc' } });
    await marks.setExpiry('b', LINE, null);
    expect(notes.get(lineHash(LINE))).toEqual({ anchor });
  });
});

describe('a branch', () => {
  let root: string;
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.org', ...args], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  const commit = async (file: string) => {
    await writeFile(join(root, file), file);
    git('add', '-A');
    git('commit', '-m', file);
  };
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'letta-merged-'));
    git('init', '-b', 'main');
    await commit('first');
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('is merged when its work is in the trunk, also when it was only moved forward', async () => {
    git('switch', '-c', 'feature/a');
    await commit('a');
    expect(await branchState(root, 'feature/a')).toMatchObject({ contained: false });
    expect(await mergedAmong([root], [{ branch: 'feature/a' }])).toEqual([]);
    git('switch', 'main');
    git('merge', '--ff-only', 'feature/a');
    expect(await mergedAmong([root], [{ branch: 'feature/a' }])).toEqual(['feature/a']);
  });

  it('that has no work yet is not, and is once it had some', async () => {
    git('switch', '-c', 'feature/b');
    const began = await branchState(root, 'feature/b');
    expect(began?.contained).toBe(true);
    const noted = { branch: 'feature/b', at: began?.tip };
    git('switch', 'main');
    await commit('meanwhile');
    expect(await mergedAmong([root], [noted])).toEqual([]);
    git('switch', 'feature/b');
    await commit('b');
    expect(await mergedAmong([root], [noted])).toEqual([]);
    git('switch', 'main');
    git('merge', '--no-ff', '-m', 'merge', 'feature/b');
    expect(await mergedAmong([root], [noted])).toEqual(['feature/b']);
  });

  it('that is not there, the trunk itself, a name like an option, and a folder without a repository say nothing', async () => {
    for (const branch of ['gone', 'main', '--exec=touch pwned', 'main..main'])
      expect(await branchState(root, branch)).toBeUndefined();
    expect(await mergedAmong([tmpdir()], [{ branch: 'main' }])).toEqual([]);
  });

  it('ends what hangs on it when it is merged or gone', () => {
    const now = new Date();
    const expiry = { branch: 'a' };
    expect(isExpired(expiry, { now, branches: ['a', 'main'], merged: [] })).toBe(false);
    expect(isExpired(expiry, { now, branches: ['a', 'main'], merged: ['a'] })).toBe(true);
    expect(isExpired(expiry, { now, branches: ['main'], merged: [] })).toBe(true);
  });
});
