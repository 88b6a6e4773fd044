// Slash commands of the composer: which command a message is, if it is one.

export interface SlashCommand {
  /** Id of the VS Code command. */
  command: string;
  /** What stands behind the name. */
  rest: string;
}

const COMMANDS: Readonly<Record<string, string>> = {
  new: 'letta.newThread',
  clear: 'letta.newThread',
  remember: 'letta.remember',
  forget: 'letta.forget',
  memory: 'letta.openMemory',
  init: 'letta.init',
  doctor: 'letta.doctor',
  reflect: 'letta.reflect',
  skill: 'letta.learnSkillFromThread',
  skills: 'letta.openSkills',
  model: 'letta.selectModel',
  agents: 'letta.selectAgent',
  connect: 'letta.connectModel',
  search: 'letta.searchThreads',
  compact: 'letta.compactThread',
  fork: 'letta.forkThread',
  export: 'letta.exportThread',
  context: 'letta.showContext',
  help: 'letta.help',
};

/**
 * The command that a message is; undefined for everything else, so that a path or the name of a skill reaches the agent as it was typed.
 * @param known ids of the commands that there are
 */
export function slashCommand(text: string, known: (command: string) => boolean): SlashCommand | undefined {
  const [, name = '', rest = ''] = /^\/([a-z]+)(?:\s+([\s\S]*))?$/.exec(text.trim()) ?? [];
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  return command !== undefined && known(command) ? { command, rest: rest.trim() } : undefined;
}
