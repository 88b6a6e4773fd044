// What a turn is given, what it reports, and how its steps can end.
import type { LanguageModelV4 } from '@ai-sdk/provider';
import type { Embeddings } from '../embeddings/embeddings.ts';
import type { ModelPrice, ModelRegistry } from '../models/registry.ts';
import type { Agent } from '../store/agents.ts';
import type { JsonObject } from '../store/json.ts';
import type { ToolCall } from '../store/messages.ts';
import type { Run } from '../store/runs.ts';
import type { Store } from '../store/store.ts';
import type { SettledCall } from './approvals.ts';
import type { Compactor } from './compaction.ts';
import type { ContextCache } from './context.ts';
import type { ModelResult } from './model-call.ts';
import type { LlmError } from './model-errors.ts';
import type { OwnTools, PlacedCall } from './own-tools.ts';
import type { Pictures } from './pictures.ts';
import type { LettaMessage } from './render.ts';
import type { SendRequest } from './request.ts';
import type { Outcome } from './settle.ts';
import type { ToolPolicy } from './tool-policy.ts';

export interface TurnSetup {
  run: Run;
  agent: Agent;
  request: SendRequest;
  /** Handle, and the model behind it. */
  handle: string;
  model: LanguageModelV4;
  /** It runs on the person's own computers. */
  isLocal: boolean;
  /** It takes pictures; undefined where nobody knows. */
  vision: boolean | undefined;
  /** What its tokens cost; undefined where nobody knows. */
  price: ModelPrice | undefined;
  modelSettings: JsonObject;
  contextWindow: number;
  /** Longest result of a tool, in characters. */
  returnChars: number;
  policy: ToolPolicy;
  /** What the answer to a pending request led to, to be announced first. */
  settled: SettledCall[];
  /** Of these: calls of the agent's own tools that were approved, and are not run yet. */
  jobs: PlacedCall[];
}

export interface TurnDeps {
  store: Store;
  contexts: ContextCache;
  compactor: Compactor;
  models: ModelRegistry;
  embeddings: Embeddings;
  pictures: Pictures;
  /** Who holds this process's leases. */
  owner: string;
  ownTools: OwnTools;
  idleTimeoutMs: number;
  log: (line: string) => void;
}

export interface RunEnd extends Outcome {
  /** Whole messages, for the form of the request that does not stream. */
  messages: LettaMessage[];
  usage: JsonObject;
}

/** The result of a call that was not made. */
export function notAsked(error: LlmError | undefined): ModelResult {
  const result = { blocks: [], requests: [], requestMeta: {}, usage: null, finish: 'other' as const };
  return { ...result, aborted: error === undefined, firstPartMs: undefined, ...(error ? { error } : {}) };
}

export function stopReasonOf(errorType: string): string {
  if (errorType === 'context_window_overflow_in_system_prompt') return errorType;
  return errorType === 'llm_empty_response'
    ? 'invalid_llm_response'
    : errorType === 'llm_insufficient_credits'
      ? 'insufficient_credits'
      : 'llm_api_error';
}

/** How a run ends with a step that went well; undefined where it goes on. */
export function outcomeOf(
  { finish }: ModelResult,
  calls: readonly ToolCall[],
  policy: ToolPolicy,
  isLastStep: boolean,
): Outcome | undefined {
  if (calls.length === 0)
    return finish === 'length'
      ? { status: 'failed', stopReason: 'max_tokens_exceeded', error: null }
      : { status: 'completed', stopReason: 'end_turn', error: null };
  const ends = calls.flatMap((call) => policy.endsTurn(call) ?? []);
  const [stopReason] = ends.sort().reverse();
  if (stopReason) return { status: 'completed', stopReason, error: null };
  return isLastStep ? { status: 'completed', stopReason: 'max_steps', error: null } : undefined;
}
