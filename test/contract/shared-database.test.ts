// Two servers over one database, and databases that no server may touch.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect } from 'vitest';
import { gate } from '../support/scripted-model.ts';
import { userMessage } from './support/contract.ts';
import { spawnCli } from './support/server.ts';
import { archiveOf, begin, blockOf, type Door, json, lastRun, open, pair, say, test } from './support/world.ts';

const SLOW = 90_000;

describe('two servers on one database', () => {
  test(
    'refuse each other the conversation that one is answering, and free it afterwards',
    async ({ world }) => {
      const [first, second] = [await world.spawned(), await world.inProcess()];
      const { agent, conversation } = await pair(first);
      const held = gate('Half', ' and half.');
      world.model.script(held);
      const turn = await begin(first, conversation, { messages: [userMessage('Tell me')] });
      await turn.until((_, now) => now.text === 'Half');
      const refused = await say(second, conversation, 'Me too');
      expect([refused.status, JSON.stringify(refused.body)]).toEqual([
        409,
        expect.stringContaining('is currently being processed'),
      ]);
      const other = await json<{ id: string }>(second, 'POST', `/v1/conversations/?agent_id=${agent.id}`, {});
      expect((await say(second, other, 'Hi')).stopReason).toBe('end_turn');
      world.model.release(held.id);
      expect((await turn.end()).text).toBe('Half and half.');
      expect((await say(second, conversation, 'Now me')).stopReason).toBe('end_turn');
      expect((await lastRun(first, conversation))?.status).toBe('completed');
    },
    SLOW,
  );

  test(
    'show each other what changes',
    async ({ world }) => {
      const [first, second] = [await world.spawned(), await world.inProcess()];
      const { agent, conversation } = await pair(first);
      await json(second, 'PATCH', `/v1/agents/${agent.id}/core-memory/blocks/human`, { value: 'From the second.' });
      expect(await blockOf(first, agent)).toBe('From the second.');
      await json(first, 'PATCH', `/v1/conversations/${conversation.id}`, { summary: 'Named by the first' });
      const seen = await json<{ summary: string }>(second, 'GET', `/v1/conversations/${conversation.id}`);
      expect(seen.summary).toBe('Named by the first');
    },
    SLOW,
  );

  test(
    'follow, and stop, a turn that the other one runs',
    async ({ world }) => {
      const [first, second] = [await world.spawned(), await world.inProcess()];
      const { conversation } = await pair(first);
      const held = gate('Half', ' and half.');
      world.model.script(held, gate('Again', ' never'));
      const turn = await begin(first, conversation, { messages: [userMessage('Tell me')] });
      await turn.until((_, now) => now.text === 'Half');
      const followed = await open(second, `/v1/conversations/${conversation.id}/stream`, { starting_after: 0 });
      expect(followed.status).toBe(200);
      await followed.until((_, now) => now.text === 'Half');
      world.model.release(held.id);
      await Promise.all([turn.end(), followed.end()]);
      expect([followed.text, followed.stopReason]).toEqual(['Half and half.', 'end_turn']);

      const long = await begin(first, conversation, { messages: [userMessage('Again')] });
      await long.until((_, now) => now.text === 'Again');
      const began = performance.now();
      await json(second, 'POST', `/v1/conversations/${conversation.id}/cancel`);
      await long.end();
      expect(long.stopReason).toBe('cancelled');
      // Its lease has ten seconds.
      expect(performance.now() - began).toBeLessThan(8_000);
      expect((await lastRun(second, conversation))?.status).toBe('cancelled');
    },
    SLOW,
  );

  test(
    'write at the same time and lose nothing',
    async ({ world }) => {
      const doors: Door[] = [await world.spawned(), await world.inProcess()];
      const { agent } = await pair(doors[0] as Door);
      const lines = Array.from({ length: 60 }, (_, n) => `note ${n}`);
      await Promise.all(
        lines.map((line, n) =>
          json(doors[n % 2] as Door, 'POST', `/v1/agents/${agent.id}/archival-memory`, { text: line }),
        ),
      );
      for (const door of doors) {
        const all = await archiveOf(door, agent);
        expect(all.sort()).toEqual([...lines].sort());
      }
    },
    SLOW,
  );
});

describe('a database that cannot be used', () => {
  const damages: [string, (path: string) => void][] = [
    ['that is no database', (path) => writeFileSync(path, 'This is not a database, it is a letter.'.repeat(200))],
    [
      'whose first page is damaged',
      (path) => {
        const bytes = readFileSync(path);
        bytes.fill(0x5a, 100, 4096);
        writeFileSync(path, bytes);
      },
    ],
    ['that was cut in half', (path) => writeFileSync(path, readFileSync(path).subarray(0, 4096 * 8))],
    [
      'of a newer version',
      (path) => {
        const db = new DatabaseSync(path);
        db.exec('PRAGMA user_version = 9999');
        db.close();
      },
    ],
  ];

  for (const [name, damage] of damages) {
    test(
      `${name} is refused by name, and left as it is`,
      async ({ world }) => {
        const first = await world.spawned();
        await pair(first);
        await first.close();
        const path = join(world.dataDir, 'letta.db');
        damage(path);
        const before = readFileSync(path);
        const again = spawnCli(['--port', '0', '--data-dir', world.dataDir, '--no-token']);
        await expect(again).rejects.toThrow(path);
        expect(readFileSync(path).equals(before)).toBe(true);
      },
      SLOW,
    );
  }
});
