// TodoWrite: the thread's plan, in full each time; shown to the person and told again when older messages were summarised.
import * as z from 'zod/mini';
import type { Todo } from '../protocol/asking.ts';
import { t } from '../protocol/l10n.ts';
import type { Tool } from './tool.ts';

const MAX_TODOS = 50;
const Input = z.object({
  todos: z
    .array(
      z.object({
        content: z.string().check(z.minLength(1), z.maxLength(500)),
        status: z.enum(['pending', 'in_progress', 'completed']),
      }),
    )
    .check(z.maxLength(MAX_TODOS)),
});
export type TodoWriteInput = z.infer<typeof Input>;

/** Where a thread's plan is kept. */
export interface TodoStore {
  /** On disk when it resolves. */
  set(threadId: string, todos: readonly Todo[]): Promise<void>;
}

export const doneOf = (todos: readonly Todo[]): string =>
  `${todos.filter(({ status }) => status === 'completed').length} of ${todos.length} done`;

export function todoWriteTool(store: TodoStore): Tool<TodoWriteInput> {
  return {
    name: 'TodoWrite',
    description:
      'Replaces your todo list, which the person sees. For work of several steps: one step in_progress, update as you go.',
    input: Input,
    // It repeats what the model wrote.
    source: [],
    title: ({ todos }) => ({ title: t('Todos'), target: todos.length === 0 ? t('none') : doneOf(todos) }),
    access: () => ({ kind: 'none' }),
    run: async ({ todos }, { threadId }) => {
      await store.set(threadId, todos);
      const text = todos.length === 0 ? 'The list is empty now.' : `Noted: ${doneOf(todos)}.`;
      return { status: 'success', text, view: { body: { kind: 'todos', todos } } };
    },
  };
}
