// Skills as the view draws them.
import * as z from 'zod/mini';

/** Where a skill lives, and with whom it travels. In order of precedence: the first of a name wins. */
export const SKILL_SCOPES = ['project', 'agent', 'computer', 'bundled'] as const;
export const SkillScopeSchema = z.enum(SKILL_SCOPES);
export type SkillScope = z.infer<typeof SkillScopeSchema>;
/** Where a person can have a skill written. */
export type WritableScope = Exclude<SkillScope, 'bundled'>;

const Counted = {
  used: z.number(),
  /** Turns that used it, ended without error, and whose writes stayed. */
  succeeded: z.number(),
  /** Turns that used it and whose writes the person undid or changed. */
  corrected: z.number(),
};
/** Of one agent on this computer. */
export const SkillUsageSchema = z.object({
  ...Counted,
  /** ISO 8601. */
  lastUsed: z.nullable(z.string()),
  /** When it was there for the first time, ISO 8601; absent: it is not known. */
  since: z.optional(z.string()),
  /** What was counted until the person last kept a revision of it. */
  revised: z.optional(z.object(Counted)),
});
export type SkillUsageCounts = z.infer<typeof SkillUsageSchema>;

export const SkillViewSchema = z.object({
  /** The folder of the skill, absolute; `bundled:NAME` for a bundled one; the file of a bare script. */
  id: z.string(),
  name: z.string(),
  description: z.string(),
  scope: SkillScopeSchema,
  /** Where it lies, shown to the person: relative to the workspace where it is inside. */
  location: z.string(),
  enabled: z.boolean(),
  /** What is wrong with it and how to mend it; a skill with problems is not offered to the model. */
  problems: z.array(z.string()),
  /** What other tools would not put up with; the skill is used all the same. */
  hints: z.optional(z.array(z.string())),
  /** The location of the skill of the same name that wins over this one. */
  shadowedBy: z.optional(z.string()),
  /** What "Fix…" would change, where that needs no thought. */
  fix: z.optional(z.string()),
  /** The person cannot call it (`user-invocable: false`). */
  agentOnly: z.optional(z.boolean()),
  /** A script without instructions, which can be wrapped into a skill. */
  bare: z.optional(z.boolean()),
  /** It lies among skills and is none, which `problems` says; `bare` is set too. */
  stray: z.optional(z.boolean()),
  /** Scripts in its folder, relative to it. */
  scripts: z.optional(z.array(z.string())),
  /** Estimated: of its entry in the list, which every request carries, and of what the model reads when it loads it. */
  tokens: z.optional(z.object({ entry: z.number(), body: z.number() })),
  usage: z.optional(SkillUsageSchema),
  /** A revision of it as it is now was proposed: it waits for the person, or they did not want it. */
  revision: z.optional(z.enum(['waiting', 'discarded'])),
});
export type SkillView = z.infer<typeof SkillViewSchema>;

/** What the model sees of a skill. */
export const SkillPreviewSchema = z.object({
  /** Its entry in the list of every request; absent: it is not in the list, and `why` says so. */
  entry: z.optional(z.string()),
  why: z.optional(z.string()),
  /** What it reads when it loads the skill; absent: it cannot. */
  body: z.optional(z.string()),
  tokens: z.object({ entry: z.number(), body: z.number() }),
});
export type SkillPreview = z.infer<typeof SkillPreviewSchema>;

/** The agent offers to learn a skill from a thread. */
export const SkillOfferSchema = z.object({
  threadId: z.string(),
  /** In how many threads the person asked for that kind of work. */
  times: z.number(),
});
export type SkillOfferView = z.infer<typeof SkillOfferSchema>;
