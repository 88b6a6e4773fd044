// A process that takes checkpoints or restores one is killed; another one looks at what it left.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { Checkpoints } from '../../../../src/editor/checkpoints/checkpoints.ts';
import { World } from '../../../support/checkpoint-world.ts';

const CHILD = fileURLToPath(new URL('../../../support/checkpoint-child.ts', import.meta.url));
let world: World;
afterEach(() => world.dispose());

const START = {
  'a.txt': 'a\n',
  'src/b.ts': 'b\n',
  'src/c.ts': 'c\n',
  '.gitignore': 'out/\n',
  'out/built.js': 'built\n',
};

function start(...args: string[]) {
  return spawn(process.execPath, [CHILD, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function stateToGoBackFrom(
  git: boolean,
): Promise<{ point: string; was: [string, string][]; now: [string, string][] }> {
  world = new World(START);
  if (git) world.init();
  const checkpoints = new Checkpoints({ folder: world.store });
  const { id: point } = await checkpoints.take(world.request());
  await checkpoints.close();
  const was = [...world.snapshot()].sort();
  world.write('a.txt', 'changed\n');
  world.remove('src/b.ts');
  world.move('src/c.ts', 'lib/deep/d.ts');
  world.write('new/e.txt', 'new\n');
  world.write('out/built.js', 'built again\n');
  return { point, was, now: [...world.snapshot()].sort() };
}

const ours = ([path]: [string, string]) => !path.startsWith('out/');

for (const { git, how } of [
  { git: true, how: 'finish' },
  { git: false, how: 'undo' },
] as const)
  test(`a restore killed anywhere can be brought to an end: ${how}`, { timeout: 120_000 }, async () => {
    // The last place is past the end: it is not killed there.
    for (let place = 0, over = false; !over; place++) {
      const { point, was, now } = await stateToGoBackFrom(git);
      const kept = world.gitState();
      const child = start('restore', world.store, world.root, point, String(place));
      const [code] = await once(child, 'exit');
      over = code === 0;
      expect(place).toBeLessThan(20);

      const checkpoints = new Checkpoints({ folder: world.store });
      const found = await checkpoints.interrupted();
      if (over || place === 0) expect(found).toBeNull();
      else {
        expect(found?.head?.text).toBe('Change it');
        const restored = await checkpoints.finish(how);
        expect(restored?.skipped).toEqual([]);
        expect(await checkpoints.interrupted()).toBeNull();
        expect([...world.snapshot()].sort().filter(ours)).toEqual((how === 'finish' ? was : now).filter(ours));
        expect(world.read('out/built.js')).toBe('built again\n');
      }
      expect(world.gitState()).toBe(kept);
      await checkpoints.close();
      if (!over) world.dispose();
    }
  });

test('what the person writes after the crash is not overwritten by bringing it to an end', async () => {
  const { point } = await stateToGoBackFrom(true);
  const child = start('restore', world.store, world.root, point, '2');
  await once(child, 'exit');
  world.write('src/b.ts', 'by hand\n');
  const checkpoints = new Checkpoints({ folder: world.store });
  const restored = await checkpoints.finish('finish');
  expect(restored?.skipped.map(({ path, why }) => [path, why])).toEqual([['src/b.ts', 'changed']]);
  expect(world.read('src/b.ts')).toBe('by hand\n');
  await checkpoints.close();
});

test('every checkpoint that was said to be taken is whole, whenever the process was killed', {
  timeout: 120_000,
}, async () => {
  world = new World(START);
  for (let round = 0; round < 5; round++) {
    const child = start('take', world.store, world.root);
    const said: { id: string; text: string }[] = [];
    let rest = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) said.push(JSON.parse(line));
      // Somewhere in one of the next ones.
      if (said.length > round) child.kill('SIGKILL');
    });
    await once(child, 'close');

    const checkpoints = new Checkpoints({ folder: world.store });
    const listed = new Set((await checkpoints.list()).map(({ id }) => id));
    for (const { id, text } of said) {
      expect(listed.has(id)).toBe(true);
      const bytes = await checkpoints.content(id, world.root, 'changing.txt');
      expect(Buffer.from(bytes ?? []).toString()).toBe(text);
    }
    const names = ['points', 'bases'].flatMap((each) => readdirSync(join(world.store, each)));
    expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([]);
    await checkpoints.close();
  }
});
