// Making and remaking a conversation's stored system message.
import type { Agent } from '../store/agents.ts';
import type { Block } from '../store/blocks.ts';
import { newId } from '../store/ids.ts';
import { isLocalOnly } from '../store/kept-local.ts';
import type { Store } from '../store/store.ts';
import { KEPT_NOTICE_END, keptNotice } from './kept-local.ts';
import { compileSystem } from './prompt.ts';
import { rulesText } from './tool-rules.ts';

/** Agent types whose prompt shows no memory blocks. */
const WITHOUT_BLOCKS = new Set(['react_agent', 'workflow_agent']);

/**
 * What the system message of a conversation would be if it were compiled at `recompiledAt`.
 * @param isLocal for a local model; any other sees a notice in place of each block that is kept to those
 */
export function systemTextOf(store: Store, agent: Agent, owner: string, recompiledAt: number, isLocal = false): string {
  const blocks = store.blocks.ofAgent(agent.id);
  const isShown = (block: Block) => isLocal || !isLocalOnly(block);
  const type = agent.settings.agent_type;
  const timezone = agent.settings.timezone;
  return compileSystem({
    system: agent.system,
    ...(typeof type === 'string' && WITHOUT_BLOCKS.has(type)
      ? { blocks: [] }
      : {
          blocks: blocks.filter(isShown),
          notices: blocks.filter((block) => !isShown(block)).map(({ label }) => keptNotice(label)),
        }),
    toolRules: rulesText(agent.toolRules),
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
  const kept = store.blocks.ofAgent(agent.id).filter(isLocalOnly);
  for (const block of kept) store.keptLocal.noteReader(agent.id, block.id);
  const full = kept.length === 0 ? undefined : systemTextOf(store, agent, owner, at, true);
  const system = store.messages.system(owner)?.body;
  if (system?.role === 'system' && system.text === text && system.kept === full) return text;
  store.messages.putSystem(owner, agent.id, text, newId('message'), full);
  store.conversations.contextReplaced(owner, at);
  return text;
}

/** Before a request: a prompt from before its agent's blocks were kept to local models, or from after, is compiled anew. */
export function recompileKept(store: Store, agent: Agent, owner: string): void {
  const system = store.messages.system(owner)?.body;
  if (system?.role !== 'system') return;
  const notices = store.blocks
    .ofAgent(agent.id)
    .filter(isLocalOnly)
    .map(({ label }) => keptNotice(label));
  const isFitting = notices.length === 0 ? system.kept === undefined : system.kept !== undefined;
  if (isFitting && notices.every((notice) => system.text.includes(notice)) && noticesIn(system.text) === notices.length)
    return;
  store.write('relaxed', () => recompile(store, agent, owner, true));
}

const noticesIn = (text: string): number => text.split(KEPT_NOTICE_END).length - 1;

/** After a block was changed from outside: the default conversations of all agents that hold it follow at once. */
export function recompileHolders(store: Store, blockId: string): void {
  for (const agentId of store.blocks.agentsOf(blockId)) {
    const agent = store.agents.get(agentId);
    if (agent) recompile(store, agent, agentId, true);
  }
}
