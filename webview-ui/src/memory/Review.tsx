// Changes of memory that wait for the person, a page of them at a time.
import { useEffect, useRef, useState } from 'react';
import type { ReviewView } from '../../../src/protocol/memory-views.ts';
import { plural, t } from '../l10n.tsx';
import { useFocusOnShow } from '../ui/focus.ts';
import { Icon } from '../ui/Icon.tsx';
import { useApp, useAppState } from '../use-app.ts';
import { KINDS, ReviewItem } from './ReviewItem.tsx';

/** So many at a time: an import may bring hundreds. */
const PAGE = 20;
const NOTHING: readonly ReviewView[] = [];

export function Review({ shown }: { shown: boolean }) {
  const app = useApp();
  const reviews = useAppState((s) => s.reviews) ?? NOTHING;
  const [pages, setPages] = useState(1);
  /** Which item gets the keyboard once the list is drawn without the one that was decided. */
  const [next, setNext] = useState<string>();
  const list = useRef<HTMLUListElement>(null);
  const done = useRef<HTMLParagraphElement>(null);
  const decided = useRef(false);
  useFocusOnShow(
    'memory',
    shown,
    (name) => name === 'review:',
    () => list.current?.querySelector<HTMLElement>('li') ?? done.current,
  );

  useEffect(() => {
    if (!decided.current || (next !== undefined && !reviews.some(({ id }) => id === next))) return;
    decided.current = false;
    const item = [...(list.current?.children ?? [])].find(
      (li) => li instanceof HTMLElement && li.getAttribute('data-id') === next,
    );
    // The item, not its button: a second Enter must not decide about what nobody has read.
    if (item instanceof HTMLElement) item.focus();
    else done.current?.focus();
  }, [reviews, next]);

  const onDecided = (id: string, word: string) => {
    const at = reviews.findIndex((review) => review.id === id);
    const neighbour = reviews[at + 1] ?? reviews[at - 1];
    decided.current = true;
    setNext(neighbour?.id);
    app.dropReview(id);
    const left = reviews.length - 1;
    const more = left === 0 ? t('Nothing more waits.') : plural(left, '{0} more waits.', '{0} more wait.');
    app.announce(`${word} ${more}`);
  };

  if (reviews.length === 0)
    return (
      // Only for the keyboard, which was in the list a moment ago.
      <p className="visually-hidden" ref={done} tabIndex={-1}>
        {t('Nothing waits for review.')}
      </p>
    );
  return (
    <div className="review">
      <h2 className="review-title">
        <Icon name="inbox" />
        <span>{t('Waiting for review')}</span>
        <span className="count">{reviews.length}</span>
      </h2>
      <p className="quiet">{t('None of it is in a prompt before you accept it.')}</p>
      <Together reviews={reviews} />
      <ul className="review-list" aria-label={t('Waiting for review')} ref={list}>
        {reviews.slice(0, pages * PAGE).map((review) => (
          <ReviewItem key={review.id} review={review} onDecided={(word) => onDecided(review.id, word)} />
        ))}
      </ul>
      {reviews.length > pages * PAGE && (
        <button type="button" className="link" onClick={() => setPages(pages + 1)}>
          {t('Show {0} more', Math.min(PAGE, reviews.length - pages * PAGE))}
        </button>
      )}
    </div>
  );
}

/** One decision about all that came from one source. What agents wrote is read one by one before it is accepted. */
function Together({ reviews }: { reviews: readonly ReviewView[] }) {
  const app = useApp();
  const kinds = [...new Set(reviews.map(({ kind }) => kind))];
  const sources = kinds
    .map((kind) => ({ kind, ids: reviews.filter((review) => review.kind === kind).map(({ id }) => id) }))
    .filter(({ ids }) => ids.length > 1);
  if (sources.length === 0) return null;
  return (
    <ul className="review-together" aria-label={t('Decide about several at once')}>
      {sources.map(({ kind, ids }) => {
        const decide = (accept: boolean) => void app.ask('review.decideAll', { ids, accept });
        const name = `${KINDS[kind].text} (${ids.length})`;
        return (
          <li key={kind}>
            <span>{name}</span>
            <span className="together-buttons">
              {kind !== 'write' && kind !== 'other-agent' && (
                <button
                  type="button"
                  className="link"
                  aria-label={t('Accept all: {0}', name)}
                  onClick={() => decide(true)}
                >
                  {t('Accept all')}
                </button>
              )}
              <button
                type="button"
                className="link"
                aria-label={t('Reject all: {0}', name)}
                onClick={() => decide(false)}
              >
                {t('Reject all')}
              </button>
            </span>
          </li>
        );
      })}
    </ul>
  );
}
