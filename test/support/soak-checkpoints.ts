// A large folder goes back to a checkpoint after thousands of random changes; every file is compared, byte for byte.
import { join } from 'node:path';
import { Checkpoints } from '../../src/editor/checkpoints/checkpoints.ts';
import { World } from './checkpoint-world.ts';

const A_FOLDER = 50;
/** Of all files, in one round. */
const CHANGED = 0.05;
const ROUNDS = 3;

const pathOf = (file: number): string => `src/p${Math.floor(file / A_FOLDER)}/file${file}.ts`;

function change(world: World, files: number, round: number): void {
  for (let i = 0; i < files * CHANGED; i++) {
    const path = pathOf(Math.floor(Math.random() * files));
    const how = Math.random();
    if (how < 0.6) world.write(path, `round ${round}, ${i}\n`);
    else if (how < 0.8) world.remove(path);
    else world.write(`made/${round}/${i}.ts`, `made in ${round}\n`);
  }
}

/** @returns what differs from what it should be; nothing when all is well */
export async function soakCheckpoints(files: number, git: boolean): Promise<string[]> {
  const world = new World({ '.gitignore': 'out/\n', 'out/built.js': 'built\n' });
  const checkpoints = new Checkpoints({ folder: world.store });
  const wrong: string[] = [];
  try {
    for (let file = 0; file < files; file++) world.write(pathOf(file), `file ${file % 500}\n`);
    if (git) world.init();
    await checkpoints.prepare([world.root]);
    await checkpoints.filled();
    for (let round = 0; round < ROUNDS; round++) {
      change(world, files, round);
      const { id } = await checkpoints.take(world.request());
      await checkpoints.filled();
      const was = world.snapshot();
      change(world, files, round + ROUNDS);
      const preview = await checkpoints.preview(id, [world.root]);
      const paths = preview.steps.map(({ root, path }) => join(root, path));
      const { jobId } = await checkpoints.begin(preview.id, paths, []);
      const { skipped } = await checkpoints.apply(jobId);
      const now = world.snapshot();
      for (const path of new Set([...was.keys(), ...now.keys()]))
        if (was.get(path) !== now.get(path)) wrong.push(`round ${round}: ${path} did not come back`);
      for (const { path, why } of [...skipped, ...preview.cannot]) wrong.push(`round ${round}: ${path}: ${why}`);
    }
    return wrong;
  } finally {
    await checkpoints.close();
    world.dispose();
  }
}
