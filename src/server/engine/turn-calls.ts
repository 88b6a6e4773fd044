// The calls of one step that the server carries out: those that change the store at once, and the agent's own tools.
import { newId } from '../store/ids.ts';
import type { ToolCall } from '../store/messages.ts';
import type { Store } from '../store/store.ts';
import type { Chunk } from '../store/stream-log.ts';
import { clamp } from './clamp.ts';
import type { PlacedCall } from './own-tools.ts';
import { type LettaMessage, renderReturn } from './render.ts';
import { SEND_MESSAGE } from './send-message.ts';
import { type ServerCallRunner, shareOf } from './tool-run.ts';

interface Base {
  agentId: string;
  owner: string;
  runId: string;
  stepId: string;
}

/**
 * Inside a transaction: every call has its return afterwards.
 * @returns events of those that are done, and those that are yet to run
 */
export function runCalls(
  store: Store,
  calls: readonly ToolCall[],
  base: Base,
  runner: ServerCallRunner,
  stage: (message: LettaMessage) => Chunk[],
): { chunks: Chunk[]; open: PlacedCall[] } {
  const results = calls.map((call) => runner.run(call));
  const limit = shareOf(runner.returnChars, results);
  const open: PlacedCall[] = [];
  const chunks = results.flatMap((given, i) => {
    const result = { ...given, content: clamp(given.content, limit) };
    const id = newId('message');
    store.messages.append({ ...base, id, body: { role: 'tool', ...result } });
    const job = runner.jobs.find(({ call }) => call === calls[i]);
    if (job) {
      open.push({ ...job, messageId: id, stepId: base.stepId });
      return [];
    }
    if (result.name === SEND_MESSAGE && result.status === 'success') return [];
    return stage(renderReturn({ id, at: Date.now(), stepId: base.stepId, runId: base.runId }, id, result));
  });
  return { chunks, open };
}
