// What a model is called with: prompt, tools, and those of the API's `model_settings` that are passed on to it.
import type { LanguageModelV4CallOptions, LanguageModelV4FunctionTool } from '@ai-sdk/provider';
import { isObject, type JsonObject } from '../store/json.ts';

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;

/** Sampling settings of the API's `model_settings` that every provider knows. */
export function samplingOf(settings: JsonObject): Partial<LanguageModelV4CallOptions> {
  const options: Partial<LanguageModelV4CallOptions> = {};
  const { max_output_tokens: maxOutput, temperature, reasoning } = settings;
  if (typeof maxOutput === 'number' && maxOutput > 0) options.maxOutputTokens = maxOutput;
  if (typeof temperature === 'number') options.temperature = temperature;
  const effort = isObject(reasoning) ? reasoning.reasoning_effort : undefined;
  const known = EFFORTS.find((each) => each === effort);
  if (known) options.reasoning = known;
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
