// What a checkpoint could not bring back of many files, told before they change.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Checkpoints } from '../../../../src/editor/checkpoints/checkpoints.ts';
import { KeptContents } from '../../../../src/editor/checkpoints/kept-contents.ts';
import { lackingWords } from '../../../../src/editor/checkpoints/lacking.ts';
import { World } from '../../../support/checkpoint-world.ts';

let world: World;
beforeEach(() => {
  world = new World({ 'box/kept.txt': 'kept\n', 'box/sub/more.txt': 'more\n', '.gitignore': 'built/\n' });
});
afterEach(() => world.dispose());

const named = (path: string) => path.slice(world.root.length + 1);
const paths = (...names: string[]) => names.map((name) => `${world.root}/${name}`);

test.each(['with git', 'without git'])('what is ignored or too large is named, folders are not: %s', async (how) => {
  if (how === 'with git') world.init();
  world.write('box/large.bin', Buffer.alloc(1024 * 1024 + 1));
  world.write('box/built/out.js', 'out\n');
  const checkpoints = new Checkpoints({ folder: world.store });
  const all = paths('box', 'box/kept.txt', 'box/sub', 'box/sub/more.txt', 'box/large.bin', 'box/built/out.js');
  const { id } = await checkpoints.take(world.request({ targets: all }));
  const lacking = await checkpoints.lacking(id, all);
  expect(lacking).toEqual({
    total: 2,
    first: [
      { path: all[4], why: 'large' },
      { path: all[5], why: 'ignored' },
    ],
  });
  expect(lackingWords(lacking, named)).toBe(
    'Restoring the checkpoint before this turn cannot bring back 2 of its files: box/large.bin (larger than 1 MB, and not in git), box/built/out.js (ignored by .gitignore, or outside of the workspace).',
  );
  const rest = await checkpoints.lacking(id, all.slice(0, 4));
  expect(lackingWords(rest, named)).toContain('brings back all of its files');
  await checkpoints.close();
});

test('of many only some are named', async () => {
  const first = Array.from({ length: 10 }, (_, at) => ({ path: `${world.root}/${at}`, why: 'full' as const }));
  expect(lackingWords({ total: 1_234, first }, named)).toMatch(/1,234 of its files: 0 .* and 1,224 more\.$/);
});

test('a thousand files that no one had read are recorded before they go', async () => {
  for (let index = 0; index < 1_000; index += 1) world.write(`box/many/${index}.txt`, `${index}\n`);
  const checkpoints = new Checkpoints({ folder: world.store, readMs: 0 });
  // Of an earlier turn's change: nothing of these was read yet.
  const { id } = await checkpoints.take(world.request());
  const all = paths(...Array.from({ length: 1_000 }, (_, index) => `box/many/${index}.txt`));
  await checkpoints.ensure(all);
  expect(await checkpoints.lacking(id, all)).toEqual({ total: 0, first: [] });
  world.remove('box/many');
  const preview = await checkpoints.preview(id, [world.root]);
  const begun = await checkpoints.begin(preview.id, all, []);
  await checkpoints.apply(begun.jobId);
  expect(world.read('box/many/999.txt')).toBe('999\n');
  await checkpoints.close();
});

test('contents that come at once are counted each: the room is not exceeded', async () => {
  const kept = new KeptContents(world.store, 10_000);
  const hashes = await Promise.all(Array.from({ length: 16 }, (_, at) => kept.put(Buffer.alloc(1_000, at))));
  expect(hashes.filter((hash) => hash !== null)).toHaveLength(10);
});
