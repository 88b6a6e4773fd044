// The permission rules in a workspace's `.letta/settings.json`, as Letta Code writes them.
import * as z from 'zod/mini';

export interface WorkspaceRules {
  allow: string[];
  ask: string[];
  deny: string[];
}

/** Paths in a workspace folder that hold rules: one for everyone, one for this computer. */
export const RULE_FILES = ['.letta/settings.json', '.letta/settings.local.json'] as const;

const Rules = z.optional(z.array(z.string()));
const Settings = z.object({
  permissions: z.optional(z.object({ allow: Rules, ask: Rules, deny: Rules, alwaysAsk: Rules })),
});

/**
 * Rules of one file; `text` null: it is there and cannot be read. What cannot be read becomes a refusing rule that cannot be read either: then everything is asked about,
 * and the question says why.
 */
export function parseWorkspaceRules(text: string | null, path: string): WorkspaceRules {
  const broken: WorkspaceRules = { allow: [], ask: [], deny: [`${path} is not valid`] };
  if (text === null) return broken;
  if (text.trim() === '') return { allow: [], ask: [], deny: [] };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return broken;
  }
  const parsed = Settings.safeParse(json);
  if (!parsed.success) return broken;
  const { allow = [], ask = [], deny = [], alwaysAsk = [] } = parsed.data.permissions ?? {};
  return { allow, ask: [...ask, ...alwaysAsk], deny };
}

/** What several sources say together. */
export function joinRules(all: readonly WorkspaceRules[]): WorkspaceRules {
  return {
    allow: all.flatMap(({ allow }) => allow),
    ask: all.flatMap(({ ask }) => ask),
    deny: all.flatMap(({ deny }) => deny),
  };
}
