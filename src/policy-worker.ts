// Judges writes of memory in a thread of its own: its rules take half a second to compile, a few milliseconds at a time to run.
import { parentPort } from 'node:worker_threads';
import { decideMemoryEdit, type MemoryEdit, type MemoryVerdict } from './permissions/memory-policy.ts';

export interface PolicyQuestion {
  id: number;
  edit: MemoryEdit;
}
export interface PolicyAnswer {
  id: number;
  verdict: MemoryVerdict;
}

if (parentPort === null)
  throw new Error('policy-worker.ts runs in a worker thread; elsewhere call `decideMemoryEdit`.');
const port = parentPort;
port.on('message', ({ id, edit }: PolicyQuestion) => {
  port.postMessage({ id, verdict: decideMemoryEdit(edit) } satisfies PolicyAnswer);
});
// A rule is compiled by its first line, and to machine code by its second.
for (const after of ['Tests live beside the code.', 'Imports carry their extension.'])
  decideMemoryEdit({ label: '', before: null, after, seen: ['workspace'] });
