// A draft of a skill: taken from a reply, judged, changed when the person says what is wrong with it. Nothing here is written anywhere.

import { t } from '../protocol/l10n.ts';
import type { SkillFile } from '../skills/files-beside.ts';
import { askAside, type Said, type SideThread } from './run-beside.ts';
import { FILE_FORMAT, fenceFor, readSkillReply } from './skill-reply.ts';

export interface DraftBackend {
  /** Neither the model nor the draft gets a secret. */
  maskSecrets(text: string): string;
  /** Problems of a SKILL.md text; empty: it is valid. */
  validate(skillMd: string): { name?: string; problems: string[] };
}

/** `byAgent` false: the reply was no valid SKILL.md (or none came), and the draft is a template to fill in. */
export interface SkillDraft {
  name: string;
  text: string;
  files: SkillFile[];
  byAgent: boolean;
  /** What looked like a secret was left out. */
  masked?: true;
  reason?: string;
  /** Why files of the reply are not in it, a sentence each. */
  leftOut?: string[];
}

/** A draft out of what the agent said, or what is wrong with it. */
export function draftFrom({ maskSecrets, validate }: DraftBackend, said: Said): SkillDraft | { problem: string } {
  if (said.kind === 'nothing') return { problem: said.reason };
  const { skillMd, files, leftOut } = readSkillReply(said.text);
  if (skillMd === undefined) return { problem: t('The reply was no SKILL.md.') };
  const { name, problems } = validate(skillMd);
  if (!name || problems.length > 0) {
    return { problem: t('The drafted SKILL.md was not valid: {0}', problems.join(' ')) };
  }
  const text = maskSecrets(skillMd);
  const clean = files.map((file) => ({ ...file, text: maskSecrets(file.text) }));
  const masked = text !== skillMd || clean.some((file, i) => file.text !== files[i]?.text);
  return {
    name,
    text,
    files: clean,
    byAgent: true,
    ...(masked ? { masked } : {}),
    ...(leftOut.length > 0 ? { leftOut } : {}),
  };
}

/** The skill as it stands in the editor, for a prompt. */
export function asMaterial(text: string, files: readonly SkillFile[]): string {
  const parts = [{ path: 'SKILL.md', text }, ...files].map((file) => {
    const fence = fenceFor(file.text);
    return `${file.path}:\n${fence}\n${file.text.trimEnd()}\n${fence}`;
  });
  return parts.join('\n\n');
}

export function reviseReminder(text: string, files: readonly SkillFile[]): string {
  return [
    'The person reads the draft of a skill and says after this reminder what shall be different. It stands now as follows; they may have changed it by hand, which stays:',
    asMaterial(text, files),
    `Answer with the whole revised SKILL.md and nothing before it, then with every file that goes with it, changed or not. ${FILE_FORMAT} Keep the name unless they want another. Call no tool.`,
  ].join('\n\n');
}

/**
 * The draft as the person wants it.
 * @throws Error saying why there is none; the draft then stays as it is
 */
export async function reviseDraft(
  backend: DraftBackend,
  thread: SideThread,
  draft: { text: string; files: readonly SkillFile[] },
  wish: string,
  signal: AbortSignal,
): Promise<SkillDraft> {
  const { maskSecrets } = backend;
  const files = draft.files.map((file) => ({ ...file, text: maskSecrets(file.text) }));
  const reminders = [reviseReminder(maskSecrets(draft.text), files)];
  const revised = draftFrom(backend, await askAside(thread, maskSecrets(wish), reminders, signal, ['person']));
  if ('problem' in revised) throw new Error(t('The draft stays as it is. {0}', revised.problem));
  return revised;
}
