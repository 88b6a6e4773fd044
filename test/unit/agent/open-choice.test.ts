// Which agent can still be exchanged: per workspace and home, seen by every window.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { OpenChoice } from '../../../src/agent/open-choice.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'choice-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('is open until it is settled, in each workspace and home by itself', async () => {
  const here = new OpenChoice(folder, 'embedded', '/work/a');
  const others = [
    new OpenChoice(folder, 'cloud', '/work/a'),
    new OpenChoice(folder, 'embedded', '/work/b'),
    new OpenChoice(folder, 'embedded', null),
  ];
  await here.set({ agentId: 'agent-1', kind: 'new' });
  for (const other of others) await other.set({ agentId: 'agent-2', kind: 'existing' });
  const again = new OpenChoice(folder, 'embedded', '/work/a');
  expect(await again.get()).toEqual({ agentId: 'agent-1', kind: 'new' });
  await here.set(undefined);
  expect(await again.get()).toBeUndefined();
  for (const other of others) expect(await other.get()).toEqual({ agentId: 'agent-2', kind: 'existing' });
});

it('sees what was set a moment ago, and takes a broken file for none', async () => {
  const choice = new OpenChoice(folder, 'embedded', '/work/a');
  void choice.set({ agentId: 'agent-1', kind: 'new' });
  expect(await choice.get()).toEqual({ agentId: 'agent-1', kind: 'new' });
  const [file = ''] = await readdir(join(folder, 'agent-choices'));
  await writeFile(join(folder, 'agent-choices', file), '{ broken');
  expect(await choice.get()).toBeUndefined();
  void choice.set(undefined);
  void choice.set(undefined);
  expect(await choice.get()).toBeUndefined();
});
