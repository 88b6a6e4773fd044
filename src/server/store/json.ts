// JSON columns: text in the database, typed values outside of it.

export type JsonObject = { [key: string]: unknown };

/** Columns hold only what this module wrote, so the shape is known. */
export function fromJson<T>(text: string): T {
  return JSON.parse(text) as T;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
