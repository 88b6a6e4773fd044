// A window that is lost while the agent waits for a person, another tool or a subagent: what is asked again, and what never is.
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Journal } from '../../../src/agent/journal.ts';
import { askUserTool } from '../../../src/tools/ask-user.ts';
import { otherTools } from '../../../src/tools/other-tools.ts';
import { taskTool } from '../../../src/tools/task.ts';
import type { AnyTool } from '../../../src/tools/tool.ts';
import { text, toolCalls } from '../../support/scripted-model.ts';
import { AskingWorld } from './asking-world.ts';
import { turn } from './turn-harness.ts';

let world: AskingWorld;
beforeEach(async () => {
  world = await AskingWorld.make();
});
afterEach(() => world.close());

const never = () => new Promise<never>(() => {});

/** Begins a turn whose only call never ends, and is gone; then the person goes on in a new window. */
async function lostDuring(name: string, args: object, before: AnyTool, after: AnyTool) {
  const { workspace, connection, agentId, threadId, model } = world;
  model.script(toolCalls([{ name, args, id: 'c1' }]), text('Well.'));
  const allowed = { decision: 'allow' as const, reason: '' };
  void turn(workspace.deps(connection, { tools: [before], decide: () => allowed }), 'Go.', { agentId, threadId });
  const journal = new Journal(join(workspace.folder, '.journal'));
  await expect.poll(async () => (await journal.read(threadId)).calls.get('c1')?.intent).toBeDefined();
  const deps = workspace.deps(connection, { tools: [after], decide: () => allowed });
  const { outcome, cards } = await turn(deps, { kind: 'continue' }, { agentId, threadId });
  expect(outcome).toEqual({ kind: 'done' });
  return { result: world.results(1)[0], card: cards.c1 };
}

it('asks an unanswered question again', async () => {
  const { result, card } = await lostDuring(
    'AskUserQuestion',
    { question: 'Sure?' },
    askUserTool({ ask: never }),
    askUserTool({ ask: async () => ({ choices: [], text: 'Yes.' }) }),
  );
  expect(result).toBe('The person wrote: Yes.');
  expect(card).toMatchObject({ state: 'done', body: { kind: 'question', question: 'Sure?', answer: 'Yes.' } });
});

it('does not call another extension’s tool again, and says that it is not known what became of it', async () => {
  let calls = 0;
  const chosen = () => [{ name: 'mcp_send', description: 'Sends.', source: 'mcp' as const }];
  const { result, card } = await lostDuring(
    'OtherTools',
    { operation: 'call', name: 'mcp_send' },
    otherTools({ chosen, invoke: never }),
    otherTools({ chosen, invoke: async () => `${++calls}` }),
  );
  expect(calls).toBe(0);
  expect(result).toContain('outcome unknown');
  expect(card?.state).toBe('interrupted');
});

it('does not give a task again', async () => {
  let runs = 0;
  const tools = () => ['Read'];
  const run = async () => {
    runs++;
    throw new Error('not again');
  };
  const { result } = await lostDuring(
    'Task',
    { description: 'd', prompt: 'p' },
    taskTool({ tools, run: never }),
    taskTool({ tools, run }),
  );
  expect(runs).toBe(0);
  expect(result).toContain('do not repeat it blindly');
});
