// A request with pictures as JSON: base64 needs no escaping, and megabytes of it must not hold this thread up.
import { randomUUID } from 'node:crypto';

/** Shorter data is no work. */
const LARGE = 100_000;

/** The same text as `JSON.stringify` gives. Undefined where there is nothing large in it. */
export function pictureJson(value: unknown): string | undefined {
  const found: string[] = [];
  const mark = randomUUID();
  const json = JSON.stringify(value, function (this: { type?: unknown }, key, each: unknown) {
    if (key !== 'data' || typeof each !== 'string' || each.length < LARGE || this.type !== 'base64') return each;
    found.push(each);
    return mark;
  });
  if (found.length === 0) return undefined;
  return json.split(mark).reduce((text, piece, index) => text + (found[index - 1] ?? '') + piece);
}
