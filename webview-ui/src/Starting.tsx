// Shown instead of a panel when the extension could not start.

import { SelectHome } from './HomeDown.tsx';
import { t } from './l10n.tsx';
import { Icon } from './ui/Icon.tsx';
import { useApp, useAppState } from './use-app.ts';

export function Starting() {
  const app = useApp();
  const failure = useAppState((s) => s.startFailure);
  return (
    <div className="start-failure" role="alert">
      <p className="failure-message">
        <Icon name="error" className="bad" />
        <span>{t('Letta could not start: {0}', failure)}</span>
      </p>
      <div className="buttons">
        <button type="button" className="button small" onClick={() => void app.start()}>
          {t('Retry')}
        </button>
        <SelectHome />
      </div>
    </div>
  );
}
