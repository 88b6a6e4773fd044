// AskUserQuestion: a question that only the person can answer.
import * as z from 'zod/mini';
import { t } from '../protocol/l10n.ts';
import type { Tool } from './tool.ts';

const Input = z.object({
  question: z.string().check(z.minLength(1), z.maxLength(2_000)),
  options: z.optional(
    z
      .array(
        z.object({
          label: z.string().check(z.minLength(1), z.maxLength(200)),
          description: z.optional(z.string().check(z.maxLength(1_000))),
        }),
      )
      .check(z.maxLength(10)),
  ),
  multiple: z.optional(z.boolean()),
});
export type AskUserInput = z.infer<typeof Input>;

export interface PersonQuestion {
  question: string;
  options: readonly { label: string; description?: string | undefined }[];
  multiple: boolean;
}

/** Indices of the options that were chosen, and what was written; null: it was skipped. */
export type PersonAnswer = { choices: readonly number[]; text: string } | null;

/** The way to the person: an answer comes by no other. */
export interface Person {
  ask(call: { threadId: string; callId: string }, question: PersonQuestion, signal: AbortSignal): Promise<PersonAnswer>;
}

const SKIPPED = 'The person skipped the question. Go on with what you know, and say what you assumed.';

export function askUserTool(person: Person): Tool<AskUserInput> {
  return {
    name: 'AskUserQuestion',
    description: 'Asks the person, who can choose an option or write. Only for what you cannot find out yourself.',
    input: Input,
    source: 'person',
    title: ({ question }) => ({ title: t('Question'), target: question }),
    access: () => ({ kind: 'none' }),
    run: async ({ question, options = [], multiple = false }, { threadId, callId, signal }) => {
      const answer = await person.ask({ threadId, callId }, { question, options, multiple }, signal);
      signal.throwIfAborted();
      if (answer === null) {
        return { status: 'success', text: SKIPPED, source: [], view: { body: { kind: 'question', question } } };
      }
      const chosen = answer.choices.flatMap((index) => options[index]?.label ?? []);
      const said = [...chosen, ...(answer.text === '' ? [] : [answer.text])].join('; ');
      const lines = [
        ...(chosen.length > 0 ? [`The person chose: ${chosen.join('; ')}`] : []),
        ...(answer.text === '' ? [] : [`The person wrote: ${answer.text}`]),
      ];
      return {
        status: 'success',
        text: lines.join('\n'),
        view: { body: { kind: 'question', question, answer: said } },
      };
    },
  };
}
