// How many tokens a conversation had with its last step, for a thread whose turns another window or program has run.
import * as z from 'zod/mini';
import type { Connection } from './connection.ts';
import { lastRun } from './history.ts';

const StepSchema = z.object({ total_tokens: z.number() });

/** As the model counted them. @returns undefined where it did not, or the server cannot tell. Never rejects */
export async function contextTokens(
  connection: Connection,
  agentId: string,
  threadId: string,
): Promise<number | undefined> {
  const run = await lastRun(connection, agentId, threadId);
  if (!run) return undefined;
  try {
    const { items } = await connection.client.runs.steps.list(run.id, { order: 'desc', limit: 1 });
    const step = StepSchema.safeParse(items[0]);
    return step.success && step.data.total_tokens > 0 ? step.data.total_tokens : undefined;
  } catch {
    return undefined;
  }
}
