// What blocks may take of the prompt: who may write how much, and what the model is asked then.
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TurnDeps } from '../../../src/agent/turn.ts';
import { diagnose } from '../../../src/flows/doctor.ts';
import { listBlocks, saveBlock } from '../../../src/memory/blocks.ts';
import { ChangeLog } from '../../../src/memory/change-log.ts';
import { keepInInbox, undo } from '../../../src/memory/changes.ts';
import { BlockManager, type Grows } from '../../../src/memory/manage-blocks.ts';
import { blockTokens, PromptRoom } from '../../../src/memory/prompt-room.ts';
import { messageText, text, toolCalls } from '../../support/scripted-model.ts';
import { OwnHome } from '../agent/own-home.ts';
import { turn } from '../agent/turn-harness.ts';

const MOST = 1_500;
const sized = (label: string, value: string, description = '') => ({ label, value, description });

describe('the room in the prompt', () => {
  const words = fc.array(fc.constantFrom('retry', 'the', 'build', 'uses', 'pnpm', '\n', 'ünïcode'), { maxLength: 60 });
  const value = words.map((all) => all.join(' '));

  it('is never exceeded by writes that pass, and never in the way of one that shortens', () => {
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 60, max: 400 }),
        (values, most) => {
          const room = new PromptRoom(most);
          let now = [sized('a', ''), sized('b', '')];
          const total = (blocks: typeof now) => blocks.reduce((sum, block) => sum + blockTokens(block), 0);
          const start = total(now);
          for (const [i, written] of values.entries()) {
            const next = now.map((block, at) => (at === i % 2 ? { ...block, value: written } : block));
            let passed = true;
            try {
              room.check(now, next);
            } catch {
              passed = false;
            }
            if (total(next) <= total(now)) expect(passed).toBe(true);
            if (passed) now = next;
            expect(total(now)).toBeLessThanOrEqual(Math.max(most, start));
          }
        },
      ),
    );
  });

  it('counts what stands around a value too', () => {
    expect(blockTokens(sized('a', ''))).toBeGreaterThan(20);
    expect(blockTokens(sized('a', '', 'What it is for.'))).toBeGreaterThan(blockTokens(sized('a', '')));
  });

  it('says nothing while there is enough, and the same words for as long as there is not', () => {
    const room = new PromptRoom(100);
    expect(room.notice([sized('a', 'short')])).toBe('');
    expect(room.tooMuch([sized('a', 'short')])).toBeUndefined();
    const long = sized('a', 'word '.repeat(200));
    expect(room.notice([long])).toBe(room.notice([{ ...long, value: `${long.value}!` }]));
    expect(room.tooMuch([long])).toMatch(/100 tokens are allowed.*letta\.memory\.maxPromptTokens/);
  });
});

it('Doctor says when the blocks take too much, at the largest of them', async () => {
  const view = (label: string, value: string) => ({
    ...sized(label, value),
    id: label,
    limit: 90_000,
    readOnly: false,
  });
  const look = (most: number) =>
    diagnose(
      {
        blocks: async () => [view('human', 'Terse.'), view('project', 'word '.repeat(500))],
        check: async (lines) => lines.map(() => ({ verdict: 'unknown', evidence: [], reasons: [] })),
        now: () => new Date(),
        tooMuch: async (blocks) => new PromptRoom(most).tooMuch(blocks),
      },
      new AbortController().signal,
    );
  expect(await look(8_000)).toEqual([]);
  expect(await look(300)).toMatchObject([
    { kind: 'oversized', label: 'project', proposal: null, explanation: expect.stringContaining('of every prompt') },
  ]);
});

