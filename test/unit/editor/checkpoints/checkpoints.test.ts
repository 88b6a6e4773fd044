// What is recorded and what is not, in the kinds of folders that people have; what a restore writes, leaves and names.
import {
  chmodSync,
  linkSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Checkpoints, type CheckpointsOptions, type Restored } from '../../../../src/editor/checkpoints/checkpoints.ts';
import { World } from '../../../support/checkpoint-world.ts';

const worlds: World[] = [];
const open: Checkpoints[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
  for (const world of worlds.splice(0)) world.dispose();
});

function worldOf(files: Record<string, string | Buffer>, git = true): World {
  const world = new World(files);
  worlds.push(world);
  if (git) world.init();
  return world;
}

function checkpointsOf(world: World, more: Partial<CheckpointsOptions> = {}): Checkpoints {
  // On a busy machine half a second is no time.
  const checkpoints = new Checkpoints({ folder: world.store, readMs: 30_000, ...more });
  open.push(checkpoints);
  return checkpoints;
}

/** All that the preview offers. */
async function goBack(world: World, checkpoints: Checkpoints, id: string, folders = [world.root]): Promise<Restored> {
  const preview = await checkpoints.preview(id, folders);
  const paths = preview.steps.map(({ root, path }) => join(root, path));
  const { jobId, outcome } = await checkpoints.begin(preview.id, paths, []);
  const restored = await checkpoints.apply(jobId);
  return { ...restored, skipped: [...outcome.skipped, ...restored.skipped] };
}

const cannotOf = async (world: World, checkpoints: Checkpoints, id: string) =>
  (await checkpoints.preview(id, [world.root])).cannot.map(({ path, why }) => [path, why]);
const pathsOf = (steps: readonly { path: string }[]) => steps.map(({ path }) => path).sort();

test('bytes come back that git would have converted', async () => {
  const world = worldOf(
    { '.gitattributes': '* text=auto\n*.bin filter=upper\n', 'crlf.txt': 'a\r\nb\r\n', 'lf.txt': 'a\nb\n' },
    false,
  );
  world.git('init', '-q');
  world.git('config', 'filter.upper.clean', 'tr a-z A-Z');
  world.write('data.bin', 'pointer\n');
  world.git('add', '-A');
  world.git('commit', '-q', '-m', 'first');
  expect(world.git('show', 'HEAD:crlf.txt')).toBe('a\nb\n');
  expect(world.git('show', 'HEAD:data.bin')).toBe('POINTER\n');
  const checkpoints = checkpointsOf(world);
  const { id } = await checkpoints.take(world.request());
  for (const path of ['crlf.txt', 'lf.txt', 'data.bin']) world.write(path, 'changed\n');
  await goBack(world, checkpoints, id);
  expect([world.read('crlf.txt'), world.read('lf.txt'), world.read('data.bin')]).toEqual([
    'a\r\nb\r\n',
    'a\nb\n',
    'pointer\n',
  ]);
});

test('clean files of a plain repository take no room of ours, and come from its objects', async () => {
  const world = worldOf({ 'a.txt': 'a\n', 'b.txt': Buffer.alloc(3_000_000, 'b') });
  const checkpoints = checkpointsOf(world);
  const { id } = await checkpoints.take(world.request());
  expect(readdirSync(world.store)).not.toContain('contents');
  world.remove('b.txt');
  world.write('a.txt', 'changed\n');
  await goBack(world, checkpoints, id);
  expect(world.read('a.txt')).toBe('a\n');
  // Larger than what we would keep.
  expect(world.read('b.txt')).toHaveLength(3_000_000);
});

test('a file whose object git has thrown away is named and left alone', async () => {
  const world = worldOf({ 'a.txt': 'a\n' });
  const checkpoints = checkpointsOf(world);
  world.write('a.txt', 'staged\n');
  world.git('add', '-A');
  const { id } = await checkpoints.take(world.request());
  world.git('reset', '-q', '--hard');
  world.git('gc', '-q', '--prune=now');
  expect(await cannotOf(world, checkpoints, id)).toEqual([['a.txt', 'gone']]);
  expect(world.read('a.txt')).toBe('a\n');
});

