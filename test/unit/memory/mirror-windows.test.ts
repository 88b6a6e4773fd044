// Two windows on one folder of memory: each is told of every change, and each change is one commit, whoever comes first.
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Mirror } from '../../../src/memory/mirror/mirror.ts';
import { maskSecrets, Place } from '../../support/memory-mirror.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.dispose());

const other = (of: Place) => new Mirror({ folder: of.folder, agentId: 'agent-1', blocks: of.blocks, maskSecrets });

/** As a window does that has seen a new value of a block. */
const told = (mirror: Mirror, value: string, turn: number) =>
  mirror.tell({
    blockId: 'block-lessons',
    label: 'lessons',
    value,
    author: 'agent',
    threadId: 'conv-1',
    turnId: `turn-${turn}`,
  });

const versions = (of: Place): string[] =>
  of
    .git('log', '--reverse', '--format=%H', '--', 'lessons.md')
    .trim()
    .split('\n')
    .map((commit) => (of.git('show', `${commit}:lessons.md`).split('---\n').at(-1) ?? '').trimEnd());

it('a window that comes late does not tell again what the other has committed', async () => {
  const { mirror, blocks } = place;
  const late = other(place);
  blocks.add('lessons', 'none');
  await mirror.sync();
  await late.sync();
  for (const [turn, value] of ['one', 'two', 'three'].entries()) {
    blocks.set('lessons', value);
    told(mirror, value, turn);
    told(late, value, turn);
    await mirror.sync();
  }
  await late.sync();
  expect(versions(place)).toEqual(['none', 'one', 'two', 'three']);
  // What only the late one was told of is told by it.
  for (const [turn, value] of ['four', 'five'].entries()) {
    blocks.set('lessons', value);
    told(late, value, turn);
  }
  await late.sync();
  expect(versions(place)).toEqual(['none', 'one', 'two', 'three', 'four', 'five']);
  place.check();
});

it('one window alone commits a change and its opposite', async () => {
  const { mirror, blocks } = place;
  blocks.add('lessons', 'none');
  await mirror.sync();
  for (const [turn, value] of ['one', 'none'].entries()) told(mirror, value, turn);
  await mirror.sync();
  expect(versions(place)).toEqual(['none', 'one', 'none']);
});

it('in whatever order they look, history goes forward and ends with what memory holds', async () => {
  const steps = fc.array(fc.constantFrom<'write' | 0 | 1>('write', 0, 1), { minLength: 4, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(steps, async (order) => {
      const here = new Place();
      try {
        const windows = [here.mirror, other(here)];
        here.blocks.add('lessons', '0');
        for (const window of windows) await window.sync();
        let last = 0;
        for (const step of order) {
          if (step !== 'write') await windows[step]?.sync();
          else {
            here.blocks.set('lessons', String(++last));
            for (const window of windows) told(window, String(last), last);
          }
        }
        for (const window of windows) await window.sync();
        const found = versions(here).map(Number);
        expect(found).toEqual([...new Set(found)].sort((a, b) => a - b));
        expect(found.at(-1)).toBe(last);
      } finally {
        here.dispose();
      }
    }),
    { numRuns: Number(process.env.LETTA_PROPERTY_RUNS ?? 5) },
  );
}, 120_000);
