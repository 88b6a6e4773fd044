// The commands that `Learning` answers: listed apart, so that naming them loads nothing.

/** `LEARN_COMMANDS` with the skill's id or the draft's address as the first argument where they need one. */
export const LEARN_COMMANDS = [
  'letta.learnSkill',
  'letta.learnSkillFromThread',
  'letta.saveSkillDraft',
  'letta.saveSkillToAgent',
  'letta.saveSkillToComputer',
  'letta.reviseSkillDraft',
  'letta.discardSkillDraft',
  'letta.reviseSkill',
  'letta.trySkill',
] as const;

export type LearnCommand = (typeof LEARN_COMMANDS)[number];
