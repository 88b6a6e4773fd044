// Which agent can still be exchanged: per home, seen by every window of the workspace.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { OpenChoice } from '../../../src/agent/open-choice.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'choice-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('is open until it is settled, in each home by itself', async () => {
  const here = new OpenChoice(folder, 'embedded');
  const there = new OpenChoice(folder, 'cloud');
  await here.set({ agentId: 'agent-1', kind: 'new' });
  await there.set({ agentId: 'agent-2', kind: 'existing' });
  const another = new OpenChoice(folder, 'embedded');
  expect(await another.get()).toEqual({ agentId: 'agent-1', kind: 'new' });
  await here.set(undefined);
  expect(await another.get()).toBeUndefined();
  expect(await there.get()).toEqual({ agentId: 'agent-2', kind: 'existing' });
});

it('sees what was set a moment ago, and takes a broken file for none', async () => {
  await writeFile(join(folder, 'agent-choice.json'), '{ broken');
  const choice = new OpenChoice(folder, 'embedded');
  expect(await choice.get()).toBeUndefined();
  void choice.set({ agentId: 'agent-1', kind: 'new' });
  expect(await choice.get()).toEqual({ agentId: 'agent-1', kind: 'new' });
  void choice.set(undefined);
  expect(await choice.get()).toBeUndefined();
});
