// The block changed while the person typed: both texts, and what can be done with them.
import { useMemo } from 'react';
import { t } from '../l10n.tsx';
import { Icon } from '../ui/Icon.tsx';
import { merge } from './merge.ts';

interface Props {
  /** What the person started from. */
  base: string;
  mine: string;
  theirs: string;
  busy: boolean;
  onKeep: (seen: string) => void;
  onTake: () => void;
  onMerge: (merged: string) => void;
}

export function Conflict({ base, mine, theirs, busy, onKeep, onTake, onMerge }: Props) {
  const merged = useMemo(() => merge(base, mine, theirs), [base, mine, theirs]);
  // Where one contains the other there is nothing to merge.
  const offered = merged !== undefined && merged !== mine && merged !== theirs ? merged : undefined;
  return (
    <div className="conflict" role="alert">
      <p className="conflict-title">
        <Icon name="warning" className="caution-icon" />
        <span>
          {t('Changed while you were editing. Above is your text, below what is stored now.')}{' '}
          {offered === undefined ? t('Edit yours to merge them.') : t('The two fit together.')}
        </span>
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0} className="theirs">
        {theirs}
      </pre>
      <div className="block-buttons">
        {offered !== undefined && (
          <button type="button" className="button small" disabled={busy} onClick={() => onMerge(offered)}>
            {t('Merge both')}
          </button>
        )}
        <button
          type="button"
          className={offered === undefined ? 'button small' : 'button secondary small'}
          disabled={busy}
          onClick={() => onKeep(theirs)}
        >
          {t('Keep mine')}
        </button>
        <button type="button" className="button secondary small" disabled={busy} onClick={onTake}>
          {t('Take theirs')}
        </button>
      </div>
    </div>
  );
}
