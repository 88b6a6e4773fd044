// The host's end of the thread that colours code. It is started by the first code block and ends when none comes for a while.
import { Worker } from 'node:worker_threads';
import type { HighlightView } from '../../protocol/code-views.ts';
import type { EditorTheme } from './tokenize.ts';
import type { HighlightAnswer, HighlightQuestion } from './worker.ts';

/** Milliseconds without a question after which the thread's memory is given back. */
const IDLE_MS = 60_000;
/** A grammar that runs away on hostile code takes its thread along, and nothing else. */
const ANSWER_MS = 10_000;

export class Highlighter {
  private readonly workerPath: string | URL;
  private readonly log: (line: string) => void;
  private readonly waiting = new Map<number, (view: HighlightView | null) => void>();
  private worker: Worker | undefined;
  private theme: EditorTheme | undefined;
  private idle: NodeJS.Timeout | undefined;
  private late: NodeJS.Timeout | undefined;
  private lastId = 0;

  /** `workerPath`: the worker's bundle, `dist/highlight/worker.mjs`. */
  constructor(workerPath: string | URL, log: (line: string) => void) {
    this.workerPath = workerPath;
    this.log = log;
  }

  /** @returns null where the code stays as it is. Never rejects. */
  colour(code: string, language: string, theme: EditorTheme): Promise<HighlightView | null> {
    const worker = this.worker ?? this.start();
    clearTimeout(this.idle);
    const id = ++this.lastId;
    const { promise, resolve } = Promise.withResolvers<HighlightView | null>();
    this.waiting.set(id, resolve);
    const told = this.theme === theme ? {} : { theme };
    this.theme = theme;
    worker.postMessage({ id, code, language, ...told } satisfies HighlightQuestion);
    this.late ??= setTimeout(() => this.end(), ANSWER_MS);
    return promise;
  }

  dispose(): void {
    this.end();
  }

  private start(): Worker {
    // The extension host's own flags (an inspector, a loader) are not meant for this thread.
    const worker = new Worker(this.workerPath, { execArgv: [], env: {}, name: 'letta-highlight' });
    this.worker = worker;
    this.theme = undefined;
    worker.unref();
    worker.on('message', ({ id, view }: HighlightAnswer) => this.receive(id, view));
    worker.on('error', (error) => this.log(`Code could not be coloured: ${String(error)}`));
    worker.on('exit', () => {
      if (this.worker === worker) this.end();
    });
    return worker;
  }

  private receive(id: number, view: HighlightView | null): void {
    this.waiting.get(id)?.(view);
    this.waiting.delete(id);
    clearTimeout(this.late);
    this.late = this.waiting.size > 0 ? setTimeout(() => this.end(), ANSWER_MS) : undefined;
    if (this.waiting.size > 0) return;
    this.idle = setTimeout(() => this.end(), IDLE_MS);
    this.idle.unref();
  }

  private end(): void {
    clearTimeout(this.idle);
    clearTimeout(this.late);
    this.late = undefined;
    const { worker } = this;
    this.worker = undefined;
    void worker?.terminate();
    for (const resolve of this.waiting.values()) resolve(null);
    this.waiting.clear();
  }
}
