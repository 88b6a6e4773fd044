// The file in which the uses of one agent's skills are kept.
import * as z from 'zod/mini';
import { StateFile } from '../agent/state-file.ts';
import { freshUsage, type UsageState } from '../skills/usage.ts';

const Counted = z.number().check(z.int(), z.nonnegative());
const Counts = { used: Counted, succeeded: Counted, corrected: Counted };
const Schema = z.object({
  counts: z.record(
    z.string(),
    z.object({
      ...Counts,
      lastUsed: z.number(),
      since: z.optional(z.number()),
      revised: z.optional(z.object(Counts)),
    }),
  ),
  open: z.array(
    z.object({
      threadId: z.string(),
      turn: z.string(),
      skills: z.array(z.string()),
      wrote: z.array(z.string()),
      at: z.number(),
      endedAt: z.nullable(z.number()),
      next: z.boolean(),
    }),
  ),
  proposed: z.record(z.string(), z.number()),
});

export const usageFile = (path: string): StateFile<UsageState> =>
  new StateFile(path, (text) => Schema.safeParse(JSON.parse(text)).data, freshUsage);
