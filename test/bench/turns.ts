// A turn without the editor: the turn loop, the client and the embedded server in its worker, as they are packaged.
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../scripts/lib/package.ts';
import { MemoryContext } from '../../src/agent/context.ts';
import { Journal } from '../../src/agent/journal.ts';
import { findOrCreateAgent } from '../../src/agent/setup.ts';
import { runTurn, type TurnDeps } from '../../src/agent/turn.ts';
import { connect } from '../../src/letta/connection.ts';
import { startEmbeddedServer } from '../../src/letta/embedded.ts';
import { newId } from '../../src/server/store/ids.ts';
import { Store } from '../../src/server/store/store.ts';
import { startScriptedModel, text } from '../support/scripted-model.ts';
import { now, type Row, row } from './stats.ts';

/** The first ones compile the code that the others measure. */
const WARM_UP = 20;
const TURNS = 100;
const TIMES = 100;

interface Turn {
  toRequest: number;
  /** From the model's first byte to the first word that the turn tells. */
  toText: number;
  /** Without the time that the model had the request. */
  whole: number;
}

async function times(count: number, work: (i: number) => Promise<unknown>): Promise<number[]> {
  const samples: number[] = [];
  for (let i = 0; i < count; i++) {
    const from = now();
    await work(i);
    samples.push(now() - from);
  }
  return samples;
}

/** Puts 10,000 messages ahead of what a thread's next turn appends: a summary of all but the last hundred stands in context. */
function lengthen(dataDir: string, agentId: string, owner: string): void {
  const store = new Store(dataDir);
  store.write('relaxed', () => {
    const at = { agentId, owner };
    const older: number[] = [];
    for (let i = 0; i < 10_000; i++) {
      const words = `Message ${i} about the invoice parser and its tests.`;
      const content = [{ type: 'text' as const, text: words }];
      const body = i % 2 === 0 ? { role: 'user' as const, content } : { role: 'assistant' as const, blocks: content };
      older.push(store.messages.append({ id: newId('message'), ...at, body }));
    }
    const summary = { role: 'summary' as const, text: 'We spoke of invoices.', isVisible: false, stats: {} };
    store.messages.summarize({ id: newId('message'), ...at, body: summary }, older.slice(0, -100));
    const conversation = store.conversations.get(owner);
    if (conversation) store.conversations.contextReplaced(owner, conversation.recompiledAt);
  });
  store.close();
}

/** What this disk takes for the size of a memory write, and nothing else: no durable write can be faster. */
async function bareSyncs(folder: string): Promise<number[]> {
  const file = await open(join(folder, 'bare'), 'w');
  try {
    const pages = Buffer.alloc(24 * 1_024, 'x');
    return await times(TIMES, async () => {
      await file.write(pages);
      await file.sync();
    });
  } finally {
    await file.close();
  }
}

/** @returns the rows that the editor has no part in */
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
    const { client } = connection;
    const create = (name: string) =>
      findOrCreateAgent({
        connection,
        workspace: { root: join(folder, name), name, trusted: false },
        storageFolder: join(folder, name),
        globalFolder: folder,
        model: 'scripted/scripted',
      });
    const { agent } = await create('first');
    const context = new MemoryContext(connection, join(folder, 'known'));
    const deps: TurnDeps = {
      connection,
      context,
      journal: new Journal(join(folder, 'journal')),
      tools: [],
      skills: () => [],
      decide: () => ({ decision: 'allow', reason: '' }),
      decideMemory: () => ({ decision: 'apply', reason: '' }),
      ask: async () => ({ allow: false }),
      readText: async () => null,
    };
    const newThread = () =>
      context.created(agent.id, async () => (await client.conversations.create({ agent_id: agent.id })).id);

    const turn = async (threadId: string): Promise<Turn> => {
      let asked = 0;
      let told: number | undefined;
      model.script((request) => {
        asked = request.time;
        return text('Done.');
      });
      const from = now();
      const start = { kind: 'message' as const, text: 'measure this', reminders: [] };
      const signal = new AbortController().signal;
      const outcome = await runTurn(deps, { agentId: agent.id, threadId, start, signal }, (event) => {
        if (event.type === 'text') told ??= now();
      });
      const to = now();
      if (outcome.kind !== 'done' || told === undefined) throw new Error(`A turn ended as ${outcome.kind}.`);
      return { toRequest: asked - from, toText: told - asked, whole: asked - from + (to - told) };
    };
    const turns = async (threadId: string, count: number): Promise<Turn[]> => {
      const list: Turn[] = [];
      for (let i = 0; i < count; i++) list.push(await turn(threadId));
      return list;
    };

    const created = await times(20, (i) => create(`workspace-${i}`));
    const threads = await times(TIMES, newThread);
    await turns(await newThread(), WARM_UP);
    const short: Turn[] = [];
    for (let i = 0; i < TURNS / 5; i++) short.push(...(await turns(await newThread(), 5)));
    const long = await newThread();
    await turns(long, 200);
    const later = await turns(long, TURNS / 2);
    const longest = await newThread();
    await turns(longest, 5);
    lengthen(join(folder, 'letta'), agent.id, longest);
    await turns(longest, 5);
    const latest = await turns(longest, TURNS / 2);
    const blocks = await client.agents.blocks.list(agent.id, { limit: 100 });
    const block = blocks.items.find((each) => each.label === 'project');
    if (!block) throw new Error('There is no project block.');
    const written = await times(TIMES, (i) => client.blocks.update(block.id, { value: `Fact number ${i}.` }));
    const bare = await bareSyncs(folder);
    const pick = (list: Turn[], key: keyof Turn): number[] => list.map((each) => each[key]);
    return [
      row('turn received to model request, 10 messages', 'ms', 'warm', pick(short, 'toRequest'), 6),
      row('turn received to model request, 500 messages', 'ms', 'warm', pick(later, 'toRequest'), 6),
      row('turn received to model request, 10,000 messages', 'ms', 'warm', pick(latest, 'toRequest'), 6),
      row('first byte to the turn', 'ms', 'warm', pick(short, 'toText')),
      row('whole turn, model time excluded', 'ms', 'warm', pick(short, 'whole'), 12),
      row('whole turn, model time excluded, 10,000 messages', 'ms', 'warm', pick(latest, 'whole'), 12),
      row('create an agent', 'ms', 'warm', created, 10),
      row('create a thread', 'ms', 'warm', threads, 10),
      row('a memory write', 'ms', 'warm', written, 5),
      row('a write of the disk, bare', 'ms', 'warm', bare),
    ];
  } finally {
    await server.close();
    await model.close();
    await rm(folder, { recursive: true, force: true });
  }
}
