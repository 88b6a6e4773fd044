// Says that the shown thread has its own, fixed memory, and lets it go.
import type { PinView } from '../../../src/protocol/thread-views.ts';
import { t } from '../l10n.tsx';
import { Icon } from '../ui/Icon.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { longDate } from '../ui/time.ts';
import { useApp, useAppState } from '../use-app.ts';

function wordsOf({ kind, at }: PinView): string {
  switch (kind) {
    case 'pinned':
      return t('Memory is pinned in this thread, as of {0}. The agent reads it and cannot write to it.', longDate(at));
    case 'today':
      return t('Asked again with today’s memory. It is pinned here, as of {0}.', longDate(at));
    case 'then':
      return t('Asked again with the memory of {0}. It is pinned here.', longDate(at));
    case 'none':
      return t('Asked again with no memory. The agent neither reads it nor writes to it here.');
  }
}

/** The mark above the composer. */
export function PinMark() {
  const app = useApp();
  const pin = useAppState((s) => s.feed.thread?.pin);
  if (!pin) return null;
  return (
    <section className="pin-mark" aria-label={t('Pinned memory')}>
      <Icon name="pinned" />
      <span>{wordsOf(pin)}</span>
      <button type="button" className="link" onClick={() => void app.pin(false)}>
        {t('Unpin memory')}
      </button>
    </section>
  );
}

/** In the composer's bar. */
export function PinButton({ disabled }: { disabled: boolean }) {
  const app = useApp();
  const pinned = useAppState((s) => s.feed.thread?.pin !== undefined);
  return (
    <IconButton
      icon={pinned ? 'pinned' : 'pin'}
      label={t('Pin memory')}
      title={
        pinned ? t('Memory is pinned in this thread') : t('Pin memory in this thread: it can be read, not written')
      }
      pressed={pinned}
      disabled={disabled}
      onClick={() => void app.pin(!pinned)}
    />
  );
}
