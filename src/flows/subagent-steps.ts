// What a subagent does, gathered from the events of its turns for its card.
import type { TurnEvent } from '../agent/events.ts';
import type { SubagentStep } from '../protocol/asking.ts';
import type { ToolBody, ToolPart } from '../protocol/transcript-views.ts';

/** Steps that a card shows, and characters of a text among them. */
const MAX_STEPS = 40;
const MAX_TEXT = 2_000;
/** Characters of a call's arguments and of its result: all steps go to the view again with each new one. */
const MAX_INPUT = 400;
const MAX_OUTPUT = 800;
const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most)}…` : text);

export class SubagentSteps {
  private readonly steps: SubagentStep[] = [];
  private earlier = 0;
  private tokens = 0;
  private words: { id: string; text: string }[] = [];

  /** What it said since its last call. */
  get said(): string {
    return this.words
      .map(({ text }) => text)
      .join('\n')
      .trim();
  }

  get body(): ToolBody {
    const { earlier, tokens } = this;
    return { kind: 'subagent', steps: [...this.steps], earlier, ...(tokens > 0 ? { tokens } : {}) };
  }

  /** @returns whether there is something new to show */
  take(event: TurnEvent): boolean {
    switch (event.type) {
      case 'text':
        this.say(event.id, event.delta);
        return true;
      case 'tool':
        this.call(event.part);
        return true;
      case 'usage':
        this.tokens += event.tokens;
        return true;
      default:
        return false;
    }
  }

  private say(id: string, delta: string): void {
    const known = this.words.find((each) => each.id === id);
    if (known) known.text += delta;
    else this.words.push({ id, text: delta });
    const whole = known?.text ?? delta;
    this.put({ kind: 'text', id, text: cut(whole, MAX_TEXT) });
  }

  private call({ id, title, target, state, input, output }: ToolPart): void {
    if (!this.steps.some((step) => step.kind === 'call' && step.id === id)) this.words = [];
    this.put({
      kind: 'call',
      id,
      title: target === undefined ? title : `${title} ${target}`,
      state,
      ...(input === '' ? {} : { input: cut(input, MAX_INPUT) }),
      ...(output ? { output: cut(output, MAX_OUTPUT) } : {}),
    });
  }

  private put(step: SubagentStep): void {
    const at = this.steps.findLastIndex((each) => each.kind === step.kind && each.id === step.id);
    if (at >= 0) this.steps[at] = step;
    else this.steps.push(step);
    if (this.steps.length <= MAX_STEPS) return;
    this.steps.shift();
    this.earlier += 1;
  }
}
