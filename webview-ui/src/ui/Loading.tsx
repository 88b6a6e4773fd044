// Stands where something is on its way, or cannot come because the home does not answer.
import { t } from '../l10n.tsx';
import { useAppState } from '../use-app.ts';

export function Loading() {
  const down = useAppState((s) => s.about?.down !== undefined);
  return (
    <p className="quiet pad">{down ? t('None of this was seen here before the home went away.') : t('Loading…')}</p>
  );
}
