// Making and remaking a conversation's stored system message.
import { isDeepStrictEqual } from 'node:util';
import type { Agent } from '../store/agents.ts';
import type { Block } from '../store/blocks.ts';
import { newId } from '../store/ids.ts';
import { isLocalOnly } from '../store/kept-local.ts';
import type { Store } from '../store/store.ts';
import { keptNotice } from './kept-local.ts';
import { compileSystem } from './prompt.ts';
import { rulesText } from './tool-rules.ts';

/** Agent types whose prompt shows no memory blocks. */
const WITHOUT_BLOCKS: ReadonlySet<unknown> = new Set(['react_agent', 'workflow_agent']);

const showsBlocks = (agent: Agent): boolean => !WITHOUT_BLOCKS.has(agent.settings.agent_type);

/**
 * What the system message of a conversation would be if it were compiled at `recompiledAt`.
 * @param isLocal for a local model; any other sees a notice in place of each block that is kept to those
 */
export function systemTextOf(store: Store, agent: Agent, owner: string, recompiledAt: number, isLocal = false): string {
  const blocks = store.blocks.ofAgent(agent.id);
  const isShown = (block: Block) => isLocal || !isLocalOnly(block);
  const timezone = agent.settings.timezone;
  return compileSystem({
    system: agent.system,
    ...(showsBlocks(agent)
      ? {
          blocks: blocks.filter(isShown),
          notices: blocks.filter((block) => !isShown(block)).map(({ label }) => keptNotice(label)),
        }
      : { blocks: [] }),
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
  const hidden = showsBlocks(agent) ? kept.map(({ label }) => label) : [];
  const said = hidden.length === 0 ? { text } : { text, kept: systemTextOf(store, agent, owner, at, true), hidden };
  const system = store.messages.system(owner)?.body;
  if (system?.role === 'system' && isDeepStrictEqual(system, { role: 'system', ...said })) return text;
  store.messages.putSystem(owner, agent.id, newId('message'), said);
  store.conversations.contextReplaced(owner, at);
  return text;
}

/** Before a request: a prompt from before its agent's blocks were kept to local models, or from after, is compiled anew. */
export function recompileKept(store: Store, agent: Agent, owner: string): void {
  const system = store.messages.system(owner)?.body;
  if (system?.role !== 'system') return;
  const kept = showsBlocks(agent) ? store.blocks.ofAgent(agent.id).filter(isLocalOnly) : [];
  // A version that did not note the labels has left a prompt with `kept` alone.
  if (system.kept === undefined && kept.length === 0) return;
  if (
    isDeepStrictEqual(
      system.hidden,
      kept.map(({ label }) => label),
    )
  )
    return;
  store.write('relaxed', () => recompile(store, agent, owner, true));
}

/** After a block was changed from outside: the default conversations of all agents that hold it follow at once. */
export function recompileHolders(store: Store, blockId: string): void {
  for (const agentId of store.blocks.agentsOf(blockId)) {
    const agent = store.agents.get(agentId);
    if (agent) recompile(store, agent, agentId, true);
  }
}
