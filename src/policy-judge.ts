// The host's end of the judge of memory writes: a thread that is started before its first question, and ends when it has none.
import { Worker } from 'node:worker_threads';
import { decideMemoryEdit, type MemoryEdit, type MemoryVerdict } from './permissions/memory-policy.ts';
import type { PolicyAnswer, PolicyQuestion } from './policy-worker.ts';

/** Milliseconds without a question after which the thread's memory is given back. */
const IDLE_MS = 10 * 60_000;

interface Waiting {
  edit: MemoryEdit;
  resolve(verdict: MemoryVerdict): void;
}

export class PolicyJudge {
  private readonly workerPath: string | URL;
  private readonly log: (line: string) => void;
  private readonly waiting = new Map<number, Waiting>();
  private worker: Worker | undefined;
  private idle: NodeJS.Timeout | undefined;
  private lastId = 0;

  /** `workerPath`: the worker's bundle, `dist/policy/worker.mjs`. */
  constructor(workerPath: string | URL, log: (line: string) => void) {
    this.workerPath = workerPath;
    this.log = log;
  }

  /** Starts the thread, so that it is ready when a question comes. */
  prepare(): void {
    if (!this.worker) this.start();
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.end(), IDLE_MS);
    this.idle.unref();
  }

  /** As `decideMemoryEdit`. Always answers: a thread that fails is replaced by this one. */
  decide(edit: MemoryEdit): Promise<MemoryVerdict> {
    this.prepare();
    const id = ++this.lastId;
    const { promise, resolve } = Promise.withResolvers<MemoryVerdict>();
    this.waiting.set(id, { edit, resolve });
    this.worker?.postMessage({ id, edit } satisfies PolicyQuestion);
    return promise;
  }

  dispose(): void {
    clearTimeout(this.idle);
    this.end();
  }

  private start(): void {
    // The extension host's own flags (an inspector, a loader) are not meant for this thread.
    const worker = new Worker(this.workerPath, { execArgv: [], name: 'letta-policy' });
    this.worker = worker;
    worker.unref();
    worker.on('message', ({ id, verdict }: PolicyAnswer) => {
      this.waiting.get(id)?.resolve(verdict);
      this.waiting.delete(id);
    });
    worker.on('error', (error) => this.log(`The judge of memory writes failed: ${String(error)}`));
    worker.on('exit', () => {
      if (this.worker === worker) this.end();
    });
  }

  private end(): void {
    const { worker } = this;
    this.worker = undefined;
    void worker?.terminate();
    for (const { edit, resolve } of this.waiting.values()) resolve(decideMemoryEdit(edit));
    this.waiting.clear();
  }
}
