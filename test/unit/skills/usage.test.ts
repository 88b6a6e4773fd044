import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { usageFile } from '../../../src/flows/skill-usage-file.ts';
import { freshUsage, SkillUsage, STANDS_MS, type UsageState, type UsageStore } from '../../../src/skills/usage.ts';

/** A store that, as a file does, keeps nothing but text. */
function memory(): UsageStore {
  let text = JSON.stringify(freshUsage());
  const read = () => JSON.parse(text) as UsageState;
  return {
    read: async () => read(),
    change: async (change) => {
      const next = change(read());
      if (next) text = JSON.stringify(next);
    },
  };
}

function world() {
  let now = Date.parse('2026-01-05T10:00:00Z');
  const store = memory();
  const usage = new SkillUsage(store, () => now);
  return {
    usage,
    store,
    pass: (ms: number) => {
      now += ms;
    },
    of: async (skill = 's') => (await usage.counts()).get(skill),
    turn: async (threadId: string, turn: string, wrote: string[] = [], skill = 's') => {
      await usage.used({ threadId, turn, skill, wrote: [] });
      await usage.ended({ turn, well: true, wrote });
    },
  };
}

describe('SkillUsage', () => {
  it('counts anew from a revision that was kept, also where the skill moves', async () => {
    const w = world();
    await w.turn('t', '1');
    await w.turn('t', '2', ['/a']);
    await w.usage.corrected({ threadId: 't', paths: ['/a'] });
    w.pass(STANDS_MS);
    await w.usage.revised('s');
    await w.turn('t', '3', ['/b']);
    await w.usage.corrected({ threadId: 't', paths: ['/b'] });
    expect(await w.of()).toMatchObject({ used: 3, corrected: 2, revised: { used: 2, succeeded: 1, corrected: 1 } });
    await w.usage.moved('s', 'new');
    expect(await w.of('new')).toMatchObject({ used: 3, revised: { used: 2 } });
    await w.usage.revised('unknown');
    expect(await w.of('unknown')).toBeUndefined();
  });

  it('knows since when a skill has been there that nobody used', async () => {
    const w = world();
    const since = '2026-01-05T10:00:00.000Z';
    expect((await w.usage.counts(['s'])).get('s')).toEqual({
      ...{ used: 0, succeeded: 0, corrected: 0, lastUsed: null },
      since,
    });
    w.pass(1_000);
    expect((await w.usage.counts(['s', 'later'])).get('s')?.since).toBe(since);
    await w.turn('t', '1');
    expect(await w.of()).toMatchObject({ used: 1, since });
  });

  it('goes along with a skill that moves, and is added to what was there', async () => {
    const w = world();
    await w.turn('t', '1', [], 'old');
    w.pass(STANDS_MS);
    await w.usage.next({ threadId: 't', turn: '2' });
    await w.turn('t', '2', ['/a'], 'old');
    await w.turn('u', '3', [], 'new');
    await w.usage.used({ threadId: 't', turn: '2', skill: 'new', wrote: [] });
    expect(await w.usage.mayPropose('old')).toBe(true);
    await w.usage.proposed('old');
    await w.usage.moved('old', 'new');
    await w.usage.moved('unknown', 'elsewhere');
    await w.usage.moved('new', 'new');
    expect([...(await w.usage.counts()).keys()]).toEqual(['new']);
    expect(await w.of('new')).toMatchObject({ used: 4, succeeded: 1, corrected: 0 });
    expect(await w.usage.mayPropose('new')).toBe(false);
    // What is open still counts, once, for where it is now.
    const corrected = await w.usage.corrected({ threadId: 't', paths: ['/a'] });
    expect(corrected.map(({ skills }) => skills)).toEqual([['new']]);
    expect(await w.of('new')).toMatchObject({ used: 4, succeeded: 1, corrected: 1 });
  });

  it('counts a use once in a turn, and its success after ten minutes', async () => {
    const w = world();
    await w.usage.used({ threadId: 't', turn: '1', skill: 's', wrote: [] });
    await w.usage.used({ threadId: 't', turn: '1', skill: 's', wrote: [] });
    await w.usage.ended({ turn: '1', well: true, wrote: ['/a'] });
    expect(await w.of()).toEqual({ used: 1, succeeded: 0, corrected: 0, lastUsed: '2026-01-05T10:00:00.000Z' });
    w.pass(STANDS_MS - 1);
    expect((await w.of())?.succeeded).toBe(0);
    w.pass(1);
    expect((await w.of())?.succeeded).toBe(1);
    // And only once, however it is settled.
    await w.usage.next({ threadId: 't', turn: '2' });
    expect(await w.of()).toMatchObject({ used: 1, succeeded: 1, corrected: 0 });
  });

  it('takes what the turn wrote and the person undid for a correction, and nothing else', async () => {
    const w = world();
    await w.turn('t', '1', ['/a']);
    expect(await w.usage.corrected({ threadId: 't', paths: ['/b'] })).toEqual([]);
    expect(await w.usage.corrected({ threadId: 'u', paths: ['/a'] })).toEqual([]);
    expect((await w.usage.corrected({ threadId: 't', paths: ['/a'] })).map(({ skills }) => skills)).toEqual([['s']]);
    expect(await w.usage.corrected({ threadId: 't', paths: ['/a'] })).toEqual([]);
    w.pass(STANDS_MS);
    expect(await w.of()).toMatchObject({ used: 1, succeeded: 0, corrected: 1 });
  });

  it('a change that is seen only when the person speaks again still counts, and none after that', async () => {
    const w = world();
    await w.turn('t', '1', ['/a']);
    w.pass(STANDS_MS * 3);
    expect((await w.of())?.succeeded).toBe(1);
    await w.usage.corrected({ threadId: 't', paths: ['/a'] });
    expect(await w.of()).toMatchObject({ succeeded: 0, corrected: 1 });
    await w.turn('t', '2', ['/a']);
    await w.usage.next({ threadId: 't', turn: '3' });
    w.pass(STANDS_MS);
    await w.usage.corrected({ threadId: 't', paths: ['/a'] });
    expect(await w.of()).toMatchObject({ used: 2, succeeded: 1, corrected: 1 });
  });

  it('the next turn does not end the ten minutes', async () => {
    const w = world();
    await w.turn('t', '1', ['/a']);
    await w.usage.next({ threadId: 't', turn: '2' });
    await w.usage.corrected({ threadId: 't', paths: ['/a'] });
    expect(await w.of()).toMatchObject({ succeeded: 0, corrected: 1 });
  });

  it('a turn that failed, was stopped or killed has not succeeded', async () => {
    const w = world();
    await w.usage.used({ threadId: 't', turn: '1', skill: 's', wrote: [] });
    await w.usage.ended({ turn: '1', well: false, wrote: [] });
    await w.usage.used({ threadId: 'u', turn: '2', skill: 's', wrote: [] });
    w.pass(STANDS_MS * 2);
    await w.usage.next({ threadId: 't', turn: '3' });
    await w.usage.next({ threadId: 'u', turn: '4' });
    w.pass(STANDS_MS * 2);
    expect(await w.of()).toMatchObject({ used: 2, succeeded: 0, corrected: 0 });
    expect((await w.store.read()).open).toEqual([]);
  });

  it('a turn that is continued and then ends well has succeeded', async () => {
    const w = world();
    await w.usage.used({ threadId: 't', turn: '1', skill: 's', wrote: [] });
    await w.usage.ended({ turn: '1', well: false, wrote: ['/a'] });
    await w.usage.ended({ turn: '1', well: true, wrote: ['/b'] });
    w.pass(STANDS_MS);
    expect(await w.of()).toMatchObject({ used: 1, succeeded: 1 });
  });

  it('proposes at most once for a skill and day', async () => {
    const w = world();
    // Asking spends nothing: the model may fail to answer.
    expect([await w.usage.mayPropose('s'), await w.usage.mayPropose('s')]).toEqual([true, true]);
    await w.usage.proposed('s');
    expect(await w.usage.mayPropose('s')).toBe(false);
    expect(await w.usage.mayPropose('other')).toBe(true);
    w.pass(24 * 3_600_000);
    expect(await w.usage.mayPropose('s')).toBe(true);
  });

  it('takes any id for an id', async () => {
    const w = world();
    await w.turn('t', '1', [], '__proto__');
    await w.turn('t', '2', [], 'constructor');
    expect((await w.usage.counts()).get('constructor')?.used).toBe(1);
  });
});

