// What other agents give to `letta_recall` and `letta_remember`. The manifest says the same of both: what comes in is what a model
// wrote, whatever it is.
import * as z from 'zod/mini';
import { MOST_HITS } from './recall.ts';

export const RecallInput = z.object({
  query: z.string().check(z.trim(), z.minLength(1), z.maxLength(500)),
  limit: z.nullish(z.int().check(z.gte(1), z.lte(MOST_HITS))),
});
export const RememberInput = z.object({
  text: z.string().check(z.trim(), z.minLength(1), z.maxLength(2_000)),
  why: z.nullish(z.string().check(z.trim(), z.maxLength(500))),
});

/** @throws Error in words for the model that wrote it */
export function readInput<T>(schema: z.ZodMiniType<T>, input: unknown): T {
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw new Error(`This input does not fit: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
