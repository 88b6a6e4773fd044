// The archive by days, which are those of the person's own clock, and an entry of a page that is taken from it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/letta/connection.ts';
import { Archive } from '../../../src/memory/archive.ts';

const BEFORE = process.env.TZ;

/** A server with one entry a time; counts what it is asked. */
function archive(...times: string[]) {
  const passages = times.map((at) => ({ id: `passage-${at}`, text: `at ${at}`, created_at: at, tags: [] }));
  const asked: { start_datetime?: string; end_datetime?: string }[] = [];
  const api = {
    list: async (_agent: string, query: (typeof asked)[number]) => {
      asked.push(query);
      return passages;
    },
    search: async (_agent: string, query: (typeof asked)[number]) => {
      asked.push(query);
      return { results: passages.map(({ id, text, created_at }) => ({ id, content: text, timestamp: created_at })) };
    },
    delete: async () => {},
  };
  const connection = { client: { agents: { passages: api } } } as unknown as Connection;
  return { archive: new Archive(connection, 'agent-1'), asked };
}

describe.each([
  ['America/Los_Angeles', '2026-03-05T08:00:00.000Z', '2026-03-06T07:59:59.999Z'],
  ['Asia/Tokyo', '2026-03-04T15:00:00.000Z', '2026-03-05T14:59:59.999Z'],
  ['UTC', '2026-03-05T00:00:00.000Z', '2026-03-05T23:59:59.999Z'],
])('the fifth of March in %s', (zone, first, last) => {
  beforeAll(() => {
    process.env.TZ = zone;
  });
  afterAll(() => {
    if (BEFORE === undefined) delete process.env.TZ;
    else process.env.TZ = BEFORE;
  });
  const day = { from: '2026-03-05', to: '2026-03-05' };
  const off = (time: string, ms: number) => new Date(Date.parse(time) + ms).toISOString();

  it('holds what was added between midnight and midnight there', async () => {
    const there = archive(off(first, -1), first, last, off(last, 1));
    const { passages } = await there.archive.list({ query: '', ...day });
    expect(passages.map(({ at }) => at)).toEqual([first, last]);
    expect(there.asked).toMatchObject([{ start_datetime: first, end_datetime: last }]);
  });

  it('is asked of a search as the same', async () => {
    const there = archive(first);
    await there.archive.list({ query: 'at', ...day });
    expect(there.asked).toMatchObject([{ start_datetime: first, end_datetime: last }]);
  });
});

describe('an entry that was listed', () => {
  it.each(['', 'at'])('is read without asking the server again, found by “%s”, until it is deleted', async (query) => {
    const there = archive('2026-03-05T08:00:00.000Z');
    const [listed] = (await there.archive.list({ query })).passages;
    if (!listed) throw new Error('Nothing was listed.');
    expect(await there.archive.get(listed.id)).toMatchObject({ text: listed.text, at: listed.at });
    expect(there.asked).toHaveLength(1);
    await there.archive.remove(listed.id);
    await there.archive.get(listed.id);
    expect(there.asked).toHaveLength(2);
  });
});
