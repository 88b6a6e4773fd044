// Real servers over one folder that are killed at random moments under load (`npm run soak` does it 1,000 times), and several
// that nobody kills. What they acknowledged is checked by a reader of its own.
import { expect, test } from 'vitest';
import { crowdServers, killServers } from '../support/kill-servers.ts';

const KILLS = 100;
const SLOW = 300_000;

test(
  'killed a hundred times: nothing is damaged, half-written, doubled or lost, and every conversation goes on',
  async () => {
    const seed = Number(process.env.LETTA_SEED ?? Date.now() % 1_000_000);
    const { wrong, turns, writes } = await killServers(KILLS, seed);
    expect(wrong, `again with LETTA_SEED=${seed}`).toEqual([]);
    expect(turns).toBeGreaterThan(20);
    expect(writes).toBeGreaterThan(100);
  },
  SLOW,
);

test(
  'three at a time on the same conversations and blocks: no update is lost, no message doubled, nobody waits for ever',
  async () => {
    const { wrong, turns, writes } = await crowdServers(12, 40);
    expect(wrong).toEqual([]);
    // Three servers with two turns at a time; each memory turn a line, each archive turn and each write a passage.
    expect(turns).toBe(72);
    expect(writes).toBe(3 * (3 + 3 + 3 + 3 + 40 + 40));
  },
  SLOW,
);