test('what is ignored is never recorded, written or deleted, by the rules of then and of now', async () => {
  const world = worldOf({ '.gitignore': 'out/\n', 'out/a.js': 'a\n', 'src/a.ts': 'a\n' });
  const checkpoints = checkpointsOf(world);
  const { id } = await checkpoints.take(world.request());
  world.write('out/a.js', 'built\n');
  world.write('out/b.js', 'built\n');
  // From now on they are not ignored, as if they had been made since.
  world.write('.gitignore', '\n');
  const preview = await checkpoints.preview(id, [world.root]);
  expect(pathsOf(preview.steps)).toEqual(['.gitignore']);
  await goBack(world, checkpoints, id);
  expect([world.read('out/a.js'), world.read('out/b.js')]).toEqual(['built\n', 'built\n']);
});

test('a file that was recorded and is ignored by now comes back, and that can be undone', async () => {
  const world = worldOf({ 'notes/a.md': 'a\n' }, false);
  const checkpoints = checkpointsOf(world);
  const { id } = await checkpoints.take(world.request());
  world.write('notes/a.md', 'changed\n');
  world.write('.gitignore', 'notes/\n');
  const restored = await goBack(world, checkpoints, id);
  expect(world.read('notes/a.md')).toBe('a\n');
  const { jobId } = await checkpoints.undo(restored.jobId, [world.root], []);
  await checkpoints.apply(jobId);
  expect(world.read('notes/a.md')).toBe('changed\n');
});

test('packages that a folder without git had already stay when it becomes a repository', async () => {
  const world = worldOf({ 'a.js': 'a\n', 'node_modules/dep/index.js': 'dep\n' }, false);
  const checkpoints = checkpointsOf(world);
  const { id } = await checkpoints.take(world.request());
  world.git('init', '-q');
  const { steps } = await checkpoints.preview(id, [world.root]);
  expect(steps).toEqual([]);
});

test('.lettaignore hides from the model, not from a restore', async () => {
  const world = worldOf({ '.lettaignore': 'secret.txt\n', 'secret.txt': 'one\n' }, false);
  const checkpoints = checkpointsOf(world);
  const { id } = await checkpoints.take(world.request());
  world.write('secret.txt', 'two\n');
  await goBack(world, checkpoints, id);
  expect(world.read('secret.txt')).toBe('one\n');
});

test('links are recorded as links; nothing is written through a folder that became one', async () => {
  const world = worldOf({ 'a.txt': 'a\n', 'src/b.txt': 'b\n', 'other/keep.txt': 'keep\n' }, false);
  world.link('link', 'a.txt');
  const checkpoints = checkpointsOf(world);
  const { id } = await checkpoints.take(world.request());
  world.link('link', '/etc');
  world.write('other/b.txt', 'outside\n');
  const preview = await checkpoints.preview(id, [world.root]);
  world.remove('src');
  world.link('src', 'other');
  const { jobId, outcome } = await checkpoints.begin(preview.id, [join(world.root, 'link')], []);
  expect(outcome.skipped).toEqual([]);
  await checkpoints.apply(jobId);
  expect(readlinkSync(join(world.root, 'link'))).toBe('a.txt');
  // `src` is a link that was made since: it goes, the folder comes back, and where the link led nothing changes.
  await goBack(world, checkpoints, id);
  expect(lstatSync(join(world.root, 'src')).isDirectory()).toBe(true);
  expect(world.read('src/b.txt')).toBe('b\n');
  expect(world.has('other/b.txt')).toBe(false);
});

test('the executable bit comes back, who may read stays', async () => {
  const world = worldOf({ 'run.sh': 'echo\n' });
  chmodSync(join(world.root, 'run.sh'), 0o750);
  const checkpoints = checkpointsOf(world);
  const { id } = await checkpoints.take(world.request());
  chmodSync(join(world.root, 'run.sh'), 0o640);
  await goBack(world, checkpoints, id);
  expect(lstatSync(join(world.root, 'run.sh')).mode & 0o777).toBe(0o750);
  world.write('run.sh', 'changed\n');
  chmodSync(join(world.root, 'run.sh'), 0o440);
  await goBack(world, checkpoints, id);
  expect(world.read('run.sh')).toBe('echo\n');
  expect(lstatSync(join(world.root, 'run.sh')).mode & 0o777).toBe(0o550);
});

