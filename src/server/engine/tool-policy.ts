// Which tools a request has, which of them the client answers for, and what the agent's tool rules say.
import type { LanguageModelV4FunctionTool } from '@ai-sdk/provider';
import type { Agent } from '../store/agents.ts';
import type { ToolCall } from '../store/messages.ts';
import type { Store } from '../store/store.ts';
import type { CallKind } from './model-call.ts';
import type { ClientTool } from './request.ts';
import { goesOn, SEND_MESSAGE } from './send-message.ts';
import { definitionOf } from './tools/known-tools.ts';

export class ToolPolicy {
  readonly clientNames: ReadonlySet<string>;
  /** Only the first call of a response counts: rules about order need it, or the model's settings ask for it. */
  readonly oneCall: boolean;
  private readonly approved: ReadonlySet<string>;
  private readonly exits: ReadonlySet<string>;

  /** @param asked tools of the agent that are asked about in any case */
  constructor(
    agent: Pick<Agent, 'tools' | 'toolRules'>,
    clientTools: readonly ClientTool[],
    noParallelCalls = false,
    asked: readonly string[] = [],
  ) {
    this.clientNames = new Set(clientTools.map((tool) => tool.name));
    const ruled = (type: string) =>
      new Set(agent.toolRules.filter((rule) => rule.type === type).map((rule) => rule.tool_name));
    this.approved = new Set([...ruled('requires_approval'), ...asked].filter((name) => agent.tools.includes(name)));
    this.exits = ruled('exit_loop');
    this.oneCall = noParallelCalls || agent.toolRules.some((rule) => rule.type !== 'requires_approval');
  }

  /** A name nobody knows is the server's to refuse. */
  kindOf(name: string): CallKind {
    return this.clientNames.has(name) || this.approved.has(name) ? 'request' : 'server';
  }

  /** How a call ends the turn it is made in; undefined where the turn goes on. */
  endsTurn(call: Pick<ToolCall, 'name'> & Partial<Pick<ToolCall, 'arguments'>>): 'tool_rule' | 'end_turn' | undefined {
    const spoke = call.name === SEND_MESSAGE && !this.clientNames.has(call.name);
    if (spoke && goesOn({ arguments: call.arguments ?? '' })) return undefined;
    if (this.exits.has(call.name)) return 'tool_rule';
    return spoke ? 'end_turn' : undefined;
  }
}

/** The tools as the model sees them: the agent's own, then the client's; a client tool hides a server tool of its name. */
export function offeredTools(
  store: Store,
  agent: Pick<Agent, 'tools'>,
  policy: ToolPolicy,
  clientTools: readonly ClientTool[],
): LanguageModelV4FunctionTool[] {
  const tools: LanguageModelV4FunctionTool[] = [];
  for (const name of agent.tools) {
    const tool = policy.clientNames.has(name) ? undefined : definitionOf(store, name);
    if (tool) tools.push({ type: 'function', name, description: tool.description, inputSchema: tool.parameters });
  }
  const seen = new Set<string>();
  for (const tool of clientTools) {
    if (seen.has(tool.name)) continue;
    seen.add(tool.name);
    tools.push({
      type: 'function',
      name: tool.name,
      ...(tool.description === undefined ? {} : { description: tool.description }),
      inputSchema: tool.parameters ?? { type: 'object', properties: {} },
    });
  }
  return tools;
}
