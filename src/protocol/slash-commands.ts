// The slash commands of the composer, as a person is offered them. Names of skills come beside them.

export interface SlashCommandView {
  /** Without the slash. */
  name: string;
  /** What it does, in a few words. */
  does: string;
}

export const SLASH_COMMANDS: readonly SlashCommandView[] = [
  { name: 'new', does: 'Start a new thread' },
  { name: 'clear', does: 'Start a new thread' },
  { name: 'remember', does: 'Keep a note in memory' },
  { name: 'forget', does: 'Take something out of memory' },
  { name: 'memory', does: 'Show what the agent remembers' },
  { name: 'init', does: 'Fill memory from this project' },
  { name: 'doctor', does: 'Check memory' },
  { name: 'reflect', does: 'Look through the threads for what memory lacks' },
  { name: 'skill', does: 'Learn a skill from this thread' },
  { name: 'skills', does: 'Show the skills' },
  { name: 'model', does: 'Choose a model' },
  { name: 'agents', does: 'Choose an agent' },
  { name: 'connect', does: 'Connect a model' },
];
