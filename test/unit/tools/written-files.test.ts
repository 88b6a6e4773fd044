// Which files stand otherwise than the agent left them, told once and to the thread that wrote them.
import { expect, it } from 'vitest';
import type { Applied } from '../../../src/editor/editor.ts';
import { WrittenFiles } from '../../../src/editor/written-files.ts';

const applied = (path: string, text: string | null): Applied => ({
  files: [{ path, state: text === null ? 'deleted' : 'saved', created: false, text }],
  problems: { added: [], removed: [], settled: true },
});

function make() {
  const disk = new Map<string, string>();
  const written = new WrittenFiles();
  const write = (path: string, before: string | null, after: string | null) => {
    if (after === null) disk.delete(path);
    else disk.set(path, after);
    written.applied([{ path, before, after }], applied(path, after));
  };
  const take = (threadId: string) => written.take(threadId, async (path) => disk.get(path) ?? null);
  return { disk, written, write, take };
}

it('tells what the person changed since, from before the turn to now, once', async () => {
  const { disk, written, write, take } = make();
  const { end } = written.begin('t');
  write('/a', 'one', 'two');
  write('/a', 'two', 'three');
  write('/b', null, 'new');
  write('/c', 'x', 'y');
  write('/c', 'y', null);
  end();
  disk.set('/a', 'four');
  expect(await take('other')).toEqual([]);
  expect(await take('t')).toEqual([{ path: '/a', before: 'one', after: 'three', now: 'four' }]);
  expect(await take('t')).toEqual([]);
});

it('notes nothing while two turns run, and nothing outside of a turn', async () => {
  const { disk, written, write, take } = make();
  write('/0', 'x', 'y');
  const { end: first } = written.begin('one');
  const { end: second } = written.begin('two');
  write('/a', 'x', 'y');
  first();
  write('/b', 'x', 'y');
  second();
  for (const path of ['/0', '/a', '/b']) disk.set(path, 'z');
  expect(await take('one')).toEqual([]);
  expect((await take('two')).map(({ path }) => path)).toEqual(['/b']);
});

it('keeps no large file, and only so many threads', async () => {
  const { disk, written, write, take } = make();
  const writeIn = (threadId: string, path: string, text: string) => {
    const { end } = written.begin(threadId);
    write(path, '', text);
    end();
    disk.set(path, 'other');
  };
  writeIn('large', '/large', 'x'.repeat(200_001));
  for (let i = 0; i < 9; i++) writeIn(`t${i}`, `/${i}`, 'text');
  expect(await take('large')).toEqual([]);
  expect(await take('t0')).toEqual([]);
  expect(await take('t8')).toHaveLength(1);
});

it('is looked at again and again until it is told; a file of the agent that is gone counts, one that another thread wrote does not', async () => {
  const { disk, written, write, take } = make();
  const changed = () => written.changed('t', async (path) => disk.get(path) ?? null);
  const { end } = written.begin('t');
  for (const path of ['/a', '/new', '/mine', '/theirs']) write(path, path === '/new' ? null : 'one', 'two');
  end();
  expect([written.threads, await changed()]).toEqual([['t'], []]);
  const { end: other } = written.begin('other');
  write('/theirs', 'two', 'three');
  other();
  disk.set('/a', 'four');
  disk.delete('/new');
  disk.delete('/mine');
  const found = [
    { path: '/a', before: 'one', after: 'two', now: 'four' },
    { path: '/new', before: '', after: 'two', now: '', gone: true },
  ];
  expect([await changed(), await changed(), await take('t'), await changed()]).toEqual([found, found, found, []]);
});

it('knows what commands have written, from before the turn on; a later turn stands over it', async () => {
  const { disk, written, write, take } = make();
  const turn = written.begin('t');
  write('/formatted', 'one', 'two');
  turn.end();
  disk.set('/formatted', 'Two');
  disk.set('/made', 'by a command');
  turn.ran([
    { path: '/formatted', before: 'one', after: 'Two' },
    { path: '/made', before: null, after: 'by a command' },
    { path: '/removed', before: 'text', after: null },
  ]);
  disk.set('/made', 'by the person');
  expect(await take('t')).toEqual([{ path: '/made', before: '', after: 'by a command', now: 'by the person' }]);
  const slow = written.begin('t');
  slow.end();
  const { end } = written.begin('t');
  write('/made', 'by the person', 'by an edit');
  end();
  slow.ran([{ path: '/made', before: null, after: 'by a command' }]);
  expect(await take('t')).toEqual([]);
});
