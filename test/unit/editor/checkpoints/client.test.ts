// Checkpoints behind their worker thread, as the extension host has them.
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openCheckpoints } from '../../../../src/editor/checkpoints/client.ts';
import { World } from '../../../support/checkpoint-world.ts';

const WORKER = new URL('../../../../src/editor/checkpoints/worker.ts', import.meta.url);
let world: World;
afterEach(() => world.dispose());

test('answers from its thread, with reasons, until it is closed', async () => {
  world = new World({ 'a.txt': 'a\n' });
  const logged: string[] = [];
  const checkpoints = openCheckpoints({ workerPath: WORKER, folder: world.store, log: (line) => logged.push(line) });
  await checkpoints.prepare([world.root]);
  const { id } = await checkpoints.take(world.request({ text: 'x'.repeat(2_000) }));
  world.write('a.txt', 'changed\n');
  expect((await checkpoints.list())[0]?.text).toHaveLength(500);
  expect(await checkpoints.counts([id], [world.root])).toEqual({ [id]: 1 });
  const preview = await checkpoints.preview(id, [world.root]);
  expect(Buffer.from((await checkpoints.content(id, world.root, 'a.txt')) ?? []).toString()).toBe('a\n');
  const { jobId } = await checkpoints.begin(preview.id, [join(world.root, 'a.txt')], []);
  await checkpoints.apply(jobId);
  expect(world.read('a.txt')).toBe('a\n');
  await expect(checkpoints.preview('nothing', [world.root])).rejects.toMatchObject({ reason: 'missing' });
  await expect(checkpoints.apply(jobId)).rejects.toMatchObject({ reason: 'stale' });
  await checkpoints.close();
  await expect(checkpoints.list()).rejects.toMatchObject({ reason: 'closed' });
  expect(logged.filter((line) => !line.includes('ExperimentalWarning'))).toEqual([]);
});

test('a thread that ends fails its calls and says why; the next call starts another', async () => {
  world = new World({ 'a.txt': 'a\n' });
  const nowhere = new URL('./nowhere.ts', import.meta.url);
  const logged: string[] = [];
  const checkpoints = openCheckpoints({ workerPath: nowhere, folder: world.store, log: (line) => logged.push(line) });
  await expect(checkpoints.list()).rejects.toMatchObject({ reason: 'exited' });
  await expect(checkpoints.list()).rejects.toMatchObject({ reason: 'exited' });
  expect(logged.join('\n')).toContain('nowhere.ts');
  await checkpoints.close();
});
