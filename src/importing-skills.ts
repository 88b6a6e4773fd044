// Skills that come with a folder of memory: those that the agent can have, looked at before they are offered.
import type { ImportPreview } from './memory/mirror/import.ts';
import type { ImportedSkill } from './memory/mirror/import-skills.ts';
import { t } from './protocol/l10n.ts';
import { problemsOfCopy } from './skills/import-skill.ts';

/** What cannot be copied is named as skipped. @param there names of the skills that the agent has */
export function onlyUsableSkills(preview: ImportPreview, there: ReadonlySet<string>): ImportPreview {
  const names = new Set(there);
  const skills: ImportedSkill[] = [];
  const skipped = [...preview.skipped];
  for (const skill of preview.skills) {
    const taken = names.has(skill.name) ? [t('This agent has a skill of that name already.')] : [];
    const why = [...taken, ...problemsOfCopy(skill)];
    names.add(skill.name);
    if (why.length === 0) skills.push(skill);
    else
      skipped.push({
        path: skill.path,
        reason: 'not_memory',
        message: t('{0} was skipped: {1}', skill.path, why.join(' ')),
      });
  }
  return { ...preview, skills, skipped };
}
