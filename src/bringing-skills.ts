// Skills of an agent that is brought along: looked at before they are offered, copied into the folder of this agent's own.
import type { BringItem, BringPreview } from './memory/bring/bring.ts';
import { t } from './protocol/l10n.ts';
import { problemsOfCopy, type SkillCopy } from './skills/import-skill.ts';

/** What a brought skill is made of; undefined for what is none. */
export function copyOf({ target, text, files = {} }: BringItem): SkillCopy | undefined {
  return target.kind === 'skill' ? { name: target.name, text, files } : undefined;
}

/** Skills that cannot be copied are named as skipped. @param there names of the skills that this agent has */
export function withoutUnusable(preview: BringPreview, there: ReadonlySet<string>): BringPreview {
  const shown: BringPreview = { ...preview, found: [], skipped: [...preview.skipped] };
  const names = new Set(there);
  for (const item of preview.found) {
    const copy = copyOf(item);
    const why = copy && whyNot(copy, names);
    if (copy && why === undefined) names.add(copy.name);
    if (why === undefined) shown.found.push(item);
    else shown.skipped.push({ path: item.from.replace(/\/[^/]*$/, ''), why });
  }
  return shown;
}

function whyNot(copy: SkillCopy, names: ReadonlySet<string>): string | undefined {
  if (names.has(copy.name)) return t('This agent has a skill “{0}” already.', copy.name);
  const problems = problemsOfCopy(copy);
  return problems.length > 0 ? problems.join(' ') : undefined;
}

/** For the question before they are copied: a line for each, with its files. */
export function listed(copies: readonly SkillCopy[]): string {
  return copies.map(({ name, files }) => [name, ['SKILL.md', ...Object.keys(files)].join(', ')].join(': ')).join('\n');
}