describe('with a cap', () => {
  let home: OwnHome;
  let most: number;
  let log: ChangeLog;
  let threadId: string;
  const blocks = () => listBlocks(home.connection, home.agentId);
  const room = () => new PromptRoom(most);
  const grows: Grows = async (next) => {
    const now = await blocks();
    room().check(now, next(now));
  };

  beforeEach(async () => {
    home = await OwnHome.open();
    most = MOST;
    log = new ChangeLog(join(home.workspace.folder, 'changes.jsonl'), async ({ blockId, after, by }) => {
      if (by === 'undo') return;
      await grows((now) => now.map((block) => (block.id === blockId ? { ...block, value: after } : block)));
    });
    threadId = await home.threads.create();
  });
  afterEach(() => home.close());

  const deps = (): TurnDeps => {
    const made = home.workspace.deps(home.connection, {
      noRoom: async ({ tool, args, label }) => room().refusal(tool, args, await blocks(), label),
    });
    made.context.crowded = async (all) => room().notice(all);
    return made;
  };
  const say = (words: string) => turn(deps(), words, { agentId: home.agentId, threadId });
  const taken = async () => (await blocks()).reduce((sum, block) => sum + blockTokens(block), 0);
  const person = async (label: string, value: string) => {
    const block = await home.block(label);
    return saveBlock(home.connection, log, { blockId: block.id, value, base: block.value });
  };
  const asked = (n: number) => home.model.requests.at(n)?.body.messages ?? [];
  const long = (n: number) => `${n}: ${'the deploy waits for the database migration. '.repeat(60)}`.trim();

  it('the agent writes until there is no room, is told so, and no request holds more', async () => {
    for (let n = 1; n <= 4; n++) {
      home.model.script(
        toolCalls([{ name: 'memory_insert', args: { label: 'project', new_string: long(n) } }]),
        text('Noted.'),
      );
      const { outcome } = await say(`Remember ${n}`);
      expect(outcome.kind).toBe('done');
    }
    const last = messageText(asked(-1).findLast(({ role }) => role === 'tool'));
    expect(last).toMatch(
      /Not written: memory blocks may take 1,500 tokens of the prompt.*memory_rethink.*archival_memory_insert/s,
    );
    const { value } = await home.block('project');
    expect(value).toContain('1: the deploy');
    expect(value).not.toContain('4: the deploy');
    expect(await taken()).toBeLessThanOrEqual(MOST);
    // A new thread is told of memory by its prompt alone.
    home.model.script(text('ok'));
    const fresh = await home.threads.create();
    await turn(deps(), 'hi', { agentId: home.agentId, threadId: fresh });
    const [system] = asked(-1);
    expect(messageText(system)).toContain('1: the deploy');
    expect(messageText(system)).not.toContain('4: the deploy');
  });

  it('the agent can always make room, and write again', async () => {
    most = 100_000;
    await person('project', long(1));
    most = 500;
    home.model.script(
      toolCalls([{ name: 'memory_rethink', args: { label: 'project', new_memory: 'Deploys wait for migrations.' } }]),
      text('Shortened.'),
    );
    await say('Make room');
    expect((await home.block('project')).value).toBe('Deploys wait for migrations.');
  });

  it('blocks that are too large are told once with the next message, and no longer when they are not', async () => {
    most = 100_000;
    await person('project', long(1));
    await say('one');
    most = 500;
    const window = deps();
    const told = async (words: string) => {
      home.model.script(text('ok'));
      await turn(window, words, { agentId: home.agentId, threadId });
      return messageText(asked(-1).findLast(({ role }) => role === 'user'));
    };
    expect(await told('two')).toMatch(/take more of the prompt than the 500 tokens they may[\s\S]*two$/);
    expect(await told('three')).toBe('three');
    await person('project', '');
    expect(await told('four')).toBe('four');
  });

  it('a person is refused what does not fit, in words that help, and nothing is changed', async () => {
    await person('project', 'short');
    most = 900;
    await expect(person('project', long(1).repeat(2))).rejects.toMatchObject({
      reason: 'memory_full',
      message: expect.stringMatching(/900 tokens.*raise letta\.memory\.maxPromptTokens/),
    });
    expect((await home.block('project')).value).toBe('short');
    expect(await log.list()).toHaveLength(1);
  });

  it('what was taken away can be put back, and what was changed undone', async () => {
    const manager = new BlockManager(home.connection, home.agentId, grows);
    await person('project', long(1));
    const before = (await home.block('project')).value;
    const removed = await manager.takeAway((await home.block('project')).id);
    most = 300;
    await manager.putBack(removed);
    expect((await home.block('project')).value).toBe(before);
    await person('project', '');
    await undo(home.connection, log, home.agentId, { label: 'project', before, after: '' });
    expect((await home.block('project')).value).toBe(before);
  });

  it('no block that is made or shared gets past it', async () => {
    const manager = new BlockManager(home.connection, home.agentId, grows);
    const block = { label: 'notes', description: '', value: long(1).repeat(4), limit: 100_000 };
    await expect(manager.create(block)).rejects.toMatchObject({ reason: 'memory_full' });
    const other = await home.connection.client.blocks.create(block);
    await expect(manager.attach(other.id)).rejects.toMatchObject({ reason: 'memory_full' });
    expect((await blocks()).map(({ label }) => label)).not.toContain('notes');
  });

  it('a note that finds no room is kept in the archive, word for word', async () => {
    most = 100;
    const note = 'Always restart the tunnel after a deploy.';
    const kept = await keepInInbox(home.connection, log, home.agentId, note);
    expect((await home.block('inbox')).value).toBe('');
    const stored = await home.connection.client.agents.passages.list(home.agentId);
    expect(stored.map(({ id, text }) => ({ text, archived: id }))).toEqual([kept]);
    expect(kept.text).toBe(note);
  });
});
