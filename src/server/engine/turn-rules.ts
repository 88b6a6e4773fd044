// What an agent's tool rules say in the course of a turn.
import type { Agent } from '../store/agents.ts';
import { newId } from '../store/ids.ts';
import type { Run } from '../store/runs.ts';
import type { Store } from '../store/store.ts';
import type { Outcome } from './settle.ts';
import { type AllowedTools, allowedTools, doneCalls, hasOrder, stillRequired } from './tool-rules.ts';

/** How often a model is told what it must still call. Each time is a request more. */
const MOST_REMINDERS = 3;

export class TurnRules {
  private readonly store: Store;
  private readonly agent: Agent;
  private readonly run: Pick<Run, 'id' | 'owner'>;
  /** Names of the tools that the model is offered. */
  private offered: readonly string[] = [];
  /** What it was told last that it must call. */
  private missing: readonly string[] = [];
  private reminders = 0;

  constructor(store: Store, agent: Agent, run: Pick<Run, 'id' | 'owner'>) {
    this.store = store;
    this.agent = agent;
    this.run = run;
  }

  /** What the model may call now; undefined where the rules say nothing of order. */
  allowed(available: readonly string[]): AllowedTools | undefined {
    this.offered = available;
    if (!hasOrder(this.agent)) return undefined;
    const done = doneCalls(this.store, this.run.owner);
    const allowed = allowedTools(this.agent.toolRules, available, done);
    const isOpen = (name: string) => allowed.names.has(name) && !done.some((call) => call.name === name);
    const missing = this.missing.filter(isOpen);
    return missing.length > 0 ? { names: new Set(missing), forced: true } : allowed;
  }

  /** Inside a transaction: whether a turn that would end must go on, since it has not used what it must; the model is told. */
  demandsMore(outcome: Outcome | undefined): boolean {
    const { agent, run, store } = this;
    if (outcome?.status !== 'completed' || outcome.stopReason === 'requires_approval' || !hasOrder(agent)) return false;
    const done = doneCalls(store, run.owner).map(({ name }) => name);
    const missing = stillRequired(agent.toolRules, this.offered, done);
    if (missing.length === 0 || this.reminders === MOST_REMINDERS) return false;
    this.reminders += 1;
    this.missing = missing;
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
