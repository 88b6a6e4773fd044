// The commands that `Learning` answers: listed apart, so that naming them loads nothing.

/** With the skill's id or the draft's address as the first argument where they need one. */
const LEARN_COMMANDS = [
  'letta.learnSkill',
  'letta.learnSkillFromThread',
  'letta.saveSkillDraft',
  'letta.saveSkillToAgent',
  'letta.saveSkillToComputer',
  'letta.reviseSkillDraft',
  'letta.discardSkillDraft',
  'letta.keepSkillRevision',
  'letta.discardSkillRevision',
  'letta.reviseSkill',
  'letta.viewSkillRevision',
  'letta.trySkill',
] as const;

export type LearnCommand = (typeof LEARN_COMMANDS)[number];

/** Each runs what `load` gives. */
export function learnCommands(
  load: () => Promise<{ run(command: LearnCommand, args: unknown[]): Promise<void> }>,
): Record<string, (...args: unknown[]) => Promise<void>> {
  return Object.fromEntries(LEARN_COMMANDS.map((id) => [id, async (...args) => (await load()).run(id, args)]));
}