type Op =
  | { op: 'used'; turn: number; skill: number }
  | { op: 'ended'; turn: number; well: boolean; path: number }
  | { op: 'next'; thread: number }
  | { op: 'undo'; thread: number; path: number }
  | { op: 'refuse'; turn: number }
  | { op: 'pass'; minutes: number };

const small = (max: number) => fc.integer({ min: 0, max });
const ops: fc.Arbitrary<Op> = fc.oneof(
  fc.record({ op: fc.constant('used' as const), turn: small(5), skill: small(2) }),
  fc.record({ op: fc.constant('ended' as const), turn: small(5), well: fc.boolean(), path: small(2) }),
  fc.record({ op: fc.constant('next' as const), thread: small(2) }),
  fc.record({ op: fc.constant('undo' as const), thread: small(2), path: small(2) }),
  fc.record({ op: fc.constant('refuse' as const), turn: small(5) }),
  fc.record({ op: fc.constant('pass' as const), minutes: small(12) }),
);

async function run(usage: SkillUsage, op: Op): Promise<void> {
  // Turns 0 and 3 belong to thread 0, 1 and 4 to thread 1, …
  const threadOf = (turn: number) => `t${turn % 3}`;
  if (op.op === 'used') {
    const use = { threadId: threadOf(op.turn), turn: `${op.turn}`, skill: `s${op.skill}`, wrote: [] };
    await usage.used(use);
  } else if (op.op === 'ended') await usage.ended({ turn: `${op.turn}`, well: op.well, wrote: [`/${op.path}`] });
  else if (op.op === 'next') await usage.next({ threadId: `t${op.thread}`, turn: 'none' });
  else if (op.op === 'undo') await usage.corrected({ threadId: `t${op.thread}`, paths: [`/${op.path}`] });
  else if (op.op === 'refuse') await usage.corrected({ turn: `${op.turn}` });
}

