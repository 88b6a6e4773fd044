// JSON columns: text in the database, typed values outside of it.

export type JsonObject = { [key: string]: unknown };

/**
 * A value as the text of a JSON column. Half of a surrogate pair, as a text that was cut anywhere ends with, becomes U+FFFD:
 * model endpoints refuse a request that holds one, and so the conversation for good.
 */
export function toJson(value: unknown): string {
  const text = JSON.stringify(value);
  // JSON.stringify escapes such a half, and writes whole pairs as they are.
  return text.includes('\\ud') ? text.replace(/(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g, '$1\ufffd') : text;
}

/** Columns hold only what this module wrote, so the shape is known. */
export function fromJson<T>(text: string): T {
  return JSON.parse(text) as T;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
