// The arguments of a call, as a model wrote them.
import { isObject, type JsonObject } from '../store/json.ts';

/** The arguments as an object; undefined where the model wrote something else. No arguments at all are an empty object. */
export function parseArguments(text: string): JsonObject | undefined {
  if (text.trim() === '') return {};
  try {
    // Half of a surrogate pair, written as an escape, is no text that a model could be sent again.
    const whole = (_key: string, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value);
    const value: unknown = /\\ud/i.test(text) ? JSON.parse(text, whole) : JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
