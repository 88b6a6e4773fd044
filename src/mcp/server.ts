// The memory of a folder's agent for programs outside VS Code: MCP over stdio, on the database of the embedded home.
// `node server.mjs [--workspace DIR] [--data-dir DIR]`; without a folder it is the current one.
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { agentOfFolder } from '../agent/setup.ts';
import { RecallInput, RememberInput, readInput } from '../flows/others-input.ts';
import { heldInWords, type Proposals, putUp } from '../flows/put-up.ts';
import { recall } from '../flows/recall.ts';
import { wordForWord } from '../flows/remember.ts';
import { type Connection, connect, UNKNOWN_MODEL } from '../letta/connection.ts';
import { Archive } from '../memory/archive.ts';
import { listBlocks } from '../memory/blocks.ts';
import { MemoryStore } from '../memory/store/memory-store.ts';
import { maskSecrets } from '../permissions/secrets.ts';
import { createServer } from '../server/app.ts';
import { NO_EMBEDDINGS } from '../server/models/embedding.ts';
import { ModelError, type ModelRegistry } from '../server/models/registry.ts';
import { Threads } from '../threads/threads.ts';
import { type McpTool, serveMcp } from './protocol.ts';

const INSTRUCTIONS =
  'The long-term memory that the Letta agent of this folder keeps. Recall before you plan or change code; propose what should hold in later conversations.';
const ASKED_OVER_MCP = 'Another program asked to remember it, over MCP.';
const NO_MEMORY = 'Letta remembers nothing of this folder yet. Open it in VS Code, and open Letta there once.';

/** It only reads and writes memory: no model is asked. */
const NO_MODELS: ModelRegistry = {
  embeddings: NO_EMBEDDINGS,
  list: async () => [],
  resolve: async (handle) => {
    throw new ModelError('unknown_handle', `No model answers here: ${handle}.`);
  },
  isRemote: () => false,
};

/** `package.json` lies two folders up, from the source and from the bundle alike. */
const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
  contributes: { languageModelTools: { name: string; modelDescription: string; inputSchema: object }[] };
};

const log = (line: string): void => console.error(line);

interface Memory {
  connection: Connection;
  agentId: string;
  reviews: Proposals;
  close(): Promise<void>;
}

/** @throws Error saying what to do */
async function openMemory(folder: string, dataDir: string): Promise<Memory> {
  // Nothing is made here: who has no memory yet gets it in VS Code.
  if (!existsSync(join(dataDir, 'letta.db'))) throw new Error(NO_MEMORY);
  const server = await createServer({ dataDir, models: NO_MODELS, version: manifest.version, log });
  const connection = connect({ kind: 'embedded', fetch: (input, init) => server.fetch(new Request(input, init)) });
  try {
    // VS Code may have opened it by a link.
    const agentId =
      (await agentOfFolder(connection, folder)) ?? (await agentOfFolder(connection, realpathSync(folder)));
    if (!agentId) throw new Error(NO_MEMORY);
    const store = new MemoryStore({ dataDir, log });
    const { homeKey } = connection;
    return {
      connection,
      agentId,
      reviews: {
        waitingOrRejected: async () => [
          ...store.reviews(homeKey, agentId),
          ...store.reviews(homeKey, agentId, 'rejected'),
        ],
        propose: async (proposals) => proposals.map((review) => store.addReview(homeKey, { ...review, agentId })),
      },
      close: async () => {
        store.close();
        await server.close();
      },
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** @param open the memory, opened with the first call. A failure is not kept: the next call tries again. */
function runs(open: () => Promise<Memory>): Record<string, McpTool['run']> {
  // One after the other: of two alike the second must find the first.
  let tail: Promise<unknown> = Promise.resolve();
  return {
    letta_recall: async (input) => {
      const { query, limit } = readInput(RecallInput, input);
      const { connection, agentId } = await open();
      const deps = {
        connection,
        agentId,
        log,
        forModel: UNKNOWN_MODEL,
        archive: new Archive(connection, agentId),
        blocks: () => listBlocks(connection, agentId, UNKNOWN_MODEL),
        threads: async () => (await new Threads(connection, agentId).list()).map(({ id }) => id),
        maskSecrets: async (text: string) => maskSecrets(text),
      };
      return recall(deps, { query, limit: limit ?? undefined });
    },
    letta_remember: async (input) => {
      const { text: given, why } = readInput(RememberInput, input);
      const text = maskSecrets(wordForWord({ text: given, ...(why ? { why } : {}) }));
      const note = { id: randomUUID(), text, sources: ['mcp'] as const, reason: ASKED_OVER_MCP };
      const { connection, agentId, reviews } = await open();
      const held = tail.then(async () => putUp({ blocks: await listBlocks(connection, agentId), reviews }, note));
      tail = held.catch(() => {});
      return heldInWords[(await held).kind];
    },
  };
}

async function main(args: string[]): Promise<void> {
  const { workspace, 'data-dir': dataDir } = parseArgs({
    args,
    options: {
      workspace: { type: 'string', default: process.cwd() },
      'data-dir': { type: 'string', default: join(homedir(), '.letta', 'vscode') },
    },
  }).values;
  let opened: Promise<Memory> | undefined;
  const open = (): Promise<Memory> => {
    if (!opened) {
      const opening = openMemory(resolve(workspace), resolve(dataDir));
      opened = opening;
      opening.catch(() => {
        if (opened === opening) opened = undefined;
      });
    }
    return opened;
  };
  const run = runs(open);
  const tools = manifest.contributes.languageModelTools.flatMap(({ name, modelDescription, inputSchema }) => {
    const own = run[name];
    return own ? [{ name, description: modelDescription, inputSchema, run: own }] : [];
  });
  const info = { name: 'letta-memory', version: manifest.version };
  await serveMcp({ info, instructions: INSTRUCTIONS, tools }, process.stdin, process.stdout);
  await opened?.then((memory) => memory.close()).catch(() => {});
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
