// Which of the API's `model_settings` are passed on to the model.
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
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
