// Asks about the workspace in a thread of its own, since reading and searching its files would hold the extension host up.
import { Worker } from 'node:worker_threads';
import type { Question, Questions } from './look.ts';

export interface WorkspaceLook {
  /** The worker's bundle, `dist/memory/hygiene.mjs`. */
  workerPath: string;
  /** Absolute paths of the workspace's folders. */
  roots: readonly string[];
  /** What is hidden, as lines of `.lettaignore` by the real paths of the folders they count from. */
  ignored(): Promise<ReadonlyMap<string, readonly string[]>>;
}

/** A thread a question: nothing stays in memory between them. @throws the signal's reason; Error when the thread fails */
export async function lookAt<Q extends Question>(
  { workerPath, roots, ignored }: WorkspaceLook,
  question: Q,
  about: Questions[Q]['about'],
  signal?: AbortSignal,
): Promise<Questions[Q]['answer']> {
  const lines = await ignored();
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Questions[Q]['answer']>();
  // The extension host's own flags (an inspector, a loader) are not meant for this thread.
  const worker = new Worker(workerPath, {
    workerData: { roots, ignored: lines, question, about },
    execArgv: [],
    name: 'letta-workspace-look',
  });
  const stop = (): void => reject(signal?.reason);
  signal?.addEventListener('abort', stop, { once: true });
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('exit', () => reject(new Error('The look at the workspace ended without an answer. Try again.')));
  return promise.finally(() => {
    signal?.removeEventListener('abort', stop);
    void worker.terminate();
  });
}
