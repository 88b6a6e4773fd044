// Who answers and how, as the view shows it: agent, home, models, permission mode, panels.
import * as z from 'zod/mini';

export const PanelSchema = z.enum(['chat', 'threads', 'memory', 'skills']);
export type Panel = z.infer<typeof PanelSchema>;

export const PermissionModeSchema = z.enum(['plan', 'standard', 'acceptEdits', 'unrestricted', 'strict']);
export type PermissionMode = z.infer<typeof PermissionModeSchema>;

/** A model that can answer. `handle` is `provider/model-id`; `contextWindow` in tokens, null when not known. */
export const ModelViewSchema = z.object({
  handle: z.string(),
  name: z.string(),
  provider: z.string(),
  contextWindow: z.nullable(z.number()),
  /** The offline demo model: a program, not an AI. */
  demo: z.boolean(),
  /** It runs on this computer or in its own network; absent where the server does not tell. */
  local: z.optional(z.boolean()),
  /** Dollars a million tokens, read and written; absent where it costs nothing or nobody knows. */
  price: z.optional(z.object({ input: z.number(), output: z.number() })),
  /** The person has starred it. */
  favourite: z.optional(z.boolean()),
  /** It is one of those that were chosen last. */
  recent: z.optional(z.boolean()),
});
export type ModelView = z.infer<typeof ModelViewSchema>;

/** Who answers, where the memory lives, which model runs: the first view of the Chat panel. */
export const AboutViewSchema = z.object({
  agentId: z.string(),
  agentName: z.string(),
  /** Shown as is, e.g. `Embedded home on this computer (HOSTNAME)`. */
  homeLabel: z.string(),
  homeKind: z.enum(['embedded', 'selfHosted', 'cloud']),
  model: z.string(),
  demo: z.boolean(),
  trusted: z.boolean(),
  /** Tokens that the model in use takes here; absent where nobody knows. */
  window: z.optional(z.number()),
  /** Tokens that all blocks together may take of the prompt. */
  memoryTokens: z.optional(z.number()),
  /** While another agent can still be taken instead: whether the workspace's is a new one or was chosen. */
  choice: z.optional(z.enum(['new', 'existing'])),
  /** Why the home does not answer: what is shown is what was last seen of it. */
  down: z.optional(z.string()),
});
export type AboutView = z.infer<typeof AboutViewSchema>;
