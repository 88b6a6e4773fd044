// "Try skill": asks on what and with which tools, and shows both answers side by side.
import * as vscode from 'vscode';
import { type Trial, trialDocument } from '../flows/try-skill.ts';
import { t } from '../protocol/l10n.ts';
import type { SkillView } from '../protocol/skill-views.ts';
import type { SkillExample } from '../skills/examples.ts';

/** A skill, where it lies, and on what it can be tried. */
export interface SkillCase {
  view: SkillView;
  uri: vscode.Uri;
  text: string;
  examples: readonly SkillExample[];
}

const OTHER = t('Something else…');

/** @returns the question; undefined: the person backed out */
export async function pickQuestion({ view, examples }: SkillCase): Promise<string | undefined> {
  const title = t('Try the skill “{0}” on', view.name);
  const items = [
    ...examples.map((example) => ({ label: example.title, detail: restOf(example), example })),
    { label: OTHER, detail: t('Write what to ask'), example: undefined },
  ];
  const picked = examples.length === 0 ? items.at(-1) : await vscode.window.showQuickPick(items, { title });
  if (!picked) return undefined;
  if (picked.example) return picked.example.prompt;
  const prompt = t('Asked twice, with the skill and without it. Keep good ones in the skill, under “## Examples”.');
  const asked = await vscode.window.showInputBox({ title, prompt, ignoreFocusOut: true });
  return asked?.trim() || undefined;
}

const restOf = ({ title, prompt }: SkillExample): string =>
  prompt.trim() === title ? '' : prompt.replace(/\s+/g, ' ').trim().slice(0, 200);

/** @returns whether tools that change something may be used; undefined: the person backed out */
export async function pickTools(): Promise<boolean | undefined> {
  const items = [
    { label: t('Tools that only read'), detail: t('Nothing in the workspace is changed'), changing: false },
    {
      label: t('All tools'),
      detail: t('You are asked as always. What a run changes in files is shown, and put back'),
      changing: true,
    },
  ];
  return (await vscode.window.showQuickPick(items, { title: t('What may the trial use?') }))?.changing;
}

/** Side by side: without the skill on the left, with it on the right. */
export async function showTrial(
  trial: Trial,
  diff: { show(label: string, left: TrialSide, right: TrialSide): Promise<void> },
): Promise<void> {
  const side = (which: 'with' | 'without'): TrialSide => ({
    id: `trial-${which}-${Date.now()}`,
    title: which === 'with' ? t('with the skill') : t('without the skill'),
    text: trialDocument(trial, trial[which], which),
  });
  await diff.show(trial.skill, side('without'), side('with'));
}

interface TrialSide {
  id: string;
  title: string;
  text: string;
}
