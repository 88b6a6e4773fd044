// The agent's offer to learn a skill from the shown thread, above the composer.

import { t } from '../l10n.tsx';
import { Icon } from '../ui/Icon.tsx';
import { useApp, useAppState } from '../use-app.ts';

export function Offer() {
  const app = useApp();
  const offer = useAppState((s) => s.offer);
  const threadId = useAppState((s) => s.feed.thread?.threadId);
  if (!offer || offer.threadId !== threadId) return null;
  const act = (answer: 'learn' | 'dismiss' | 'never') => () => void app.answerOffer(answer);
  return (
    <section className="pin-mark offer" aria-label={t('Learn a skill')}>
      <Icon name="book" />
      <span role="status">
        {t(
          'You asked for this kind of work in {0} threads. Shall I learn it as a skill? You read it before it is saved.',
          offer.times,
        )}
      </span>
      <button type="button" className="link" onClick={act('learn')}>
        {t('Draft a skill')}
      </button>
      <button type="button" className="link" onClick={act('dismiss')}>
        {t('Not now')}
      </button>
      <button type="button" className="link" onClick={act('never')}>
        {t('Never offer')}
      </button>
    </section>
  );
}
