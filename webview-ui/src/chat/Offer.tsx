// The agent's offer to learn a skill from the shown thread, above the composer.
import { Icon } from '../ui/Icon.tsx';
import { useApp, useAppState } from '../use-app.ts';

export function Offer() {
  const app = useApp();
  const offer = useAppState((s) => s.offer);
  const threadId = useAppState((s) => s.feed.thread?.threadId);
  if (!offer || offer.threadId !== threadId) return null;
  const act = (answer: 'learn' | 'dismiss' | 'never') => () => void app.answerOffer(answer);
  return (
    <section className="pin-mark offer" aria-label="Learn a skill">
      <Icon name="book" />
      <span role="status">
        You asked for this kind of work in {offer.times} threads. Shall I learn it as a skill? You read it before it is
        saved.
      </span>
      <button type="button" className="link" onClick={act('learn')}>
        Draft a skill
      </button>
      <button type="button" className="link" onClick={act('dismiss')}>
        Not now
      </button>
      <button type="button" className="link" onClick={act('never')}>
        Never offer
      </button>
    </section>
  );
}
