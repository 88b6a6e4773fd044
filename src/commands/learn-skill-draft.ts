// Says that a draft of a skill is open, and offers what can be done with it; the editor offers the same for as long as it is open.
import * as vscode from 'vscode';
import type { SkillDraft } from '../flows/draft-skill.ts';
import { t } from '../protocol/l10n.ts';

const SAVE = t('Save to project');
const ELSEWHERE = t('Save to…');
const REVISE = t('Revise…');
const DISCARD = t('Discard');

/** By the button; into a project only where there is one. Commands say themselves what goes wrong. */
export function draftActions(uri: vscode.Uri, hasProject: boolean): Record<string, () => Thenable<unknown>> {
  const run = (command: string) => vscode.commands.executeCommand(command, uri);
  return {
    ...(hasProject ? { [SAVE]: () => run('letta.saveSkillDraft') } : {}),
    [ELSEWHERE]: async () => {
      const places = [
        {
          label: t('Agent'),
          description: t('It travels with the agent to every home'),
          command: 'letta.saveSkillToAgent',
        },
        {
          label: t('Computer'),
          description: t('~/.agents/skills, for all projects on this computer'),
          command: 'letta.saveSkillToComputer',
        },
        {
          label: t('Project'),
          description: t('.agents/skills, shared with the project'),
          command: 'letta.saveSkillDraft',
        },
      ];
      if (!hasProject) places.pop();
      const place = await vscode.window.showQuickPick(places, { title: t('Save the skill to') });
      if (place) await run(place.command);
    },
    [REVISE]: () => run('letta.reviseSkillDraft'),
    [DISCARD]: () => run('letta.discardSkillDraft'),
  };
}

/** Not awaited: the draft can be read and saved for as long as the person likes. */
export function tellDraft(draft: SkillDraft, actions: Record<string, () => Thenable<unknown>>): void {
  const { name, files, byAgent, reason = t('unknown reason'), leftOut = [], masked } = draft;
  const beside = files.map(({ path }) => path).join(', ');
  const message = byAgent
    ? beside === ''
      ? t('Skill draft “{0}” is open. Nothing is saved yet.', name)
      : t('Skill draft “{0}” with {1} is open. Nothing is saved yet.', name, beside)
    : t('The agent gave no usable draft ({0}). A template with your selection is open.', reason);
  const notes = [...leftOut, ...(masked ? [t('What looked like a secret is replaced by [secret].')] : [])];
  void vscode.window
    .showInformationMessage([message, ...notes].join(' '), ...Object.keys(actions))
    .then((answer) => (answer === undefined ? undefined : actions[answer]?.()));
}
