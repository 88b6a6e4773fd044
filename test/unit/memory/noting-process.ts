// Notes thirty calls of one thread, one by one: `node noting-process.ts FOLDER THREAD`.
import { MemoryStore } from '../../../src/memory/store/memory-store.ts';

const [folder = '', thread = ''] = process.argv.slice(2);
const store = new MemoryStore({ dataDir: folder });
for (let n = 0; n < 30; n++) {
  const callId = `call-${thread}-${n}`;
  store.noteCalls('embedded', [
    {
      agentId: 'agent-1',
      label: 'project',
      threadId: `conv-${thread}`,
      callId,
      tool: 'memory_insert',
      args: { label: 'project', new_string: `conv-${thread} ${callId}` },
      at: 1_000 + n * 10 + Number(thread),
    },
  ]);
  store.history('embedded', 'block-1', { limit: 5 });
}
store.close();
