// Stands above every panel while the agent's home does not answer: what is shown is what was last seen of it.
import { useState } from 'react';
import { t } from './l10n.tsx';
import { Icon } from './ui/Icon.tsx';
import { useApp, useAppState } from './use-app.ts';

export function HomeDown() {
  const down = useAppState((s) => s.about?.down);
  const [asking, setAsking] = useState(false);
  const app = useApp();
  if (down === undefined) return null;
  const retry = async () => {
    if (asking) return;
    setAsking(true);
    await app.ask('home.retry', {});
    setAsking(false);
  };
  return (
    <section className="home-down" role="alert" aria-label={t('The agent’s home does not answer')}>
      <p>
        <Icon name="warning" className="caution-icon" />
        <strong>{down}</strong>
      </p>
      <p>{t('What was last seen of it can be read, and notes are kept. Letta goes on once it answers.')}</p>
      <div className="buttons">
        <button type="button" className="button small" aria-disabled={asking} onClick={() => void retry()}>
          {asking ? t('Asking…') : t('Retry')}
        </button>
        <SelectHome />
      </div>
    </section>
  );
}

export function SelectHome() {
  const app = useApp();
  return (
    <button type="button" className="button small secondary" onClick={() => void app.ask('home.select', {})}>
      {t('Select home…')}
    </button>
  );
}
