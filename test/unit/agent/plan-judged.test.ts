// A call is judged by all files that it comes to, not only by those it names: whole turns on the embedded server.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TurnDeps } from '../../../src/agent/turn.ts';
import { decide } from '../../../src/permissions/decide.ts';
import type { Policy } from '../../../src/permissions/decision.ts';
import { filesTool } from '../../../src/tools/files.ts';
import { accessOfCall } from '../../../src/tools/plan-access.ts';
import { refactorTool } from '../../../src/tools/refactor.ts';
import { messageText, text, toolCalls } from '../../support/scripted-model.ts';
import { DiskEditor } from '../tools/disk-editor.ts';
import { OwnHome } from './own-home.ts';
import { turn } from './turn-harness.ts';

let home: OwnHome;
let editor: DiskEditor;

beforeEach(async () => {
  home = await OwnHome.open();
  editor = new DiskEditor();
});
afterEach(async () => {
  await home.close();
  editor.dispose();
});

async function go(call: { name: string; args: object }, rules: Partial<Policy>): Promise<string> {
  const policy: Policy = {
    mode: 'acceptEdits',
    allow: [],
    ask: [],
    deny: [],
    lettaignore: [],
    trusted: true,
    workspace: [editor.root],
    ...rules,
  };
  const more: Partial<TurnDeps> = {
    tools: [filesTool(editor, () => false), refactorTool(editor, () => false)],
    decide: (tool, input, plan) => decide(accessOfCall(tool, input, plan), tool.name, policy),
  };
  const { agentId, connection, model } = home;
  const threadId = await home.newThread();
  model.script(toolCalls([call]), text('Well.'));
  await turn(home.workspace.deps(connection, more), 'Do it.', { agentId, threadId });
  const results = model.requests[1]?.body.messages.filter(({ role }) => role === 'tool') ?? [];
  return results.map(messageText).join('\n');
}

const remove = { name: 'Files', args: { operation: 'delete', path: 'box' } };
const rename = { name: 'Refactor', args: { operation: 'rename', path: 'a.ts', symbol: 'a', new_name: 'b' } };

describe('a call whose plan has files it does not name', () => {
  beforeEach(() => {
    editor.put('box/plain.txt', 'x\n');
    editor.put('box/secret/key.txt', 'x\n');
    const a = editor.put('a.ts', 'a\n');
    const user = editor.put('dist/user.ts', 'a\n');
    editor.language.rename = async () => [
      { path: a, before: 'a\n', after: 'b\n' },
      { path: user, before: 'a\n', after: 'b\n' },
    ];
  });

  it('passes where all of them do', async () => {
    expect(await go(rename, {})).toContain('Changed a.ts (saved).\nChanged dist/user.ts (saved).');
    expect(home.workspace.asked).toEqual([]);
  });

  it('is refused for one that is hidden', async () => {
    expect(await go(remove, { lettaignore: ['secret/'] })).toContain('.lettaignore hides box/secret');
    expect(editor.text('box/plain.txt')).toBe('x\n');
  });

  it('is refused by a rule about one of them', async () => {
    expect(await go(rename, { deny: ['Edit(dist/**)'] })).toContain('The rule Edit(dist/**) refuses it');
    expect(editor.text('a.ts')).toBe('a\n');
  });

  it('is asked about for one that is protected, and no rule is offered', async () => {
    editor.put('box/.git/config', 'x\n');
    await go(remove, { allow: ['Files(box/**)', 'Files(box)'] });
    expect(home.workspace.asked).toMatchObject([{ title: 'Delete', decision: { decision: 'ask' } }]);
    expect(home.workspace.asked[0]?.decision.reason).toContain('is protected (.git)');
    expect(home.workspace.asked[0]?.decision.rule).toBeUndefined();
    expect(home.workspace.asked[0]?.plan?.targets.map(({ path }) => path)).toContain(editor.path('box/.git/config'));
  });
});
