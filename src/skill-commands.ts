// The commands about skills: each loads its part of the home when it is first run.
import { learnCommands } from './learn-commands.ts';
import type { SkillParts } from './skill-parts.ts';

const idOf = (given: unknown): string | undefined => (typeof given === 'string' ? given : undefined);

/** By id. Export and versions take the id of a skill; without one they ask. */
export function skillCommands(parts: () => Promise<SkillParts>): Record<string, (...args: unknown[]) => Promise<void>> {
  const sharing = async () => (await parts()).loadSharing();
  return {
    ...learnCommands(async () => (await parts()).loadLearning()),
    'letta.importSkill': async () => (await sharing()).importSkill(),
    'letta.exportSkill': async (id) => (await sharing()).exportSkill(idOf(id)),
    'letta.skillVersions': async (id) => (await sharing()).versions(idOf(id)),
  };
}
