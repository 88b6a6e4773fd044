// The host's end of the checkpoints' worker thread, which the first call starts.
import { Worker } from 'node:worker_threads';
import type { Checkpoints } from './checkpoints.ts';
import { CheckpointError, type CheckpointReason, isCheckpointReason } from './errors.ts';

const METHODS = [
  ...(['prepare', 'take', 'drop', 'ensure', 'lacking', 'list', 'counts', 'preview', 'content'] as const),
  ...(['begin', 'apply', 'undo', 'interrupted', 'finish', 'filled'] as const),
];
type Method = (typeof METHODS)[number];

/** @see Checkpoints */
export type CheckpointsProxy = Pick<Checkpoints, Method> & {
  /** Lets the calls under way end, then the thread. */
  close(): Promise<void>;
};

export interface CheckpointCall {
  id: number;
  method: Method | 'close';
  args: unknown[];
}
export type CheckpointAnswer =
  | { id: number; value: unknown }
  | { id: number; error: { reason: CheckpointReason | null; message: string } }
  | { log: string };

export interface CheckpointsClientOptions {
  /** The worker's bundle, `dist/checkpoints/worker.mjs`. */
  workerPath: string | URL;
  /** Where checkpoints lie; absolute. */
  folder: string;
  log(line: string): void;
}

/** A thread that ends by itself fails the calls under way, and the next call starts another. */
export function openCheckpoints(options: CheckpointsClientOptions): CheckpointsProxy {
  const client = new Client(options);
  const methods = METHODS.map((method) => [method, (...args: unknown[]) => client.call(method, args)]);
  return { ...Object.fromEntries(methods), close: () => client.close() } as CheckpointsProxy;
}

class Client {
  private readonly options: CheckpointsClientOptions;
  private readonly waiting = new Map<number, PromiseWithResolvers<unknown>>();
  private worker: Worker | undefined;
  private lastId = 0;
  private closed = false;

  constructor(options: CheckpointsClientOptions) {
    this.options = options;
  }

  call(method: CheckpointCall['method'], args: unknown[]): Promise<unknown> {
    if (this.closed) return Promise.reject(new CheckpointError('closed'));
    const worker = this.worker ?? this.start();
    const id = ++this.lastId;
    const answer = Promise.withResolvers<unknown>();
    this.waiting.set(id, answer);
    worker.postMessage({ id, method, args } satisfies CheckpointCall);
    return answer.promise;
  }

  async close(): Promise<void> {
    const { worker } = this;
    if (worker) await this.call('close', []).catch(() => {});
    this.closed = true;
    await worker?.terminate();
  }

  private start(): Worker {
    const { workerPath, folder, log } = this.options;
    const worker = new Worker(workerPath, {
      workerData: { folder },
      // The extension host's own flags (an inspector, a loader) are not meant for this thread.
      execArgv: [],
      stdout: true,
      stderr: true,
      name: 'letta-checkpoints',
    });
    this.worker = worker;
    for (const stream of [worker.stdout, worker.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => log(text.trimEnd()));
    worker.on('message', (answer: CheckpointAnswer) => this.receive(answer));
    worker.on('error', (error) =>
      log(`Checkpoints stopped: ${error instanceof Error ? error.message : String(error)}`),
    );
    worker.on('exit', () => {
      if (this.worker === worker) this.worker = undefined;
      const waiting = [...this.waiting.values()];
      this.waiting.clear();
      for (const { reject } of waiting) reject(new CheckpointError('exited'));
    });
    return worker;
  }

  private receive(answer: CheckpointAnswer): void {
    if ('log' in answer) {
      this.options.log(answer.log);
      return;
    }
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if (!('error' in answer)) {
      waiting?.resolve(answer.value);
      return;
    }
    const { reason, message } = answer.error;
    waiting?.reject(isCheckpointReason(reason) ? new CheckpointError(reason) : new Error(message));
  }
}
