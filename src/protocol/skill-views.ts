// Skills as the view draws them.
import * as z from 'zod/mini';

export const SkillViewSchema = z.object({
  /** The folder of the skill, absolute. */
  id: z.string(),
  name: z.string(),
  description: z.string(),
  scope: z.enum(['project', 'computer', 'agent', 'bundled']),
  /** Where it lies, shown to the person: relative to the workspace where it is inside. */
  location: z.string(),
  enabled: z.boolean(),
  /** What is wrong with it and how to mend it; a skill with problems is not offered to the model. */
  problems: z.array(z.string()),
  /** The location of the skill of the same name that wins over this one. */
  shadowedBy: z.optional(z.string()),
});
export type SkillView = z.infer<typeof SkillViewSchema>;
