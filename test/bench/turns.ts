// The whole way of a turn without the editor: the turn loop, the client and the embedded server in its worker, as packaged.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../scripts/lib/package.ts';
import { MemoryContext } from '../../src/agent/context.ts';
import { Journal } from '../../src/agent/journal.ts';
import { findOrCreateAgent } from '../../src/agent/setup.ts';
import { runTurn } from '../../src/agent/turn.ts';
import { connect } from '../../src/letta/connection.ts';
import { startEmbeddedServer } from '../../src/letta/embedded.ts';
import { type RecordedRequest, startScriptedModel, text } from '../support/scripted-model.ts';
import { now, type Row, row } from './stats.ts';

const TURNS = 200;
const WRITES = 100;

/** @returns rows of what the editor adds nothing to */
export async function benchTurns(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'letta-bench-'));
  const model = await startScriptedModel();
  const server = await startEmbeddedServer({
    workerPath: pathToFileURL(join(root, 'dist', 'server', 'worker.mjs')),
    dataDir: join(folder, 'letta'),
    version: 'bench',
    endpoints: [{ name: 'scripted', baseUrl: model.baseUrl }],
  });
  try {
    const connection = connect({ kind: 'embedded', fetch: server.fetch });
    const { agent } = await findOrCreateAgent({
      connection,
      workspace: null,
      storageFolder: folder,
      globalFolder: folder,
      model: 'scripted/scripted',
    });
    const { client } = connection;
    const context = new MemoryContext(connection, join(folder, 'known'));
    const journal = new Journal(join(folder, 'journal'));

    const created: number[] = [];
    for (let i = 0; i < 50; i++) {
      const from = now();
      await client.conversations.create({ agent_id: agent.id });
      created.push(now() - from);
    }

    const threadId = await context.created(
      agent.id,
      async () => (await client.conversations.create({ agent_id: agent.id })).id,
    );
    const toRequest: number[] = [];
    const whole: number[] = [];
    const toText: number[] = [];
    for (let i = 0; i < TURNS; i++) {
      let request: RecordedRequest | undefined;
      let served = 0;
      let shown: number | undefined;
      model.script((incoming) => {
        request = incoming;
        served = now();
        return text('Done.');
      });
      const from = now();
      const outcome = await runTurn(
        {
          connection,
          journal,
          context,
          tools: [],
          skills: () => [],
          decide: () => ({ decision: 'allow', reason: '' }),
          decideMemory: () => ({ decision: 'apply', reason: '' }),
          ask: async () => ({ allow: false }),
          readText: async () => null,
        },
        {
          agentId: agent.id,
          threadId,
          start: { kind: 'message', text: `measure this ${i}`, reminders: [] },
          signal: new AbortController().signal,
        },
        (event) => {
          if (event.type === 'text') shown ??= now();
        },
      );
      const to = now();
      if (outcome.kind !== 'done' || !request) throw new Error(`The turn ended as ${outcome.kind}.`);
      toRequest.push(request.time - from);
      whole.push(to - from);
      toText.push((shown ?? to) - served);
    }

    const blocks = await client.agents.blocks.list(agent.id, { limit: 100 });
    const block = blocks.items.find((each) => each.label === 'project');
    if (!block) throw new Error('There is no project block.');
    const written: number[] = [];
    for (let i = 0; i < WRITES; i++) {
      const from = now();
      await client.blocks.update(block.id, { value: `Fact number ${i}.` });
      written.push(now() - from);
    }
    return [
      row('create a conversation', 'ms', 'warm', created, 10),
      row('turn received to model request, 10 messages', 'ms', 'warm', toRequest.slice(5, 25), 6),
      row('turn received to model request, 400 messages', 'ms', 'warm', toRequest.slice(-50), 6),
      row('first byte to turn event', 'ms', 'warm', toText.slice(5)),
      row('whole turn, model included', 'ms', 'warm', whole.slice(5, 25), 12),
      row('a memory write', 'ms', 'warm', written, 5),
    ];
  } finally {
    await server.close();
    await model.close();
    await rm(folder, { recursive: true, force: true });
  }
}
