// The slash commands of the composer, as a person is offered them. Names of skills come beside them.

import { t } from './l10n.ts';

export interface SlashCommandView {
  /** Without the slash. */
  name: string;
  /** What it does, in a few words. */
  does: string;
}

export const SLASH_COMMANDS: readonly SlashCommandView[] = [
  { name: 'new', does: t('Start a new thread') },
  { name: 'clear', does: t('Start a new thread') },
  { name: 'remember', does: t('Keep a note in memory') },
  { name: 'forget', does: t('Take something out of memory') },
  { name: 'memory', does: t('Show what the agent remembers') },
  { name: 'init', does: t('Fill memory from this project') },
  { name: 'doctor', does: t('Check memory') },
  { name: 'reflect', does: t('Look through the threads for what memory lacks') },
  { name: 'skill', does: t('Learn a skill from this thread') },
  { name: 'skills', does: t('Show the skills') },
  { name: 'model', does: t('Choose a model') },
  { name: 'agents', does: t('Choose an agent') },
  { name: 'connect', does: t('Connect a model') },
  { name: 'search', does: t('Search the threads') },
  { name: 'compact', does: t('Summarise older messages to make room') },
  { name: 'fork', does: t('Go on in a copy of this thread') },
  { name: 'export', does: t('Save this thread as a file') },
  { name: 'context', does: t('Show what fills the context, and what it has cost') },
  { name: 'help', does: t('List these commands') },
];
