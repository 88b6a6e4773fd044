// Counts what the steps of a run cost, as the Letta API reports it.
import type { ModelPrice } from '../models/registry.ts';
import type { JsonObject } from '../store/json.ts';
import type { Usage } from '../store/runs.ts';

export class UsageMeter {
  total: Usage = {
    prompt_tokens: 0,
    completion_tokens: 0,
    total_tokens: 0,
    cached_input_tokens: null,
    cache_write_tokens: null,
    reasoning_tokens: null,
  };
  steps = 0;
  private contextTokens: number | null = null;

  /** @param context what the step was asked with, for models that count nothing themselves */
  add(usage: Usage | null, context: { system: string; messages: unknown[] }): void {
    this.steps += 1;
    if (!usage) {
      this.contextTokens = Math.ceil((context.system.length + JSON.stringify(context.messages).length) / 4);
      return;
    }
    this.spent(usage);
    this.contextTokens = usage.total_tokens;
  }

  /** What was paid beside the steps, e.g. for a summary. */
  spent(usage: Usage): void {
    const { total } = this;
    this.total = {
      prompt_tokens: total.prompt_tokens + usage.prompt_tokens,
      completion_tokens: total.completion_tokens + usage.completion_tokens,
      total_tokens: total.total_tokens + usage.total_tokens,
      cached_input_tokens: sum(total.cached_input_tokens, usage.cached_input_tokens),
      cache_write_tokens: sum(total.cache_write_tokens, usage.cache_write_tokens),
      reasoning_tokens: sum(total.reasoning_tokens, usage.reasoning_tokens),
    };
  }

  /** @param turn with the price of its model; a summary that another one wrote is counted by it too */
  report({ run, price }: { run: { id: string }; price: ModelPrice | undefined }): JsonObject {
    const { total, steps, contextTokens } = this;
    const cost = price ? { cost_usd: costOf(total, price) } : {};
    return { ...total, step_count: steps, run_ids: [run.id], context_tokens: contextTokens, ...cost };
  }
}

function costOf(usage: Usage, price: ModelPrice): number {
  const [read, written] = [usage.cached_input_tokens ?? 0, usage.cache_write_tokens ?? 0];
  const fresh = Math.max(0, usage.prompt_tokens - read - written);
  const millionths =
    fresh * price.input + read * price.cacheRead + written * price.cacheWrite + usage.completion_tokens * price.output;
  return Number((millionths / 1_000_000).toPrecision(6));
}

function sum(a: number | null, b: number | null): number | null {
  return a === null && b === null ? null : (a ?? 0) + (b ?? 0);
}
