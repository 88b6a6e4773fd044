// The host's end of the memory store: a worker thread, started by the first call, since SQLite holds its thread up.
import { Worker } from 'node:worker_threads';
import { t } from '../protocol/l10n.ts';
import { isReason, MemoryStoreError, type MemoryStoreReason } from './store/errors.ts';
import type { MemoryStore } from './store/memory-store.ts';

type Method = Exclude<keyof MemoryStore, typeof Symbol.dispose>;

/** Each method of the store, answered later. @see MemoryStore */
export type MemoryStoreProxy = {
  [M in Exclude<Method, 'close'>]: (
    ...args: Parameters<MemoryStore[M]>
  ) => Promise<Awaited<ReturnType<MemoryStore[M]>>>;
} & {
  /** Lets the calls under way end, then the thread. */
  close(): Promise<void>;
};

export interface StoreCall {
  id: number;
  method: Method;
  args: unknown[];
}
export type StoreAnswer =
  | { id: number; value: unknown }
  | { id: number; error: { reason: MemoryStoreReason | null; message: string } }
  | { log: string };

export interface MemoryStoreClientOptions {
  /** The worker's bundle, `dist/memory/worker.mjs`. */
  workerPath: string | URL;
  /** Folder of `memory.db`: the one of `letta.db`. */
  dataDir: string;
  log?: (line: string) => void;
}

const METHODS: { [M in Exclude<Method, 'close'>]: true } = {
  noteCalls: true,
  observe: true,
  searched: true,
  readJournal: true,
  readTo: true,
  setReadTo: true,
  rebuild: true,
  history: true,
  revision: true,
  newest: true,
  lines: true,
  setReview: true,
  unreviewed: true,
  unreviewedInsertions: true,
  writeBy: true,
  taughtBy: true,
  addReview: true,
  reviews: true,
  reviewCount: true,
  review: true,
  reviewApplying: true,
  unfinishedReviews: true,
  beginReview: true,
  releaseReview: true,
  decideReview: true,
  reopenReview: true,
  addReceipt: true,
  receipt: true,
  spentIn: true,
  memoryOf: true,
  receiptBlocks: true,
  lineNotes: true,
  lineNote: true,
  setLineNote: true,
};

/**
 * Nothing is started or opened before the first call. Calls are answered in order; a thread that ends by itself fails
 * the calls under way, and the next call starts another. Every call rejects with a MemoryStoreError where the file
 * cannot be used.
 */
export function openMemoryStore(options: MemoryStoreClientOptions): MemoryStoreProxy {
  const client = new StoreClient(options);
  const methods = Object.keys(METHODS).map((method) => [
    method,
    (...args: unknown[]) => client.call(method as Method, args),
  ]);
  return { ...Object.fromEntries(methods), close: () => client.close() } as MemoryStoreProxy;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

class StoreClient {
  private readonly options: MemoryStoreClientOptions;
  private worker: Worker | undefined;
  private waiting = new Map<number, Waiting>();
  private lastId = 0;
  private closed = false;

  constructor(options: MemoryStoreClientOptions) {
    this.options = options;
  }

  call(method: Method, args: unknown[]): Promise<unknown> {
    if (this.closed)
      return Promise.reject(new MemoryStoreError('closed', t('The memory history is closed. Reload this window.')));
    return this.send(method, args);
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    const { worker } = this;
    if (!worker) return;
    await this.send('close', []).catch(() => {});
    await worker.terminate();
  }

  private send(method: Method, args: unknown[]): Promise<unknown> {
    const worker = this.worker ?? this.start();
    const id = ++this.lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.waiting.set(id, { resolve, reject });
    try {
      worker.postMessage({ id, method, args } satisfies StoreCall);
    } catch (error) {
      this.waiting.delete(id);
      reject(error instanceof Error ? error : new Error(String(error)));
    }
    return promise;
  }

  private start(): Worker {
    const { workerPath, dataDir, log = () => {} } = this.options;
    const worker = new Worker(workerPath, {
      workerData: { dataDir },
      // The extension host's own flags (an inspector, a loader) are not meant for this thread.
      execArgv: [],
      stdout: true,
      stderr: true,
      name: 'letta-memory',
    });
    this.worker = worker;
    for (const stream of [worker.stdout, worker.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => log(text.trimEnd()));
    }
    worker.on('message', (answer: StoreAnswer) => this.receive(answer, log));
    let why = t('it ended');
    worker.on('error', (error) => {
      why = error instanceof Error ? error.message : String(error);
    });
    worker.on('exit', () => {
      if (this.worker === worker) this.worker = undefined;
      const error = new MemoryStoreError('exited', t('The memory history stopped unexpectedly ({0}). Try again.', why));
      const waiting = [...this.waiting.values()];
      this.waiting = new Map();
      for (const { reject } of waiting) reject(error);
      if (!this.closed) log(error.message);
    });
    return worker;
  }

  private receive(answer: StoreAnswer, log: (line: string) => void): void {
    if ('log' in answer) {
      log(answer.log);
      return;
    }
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if (!waiting) return;
    if (!('error' in answer)) {
      waiting.resolve(answer.value);
      return;
    }
    const { reason, message } = answer.error;
    waiting.reject(isReason(reason) ? new MemoryStoreError(reason, message) : new Error(message));
  }
}
