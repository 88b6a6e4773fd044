// "Try skill", tied together: two runs beside the threads, with the skill and without it, on the same files. Loaded with the first trial.
import { cancellable } from './commands/learn-skill.ts';
import { pickQuestion, pickTools, type SkillCase, showTrial } from './commands/try-skill.ts';
import { toolsForTrial, trySkill } from './flows/try-skill.ts';
import type { Hands } from './hands.ts';
import type { MemoryDiff } from './native/memory-diff.ts';
import type { SkillLibrary } from './native/skill-library.ts';
import { t } from './protocol/l10n.ts';
import { unifiedDiff } from './tools/support.ts';

export interface TrialsDeps {
  hands(): Promise<Hands>;
  skills(): Promise<SkillLibrary>;
  diff(): Promise<MemoryDiff>;
  /** The model that a background run may ask; null: none. */
  answering(): Promise<string | null>;
  /** A turn of any open thread runs. */
  running(): boolean;
  /** What is forked: the shown thread, or an empty one. `gone`: it is needed no more. */
  forked(): Promise<{ threadId: string; gone(): Promise<unknown> }>;
}

const NO_MODEL = t('No model answers: connect one with “Letta: Connect a Model…”, then try again.');
const BUSY = t('The agent is at work, and both would change files. Try the skill when it is done.');

export class Trials {
  private readonly deps: TrialsDeps;

  constructor(deps: TrialsDeps) {
    this.deps = deps;
  }

  /** Asks on what and with which tools, runs it, and shows both answers. @throws Error saying why not */
  async run(skill: SkillCase): Promise<void> {
    const model = await this.deps.answering();
    if (model === null) throw new Error(NO_MODEL);
    const question = await pickQuestion(skill);
    if (question === undefined) return;
    const changing = await pickTools();
    if (changing === undefined) return;
    const { name, id } = skill.view;
    const hands = await this.deps.hands();
    const tools = toolsForTrial(hands.tools, changing);
    if (changing && this.deps.running()) throw new Error(BUSY);
    // As the model reads it.
    const { body: skillText = skill.text } = await (await this.deps.skills()).desk.preview(id);
    const { threadId, gone } = await this.deps.forked();
    const description = `Try the skill ${name}`;
    try {
      await cancellable(t('Letta is trying the skill “{0}”…', name), async (signal) => {
        const diff = (path: string, before: string | null, after: string | null) =>
          unifiedDiff(path, before, after).unified.replace(/^=+\n/, '');
        const run = (reminder: string, prompt: string, seen: Parameters<Hands['trial']>[1]) =>
          hands.trial({ threadId, description, prompt, tools, reminders: [reminder] }, seen, signal);
        const trial = await trySkill({ run, tools, changing, model, diff }, { skill: name, skillText, question });
        if (!signal.aborted) await showTrial(trial, await this.deps.diff());
      });
    } finally {
      await gone();
    }
  }
}
