// Which agents a workspace could have instead of its own, and the end of one that was made and never used.
import type { Connection } from '../letta/connection.ts';
import { ONCE } from '../letta/connection.ts';
import { known } from '../letta/errors.ts';
import { readHistory } from '../letta/history.ts';
import { AGENT_BLOCKS, HUMAN_BLOCK } from './prompt.ts';
import { ORIGIN } from './setup.ts';

export interface OtherAgent {
  id: string;
  name: string;
  description: string;
  /** Its model's handle; '' when the server does not say. */
  model: string;
  /** This extension has made it. */
  ours: boolean;
  /** ISO 8601; absent when it has never answered, or the server does not say. */
  lastRun?: string;
}

/** Enough to choose from; a server that many share has thousands. */
const MOST = 100;
/** One that was never used has the thread its chat opened with, and perhaps another. */
const FEW_THREADS = 5;

/** The other agents of this home, the one used last first. @throws LettaError */
export function otherAgents(connection: Connection, ownId: string): Promise<OtherAgent[]> {
  return known(async () => {
    const page = await connection.client.agents.list({ include: ['agent.tags'], limit: MOST });
    const others = page.items.filter(({ id, hidden }) => id !== ownId && hidden !== true);
    const found = others.map(({ id, name, description, model, tags, last_run_completion }) => ({
      id,
      name,
      description: description ?? '',
      model: model ?? '',
      ours: tags.includes(ORIGIN),
      ...(last_run_completion ? { lastRun: last_run_completion } : {}),
    }));
    return found.sort((a, b) => (b.lastRun ?? '').localeCompare(a.lastRun ?? ''));
  });
}

/**
 * Deletes an agent of this extension, and the blocks that only it had, where nobody has said anything to it and nothing was
 * put into its memory. @returns false when it was left as it is. @throws LettaError
 */
export function removeUnused(connection: Connection, agentId: string): Promise<boolean> {
  return known(async () => {
    const { client } = connection;
    const agent = await client.agents.retrieve(agentId, { include: ['agent.tags'] });
    if (!agent.tags.includes(ORIGIN)) return false;
    const blocks = (await client.agents.blocks.list(agentId, { limit: 100 })).items;
    if (!blocks.every(({ label, value }) => label === HUMAN_BLOCK.label || value === firstValue(label))) return false;
    if (await hasSpoken(connection, agentId)) return false;
    if ((await client.agents.passages.list(agentId, { limit: 1 })).length > 0) return false;
    await client.agents.delete(agentId, ONCE);
    for (const { id, label } of blocks) {
      if (!id || label === HUMAN_BLOCK.label) continue;
      // Deleting an agent leaves its blocks, because others may have them too.
      if ((await client.blocks.agents.list(id, { limit: 1 })).items.length === 0) await client.blocks.delete(id, ONCE);
    }
    return true;
  });
}

const firstValue = (label: string | null | undefined): string | undefined =>
  AGENT_BLOCKS.find((block) => block.label === label)?.value;

async function hasSpoken(connection: Connection, agentId: string): Promise<boolean> {
  const threads = await connection.client.conversations.list({ agent_id: agentId, limit: FEW_THREADS + 1 });
  if (threads.length > FEW_THREADS) return true;
  for (const threadId of ['default', ...threads.map(({ id }) => id)]) {
    const { messages } = await readHistory(connection, agentId, threadId, { limit: 5 });
    if (messages.some(({ message_type }) => message_type !== 'system_message')) return true;
  }
  return false;
}
