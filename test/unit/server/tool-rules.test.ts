// What counts as done in a turn, for an agent's rules of order.
import { expect, test } from 'vitest';
import { doneCalls } from '../../../src/server/engine/tool-rules.ts';
import { newId } from '../../../src/server/store/ids.ts';
import type { MessageBody } from '../../../src/server/store/messages.ts';
import { Store } from '../../../src/server/store/store.ts';
import { Harness, temporaryFolder } from './support.ts';

test('a call that a compaction took out of the context was made all the same, one of the turn before was not', async () => {
  const folder = temporaryFolder();
  const h = await Harness.start(folder);
  const agent = await h.agent();
  const { id: owner } = await h.conversation(agent.id);
  const store = new Store(folder);
  const say = (body: MessageBody) =>
    store.write('relaxed', () => store.messages.append({ id: newId('message'), agentId: agent.id, owner, body }));
  const ran = (name: string) =>
    say({ role: 'tool', callId: name, name, status: 'success', content: 'ok', stdout: null, stderr: null });
  ran('before');
  say({ role: 'user', content: [{ type: 'text', text: 'Go' }] });
  const evicted = [ran('first')];
  ran('second');
  const summary: MessageBody = { role: 'summary', text: 'Went on.', isVisible: true, stats: {} };
  store.write('relaxed', () =>
    store.messages.summarize({ id: newId('message'), agentId: agent.id, owner, body: summary }, evicted),
  );
  expect(doneCalls(store, owner).map(({ name }) => name)).toEqual(['first', 'second']);
  store.close();
});
