// Why a call failed, in sight, and what the person can do about it.

import { t } from '../l10n.tsx';
import { readable } from '../markdown/readable.ts';
import { useApp, useAppState } from '../use-app.ts';

/** The rest is in the card's output. */
const MAX_CAUSE = 400;

/** `name`: of its card. */
export function ToolError({ name, output }: { name: string; output: string }) {
  const app = useApp();
  const running = useAppState((s) => s.feed.thread?.running ?? false);
  const [first = ''] = output.trim().split(/\n\s*\n/);
  const cause = first.length > MAX_CAUSE ? `${first.slice(0, MAX_CAUSE)}…` : first;
  if (cause === '') return null;
  const askAgain = () => {
    app.addToDraft(`${t('{0} failed: {1}', name, cause)}\n${t('Try again, another way if need be.')}`);
    app.showPanel('chat', 'composer');
  };
  return (
    <div className="tool-error">
      <p dir="auto">{readable(cause)}</p>
      {running && <p className="quiet">{t('The agent was told and can correct it.')}</p>}
      {!running && (
        <button type="button" className="link" aria-label={t('Ask to try again: {0}', name)} onClick={askAgain}>
          {t('Ask to try again')}
        </button>
      )}
    </div>
  );
}
