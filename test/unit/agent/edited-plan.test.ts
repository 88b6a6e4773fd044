// A proposal that the person changed before they allowed it: that is what is journaled and done, and the agent is told.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hashOf } from '../../../src/agent/files.ts';
import type { AnyTool } from '../../../src/tools/tool.ts';
import { ArchivedLetta } from './archived-letta.ts';
import { tools, turn, Workspace } from './turn-harness.ts';

let workspace: Workspace;
beforeEach(async () => {
  workspace = await Workspace.make();
});
afterEach(() => workspace.remove());

/** Writes what it was shown to write, as the tools of the editor do. */
function asPlanned(folder: string): AnyTool[] {
  return tools(folder, workspace.ran, workspace.hooks).map((tool) =>
    tool.name !== 'Write'
      ? tool
      : {
          ...tool,
          run: async (input, context, plan) => {
            const [target] = plan?.targets ?? [];
            return tool.run({ ...input, content: target?.after ?? 'not planned' }, context, plan);
          },
        },
  );
}

it('does what the person made of it, notes its hash beforehand, and tells the agent', async () => {
  await writeFile(join(workspace.folder, 'a.txt'), 'old');
  const call = { id: 'w1', name: 'Write', args: JSON.stringify({ path: 'a.txt', content: 'new' }) };
  const server = new ArchivedLetta([{ calls: [call] }, { text: 'Right.' }]);
  const deps = workspace.deps(server.connection, {
    tools: asPlanned(workspace.folder),
    ask: async ({ plan }) => ({
      allow: true,
      edited: {
        targets: (plan?.targets ?? []).map((target) => ({ ...target, after: 'theirs' })),
        told: 'The person changed your proposal.',
      },
    }),
  });
  let intent: { before: string | null; after: string | null }[] | undefined;
  workspace.hooks.beforeWrite = async () => {
    intent = (await deps.journal.read('conv-1')).calls.get('w1')?.intent?.targets;
  };

  await turn(deps, 'go');

  expect(await workspace.file('a.txt')).toBe('theirs');
  expect(intent).toMatchObject([{ before: hashOf('old'), after: hashOf('theirs') }]);
  const sent = server.sends[1]?.messages.find((m) => m.type === 'approval')?.approvals;
  expect(sent?.[0]).toMatchObject({ status: 'success' });
  expect(sent?.[0]?.tool_return).toBe('The person changed your proposal.\n\nWrote a.txt');
});

it('stands as it was where nothing was changed', async () => {
  const call = { id: 'w1', name: 'Write', args: JSON.stringify({ path: 'b.txt', content: 'new' }) };
  const server = new ArchivedLetta([{ calls: [call] }, { text: 'Right.' }]);
  await turn(workspace.deps(server.connection, { tools: asPlanned(workspace.folder) }), 'go');
  expect(await workspace.file('b.txt')).toBe('new');
  const sent = server.sends[1]?.messages.find((m) => m.type === 'approval')?.approvals;
  expect(sent?.[0]?.tool_return).toBe('Wrote b.txt');
});
