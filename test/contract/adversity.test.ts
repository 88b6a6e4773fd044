// Disks that are full, folders that cannot be written, files that others hold, odd and large texts, crowds: a clear error, and
// nothing that was acknowledged is lost.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect } from 'vitest';
import { gate, messageText, text, toolCalls } from '../support/scripted-model.ts';
import { userMessage } from './support/contract.ts';
import { integrity } from './support/database.ts';
import { textOf } from './support/turn.ts';
import { archiveOf, begin, blockOf, type Door, history, json, pair, say, sayWhenFree, test } from './support/world.ts';

const SLOW = 90_000;
const isRoot = process.getuid?.() === 0;
/** Whom nothing here belongs to. */
const NOBODY = 65_534;

/** The answer's status and its `detail`. */
async function ask(door: Door, method: string, path: string, body: unknown): Promise<[number, string]> {
  const response = await door.fetch(`${door.baseUrl}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as { detail?: string };
  return [response.status, answer.detail ?? ''];
}

// Most of the time of these cases is a program that starts, or SQLite that waits.
describe.concurrent('the disk', () => {
  test(
    'that gets full is named; what was acknowledged stays, and once there is room the same server goes on',
    async ({ world }) => {
      // A limit on the size of files stands for the disk; ignoring the signal makes it an error of the write.
      const server = await world.spawned({ through: ['bash', '-c', 'trap "" XFSZ; exec "$0" "$@"'] });
      const { agent, conversation } = await pair(server);
      const limit = (bytes: number | 'unlimited') =>
        execFileSync('prlimit', ['--pid', String(server.process.pid), `--fsize=${bytes}:unlimited`]);
      const largest = Math.max(...readdirSync(world.dataDir).map((name) => statSync(join(world.dataDir, name)).size));
      limit(largest + 60_000);

      const kept: string[] = [];
      let refused: [number, string] = [200, ''];
      for (let n = 0; n < 200 && refused[0] === 200; n++) {
        const line = `note ${n} ${'word '.repeat(200)}`;
        refused = await ask(server, 'POST', `/v1/agents/${agent.id}/archival-memory`, { text: line });
        if (refused[0] === 200) kept.push(line);
      }
      expect(refused).toEqual([500, expect.stringContaining(join(world.dataDir, 'letta.db'))]);
      expect(refused[1]).toContain('disk is not full');
      expect(kept.length).toBeGreaterThan(2);
      expect((await archiveOf(server, agent)).sort()).toEqual([...kept].sort());
      // What cannot be stored is not asked of the model either.
      const turn = await begin(server, conversation, { messages: [userMessage('word '.repeat(20_000))] });
      expect([turn.status, JSON.stringify(turn.body)]).toEqual([500, expect.stringContaining('disk is not full')]);
      expect(world.model.requests.length).toBe(0);

      limit('unlimited');
      expect((await say(server, conversation, 'Now?')).stopReason).toBe('end_turn');
      await server.kill();
      expect(integrity(world.dataDir)).toBe('ok');
      expect((await archiveOf(await world.inProcess(), agent)).sort()).toEqual([...kept].sort());
    },
    SLOW,
  );

  test(
    'that gets full in the middle of an answer ends the run; the message is kept and the conversation goes on',
    async ({ world }) => {
      const server = await world.spawned({ through: ['bash', '-c', 'trap "" XFSZ; exec "$0" "$@"'] });
      const { conversation } = await pair(server);
      const limit = (bytes: number | 'unlimited') =>
        execFileSync('prlimit', ['--pid', String(server.process.pid), `--fsize=${bytes}:unlimited`]);
      const held = gate('Half', 'and half. '.repeat(5_000));
      world.model.script(held);
      const turn = await begin(server, conversation, { messages: [userMessage('Tell me')] });
      await turn.until((_, now) => now.text === 'Half');
      limit(1);
      world.model.release(held.id);
      await turn.end();
      expect([turn.stopReason, turn.error?.message]).toEqual(['error', expect.stringContaining('disk is not full')]);
      limit('unlimited');
      world.model.script(text('Works again.'));
      // At once, and not when the run's lease is void.
      const next = await say(server, conversation, 'Once more');
      expect(next.text).toBe('Works again.');
      const stored = (await history(server, conversation)).slice(1).map(textOf);
      expect([stored[0], stored.at(-2), stored.at(-1)]).toEqual(['Tell me', 'Once more', 'Works again.']);
    },
    SLOW,
  );

  test(
    'that cannot be written is named at the start, and nothing is changed',
    async ({ world }) => {
      const first = await world.spawned();
      const { agent } = await pair(first);
      await first.kill();
      const names = readdirSync(world.dataDir);
      for (const name of names) chmodSync(join(world.dataDir, name), 0o444);
      chmodSync(world.dataDir, 0o555);
      const again = world.spawned(isRoot ? { uid: NOBODY } : {});
      await expect(again).rejects.toThrow(`The database ${join(world.dataDir, 'letta.db')} cannot be used`);
      await expect(again).rejects.toThrow('Check that its folder can be written to');
      chmodSync(world.dataDir, 0o755);
      for (const name of names) chmodSync(join(world.dataDir, name), 0o644);
      expect(await blockOf(await world.spawned(), agent)).toBe('Prefers tabs.');
    },
    SLOW,
  );

  test(
    'where the folder cannot be made is named',
    async ({ world }) => {
      const parent = join(world.dataDir, 'closed');
      mkdirSync(parent, { mode: 0o555 });
      const inside = { dataDir: join(parent, 'data'), modelUrl: world.model.baseUrl };
      const { spawnServer } = await import('./support/server.ts');
      await expect(spawnServer(inside, isRoot ? { uid: NOBODY } : {})).rejects.toThrow(inside.dataDir);
    },
    SLOW,
  );
});

describe.concurrent('a database that another program', () => {
  test(
    'holds for long is named; the message is kept, and the conversation goes on once it is free',
    async ({ world }) => {
      const server = await world.spawned();
      const { agent, conversation } = await pair(server);
      const held = gate('Half', ' and half.');
      world.model.script(held);
      const turn = await begin(server, conversation, { messages: [userMessage('Tell me')] });
      await turn.until((_, now) => now.text === 'Half');
      const other = new DatabaseSync(join(world.dataDir, 'letta.db'));
      other.exec('BEGIN IMMEDIATE');
      const refused = await ask(server, 'POST', `/v1/agents/${agent.id}/archival-memory`, { text: 'note' });
      expect(refused).toEqual([500, expect.stringContaining('is held by another program')]);
      // What only reads goes on.
      expect(await blockOf(server, agent)).toBe('Prefers tabs.');
      other.exec('ROLLBACK');
      other.close();
      world.model.release(held.id);
      await turn.end();
      const next = await sayWhenFree(server, conversation, { messages: [userMessage('Once more')] });
      expect(next.stopReason).toBe('end_turn');
      const stored = (await history(server, conversation)).slice(1).map(textOf);
      expect(stored[0]).toBe('Tell me');
      expect(stored).toContain('Once more');
    },
    SLOW,
  );

  test(
    'has brought to a newer version is written no more, by turns under way neither; the person is told to reload',
    async ({ world }) => {
      const server = await world.spawned();
      const { agent, conversation } = await pair(server);
      const held = gate('Half', ' and half.');
      world.model.script(held);
      const turn = await begin(server, conversation, { messages: [userMessage('Tell me')] });
      await turn.until((_, now) => now.text === 'Half');
      const newer = new DatabaseSync(join(world.dataDir, 'letta.db'));
      const before = Number(newer.prepare('PRAGMA user_version').get()?.user_version);
      newer.exec(`PRAGMA user_version = ${before + 1}`);
      const written = () => newer.prepare('SELECT count(*) AS c, max(n) AS n FROM messages').get();
      const then = written();
      world.model.release(held.id);
      await turn.end();
      expect([turn.stopReason, turn.error?.message]).toEqual(['error', expect.stringContaining('Reload this window')]);
      const refused = await ask(server, 'PATCH', `/v1/agents/${agent.id}/core-memory/blocks/human`, { value: 'x' });
      expect(refused).toEqual([500, expect.stringContaining('Reload this window')]);
      expect(written()).toEqual(then);
      expect(await blockOf(server, agent)).toBe('Prefers tabs.');
      newer.exec(`PRAGMA user_version = ${before}`);
      newer.close();
    },
    SLOW,
  );
});

describe('texts', () => {
  test('of 10 MB are refused with the reason where no model takes them, and the conversation goes on', async ({
    world,
  }) => {
    const server = await world.inProcess();
    const { conversation } = await pair(server);
    const long = await say(server, conversation, 'word '.repeat(2_000_000));
    expect([long.stopReason, long.error?.error_type]).toEqual(['llm_api_error', 'llm_bad_request']);
    expect(long.error?.message).toMatch(/does not fit|too long/i);
    world.model.script(text('A long text of words.'), text('Short is fine.'));
    const next = await say(server, conversation, 'And this?');
    expect([next.text, next.stopReason]).toEqual(['Short is fine.', 'end_turn']);
    for (const { body } of world.model.requests) expect(JSON.stringify(body).length).toBeLessThan(200_000);
  });

  test('with NUL bytes and halves of surrogate pairs come back, and reach the model as text it can read', async ({
    world,
  }) => {
    const server = await world.inProcess();
    const { agent, conversation } = await pair(server);
    const odd = 'before\u0000after 😀 half \ud83d end';
    const even = odd.toWellFormed();
    world.model.script(
      toolCalls([{ name: 'memory_insert', args: { label: 'human', new_string: odd }, id: 'call_a' }]),
      text(odd),
    );
    const turn = await say(server, conversation, odd);
    expect(turn.stopReason).toBe('end_turn');
    await say(server, conversation, 'Again');
    for (const request of world.model.requests) expect(JSON.stringify(request.body)).not.toMatch(/\\ud[89a-f]/i);
    expect(world.model.requests.at(-1)?.body.messages.map(messageText)).toEqual(
      expect.arrayContaining([expect.stringContaining(even)]),
    );
    expect((await history(server, conversation)).slice(1).map(textOf)).toEqual(expect.arrayContaining([even]));
    await json(server, 'PATCH', `/v1/agents/${agent.id}/core-memory/blocks/human`, { value: odd });
    // Memory is text for people, and has no NUL bytes.
    const memory = even.replaceAll('\0', '');
    expect(await blockOf(server, agent)).toBe(memory);
    const [passage] = await json<{ text: string }[]>(server, 'POST', `/v1/agents/${agent.id}/archival-memory`, {
      text: odd,
    });
    expect(passage?.text).toBe(memory);
    const named = await json<{ name: string }>(server, 'PATCH', `/v1/agents/${agent.id}`, { name: odd });
    expect(named.name).toBe(even);
  });
});

describe('a crowd', () => {
  test(
    'of a hundred conversations at a time is answered, each with its own',
    async ({ world }) => {
      const server = await world.spawned();
      const { agent } = await pair(server);
      const conversations = await Promise.all(
        Array.from({ length: 100 }, () =>
          json<{ id: string }>(server, 'POST', `/v1/conversations/?agent_id=${agent.id}`, {}),
        ),
      );
      for (const [n] of conversations.entries())
        world.model.script({ ...text(`Answer ${n}.`, { chunkSize: 4 }), when: `Question ${n}.` });
      const turns = await Promise.all(conversations.map((each, n) => say(server, each, `Question ${n}.`)));
      expect(turns.map((turn) => turn.text)).toEqual(conversations.map((_, n) => `Answer ${n}.`));
      expect(turns.every((turn) => turn.stopReason === 'end_turn')).toBe(true);
      for (const [n, conversation] of conversations.entries()) {
        const stored = (await history(server, conversation)).slice(1).map(textOf);
        expect(stored).toEqual([`Question ${n}.`, `Answer ${n}.`]);
      }
    },
    SLOW,
  );

  test('of changes to one agent at a time loses none of them', async ({ world }) => {
    const server = await world.inProcess();
    const { agent } = await pair(server, { tools: [] });
    const at = `/v1/agents/${agent.id}`;
    const tools = await json<{ id: string; name: string }[]>(server, 'GET', '/v1/tools/?limit=100');
    const wanted = ['memory_insert', 'memory_replace', 'conversation_search'];
    const ids = wanted.map((name) => tools.find((tool) => tool.name === name)?.id);
    await Promise.all([
      json(server, 'PATCH', at, { model: 'scripted/second', name: 'Bea' }),
      json(server, 'PATCH', at, { model: 'scripted/second', description: 'Told twice.' }),
      json(server, 'PATCH', at, { tags: ['a'] }),
      ...ids.map((id) => json(server, 'PATCH', `${at}/tools/attach/${id}`)),
    ]);
    await Promise.all(
      wanted.map((name) => json(server, 'PATCH', `${at}/tools/approval/${name}`, { requires_approval: true })),
    );
    const after = await json<{ tools: { name: string }[]; tool_rules: { tool_name: string }[] }>(server, 'GET', at);
    expect(after).toMatchObject({ name: 'Bea', description: 'Told twice.', tags: ['a'], model: 'scripted/second' });
    expect(after.tools.map(({ name }) => name).sort()).toEqual([...wanted].sort());
    expect(after.tool_rules.map(({ tool_name }) => tool_name).sort()).toEqual([...wanted].sort());
  });
});
