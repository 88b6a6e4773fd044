// Threads written straight into the database: through turns a thousand of them would take an hour.

import { type Connection, connect } from '../../src/letta/connection.ts';
import { createServer, type LettaServer } from '../../src/server/app.ts';
import { createModelRegistry } from '../../src/server/models/create-model-registry.ts';
import { newId } from '../../src/server/store/ids.ts';
import type { MessageBody } from '../../src/server/store/message-body.ts';
import { Store } from '../../src/server/store/store.ts';
import { distractors } from './archive-corpus.ts';

/** Milliseconds from the first message of a thread to that of the next. */
const APART = 8_640_000;
/** Threads in one transaction. */
const BATCH = 200;

export interface SeededThreads {
  agentId: string;
  /** Oldest first. */
  threads: { id: string; title: string; messageIds: string[] }[];
}

/**
 * Message k of thread i says so; every second one is the person's, with an otid. The last thread ended just now.
 * @param agentId one that is there, on a database that others may use meanwhile; absent: a new one
 */
export function seedThreads(dataDir: string, threads: number, messages: number, agentId?: string): SeededThreads {
  const store = new Store(dataDir, () => {});
  try {
    const owner = agentId ?? seedAgent(store);
    const texts = distractors(Math.min(20_000, threads * messages), 7);
    const start = Date.now() - threads * APART;
    const seed = (i: number) => {
      const id = newId('conv');
      const at = start + (i + 1) * APART - messages * 1_000;
      const title = `Thread ${i}: ${texts[i % texts.length]}`.slice(0, 80);
      const messageIds: string[] = [];
      store.conversations.create(id, owner, { summary: title });
      for (let k = 0; k < messages; k++) {
        const text = `${texts[(i * messages + k) % texts.length]} Message ${k} of thread ${i}.`;
        const body: MessageBody =
          k % 2 === 0
            ? { role: 'user', content: [{ type: 'text', text }] }
            : { role: 'assistant', blocks: [{ type: 'text', text }] };
        const messageId = newId('message');
        messageIds.push(messageId);
        const otid = k % 2 === 0 ? { otid: crypto.randomUUID() } : {};
        store.messages.append({ id: messageId, agentId: owner, owner: id, body, createdAt: at + k * 1_000, ...otid });
      }
      store.conversations.touch(id, at + messages * 1_000);
      return { id, title, messageIds };
    };
    const seeded: SeededThreads['threads'] = [];
    while (seeded.length < threads)
      store.write('relaxed', () => {
        const end = Math.min(threads, seeded.length + BATCH);
        while (seeded.length < end) seeded.push(seed(seeded.length));
      });
    return { agentId: owner, threads: seeded };
  } finally {
    store.close();
  }
}

function seedAgent(store: Store): string {
  const id = newId('agent');
  const fields = { name: 'Seeded', description: null, system: '', model: null };
  store.write('relaxed', () => {
    store.agents.create(id, { ...fields, tags: [], tools: [], toolRules: [], settings: {} });
    store.conversations.create(id, id, {});
  });
  return id;
}

/** The embedded server over that folder, and a connection to it. The caller closes the server. */
export async function openSeeded(dataDir: string): Promise<{ server: LettaServer; connection: Connection }> {
  const models = createModelRegistry({ endpoints: [], env: {}, probeLocal: false });
  const server = await createServer({ dataDir, models, version: 'test' });
  const fetch = (input: string | URL | Request, init?: RequestInit) => server.fetch(new Request(input, init));
  return { server, connection: connect({ kind: 'embedded', fetch }) };
}
