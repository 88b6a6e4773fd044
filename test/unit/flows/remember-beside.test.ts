// A note is stored while an answer is being written: neither waits for the other, and the thread learns of it with its next message.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { remember } from '../../../src/flows/remember.ts';
import { readHistory } from '../../../src/letta/history.ts';
import { textParts } from '../../../src/letta/wire.ts';
import { listBlocks } from '../../../src/memory/blocks.ts';
import { gate, messageText, text, toolCalls } from '../../support/scripted-model.ts';
import { OwnHome } from '../agent/own-home.ts';
import { turn } from '../agent/turn-harness.ts';

const FACT = 'The first fact.';
let home: OwnHome;
beforeEach(async () => {
  home = await OwnHome.open();
});
afterEach(() => home.close());

/** As the extension runs a note: in a hidden thread, with the same server, journal and knowledge of memory. */
function note(deps: ReturnType<OwnHome['workspace']['deps']>) {
  const { connection, agentId } = home;
  const fail = () => Promise.reject(new Error('The note was not stored by the agent.'));
  return remember(
    {
      blocks: () => listBlocks(connection, agentId),
      runBeside: async (title, words, reminders, sink, signal) => {
        const threadId = await deps.context.created(agentId, () => home.threads.create({ title, hidden: true }));
        const start = { kind: 'message' as const, text: words, reminders };
        const { outcome } = await turn({ ...deps, tools: [] }, start, { signal, agentId, threadId, watch: sink });
        return outcome;
      },
      keepInInbox: fail,
      recall: () => undefined,
      record: async () => {},
    },
    { text: 'Note beside' },
    new AbortController().signal,
  );
}

it('leaves an answer that is being written as it is, in the thread, on the server and in what the model is asked', async () => {
  const { model, connection, agentId } = home;
  const deps = home.workspace.deps(connection);
  const threadId = await home.newThread();
  model.script(
    gate('Once upon a time', ' there was an end.', 'story'),
    toolCalls([{ name: 'memory_insert', args: { label: 'project', new_string: FACT } }]),
    text('Stored.'),
    text('It was.'),
  );
  const begun = Promise.withResolvers<void>();
  const answer = turn(deps, 'Tell me a story', {
    agentId,
    threadId,
    watch: ({ type }) => type === 'text' && begun.resolve(),
  });
  await begun.promise;

  // Stored while the answer waits for its model.
  expect(await note(deps)).toMatchObject({ kind: 'stored', changes: [{ label: 'project', after: FACT }] });
  expect((await home.block('project')).value).toBe(FACT);

  model.release('story');
  const told = await answer;
  expect(told).toMatchObject({ outcome: { kind: 'done' }, text: 'Once upon a time there was an end.' });
  expect(told.events.filter(({ type }) => type === 'notice' || type === 'tool')).toEqual([]);
  const said = async () =>
    (await readHistory(connection, agentId, threadId)).messages
      .filter(({ message_type: type }) => type === 'user_message' || type === 'assistant_message')
      .flatMap(({ content }) => textParts(content));
  expect(await said()).toEqual(['Tell me a story', 'Once upon a time there was an end.']);
  // Nothing of the answer was asked for twice.
  expect(model.requests).toHaveLength(3);

  await turn(deps, 'And was it true?', { agentId, threadId });
  const next = model.requests.at(-1)?.body.messages.map(messageText).join('\n') ?? '';
  expect(next).toContain(FACT);
  expect(next).not.toContain('Note beside');
});
