// Where a workspace's agent is remembered, beside what other clients keep in the same file.
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLock } from '../../../src/agent/lock.ts';
import { WorkspaceAgents } from '../../../src/agent/workspace-agents.ts';

let root: string;
let storage: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'workspace-'));
  storage = await mkdtemp(join(tmpdir(), 'storage-'));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
  await rm(storage, { recursive: true, force: true });
});
const file = () => join(root, '.letta', 'settings.local.json');

describe('WorkspaceAgents', () => {
  it('keeps one agent a home, and the keys of others', async () => {
    await mkdir(join(root, '.letta'));
    await writeFile(file(), JSON.stringify({ lastAgent: 'agent-cli', vscode: { other: 1 } }));
    const agents = new WorkspaceAgents({ root, trusted: true }, storage);
    expect(await agents.set('embedded', 'agent-1')).toBe('workspace');
    await agents.set('http://letta:8283', 'agent-2');
    expect(await agents.get('embedded')).toBe('agent-1');
    expect(await agents.get('http://letta:8283')).toBe('agent-2');
    expect(await agents.get('cloud')).toBeUndefined();
    expect(JSON.parse(await readFile(file(), 'utf8'))).toEqual({
      lastAgent: 'agent-cli',
      vscode: { other: 1, agents: { embedded: 'agent-1', 'http://letta:8283': 'agent-2' } },
    });
  });

  it('neither reads nor writes an untrusted workspace', async () => {
    await mkdir(join(root, '.letta'));
    const theirs = JSON.stringify({ vscode: { agents: { embedded: 'agent-evil' } } });
    await writeFile(file(), theirs);
    const agents = new WorkspaceAgents({ root, trusted: false }, storage);
    expect(await agents.get('embedded')).toBeUndefined();
    expect(await agents.set('embedded', 'agent-1')).toBe('storage');
    expect(await agents.get('embedded')).toBe('agent-1');
    expect(await readFile(file(), 'utf8')).toBe(theirs);
  });

  it('leaves a file that is no JSON as it is', async () => {
    await mkdir(join(root, '.letta'));
    await writeFile(file(), '{ broken');
    const agents = new WorkspaceAgents({ root, trusted: true }, storage);
    expect(await agents.set('embedded', 'agent-1')).toBe('storage');
    expect(await agents.get('embedded')).toBe('agent-1');
    expect(await readFile(file(), 'utf8')).toBe('{ broken');
  });

  it('uses the storage folder where the workspace cannot be written', async () => {
    await writeFile(join(root, '.letta'), 'a file in the way');
    const agents = new WorkspaceAgents({ root, trusted: true }, storage);
    expect(await agents.set('embedded', 'agent-1')).toBe('storage');
    expect(await agents.get('embedded')).toBe('agent-1');
  });

  it('does not touch a file that says the same already', async () => {
    const agents = new WorkspaceAgents({ root, trusted: true }, storage);
    await agents.set('embedded', 'agent-1');
    await chmod(file(), 0o644);
    const before = await stat(file());
    await agents.set('embedded', 'agent-1');
    expect((await stat(file())).ino).toBe(before.ino);
  });
});

describe('withLock', () => {
  it('lets one in at a time', async () => {
    const path = join(storage, 'lock');
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 5 }, () =>
        withLock(path, async () => {
          most = Math.max(most, ++inside);
          await new Promise((resolve) => setImmediate(resolve));
          inside--;
        }),
      ),
    );
    expect(most).toBe(1);
  });

  it('is free again after work that failed', async () => {
    const path = join(storage, 'lock');
    await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(withLock(path, async () => 'yes')).resolves.toBe('yes');
  });
});
