// The memory store in a worker thread of the extension host: opens the file, then answers one call after the other.
import { parentPort, workerData } from 'node:worker_threads';
import { MemoryStoreError } from './store/errors.ts';
import { MemoryStore } from './store/memory-store.ts';
import type { StoreAnswer, StoreCall } from './store-client.ts';

if (parentPort === null) throw new Error('worker.ts runs in a worker thread; elsewhere use MemoryStore itself.');
const port = parentPort;
const { dataDir } = workerData as { dataDir: string };
const post = (answer: StoreAnswer): void => port.postMessage(answer);

const failed = (id: number, error: unknown): void =>
  post({
    id,
    error: {
      reason: error instanceof MemoryStoreError ? error.reason : null,
      message: error instanceof Error ? error.message : String(error),
    },
  });

/** Opened by the first call, so that its failure is that call's answer. */
let store: MemoryStore | undefined;

port.on('message', ({ id, method, args }: StoreCall) => {
  try {
    if (method === 'close') {
      store?.close();
      post({ id, value: undefined });
      port.close();
      return;
    }
    store ??= new MemoryStore({ dataDir, log: (line) => post({ log: line }) });
    // The caller's types have matched method and arguments.
    const run = store[method] as (...args: unknown[]) => unknown;
    post({ id, value: run.apply(store, args) });
  } catch (error) {
    failed(id, error);
  }
});
