// What the model sees of one skill, and what that costs.
import { basename, dirname } from 'node:path';
import { estimateTokenCount } from 'tokenx';
import { t } from '../protocol/l10n.ts';
import type { SkillPreview } from '../protocol/skill-views.ts';
import type { Skill } from './find-skills.ts';
import { type ClientSkill, clientSkills, type LastUsed, loadSkill } from './offer-skills.ts';

/** As Letta servers draw the list: the folder that holds the skill, and the first line of its description. */
export function listEntry({ description, location }: ClientSkill): string {
  const folder = dirname(location);
  const line = description.trim().split('\n', 1)[0] ?? '';
  return `${dirname(folder)}\n└── ${basename(folder)}/${basename(location)} (${line})`;
}

/**
 * One that is switched off is shown as if it were on; `why` says that it is not in the list.
 * @param usage as for the list that is sent
 * @throws SkillLoadError
 */
export async function previewSkill(skills: readonly Skill[], skill: Skill, usage?: LastUsed): Promise<SkillPreview> {
  const { view, forModel, file, name } = skill;
  const offered = clientSkills(skills, usage).list.find(({ location }) => location === file);
  const entry = offered && listEntry(offered);
  const why = entry === undefined ? whyNot(skill) : undefined;
  if (view.problems.length > 0) return { ...(why ? { why } : {}), tokens: { entry: 0, body: 0 } };
  const { shadowedBy: _, ...alone } = view;
  const body = await loadSkill([{ ...skill, view: { ...alone, enabled: true } }], name, forModel ? 'model' : 'person');
  return {
    ...(entry === undefined ? {} : { entry }),
    ...(why ? { why } : {}),
    body,
    tokens: { entry: entry === undefined ? 0 : estimateTokenCount(entry), body: estimateTokenCount(body) },
  };
}

function whyNot({ view, forModel }: Skill): string {
  if (view.problems.length > 0) return t('What is wrong with it has to be mended first.');
  if (!view.enabled) return t('It is switched off.');
  if (view.shadowedBy !== undefined) return t('The one in {0} has the same name and wins.', view.shadowedBy);
  if (!forModel) return t('Only a person may call it: disable-model-invocation is set.');
  return t('The list has no room for it: the agent finds it by a search.');
}
