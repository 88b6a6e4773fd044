// Making and remaking a conversation's stored system message.
import type { Agent } from '../store/agents.ts';
import { newId } from '../store/ids.ts';
import type { Store } from '../store/store.ts';
import { compileSystem } from './prompt.ts';

/** Agent types whose prompt shows no memory blocks. */
const WITHOUT_BLOCKS = new Set(['react_agent', 'workflow_agent']);

/** What the system message of a conversation would be if it were compiled at `recompiledAt`. */
export function systemTextOf(store: Store, agent: Agent, owner: string, recompiledAt: number): string {
  const type = agent.settings.agent_type;
  const timezone = agent.settings.timezone;
  return compileSystem({
    system: agent.system,
    blocks: typeof type === 'string' && WITHOUT_BLOCKS.has(type) ? [] : store.blocks.ofAgent(agent.id),
    agentId: agent.id,
    conversationId: owner === agent.id ? 'default' : owner,
    recompiledAt,
    timezone: typeof timezone === 'string' ? timezone : 'UTC',
    recallCount: store.messages.count(agent.id),
    archivalCount: store.passages.count(agent.id),
    archivalTags: store.passages.tags(agent.id),
  });
}

/**
 * Compiles and stores the system message; the message keeps its id. Inside a transaction.
 * @param keepTimestamp a change from outside must not look like a new compilation
 */
export function recompile(store: Store, agent: Agent, owner: string, keepTimestamp = false): string {
  const conversation = store.conversations.get(owner);
  const at = keepTimestamp && conversation ? conversation.recompiledAt : Date.now();
  const text = systemTextOf(store, agent, owner, at);
  const system = store.messages.system(owner)?.body;
  if (system?.role === 'system' && system.text === text) return text;
  store.messages.putSystem(owner, agent.id, text, newId('message'));
  store.conversations.contextReplaced(owner, at);
  return text;
}

/** After a block was changed from outside: the default conversations of all agents that hold it follow at once. */
export function recompileHolders(store: Store, blockId: string): void {
  for (const agentId of store.blocks.agentsOf(blockId)) {
    const agent = store.agents.get(agentId);
    if (agent) recompile(store, agent, agentId, true);
  }
}
