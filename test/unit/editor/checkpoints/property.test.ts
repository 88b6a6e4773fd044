// Whatever is done to the files between a checkpoint and going back to it: what was recorded comes back byte for byte, nothing
// else is touched, and going back can be taken back.
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Checkpoints, type Restored } from '../../../../src/editor/checkpoints/checkpoints.ts';
import { type Snapshot, World } from '../../../support/checkpoint-world.ts';

const PATHS = ['a.txt', 'b.txt', 'src/c.ts', 'src/deep/d.ts', 'src/deep', 'ignored/e.txt', 'f.log', 'src/.gitignore'];
const path = fc.constantFrom(...PATHS);
const content = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('one\n', 'two\n', 'three\r\n', 'one', '') },
  { weight: 3, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.constantFrom(Buffer.alloc(1024 * 1024 + 1, 'x'), Buffer.alloc(1024 * 1024 + 2, 'y')) },
);
const edit = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('write' as const), path, content }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), path }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('move' as const), path, to: path }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('link' as const),
      path,
      to: fc.constantFrom('a.txt', '..', '/etc/hostname'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('mode' as const), path, on: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('ignore' as const),
      text: fc.constantFrom('*.log\nignored/\n', 'ignored/\n', 'ignored/\nsrc/\n'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('stage' as const, 'commit' as const, 'stash' as const) }) },
);
type Edit = typeof edit extends fc.Arbitrary<infer E> ? E : never;
const step = fc.oneof(
  { weight: 6, arbitrary: edit },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('checkpoint' as const), fill: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('restore' as const),
      which: fc.nat(),
      between: fc.array(edit, { maxLength: 2 }),
    }),
  },
);

function act(world: World, edit: Edit): unknown {
  switch (edit.do) {
    case 'write':
      return world.write(edit.path, edit.content);
    case 'remove':
      return world.remove(edit.path);
    case 'move':
      return world.move(edit.path, edit.to);
    case 'link':
      return world.link(edit.path, edit.to);
    case 'mode':
      return world.executable(edit.path, edit.on);
    case 'ignore':
      return world.write('.gitignore', edit.text);
    case 'stage':
      return world.git('add', '-A');
    case 'commit':
      return world.git('commit', '-q', '-a', '-m', 'more');
    case 'stash':
      return world.git('stash');
  }
}

/** Where it cannot be done, e.g. writing below a file, nothing is. */
function apply(world: World, edit: Edit): void {
  try {
    act(world, edit);
  } catch {
    // As when a person tries it.
  }
}

const pathsOf = (files: readonly { path: string }[]): Set<string> => new Set(files.map((file) => file.path));

/** `was`: at the checkpoint; `before` and `after`: around the restore. */
function check(was: Snapshot, before: Snapshot, after: Snapshot, restored: Restored, left: ReadonlySet<string>): void {
  const done = pathsOf(restored.done);
  for (const each of new Set([...was.keys(), ...before.keys(), ...after.keys()])) {
    const now = after.get(each);
    if (done.has(each)) expect([each, now]).toEqual([each, was.get(each)]);
    // Whatever was not done stays as it is.
    else expect([each, now]).toEqual([each, before.get(each)]);
    // And what stays though it differs was named, or is nobody's to bring back.
    if (!done.has(each) && now !== was.get(each)) expect([each, left.has(each)]).toEqual([each, true]);
  }
}

async function play(
  world: World,
  steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[],
  git: boolean,
) {
  const checkpoints = new Checkpoints({ folder: world.store });
  const taken: { id: string; was: Snapshot }[] = [];
  try {
    for (const each of steps) {
      if (each.do === 'checkpoint') {
        const kept = world.gitState();
        const { id } = await checkpoints.take(world.request());
        if (each.fill) await checkpoints.filled();
        expect(world.gitState()).toBe(kept);
        taken.push({ id, was: world.snapshot() });
      } else if (each.do === 'restore') {
        const point = taken[each.which % Math.max(1, taken.length)];
        if (point) await goBack(world, checkpoints, point, each.between);
      } else if (git || !['stage', 'commit', 'stash'].includes(each.do)) apply(world, each);
    }
  } finally {
    await checkpoints.close();
  }
}

async function goBack(
  world: World,
  checkpoints: Checkpoints,
  { id, was }: { id: string; was: Snapshot },
  between: Edit[],
) {
  const { id: previewId, steps, cannot } = await checkpoints.preview(id, [world.root]);
  const seen = world.snapshot();
  for (const edit of between) apply(world, edit);
  const before = world.snapshot();
  const kept = world.gitState();
  const begun = await checkpoints.begin(
    previewId,
    steps.map(({ path: each }) => join(world.root, each)),
    [],
  );
  const restored = await checkpoints.apply(begun.jobId);
  const after = world.snapshot();
  const skipped = [...restored.skipped, ...begun.outcome.skipped, ...cannot];
  const ignored = [...new Set([...was.keys(), ...before.keys()])].filter((each) => isIgnored(each, was, before));
  const touched = between.flatMap((edit) =>
    'path' in edit
      ? around(edit.path, edit.do === 'move' ? edit.to : '', before, was)
      : [...before.keys(), ...was.keys()],
  );
  // A link leads to a file of another name.
  const changed = [...before.keys(), ...seen.keys()].filter((each) => before.get(each) !== seen.get(each));
  check(was, before, after, restored, new Set([...pathsOf(skipped), ...ignored, ...touched, ...changed]));

  const undone = await checkpoints.undo(restored.jobId, [world.root], []);
  const back = await checkpoints.apply(undone.jobId);
  expect(back.skipped).toEqual([]);
  expect(undone.outcome.skipped).toEqual([]);
  expect([...world.snapshot()].sort()).toEqual([...before].sort());
  expect(world.gitState()).toBe(kept);
}

/** What was changed between looking and restoring: not seen in the preview. */
const around = (a: string, b: string, ...where: Snapshot[]): string[] =>
  where.flatMap((each) =>
    [...each.keys()].filter((key) =>
      [a, b].some((p) => p !== '' && (key === p || key.startsWith(`${p}/`) || p.startsWith(`${key}/`))),
    ),
  );

/** As generously as it may be: by the rules of then or of now. */
function isIgnored(each: string, ...when: Snapshot[]): boolean {
  return when.some((files) => {
    const rules = `${files.get('.gitignore') ?? ''} ${files.get('src/.gitignore') ?? ''}`;
    if (each.startsWith('src/') && (rules.includes('src/') || files.has('src/.gitignore'))) return true;
    return each.startsWith('ignored') || (/\.log(\/|$)/.test(each) && rules.includes('*.log'));
  });
}

const START = {
  'a.txt': 'one\n',
  'src/c.ts': 'one\n',
  'src/deep/d.ts': 'two\n',
  'ignored/e.txt': 'kept\n',
  '.gitignore': '*.log\nignored/\n',
};

for (const git of [true, false]) {
  test(`${git ? 'with' : 'without'} git`, { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        const world = new World(START);
        try {
          if (git) world.init();
          await play(
            world,
            [{ do: 'checkpoint', fill: false }, ...steps, { do: 'restore', which: 0, between: [] }],
            git,
          );
        } finally {
          world.dispose();
        }
      }),
      { numRuns: Number(process.env.LETTA_PROPERTY_RUNS ?? (git ? 3 : 24)) },
    );
  });
}
