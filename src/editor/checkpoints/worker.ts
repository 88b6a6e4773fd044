// Checkpoints in a worker thread of the extension host: all walking, reading and hashing happens here.
import { parentPort, workerData } from 'node:worker_threads';
import { Checkpoints } from './checkpoints.ts';
import type { CheckpointAnswer, CheckpointCall } from './client.ts';
import { CheckpointError } from './errors.ts';

if (parentPort === null) throw new Error('worker.ts runs in a worker thread; elsewhere use Checkpoints itself.');
const port = parentPort;
const { folder } = workerData as { folder: string };
const post = (answer: CheckpointAnswer): void => port.postMessage(answer);
const checkpoints = new Checkpoints({ folder, log: (line) => post({ log: line }) });

port.on('message', async ({ id, method, args }: CheckpointCall) => {
  try {
    // The caller's types have matched method and arguments.
    const run = checkpoints[method] as (...args: unknown[]) => Promise<unknown>;
    post({ id, value: await run.apply(checkpoints, args) });
    if (method === 'close') port.close();
  } catch (error) {
    const reason = error instanceof CheckpointError ? error.reason : null;
    post({ id, error: { reason, message: error instanceof Error ? error.message : String(error) } });
  }
});
