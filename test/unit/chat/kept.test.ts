import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Kept } from '../../../src/chat/kept.ts';

let folder: string;
let path: string;
const lines: string[] = [];
const open = (at = path) => new Kept(at, (line) => lines.push(line));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'letta-kept-'));
  path = join(folder, 'workspace', 'chat.json');
  lines.length = 0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('finds again what another host kept', async () => {
  const first = open();
  first.keep({ thread: 'conv-1' });
  first.keep({ unfinished: ['conv-1'] });
  first.keep({ thread: 'conv-2' });
  await first.flush();
  expect(await open().read()).toEqual({ thread: 'conv-2', unfinished: ['conv-1'] });
});

it('changes one thing without losing the other', async () => {
  const first = open();
  first.keep({ thread: 'conv-1', unfinished: ['conv-1'] });
  await first.flush();
  const second = open();
  second.keep({ unfinished: [] });
  await second.flush();
  expect(await open().read()).toEqual({ thread: 'conv-1', unfinished: [] });
});

it('says at once what was kept, before it is on disk', async () => {
  const kept = open();
  kept.keep({ thread: 'conv-1' });
  expect(await kept.read()).toMatchObject({ thread: 'conv-1' });
  await kept.flush();
});

it.each(['', '{', '[]', '{"thread":7}'])('takes %j for nothing, and can be written again', async (text) => {
  const first = open(join(folder, 'chat.json'));
  await writeFile(join(folder, 'chat.json'), text);
  expect(await first.read()).toEqual({ unfinished: [] });
  first.keep({ thread: 'conv-1' });
  await first.flush();
  expect(JSON.parse(await readFile(join(folder, 'chat.json'), 'utf8'))).toMatchObject({ thread: 'conv-1' });
});

it('goes on where nothing can be written', async () => {
  await writeFile(join(folder, 'file'), '');
  const kept = open(join(folder, 'file', 'chat.json'));
  kept.keep({ thread: 'conv-1' });
  await kept.flush();
  expect(lines).toHaveLength(1);
  expect(await kept.read()).toMatchObject({ thread: 'conv-1' });
});
