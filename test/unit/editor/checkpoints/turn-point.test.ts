// The checkpoint before a turn's first change: awaited, and never one that was taken behind it.
import { afterEach, expect, test } from 'vitest';
import { Checkpoints } from '../../../../src/editor/checkpoints/checkpoints.ts';
import { turnPoint } from '../../../../src/editor/checkpoints/turn-point.ts';
import { World } from '../../../support/checkpoint-world.ts';

let world: World | undefined;
afterEach(() => {
  world?.dispose();
  world = undefined;
});

function made(take: (targets: readonly string[]) => Promise<{ id: string }>, patience = 10_000) {
  const did: string[] = [];
  const before = turnPoint({
    take: (targets) => {
      did.push(`take ${targets.join()}`);
      return take(targets);
    },
    ensure: async (targets) => void did.push(`ensure ${targets.join()}`),
    lacking: async (id, targets) => {
      did.push(`lacking ${id} ${targets.join()}`);
      return 'All of it comes back.';
    },
    drop: async (id) => void did.push(`drop ${id}`),
    missed: (why) => did.push(`missed: ${why}`),
    patience,
  });
  return { did, before };
}

test('is taken once, and has the files of later changes too', async () => {
  const { did, before } = made(async () => ({ id: '1' }));
  await before(['a']);
  await before(['b']);
  expect(did).toEqual(['take a', 'ensure b']);
});

test('goes again when it comes behind the change that did not wait for it, and none follows in that turn', async () => {
  const point = Promise.withResolvers<{ id: string }>();
  const { did, before } = made(() => point.promise, 20);
  await before(['a']);
  expect(did).toEqual(['take a', 'missed: it took longer than 0.02 seconds']);
  await before(['b']);
  point.resolve({ id: 'late' });
  await expect.poll(() => did.slice(2)).toEqual(['drop late']);
  await before(['c']);
  expect(did).toHaveLength(3);
});

test('one that failed is not taken anew behind the first change', async () => {
  const { did, before } = made(async () => {
    throw new Error('the disk is full');
  });
  await before(['a']);
  await before(['b']);
  expect(did).toEqual(['take a', 'missed: the disk is full']);
});

test('says what could not be brought back where it is asked, and that there is nothing where no checkpoint was taken', async () => {
  const { did, before } = made(async () => ({ id: '1' }));
  expect(await before(['a'])).toBeUndefined();
  expect(await before(['b', 'c'], true)).toBe('All of it comes back.');
  expect(did).toEqual(['take a', 'ensure b,c', 'lacking 1 b,c']);
  const without = made(async () => {
    throw new Error('the disk is full');
  });
  expect(await without.before(['a'], true)).toContain('There is no checkpoint from before this change');
});

test('what is dropped is in no list and can be looked at no more', async () => {
  world = new World({ 'a.txt': 'a\n' });
  const checkpoints = new Checkpoints({ folder: world.store });
  const kept = await checkpoints.take(world.request({ messageId: 'one' }));
  const late = await checkpoints.take(world.request({ messageId: 'two' }));
  await checkpoints.drop(late.id);
  expect((await checkpoints.list()).map(({ id }) => id)).toEqual([kept.id]);
  await expect(checkpoints.preview(late.id, [world.root])).rejects.toMatchObject({ reason: 'missing' });
  await checkpoints.close();
});
