// "Try skill": the same question to two hidden forks of a thread, one with the skill and one without it, shown side by side.
import type { TurnEvent } from '../agent/events.ts';
import { t } from '../protocol/l10n.ts';
import type { SubagentReport } from './subagent.ts';

/** Tools that change nothing and load nothing from elsewhere. */
const READ_ONLY = ['Read', 'Glob', 'Grep', 'OpenFiles', 'Diagnostics', 'Code', 'Git'];
/** What a trial never has: it speaks for itself, and to nobody. */
const NEVER = ['Skill', 'Task', 'AskUserQuestion', 'TodoWrite', 'Show'];

/** Files, and characters of each diff, that are shown. */
const MOST_FILES = 50;
const MOST_DIFF = 20_000;

/** Which of the tools a trial has. */
export function toolsForTrial(all: readonly { name: string; plan?: unknown }[], changing: boolean): string[] {
  return all
    .filter(({ name, plan }) => !NEVER.includes(name) && (changing || (READ_ONLY.includes(name) && plan === undefined)))
    .map(({ name }) => name);
}

export interface TrialRun {
  /** The last message. */
  text: string;
  failed: boolean;
  model: string;
  tokens: number;
  /** Title and target of each call, in order. */
  tools: string[];
  /** What it did to files, as unified diffs; it is put back by now. */
  changes: string[];
  /** What could not be put back, and why. */
  left: readonly string[];
}

/** `changed`: files as they were and as the run left them. */
export type RunReport = Pick<SubagentReport, 'status' | 'text'> & {
  changed: readonly { name: string; before: string | null; after: string | null }[];
  left: readonly string[];
};

export interface Trial {
  skill: string;
  question: string;
  with: TrialRun;
  without: TrialRun;
}

/** Gathers what a report does not say. */
export class TrialTally {
  private readonly calls = new Map<string, string>();
  private spent = 0;

  take(event: TurnEvent): void {
    if (event.type === 'usage') this.spent += event.tokens;
    if (event.type !== 'tool') return;
    const { id, title, target, state } = event.part;
    const named = target === undefined ? title : `${title} ${target}`;
    this.calls.set(id, state === 'failed' || state === 'denied' ? `${named} (${state})` : named);
  }

  run({ status, text, changed, left }: RunReport, { model, diff }: Pick<TryBackend, 'model' | 'diff'>): TrialRun {
    const changes = changed.slice(0, MOST_FILES).map(({ name, before, after }) => diff(name, before, after));
    const more = changed.length > MOST_FILES ? [`… and ${changed.length - MOST_FILES} more files`] : [];
    const said = [...changes, ...more].map((each) => each.slice(0, MOST_DIFF));
    const failed = status === 'error';
    return { text, failed, model, tokens: this.spent, tools: [...this.calls.values()], changes: said, left };
  }
}

/** What goes before the question. `skillText`: the body, for the run with the skill. */
export function trialReminder(
  skill: string,
  skillText: string | undefined,
  { tools, changing }: Pick<TryBackend, 'tools' | 'changing'>,
): string {
  const what = changing
    ? 'What you change in files is looked at and put back afterwards.'
    : 'Where the work would change something, say in full what you would change.';
  const limits = tools.length > 0 ? `You have only these tools: ${tools.join(', ')}. ${what}` : 'You have no tools.';
  return skillText === undefined
    ? `This is a trial. ${limits} Answer what is asked as you would without any skill.`
    : `This is a trial of the skill "${skill}". ${limits} Follow the skill:\n\n${skillText}`;
}

/** One side of the comparison, as a document. Sides differ in what the runs did, not in their headings. */
export function trialDocument({ skill, question }: Trial, run: TrialRun, which: 'with' | 'without'): string {
  const tools = run.tools.length > 0 ? run.tools.map((tool) => `- ${tool}`) : [`- ${t('none')}`];
  const diffs = run.changes.flatMap((change) => ['```diff', change.trimEnd(), '```', '']);
  const left = run.left.length > 0 ? [run.left.join('\n'), ''] : [];
  const changed = diffs.length + left.length > 0 ? [`## ${t('What it changed')}`, '', ...left, ...diffs] : [];
  return [
    `# ${which === 'with' ? t('With the skill “{0}”', skill) : t('Without “{0}”', skill)}`,
    '',
    t('Model: {0}', run.model),
    t('Tokens: {0}', run.tokens > 0 ? run.tokens : t('not counted')),
    t('Calls: {0}', run.tools.length),
    '',
    `## ${t('Question')}`,
    '',
    question,
    '',
    `## ${t('Tools used')}`,
    '',
    ...tools,
    '',
    run.failed ? `## ${t('Did not finish')}` : `## ${t('Answer')}`,
    '',
    run.text,
    '',
    ...changed,
  ].join('\n');
}

export interface TryBackend {
  /** Runs the question in a hidden fork, which goes afterwards with what it changed. `seen`: is told the events of its turns. */
  run(reminder: string, question: string, seen: (event: TurnEvent) => void): Promise<RunReport>;
  tools: readonly string[];
  /** Some of them change something. */
  changing: boolean;
  model: string;
  /** A unified diff; null: there is no file. */
  diff(name: string, before: string | null, after: string | null): string;
}

/** One after the other, so that both find the same files. @throws what `run` throws */
export async function trySkill(
  backend: TryBackend,
  { skill, skillText, question }: { skill: string; skillText: string; question: string },
): Promise<Trial> {
  const one = async (text: string | undefined): Promise<TrialRun> => {
    const tally = new TrialTally();
    const report = await backend.run(trialReminder(skill, text, backend), question, (event) => tally.take(event));
    return tally.run(report, backend);
  };
  return { skill, question, with: await one(skillText), without: await one(undefined) };
}
