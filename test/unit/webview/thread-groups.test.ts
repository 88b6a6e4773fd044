// Groups of the list of threads: days of the person's calendar, then other workspaces.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ThreadView } from '../../../src/protocol/thread-views.ts';
import { groupThreads } from '../../../webview-ui/src/threads/groups.ts';

const NOW = new Date(2026, 10, 22, 9, 30);
const at = (...date: [number, number, number, number, number]) => new Date(...date).toISOString();
const thread = (id: string, updatedAt: string, workspace?: string): ThreadView => ({
  id,
  title: id,
  createdAt: updatedAt,
  updatedAt,
  running: false,
  waiting: false,
  ...(workspace === undefined ? {} : { workspace }),
});
const shape = (threads: ThreadView[]) =>
  groupThreads(threads, NOW).map(({ title, threads: rows }) => [title, ...rows.map(({ id }) => id)]);

describe('groups of threads', () => {
  it('are days, not spans of 24 hours, then months', () => {
    const threads = [
      thread('ahead', at(2026, 10, 23, 1, 0)),
      thread('this morning', at(2026, 10, 22, 0, 1)),
      thread('last night', at(2026, 10, 21, 23, 59)),
      thread('a week ago', at(2026, 10, 15, 0, 0)),
      thread('eight days ago', at(2026, 10, 14, 23, 59)),
      thread('in October', at(2026, 9, 31, 12, 0)),
    ];
    expect(shape(threads)).toEqual([
      ['Today', 'ahead', 'this morning'],
      ['Yesterday', 'last night'],
      ['Last 7 days', 'a week ago'],
      ['November 2026', 'eight days ago'],
      ['October 2026', 'in October'],
    ]);
  });

  it('put what was made in other workspaces behind the others', () => {
    const threads = [
      thread('theirs', at(2026, 10, 22, 9, 0), 'shop'),
      thread('ours', at(2026, 10, 22, 8, 0)),
      thread('theirs too', at(2026, 9, 1, 8, 0), 'shop'),
    ];
    expect(shape(threads)).toEqual([
      ['Today', 'ours'],
      ['In shop', 'theirs', 'theirs too'],
    ]);
  });

  it('lose, repeat and turn round nothing', () => {
    const any = fc.array(
      fc.record({
        day: fc.integer({ min: 0, max: 700 }),
        workspace: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
      }),
    );
    fc.assert(
      fc.property(any, (made) => {
        const threads = made
          .map(({ day, workspace }, i) =>
            thread(`t${i}`, new Date(NOW.getTime() - day * 43_200_000).toISOString(), workspace),
          )
          .sort((a, b) => b.updatedAt.localeCompare(a.updatedAt));
        const groups = groupThreads(threads, NOW);
        expect(new Set(groups.map(({ key }) => key)).size).toBe(groups.length);
        const rows = groups.flatMap(({ threads: each }) => each);
        expect(rows.map(({ id }) => id).sort()).toEqual(threads.map(({ id }) => id).sort());
        for (const group of groups)
          for (const [i, each] of group.threads.entries())
            expect(i === 0 || (group.threads[i - 1]?.updatedAt ?? '') >= each.updatedAt).toBe(true);
      }),
    );
  });
});
