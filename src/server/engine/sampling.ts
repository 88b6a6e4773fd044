// What a model is called with: prompt, tools, and those of the API's `model_settings` that are passed on to it.
import type {
  JSONObject,
  LanguageModelV4CallOptions,
  LanguageModelV4FunctionTool,
  SharedV4ProviderOptions,
} from '@ai-sdk/provider';
import { isObject, type JsonObject } from '../store/json.ts';

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
const ANTHROPIC_EFFORTS: ReadonlySet<unknown> = new Set(['low', 'medium', 'high', 'xhigh', 'max']);

/** Below it Anthropic refuses a budget. */
const LEAST_BUDGET = 1_024;

/** What a vendor's own settings say of thinking. Each goes only to its vendor: the settings outlast a change of model. */
function thinkingOf({ thinking, effort, thinking_config: google }: JsonObject): SharedV4ProviderOptions {
  const anthropic: JSONObject = {};
  if (isObject(thinking) && thinking.type === 'disabled') anthropic.thinking = { type: 'disabled' };
  if (isObject(thinking) && thinking.type === 'enabled') {
    const budget = typeof thinking.budget_tokens === 'number' ? Math.floor(thinking.budget_tokens) : 0;
    anthropic.thinking = { type: 'enabled', budgetTokens: Math.max(LEAST_BUDGET, budget) };
  }
  if (ANTHROPIC_EFFORTS.has(effort)) anthropic.effort = effort as string;
  const thinkingConfig: JSONObject = {};
  if (isObject(google)) {
    const { include_thoughts: isShown, thinking_budget: budget } = google;
    if (typeof isShown === 'boolean') thinkingConfig.includeThoughts = isShown;
    if (typeof budget === 'number') thinkingConfig.thinkingBudget = Math.floor(budget);
  }
  return {
    ...(Object.keys(anthropic).length > 0 ? { anthropic } : {}),
    ...(Object.keys(thinkingConfig).length > 0 ? { google: { thinkingConfig } } : {}),
  };
}

/** Sampling settings of the API's `model_settings`. */
export function samplingOf(settings: JsonObject): Partial<LanguageModelV4CallOptions> {
  const options: Partial<LanguageModelV4CallOptions> = {};
  const { max_output_tokens: maxOutput, temperature, reasoning } = settings;
  if (typeof maxOutput === 'number' && maxOutput > 0) options.maxOutputTokens = maxOutput;
  if (typeof temperature === 'number') options.temperature = temperature;
  const effort = isObject(reasoning) ? reasoning.reasoning_effort : undefined;
  const known = EFFORTS.find((each) => each === effort);
  if (known) options.reasoning = known;
  const providerOptions = thinkingOf(settings);
  if (Object.keys(providerOptions).length > 0) options.providerOptions = providerOptions;
  return options;
}

/**
 * @param settings the API's `model_settings`
 * @param isForced the model has to call a tool
 */
export function callOptionsOf(
  settings: JsonObject,
  system: string,
  messages: LanguageModelV4CallOptions['prompt'],
  tools: LanguageModelV4FunctionTool[],
  isForced = false,
): Omit<LanguageModelV4CallOptions, 'abortSignal'> {
  return {
    prompt: [{ role: 'system', content: system }, ...messages],
    ...(tools.length > 0 ? { tools, toolChoice: { type: isForced ? 'required' : 'auto' } } : {}),
    ...samplingOf(settings),
  };
}
