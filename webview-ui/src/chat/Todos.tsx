// The thread's plan: on the card that wrote it, and in short above the composer while it is not done.
import type { Todo } from '../../../src/protocol/asking.ts';
import { t } from '../l10n.tsx';
import { Fold } from '../ui/Fold.tsx';
import { Icon, type IconName } from '../ui/Icon.tsx';
import { useAppState } from '../use-app.ts';

const STATUS: Record<Todo['status'], { icon: IconName; text: string; className?: string }> = {
  pending: { icon: 'circle-large', text: t('to do') },
  in_progress: { icon: 'arrow-right', text: t('in progress') },
  completed: { icon: 'check', text: t('done'), className: 'good' },
};

export function TodoList({ todos }: { todos: readonly Todo[] }) {
  return (
    <ul className="todos" aria-label={t('Todos')}>
      {todos.map(({ content, status }, index) => {
        const { icon, text, className } = STATUS[status];
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list is replaced as a whole, and steps may be called the same
          <li key={index} className={`todo ${status}`}>
            <Icon name={icon} {...(className ? { className } : {})} />
            <span>
              <span className="visually-hidden">{text}: </span>
              {content}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

const NONE: readonly Todo[] = [];

/** Above the composer. */
export function Plan() {
  const threadId = useAppState((s) => s.feed.thread?.threadId ?? '');
  const todos = useAppState((s) => s.feed.thread?.todos ?? NONE);
  const done = todos.filter(({ status }) => status === 'completed').length;
  if (done === todos.length) return null;
  const now = todos.find(({ status }) => status === 'in_progress');
  return (
    <section className="plan" aria-label={t('Plan')}>
      <Fold
        id={`plan:${threadId}`}
        summary={
          <>
            <Icon name="checklist" />
            <span className="fold-title">{now?.content ?? t('Plan')}</span>
            <span className="tool-state">{t('{0} of {1} done', done, todos.length)}</span>
          </>
        }
      >
        <TodoList todos={todos} />
      </Fold>
    </section>
  );
}
