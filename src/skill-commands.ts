// The commands about skills: each loads its part of the home when it is first run.
import { LEARN_COMMANDS } from './learn-commands.ts';
import type { Parts } from './parts.ts';

type Command = (...args: unknown[]) => Promise<unknown>;

const idOf = (given: unknown): string | undefined => (typeof given === 'string' ? given : undefined);

/** By id. Export and versions take the id of a skill; without one they ask. */
export function skillCommands(parts: () => Promise<Parts>): Record<string, Command> {
  const sharing = async () => (await parts()).loadSharing();
  const learning = LEARN_COMMANDS.map((id): [string, Command] => [
    id,
    async (...args) => (await (await parts()).loadLearning()).run(id, args),
  ]);
  return {
    ...Object.fromEntries(learning),
    'letta.importSkill': async () => (await sharing()).importSkill(),
    'letta.exportSkill': async (id) => (await sharing()).exportSkill(idOf(id)),
    'letta.skillVersions': async (id) => (await sharing()).versions(idOf(id)),
  };
}
