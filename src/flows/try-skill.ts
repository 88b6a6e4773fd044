// "Try skill": the same question to two hidden forks of a thread, one with the skill and one without it, shown side by side.
import type { TurnEvent } from '../agent/events.ts';
import type { SubagentReport } from './subagent.ts';

/** Tools that change nothing and load nothing from elsewhere. */
const READ_ONLY = ['Read', 'Glob', 'Grep', 'OpenFiles', 'Diagnostics', 'Code', 'Git'];
/** What a trial never has: it speaks for itself, and to nobody. */
const NEVER = ['Skill', 'Task', 'AskUserQuestion', 'TodoWrite', 'Show'];

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
}

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

  run({ status, text }: Pick<SubagentReport, 'status' | 'text'>, model: string): TrialRun {
    return { text, failed: status === 'error', model, tokens: this.spent, tools: [...this.calls.values()] };
  }
}

/** What goes before the question. `skillText`: the body, for the run with the skill. */
export function trialReminder(skill: string, skillText: string | undefined, tools: readonly string[]): string {
  const limits =
    tools.length > 0
      ? `You have only these tools: ${tools.join(', ')}. Where the work would change something, say in full what you would change.`
      : 'You have no tools.';
  return skillText === undefined
    ? `This is a trial. ${limits} Answer what is asked as you would without any skill.`
    : `This is a trial of the skill "${skill}". ${limits} Follow the skill:\n\n${skillText}`;
}

/** One side of the comparison, as a document. Sides differ in what the runs did, not in their headings. */
export function trialDocument({ skill, question }: Trial, run: TrialRun, which: 'with' | 'without'): string {
  const tools = run.tools.length > 0 ? run.tools.map((tool) => `- ${tool}`) : ['- none'];
  return [
    `# ${which === 'with' ? `With the skill “${skill}”` : `Without “${skill}”`}`,
    '',
    `Model: ${run.model}`,
    `Tokens: ${run.tokens > 0 ? run.tokens.toLocaleString('en-US') : 'not counted'}`,
    `Calls: ${run.tools.length}`,
    '',
    '## Question',
    '',
    question,
    '',
    '## Tools used',
    '',
    ...tools,
    '',
    run.failed ? '## Did not finish' : '## Answer',
    '',
    run.text,
    '',
  ].join('\n');
}

export interface TryBackend {
  /** Runs the question in a hidden fork, which goes afterwards. `seen`: is told the events of its turns. */
  run(reminder: string, question: string, seen: (event: TurnEvent) => void): Promise<SubagentReport>;
  tools: readonly string[];
  model: string;
}

/** One after the other: with tools that change something, both at once would get in each other's way. @throws what `run` throws */
export async function trySkill(
  { run, tools, model }: TryBackend,
  { skill, skillText, question }: { skill: string; skillText: string; question: string },
): Promise<Trial> {
  const one = async (text: string | undefined): Promise<TrialRun> => {
    const tally = new TrialTally();
    const report = await run(trialReminder(skill, text, tools), question, (event) => tally.take(event));
    return tally.run(report, model);
  };
  return { skill, question, with: await one(skillText), without: await one(undefined) };
}
