// What a person does to an agent as a whole: another name, and its end with what only it had.
import { type Connection, ONCE } from '../letta/connection.ts';
import { known } from '../letta/errors.ts';
import { HUMAN_BLOCK } from './prompt.ts';

/** So much is counted; beyond it, it is "more than". */
export const COUNTED = 100;

/** What goes with an agent. */
export interface AgentBelongings {
  /** At most `COUNTED`. */
  threads: number;
  entries: number;
  /** Labels of blocks that no other agent has and something stands in. */
  blocks: string[];
}

/** @throws LettaError */
export async function renameAgent({ client }: Connection, agentId: string, name: string): Promise<void> {
  await known(() => client.agents.update(agentId, { name }, ONCE));
}

/** @throws LettaError */
export function belongingsOf(connection: Connection, agentId: string): Promise<AgentBelongings> {
  return known(async () => {
    const { client } = connection;
    const [threads, entries, own] = await Promise.all([
      client.conversations.list({ agent_id: agentId, limit: COUNTED }),
      client.agents.passages.list(agentId, { limit: COUNTED }),
      ownBlocks(connection, agentId),
    ]);
    const blocks = own.filter(({ value }) => value.trim() !== '').map(({ label }) => label);
    return { threads: threads.length, entries: entries.length, blocks };
  });
}

/** Deletes it with the blocks that only it had; what is known about the person stays. @throws LettaError */
export function deleteAgent(connection: Connection, agentId: string): Promise<void> {
  return known(async () => {
    const blocks = await ownBlocks(connection, agentId);
    await connection.client.agents.delete(agentId, ONCE);
    // Deleting an agent leaves its blocks, because others may have them too.
    for (const { id } of blocks) await connection.client.blocks.delete(id, ONCE);
  });
}

async function ownBlocks({ client }: Connection, agentId: string) {
  const { items } = await client.agents.blocks.list(agentId, { limit: 100 });
  const own: { id: string; label: string; value: string }[] = [];
  for (const { id, label, value } of items) {
    if (!id || !label || label === HUMAN_BLOCK.label) continue;
    const agents = (await client.blocks.agents.list(id, { limit: 2 })).items;
    if (agents.every((agent) => agent.id === agentId)) own.push({ id, label, value });
  }
  return own;
}
