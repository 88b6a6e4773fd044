// Messages in which the words of the search stand; each opens at its place.
import type { MessageHit } from '../../../src/protocol/thread-views.ts';
import { t } from '../l10n.tsx';
import { Matched } from '../ui/Matched.tsx';
import { ago } from '../ui/time.ts';
import { useApp } from '../use-app.ts';

export function Hits({ hits, query }: { hits: readonly MessageHit[]; query: string }) {
  const app = useApp();
  if (hits.length === 0) return null;
  return (
    <>
      <h2 className="group-title">{t('In messages')}</h2>
      <ul className="rows" aria-label={t('Found in messages')}>
        {hits.map((hit) => (
          <li className="row hit" key={hit.messageId}>
            <button type="button" className="row-main" onClick={() => void app.openThread(hit.threadId, hit.messageId)}>
              <span className="hit-text" dir="auto">
                <Matched text={hit.text} query={query} />
              </span>
              <span className="row-note">
                <span dir="auto">{hit.title}</span>, {ago(hit.at)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
