// The limit of a block is counted alike by the panel, the extension and the embedded server: in characters as a person sees them,
// as Letta's own server does (Python's `len`).
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { appendLines } from '../../../src/memory/append-lines.ts';
import { saveBlock } from '../../../src/memory/blocks.ts';
import { ChangeLog } from '../../../src/memory/change-log.ts';
import { BlockManager } from '../../../src/memory/manage-blocks.ts';
import { editOf } from '../../../webview-ui/src/memory/edit.ts';
import { messageText, text, toolCalls } from '../../support/scripted-model.ts';
import { OwnHome } from '../agent/own-home.ts';
import { turn } from '../agent/turn-harness.ts';

const FULL = '🌱'.repeat(10);
let home: OwnHome;
let changes: ChangeLog;
beforeEach(async () => {
  home = await OwnHome.open();
  changes = new ChangeLog(join(home.workspace.folder, 'changes.jsonl'));
});
afterEach(() => home.close());

it('ten emoji fit into ten characters, whoever writes them', async () => {
  const { connection, agentId, model } = home;
  const manager = new BlockManager(connection, agentId);
  const made = await manager.create({ label: 'garden', description: 'Plants', value: '', limit: 10 });
  expect(editOf({ ...made, value: FULL }, undefined)).toMatchObject({ length: 10, tooLong: false });
  await saveBlock(connection, changes, { blockId: made.id, value: FULL, base: '' });
  expect((await home.block('garden')).value).toBe(FULL);
  await expect(saveBlock(connection, changes, { blockId: made.id, value: `${FULL}🌱`, base: FULL })).rejects.toThrow(
    /may hold 10 characters; this is 11\. Shorten it by 1\./,
  );
  await expect(manager.create({ label: 'beds', description: '', value: FULL, limit: 10 })).resolves.toBeTruthy();
  await expect(manager.change(made.id, { limit: 9 })).rejects.toThrow('holds 10 characters');
  await saveBlock(connection, changes, { blockId: made.id, value: '', base: FULL });
  expect((await appendLines(connection, changes, made.id, ['🌱🌱🌱🌱', '🌱🌱🌱🌱🌱', '🌱'], 'test')).fits).toEqual([
    true,
    true,
    false,
  ]);

  // The agent's own tool, and what its prompt says.
  await saveBlock(connection, changes, { blockId: made.id, value: '', base: (await home.block('garden')).value });
  const threadId = await home.newThread();
  model.script(toolCalls([{ name: 'memory_insert', args: { label: 'garden', new_string: FULL } }]), text('Noted.'));
  await turn(home.workspace.deps(connection), 'Plant ten', { agentId, threadId });
  expect((await home.block('garden')).value).toBe(FULL);
  model.script(text('Ten.'));
  await turn(home.workspace.deps(connection), 'How many?', { agentId, threadId: await home.newThread() });
  expect(model.requests.at(-1)?.body.messages.map(messageText).join('\n')).toContain(
    'chars_current=10\n- chars_limit=10\n',
  );
});
