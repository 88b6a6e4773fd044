// Notes that were kept word for word: the agent is asked to file them with the next message, once for as many as there are.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { TurnDeps } from '../../../src/agent/turn.ts';
import { messageText, text } from '../../support/scripted-model.ts';
import { OwnHome } from './own-home.ts';
import { turn } from './turn-harness.ts';

let home: OwnHome;
let window: TurnDeps;
let threadId: string;
beforeEach(async () => {
  home = await OwnHome.open();
  window = home.workspace.deps(home.connection, { files: true });
  threadId = await home.newThread();
});
afterEach(() => home.close());

const keep = async (value: string) => home.connection.client.blocks.update((await home.block('inbox')).id, { value });

/** What the model is sent as the person's message. */
async function told(deps = window, thread = threadId): Promise<string> {
  home.model.script(text('ok'));
  await turn(deps, 'Hello', { agentId: home.agentId, threadId: thread });
  return messageText(home.model.requests.at(-1)?.body.messages?.findLast(({ role }) => role === 'user'));
}

const ASKED = /Your block inbox holds (a line|2 lines) of notes, not yet filed\./;

it('asks while something waits there, and again when it is more', async () => {
  expect(await told()).not.toMatch(ASKED);
  await keep('The staging server is down on Fridays.');
  expect(ASKED.exec(await told())?.[1]).toBe('a line');
  expect(await told()).not.toMatch(ASKED);
  await keep('The staging server is down on Fridays.\n\nUse tabs.');
  expect(ASKED.exec(await told())?.[1]).toBe('2 lines');
  await keep('');
  expect(await told()).not.toMatch(ASKED);
});

it('does not ask in the turn of a flow', async () => {
  await keep('Use tabs.');
  expect(await told(home.workspace.deps(home.connection), await home.newThread())).not.toMatch(ASKED);
});
