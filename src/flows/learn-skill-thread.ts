// Learning from a thread: a hidden copy of it is asked what was done there that is worth doing again.

import { t } from '../protocol/l10n.ts';
import { type DraftBackend, draftFrom, type SkillDraft } from './draft-skill.ts';
import { SKILL_SHAPE } from './learn-skill.ts';
import { askAside, type SideThread } from './run-beside.ts';
import { FILE_FORMAT } from './skill-reply.ts';

export const threadTitle = (title: string): string => `Learn a skill from the thread “${title.slice(0, 60)}”`;

/** @param similar what the person asked for in other threads that was alike */
export function threadReminder(similar: readonly string[] = []): string {
  return [
    'The person ran "Learn Skill from Thread" in this conversation. Look back at what was done in it, tool calls and their results included, and draft a reusable skill in the Agent Skills format, so that the same kind of work goes straight next time.',
    ...(similar.length > 0
      ? ['They asked for much the same elsewhere, as material:', ...similar.map((text) => `- ${text.slice(0, 200)}`)]
      : []),
    SKILL_SHAPE,
    'The steps are those that worked, in order, with the commands as they were run. Add "Dead ends" (what was tried and failed, and why, so that nobody tries it again), and under "Check" the commands that showed that it worked. Leave out what belongs to this one case; put placeholders there. Say nothing that did not happen in the conversation.',
    `Where a file was written that others will repeat, give it as a template or a script. ${FILE_FORMAT} Call no tool.`,
  ].join('\n');
}

/**
 * @param copy a hidden copy of the thread
 * @param hint what the person said about it; '' for nothing
 * @throws Error saying why there is no draft
 */
export async function learnFromThread(
  backend: DraftBackend,
  copy: SideThread,
  { hint, similar }: { hint: string; similar?: readonly string[] },
  signal: AbortSignal,
): Promise<SkillDraft> {
  const wish = hint.trim() === '' ? 'Draft a skill from this conversation.' : hint.trim();
  const said = await askAside(copy, backend.maskSecrets(wish), [threadReminder(similar)], signal, ['person']);
  const draft = draftFrom(backend, said);
  if ('problem' in draft) throw new Error(t('The agent gave no usable draft. {0}', draft.problem));
  return draft;
}
