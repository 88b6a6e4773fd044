// What an agent's tool rules say in the course of a turn.
import type { Agent } from '../store/agents.ts';
import { newId } from '../store/ids.ts';
import type { Run } from '../store/runs.ts';
import type { Store } from '../store/store.ts';
import type { Outcome } from './settle.ts';
import { type AllowedTools, allowedTools, doneCalls, hasOrder, stillRequired } from './tool-rules.ts';

export class TurnRules {
  private readonly store: Store;
  private readonly agent: Agent;
  private readonly run: Pick<Run, 'id' | 'owner'>;

  constructor(store: Store, agent: Agent, run: Pick<Run, 'id' | 'owner'>) {
    this.store = store;
    this.agent = agent;
    this.run = run;
  }

  /** What the model may call now; undefined where the rules say nothing of order. */
  allowed(available: readonly string[]): AllowedTools | undefined {
    if (!hasOrder(this.agent)) return undefined;
    return allowedTools(this.agent.toolRules, available, doneCalls(this.store, this.run.owner));
  }

  /** Inside a transaction: whether a turn that would end must go on, since it has not used what it must; the model is told. */
  demandsMore(outcome: Outcome | undefined): boolean {
    const { agent, run, store } = this;
    if (outcome?.status !== 'completed' || outcome.stopReason === 'requires_approval' || !hasOrder(agent)) return false;
    const done = doneCalls(store, run.owner).map(({ name }) => name);
    const missing = stillRequired(agent.toolRules, agent.tools, done);
    if (missing.length === 0) return false;
    const text = `ToolRuleViolated: You must call ${missing.join(', ')} before you end your response.`;
    store.messages.append({
      id: newId('message'),
      agentId: agent.id,
      owner: run.owner,
      runId: run.id,
      body: { role: 'system', text },
    });
    return true;
  }
}
