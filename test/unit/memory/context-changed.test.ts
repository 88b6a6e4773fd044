// What is marked in the context as changed: what differs from the end of the last turn, however often a person looks.
import { expect, it } from 'vitest';
import { connect } from '../../../src/letta/connection.ts';
import { ContextWatch } from '../../../src/memory/context-view.ts';

class Home {
  memory = 'Use tabs.';
  asked = 0;
  broken = false;
  /** The answer waits for it. */
  gate: Promise<void> | undefined;
  readonly connection = connect({
    kind: 'selfHosted',
    url: 'http://letta.test',
    fetch: async () => {
      this.asked++;
      const { memory, broken } = this;
      await this.gate;
      if (broken) return Response.json({ detail: 'No such thing.' }, { status: 404 });
      return Response.json({
        num_tokens_system: 10,
        num_tokens_core_memory: 20,
        system_prompt: 'You help.',
        core_memory: memory,
      });
    },
  });
}

const query = (home: Home) => ({ connection: home.connection, agentId: 'agent-1', threadId: 'conv-1', along: [] });
const changed = async (watch: ContextWatch, home: Home) =>
  (await watch.read(query(home))).parts.filter((part) => part.changed).map(({ name }) => name);

it('stays marked however often it is looked at, until a turn has ended', async () => {
  const home = new Home();
  const watch = new ContextWatch();
  expect(await changed(watch, home)).toEqual([]);
  home.memory = 'Use spaces.';
  expect(await changed(watch, home)).toEqual(['Memory']);
  expect(await changed(watch, home)).toEqual(['Memory']);
  await watch.turnEnded('conv-1', async () => query(home));
  expect(await changed(watch, home)).toEqual([]);
  home.memory = 'Use tabs.';
  expect(await changed(watch, home)).toEqual(['Memory']);
});

it('of a thread that was not looked at yet is what changed since its turn', async () => {
  const home = new Home();
  const watch = new ContextWatch();
  await watch.read({ ...query(home), threadId: 'conv-2' });
  await watch.turnEnded('conv-1', async () => query(home));
  home.memory = 'Use spaces.';
  expect(await changed(watch, home)).toEqual(['Memory']);
});

it('waits for a turn that has just ended', async () => {
  const home = new Home();
  const watch = new ContextWatch();
  await changed(watch, home);
  home.memory = 'Use spaces.';
  const { promise, resolve } = Promise.withResolvers<void>();
  home.gate = promise;
  const ending = watch.turnEnded('conv-1', async () => query(home));
  const marked = changed(watch, home);
  resolve();
  expect(await marked).toEqual([]);
  await ending;
});

it('asks nothing for people who never look, and marks nothing where the end of a turn could not be read', async () => {
  const home = new Home();
  const watch = new ContextWatch();
  await watch.turnEnded('conv-1', async () => query(home));
  expect(home.asked).toBe(0);
  await changed(watch, home);
  home.broken = true;
  await expect(watch.turnEnded('conv-1', async () => query(home))).rejects.toMatchObject({ reason: 'not_found' });
  home.broken = false;
  home.memory = 'Use spaces.';
  expect(await changed(watch, home)).toEqual([]);
});