test('where every file looks executable and git is told not to care, contents come back all the same', async () => {
  const world = worldOf({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
  world.git('config', 'core.fileMode', 'false');
  for (const path of ['a.txt', 'b.txt']) chmodSync(join(world.root, path), 0o777);
  world.write('b.txt', 'before\n');
  const checkpoints = checkpointsOf(world);
  const { id } = await checkpoints.take(world.request());
  world.write('a.txt', 'changed\n');
  world.git('checkout', '-q', 'b.txt');
  const restored = await goBack(world, checkpoints, id);
  expect(restored.skipped).toEqual([]);
  expect([world.read('a.txt'), world.read('b.txt')]).toEqual(['a\n', 'before\n']);
  chmodSync(join(world.root, 'a.txt'), 0o777);
  expect((await checkpoints.preview(id, [world.root])).steps).toEqual([]);
});

test('a file that is the same under another spelling is not deleted as a new one', async () => {
  const world = worldOf({ 'Name.txt': 'a\n' }, false);
  const checkpoints = checkpointsOf(world);
  const { id } = await checkpoints.take(world.request());
  // As one file with two spellings looks where case does not count.
  linkSync(join(world.root, 'Name.txt'), join(world.root, 'name.txt'));
  expect((await checkpoints.preview(id, [world.root])).steps).toEqual([]);
});

test('a repository inside, a submodule, and a folder inside a repository', async () => {
  const world = worldOf({ 'app/a.txt': 'a\n', 'lib.txt': 'lib\n' });
  const inner = new World({ 'in.txt': 'in\n', 'loose.txt': 'loose\n' });
  worlds.push(inner);
  inner.init();
  world.git('-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', inner.root, 'app/sub');
  world.git('-c', 'protocol.file.allow=always', 'clone', '-q', inner.root, 'app/nested');
  world.write('app/nested/loose.txt', 'changed before\n');
  const folder = join(world.root, 'app');
  const checkpoints = checkpointsOf(world);
  const kept = world.gitState();
  const { id } = await checkpoints.take(world.request({ folders: [folder] }));
  world.write('app/a.txt', 'changed\n');
  world.write('app/sub/in.txt', 'changed\n');
  world.write('app/sub/new.txt', 'new\n');
  world.write('app/nested/loose.txt', 'changed again\n');
  world.remove('app/nested/in.txt');
  world.write('lib.txt', 'not of this window\n');
  await goBack(world, checkpoints, id, [folder]);
  expect(world.read('app/a.txt')).toBe('a\n');
  expect(world.read('app/sub/in.txt')).toBe('in\n');
  expect(world.has('app/sub/new.txt')).toBe(false);
  expect(world.read('app/nested/loose.txt')).toBe('changed before\n');
  expect(world.read('app/nested/in.txt')).toBe('in\n');
  expect(world.read('lib.txt')).toBe('not of this window\n');
  expect(world.gitState()).toBe(kept);
});

test('several folders, one of them inside another, and one that was added later', async () => {
  const world = worldOf(
    { 'one/a.txt': 'a\n', 'one/inner/b.txt': 'b\n', 'two/c.txt': 'c\n', 'three/d.txt': 'd\n' },
    false,
  );
  const folder = (name: string) => join(world.root, name);
  const checkpoints = checkpointsOf(world);
  const { id } = await checkpoints.take(
    world.request({ folders: [folder('one'), folder('one/inner'), folder('two')] }),
  );
  for (const path of ['one/a.txt', 'one/inner/b.txt', 'two/c.txt', 'three/d.txt']) world.write(path, 'changed\n');
  await goBack(world, checkpoints, id, [folder('one'), folder('one/inner'), folder('two'), folder('three')]);
  expect(['one/a.txt', 'one/inner/b.txt', 'two/c.txt'].map((path) => world.read(path))).toEqual(['a\n', 'b\n', 'c\n']);
  expect(world.read('three/d.txt')).toBe('changed\n');
});

test('a sparse checkout: what it leaves out is not taken for deleted, and not for new', async () => {
  const world = worldOf({ 'in/a.txt': 'a\n', 'out/b.txt': 'b\n' });
  world.git('sparse-checkout', 'set', 'in');
  const checkpoints = checkpointsOf(world);
  const { id } = await checkpoints.take(world.request());
  world.write('in/a.txt', 'changed\n');
  expect(pathsOf((await checkpoints.preview(id, [world.root])).steps)).toEqual(['in/a.txt']);
  world.git('sparse-checkout', 'disable');
  const preview = await checkpoints.preview(id, [world.root]);
  expect(pathsOf(preview.steps)).toEqual(['in/a.txt']);
  await goBack(world, checkpoints, id);
  expect(world.read('out/b.txt')).toBe('b\n');
});

test('a file that git is told not to look at is looked at', async () => {
  const world = worldOf({ 'config.txt': 'shared\n' });
  world.git('update-index', '--assume-unchanged', 'config.txt');
  world.write('config.txt', 'mine\n');
  const checkpoints = checkpointsOf(world);
  const { id } = await checkpoints.take(world.request());
  world.write('config.txt', 'of the agent\n');
  await goBack(world, checkpoints, id);
  expect(world.read('config.txt')).toBe('mine\n');
});

test('large files, and how they stand now, are not lost: neither is touched', async () => {
  const large = Buffer.alloc(1024 * 1024 + 1, 'x');
  const world = worldOf({ 'was.bin': large, 'is.txt': 'small\n', 'still.bin': large }, false);
  const checkpoints = checkpointsOf(world);
  const { id } = await checkpoints.take(world.request());
  world.write('was.bin', 'small now\n');
  world.write('is.txt', large);
  world.write('new.bin', large);
  expect((await cannotOf(world, checkpoints, id)).sort()).toEqual([
    ['is.txt', 'unrecorded'],
    ['new.bin', 'unrecorded'],
    ['was.bin', 'large'],
  ]);
});

test('a file that changes after one has looked is skipped and named, the others are restored', async () => {
  const world = worldOf({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
  const checkpoints = checkpointsOf(world);
  const { id } = await checkpoints.take(world.request());
  world.write('a.txt', 'changed\n');
  world.write('b.txt', 'changed\n');
  const preview = await checkpoints.preview(id, [world.root]);
  world.write('a.txt', 'by hand\n');
  const paths = preview.steps.map(({ root, path }) => join(root, path));
  const { jobId, outcome } = await checkpoints.begin(preview.id, paths, []);
  expect(outcome.skipped.map(({ path, why }) => [path, why])).toEqual([['a.txt', 'changed']]);
  // And one that changes at the very last moment.
  world.write('b.txt', 'by hand too\n');
  const { skipped } = await checkpoints.apply(jobId);
  expect(skipped.map(({ path, why }) => [path, why])).toEqual([['b.txt', 'changed']]);
  expect([world.read('a.txt'), world.read('b.txt')]).toEqual(['by hand\n', 'by hand too\n']);
});

test('undoing leaves what the person changed after the restore', async () => {
  const world = worldOf({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
  const checkpoints = checkpointsOf(world);
  const { id } = await checkpoints.take(world.request());
  world.write('a.txt', 'changed\n');
  world.write('b.txt', 'changed\n');
  const restored = await goBack(world, checkpoints, id);
  world.write('b.txt', 'by hand\n');
  world.write('c.txt', 'by hand\n');
  const begun = await checkpoints.undo(restored.jobId, [world.root], []);
  await checkpoints.apply(begun.jobId);
  expect(begun.outcome.skipped.map(({ path }) => path)).toEqual(['b.txt']);
  expect([world.read('a.txt'), world.read('b.txt'), world.read('c.txt')]).toEqual([
    'changed\n',
    'by hand\n',
    'by hand\n',
  ]);
});

test('what was not read in time is read behind the checkpoint, as long as it stands as it did', async () => {
  const files = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`f${i}.txt`, `${i}\n`]));
  const world = worldOf(files, false);
  // Old enough that a change cannot hide.
  for (const path of Object.keys(files)) utimesSync(join(world.root, path), 1, 1);
  await new Promise((resolve) => setTimeout(resolve, 150));
  const checkpoints = checkpointsOf(world, { readMs: -1 });
  const { id } = await checkpoints.take(world.request({ targets: [join(world.root, 'f7.txt')] }));
  world.write('f7.txt', 'changed\n');
  await checkpoints.filled();
  world.write('f30.txt', 'changed\n');
  await goBack(world, checkpoints, id);
  expect([world.read('f7.txt'), world.read('f30.txt')]).toEqual(['7\n', '30\n']);

  const other = checkpointsOf(worldOf(files, false), { readMs: -1 });
  const [, second] = worlds;
  if (!second) throw new Error('no world');
  for (const path of Object.keys(files)) utimesSync(join(second.root, path), 1, 1);
  await new Promise((resolve) => setTimeout(resolve, 150));
  const point = await other.take(second.request());
  second.write('f39.txt', 'changed at once\n');
  await other.filled();
  expect(await cannotOf(second, other, point.id)).toEqual([['f39.txt', 'later']]);
});

test('a full store: what has no room is named, the oldest checkpoints make room', async () => {
  const world = worldOf({ 'a.txt': 'a' }, false);
  const checkpoints = checkpointsOf(world, { limit: 20_000 });
  const ids: string[] = [];
  for (let round = 0; round < 12; round++) {
    world.write('a.txt', `${round}`.padEnd(2_000, '.'));
    ids.push((await checkpoints.take(world.request())).id);
    await checkpoints.filled();
  }
  const left = (await checkpoints.list()).map(({ id }) => id);
  expect(left[0]).toBe(ids.at(-1));
  expect(left.length).toBeLessThan(10);
  world.write('a.txt', 'changed\n');
  await goBack(world, checkpoints, left.at(-1) ?? '');
  expect(world.read('a.txt')).toBe(`${12 - left.length}`.padEnd(2_000, '.'));

  world.write('huge.txt', 'h'.repeat(30_000));
  const { id } = await checkpoints.take(world.request());
  world.write('huge.txt', 'changed\n');
  expect(await cannotOf(world, checkpoints, id)).toEqual([['huge.txt', 'full']]);
});

test('unsaved text is kept with the checkpoint', async () => {
  const world = worldOf({ 'a.txt': 'a\n' });
  const checkpoints = checkpointsOf(world);
  const unsaved = [{ path: join(world.root, 'a.txt'), text: 'typed, not saved\n' }];
  const { id } = await checkpoints.take(world.request({ unsaved }));
  expect((await checkpoints.preview(id, [world.root])).unsaved).toEqual(unsaved);
});

test('a new process knows what was read, and all checkpoints, newest first', async () => {
  const world = worldOf({ 'a.txt': 'a\n' }, false);
  const first = checkpointsOf(world);
  const { id } = await first.take(world.request({ text: 'First' }));
  world.write('a.txt', 'b\n');
  await first.take(world.request({ text: 'Second' }));
  await first.close();
  // As a crash in the middle of a write leaves it.
  writeFileSync(join(world.store, 'points', 'torn.json.12345678.tmp'), '{"vers');
  writeFileSync(join(world.store, 'points', 'torn.json'), '{"vers');

  const second = checkpointsOf(world);
  expect((await second.list()).map(({ text }) => text)).toEqual(['Second', 'First']);
  expect(readdirSync(join(world.store, 'points')).some((name) => name.endsWith('.tmp'))).toBe(false);
  await goBack(world, second, id);
  expect(world.read('a.txt')).toBe('a\n');
  expect(await second.counts([id], [world.root])).toEqual({ [id]: 0 });
});

test('a folder and a file change places', async () => {
  const world = worldOf({ thing: 'file\n', 'dir/a.txt': 'a\n' });
  const checkpoints = checkpointsOf(world);
  const { id } = await checkpoints.take(world.request());
  world.remove('thing');
  world.write('thing/inside.txt', 'x\n');
  world.remove('dir');
  world.write('dir', 'file now\n');
  await goBack(world, checkpoints, id);
  expect(readFileSync(join(world.root, 'thing'), 'utf8')).toBe('file\n');
  expect(world.read('dir/a.txt')).toBe('a\n');
});

test('without git on this computer it works all the same', async () => {
  const world = worldOf({ 'a.txt': 'a\n', '.gitignore': 'out/\n', 'out/b.txt': 'b\n' });
  const path = process.env.PATH;
  process.env.PATH = world.base;
  try {
    const checkpoints = checkpointsOf(world);
    const { id } = await checkpoints.take(world.request());
    world.write('a.txt', 'changed\n');
    world.write('out/b.txt', 'changed\n');
    await goBack(world, checkpoints, id);
    expect([world.read('a.txt'), world.read('out/b.txt')]).toEqual(['a\n', 'changed\n']);
  } finally {
    process.env.PATH = path;
  }
});

test('a checkpoint that is gone says so', async () => {
  const world = worldOf({ 'a.txt': 'a\n' }, false);
  const checkpoints = checkpointsOf(world);
  const { id } = await checkpoints.take(world.request());
  rmSync(join(world.store, 'points'), { recursive: true });
  await expect(checkpoints.preview(id, [world.root])).rejects.toMatchObject({ reason: 'missing' });
  await expect(checkpoints.begin('nothing', [], [])).rejects.toMatchObject({ reason: 'stale' });
});
