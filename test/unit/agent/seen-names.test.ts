// What a tool has read is judged by its name only where that name cannot be a tool of somebody's own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { callRunner } from './call-runner.ts';

test.each([
  ['core_memory_append', ['person']],
  ['core_memory_fetch_page', ['person', 'tool']],
])('%s has read %j', async (name, sources) => {
  const storage = mkdtempSync(join(tmpdir(), 'letta-seen-'));
  const { seen } = await callRunner(storage, { tools: [] });
  await seen.returned(name);
  expect(seen.sources).toEqual(sources);
  rmSync(storage, { recursive: true, force: true });
});
