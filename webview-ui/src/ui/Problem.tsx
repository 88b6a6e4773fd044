// What the host refused last, in its words, until the person closes it.
import { t } from '../l10n.tsx';
import { useApp, useAppState } from '../use-app.ts';
import { Icon } from './Icon.tsx';
import { IconButton } from './IconButton.tsx';

export function Problem() {
  const app = useApp();
  const problem = useAppState((s) => s.problem);
  if (problem === undefined) return null;
  return (
    <div className="problem" role="alert">
      <Icon name="error" className="bad" />
      <span className="problem-text">{problem}</span>
      <IconButton icon="close" label={t('Dismiss')} onClick={() => app.dismissProblem()} />
    </div>
  );
}
