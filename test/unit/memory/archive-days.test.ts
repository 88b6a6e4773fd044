// The archive by days, which are those of the person's own clock, and an entry of a page that is taken from it.
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/letta/connection.ts';
import { Archive } from '../../../src/memory/archive.ts';

/** A process has one time zone: says what is asked of the server, and which of its entries are shown. */
const PROGRAM = `
import { Archive } from './src/memory/archive.ts';
const [query, ...times] = process.argv.slice(1);
const asked = [];
const list = async (_agent, { start_datetime, end_datetime }) => {
  asked.push(start_datetime, end_datetime);
  return times.map((at) => ({ id: at, text: at, created_at: at, tags: [] }));
};
const search = async (agent, options) => ({ results: await list(agent, options) });
const archive = new Archive({ client: { agents: { passages: { list, search } } } }, 'agent-1');
const { passages } = await archive.list({ query, from: '2026-03-05', to: '2026-03-05' });
console.log(JSON.stringify({ asked, shown: passages.map(({ at }) => at) }));
`;

function daysIn(zone: string, query: string, times: string[]): unknown {
  const env = { ...process.env, TZ: zone };
  const args = ['--input-type=module', '-e', PROGRAM, query, ...times];
  const { stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

const off = (time: string, ms: number) => new Date(Date.parse(time) + ms).toISOString();

describe.each([
  ['America/Los_Angeles', '2026-03-05T08:00:00.000Z', '2026-03-06T07:59:59.999Z'],
  ['Asia/Tokyo', '2026-03-04T15:00:00.000Z', '2026-03-05T14:59:59.999Z'],
])('the fifth of March in %s', (zone, first, last) => {
  it('goes from midnight to midnight there, in the list and in the search', () => {
    const shown = daysIn(zone, '', [off(first, -1), first, last, off(last, 1)]);
    expect(shown).toEqual({ asked: [first, last], shown: [first, last] });
    expect(daysIn(zone, 'words', [first])).toMatchObject({ asked: [first, last] });
  });
});

describe('an entry that was listed', () => {
  const at = '2026-03-05T08:00:00.000Z';

  it.each(['', 'at'])('is read without asking the server again, found by “%s”, until it is deleted', async (query) => {
    let asked = 0;
    const api = {
      list: async () => {
        asked++;
        return [{ id: 'passage-1', text: 'at eight', created_at: at, tags: ['ops'] }];
      },
      search: async () => {
        asked++;
        return { results: [{ id: 'passage-1', content: 'at eight', timestamp: at, tags: ['ops'] }] };
      },
      delete: async () => {},
    };
    const archive = new Archive({ client: { agents: { passages: api } } } as unknown as Connection, 'agent-1');
    await archive.list({ query });
    const entry = { id: 'passage-1', text: 'at eight', at, tags: ['ops'] };
    expect(await archive.get('passage-1')).toEqual(entry);
    expect(asked).toBe(1);
    await archive.remove('passage-1');
    await archive.get('passage-1');
    expect(asked).toBe(2);
  });
});
