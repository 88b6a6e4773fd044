// How full the context is, in the composer's bar. It opens what fills it.
import { t } from '../l10n.tsx';
import { inWords } from '../ui/spent.ts';
import { useApp, useAppState } from '../use-app.ts';

/** In `unfolded`: what the meter opens is open. */
export const CONTEXT_KEY = 'context';
/** The host asks for what the meter opens. */
export const CONTEXT_WISH = 'context';

/** From here on the ring warns: the server begins to summarise at 90 %. */
const NEARLY_FULL = 0.8;
const RADIUS = 6;
const AROUND = 2 * Math.PI * RADIUS;

/** E.g. `12,300 of 128,000 tokens (10 %)`. */
export function fillText(tokens: number, window: number | undefined): string {
  if (!window) return inWords(tokens);
  return t('{0} of {1} ({2} %)', tokens, inWords(window), Math.round((tokens / window) * 100));
}

export function ContextMeter({ disabled }: { disabled: boolean }) {
  const app = useApp();
  const open = useAppState((s) => s.unfolded[CONTEXT_KEY] ?? false);
  const tokens = useAppState((s) => s.feed.thread?.tokens);
  const window = useAppState((s) => s.about?.window);
  const share = tokens !== undefined && window ? Math.min(1, tokens / window) : 0;
  const name = tokens === undefined ? t('Context: not counted yet') : t('Context: {0}', fillText(tokens, window));
  return (
    <button
      type="button"
      className={`icon-button context-meter${share >= NEARLY_FULL ? ' nearly' : ''}`}
      aria-label={name}
      title={name}
      aria-expanded={open}
      disabled={disabled}
      onClick={() => app.unfold(CONTEXT_KEY, !open)}
    >
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <circle className="ring" cx="8" cy="8" r={RADIUS} />
        {share > 0 && (
          <circle className="fill" cx="8" cy="8" r={RADIUS} strokeDasharray={`${share * AROUND} ${AROUND}`} />
        )}
      </svg>
    </button>
  );
}