describe('any order of what happens', () => {
  it('never counts more than was used, never takes back a correction, and a new process goes on where one ended', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(ops, fc.boolean()), { maxLength: 60 }), async (steps) => {
        let now = 1_000_000;
        const store = memory();
        const open = () => new SkillUsage(store, () => now);
        let usage = open();
        let before = await usage.counts();
        for (const [op, killed] of steps) {
          if (op.op === 'pass') now += op.minutes * 60_000;
          await run(usage, op);
          if (killed) usage = open();
          const counts = await usage.counts();
          for (const [id, count] of counts) {
            expect(count.succeeded + count.corrected).toBeLessThanOrEqual(count.used);
            expect(count.corrected).toBeGreaterThanOrEqual(before.get(id)?.corrected ?? 0);
            expect(count.used).toBeGreaterThanOrEqual(before.get(id)?.used ?? 0);
          }
          before = counts;
        }
        // In the end every use is settled, one way or none.
        now += 8 * 24 * 3_600_000;
        const last = await usage.counts();
        await usage.used({ threadId: 'z', turn: 'z', skill: 'z', wrote: [] });
        const settled = new Map(await usage.counts());
        settled.delete('z');
        expect(settled).toEqual(last);
        expect((await store.read()).open.map(({ turn }) => turn)).toEqual(['z']);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the file', () => {
  it('is shared by windows that write at once, and read anew after any of them ends', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'letta-usage-')), 'agent.json');
    const [one, other] = [new SkillUsage(usageFile(path)), new SkillUsage(usageFile(path))];
    await Promise.all(
      [one, other].flatMap((usage, w) =>
        [1, 2, 3].map((turn) => usage.used({ threadId: `t${w}`, turn: `${w}.${turn}`, skill: 's', wrote: [] })),
      ),
    );
    expect((await new SkillUsage(usageFile(path)).counts()).get('s')?.used).toBe(6);
  });
});
