// What is said and remembered lies in files that no other user of the computer can read.
import { chmod, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Journal } from '../../../src/agent/journal.ts';
import { ChangeLog } from '../../../src/memory/change-log.ts';
import { MemoryStore } from '../../../src/memory/store/memory-store.ts';
import { text } from '../../support/scripted-model.ts';
import { OwnHome } from './own-home.ts';
import { turn } from './turn-harness.ts';

let home: OwnHome;
beforeEach(async () => {
  home = await OwnHome.open();
});
afterEach(() => home.close());

/** Which of the paths below others may read, write or enter. */
async function open(folder: string): Promise<string[]> {
  const paths = ['.', ...(await readdir(folder, { recursive: true }))];
  const modes = await Promise.all(paths.map(async (path) => (await stat(join(folder, path))).mode));
  return paths.filter((_path, i) => ((modes[i] ?? 0) & 0o077) !== 0);
}

it.skipIf(process.platform === 'win32')(
  'databases, journals, logs and their folders are the user’s alone',
  async () => {
    const { folder } = home.workspace;
    const memory = join(folder, '.letta-data');
    const store = new MemoryStore({ dataDir: memory });
    const journal = new Journal(join(folder, 'storage', 'journal'), join(folder, 'storage', 'seen', 'agent'));
    home.model.script(text('Hello.'));
    await turn(home.workspace.deps(home.connection, { journal }), 'hi', {
      agentId: home.agentId,
      threadId: await home.newThread(),
    });
    const changes = new ChangeLog(join(folder, 'storage', 'log', 'changes.jsonl'));
    await changes.begin({ blockId: 'b', label: 'project', before: '', after: 'x', by: 'person' });
    for (const each of ['.letta-data', 'storage', '.context', '.global'])
      expect.soft(await open(join(folder, each)), each).toEqual([]);
    store.close();
    // One of an earlier version is closed when it is opened.
    await chmod(join(memory, 'memory.db'), 0o644);
    const again = new MemoryStore({ dataDir: memory });
    expect(await open(memory)).toEqual([]);
    again.close();
  },
);
