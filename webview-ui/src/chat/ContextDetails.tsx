// What fills the context of the shown thread, what its answers have cost, and the way to make room. Above the text box, while it is open.
import { useCallback, useEffect, useRef, useState } from 'react';
import type { ContextView } from '../../../src/protocol/memory-views.ts';
import type { ThreadSpent } from '../../../src/protocol/thread-views.ts';
import { plural, t } from '../l10n.tsx';
import { useFocusOnShow } from '../ui/focus.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { useLatest } from '../ui/latest.ts';
import { Meter } from '../ui/Meter.tsx';
import { useReturnFocus } from '../ui/returnFocus.ts';
import { inWords, spentText } from '../ui/spent.ts';
import { useApp, useAppState } from '../use-app.ts';
import { CONTEXT_KEY, CONTEXT_WISH, fillText } from './ContextMeter.tsx';

export function ContextDetails({ threadId, shown }: { threadId: string; shown: boolean }) {
  const app = useApp();
  const running = useAppState((s) => s.feed.thread?.running ?? false);
  const [context, setContext] = useState<ContextView>();
  const [failed, setFailed] = useState('');
  const box = useRef<HTMLElement>(null);
  const latest = useLatest();
  useReturnFocus();
  useFocusOnShow(
    'chat',
    shown,
    (name) => name === CONTEXT_WISH,
    () => box.current,
  );

  const load = useCallback(async () => {
    const isLatest = latest();
    try {
      const found = await app.tryAsk('context.show', { threadId });
      if (isLatest()) setContext(found);
    } catch (error) {
      if (isLatest()) setFailed(error instanceof Error ? error.message : String(error));
    }
  }, [app, threadId, latest]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what a turn has added is shown once it ended
  useEffect(() => void load(), [load, running]);

  const close = () => app.unfold(CONTEXT_KEY, false);
  return (
    <section
      ref={box}
      className="context-details"
      aria-label={t('Context')}
      aria-busy={!context && failed === ''}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        close();
      }}
    >
      <div className="context-head">
        <strong>{t('Context')}</strong>
        <IconButton icon="close" label={t('Close context')} onClick={close} />
      </div>
      {failed !== '' && <p className="quiet">{failed}</p>}
      {!context && failed === '' && <p className="quiet">{t('Counting…')}</p>}
      {context && <Facts context={context} />}
      <div className="answer-actions">
        <button
          type="button"
          className="button secondary small"
          disabled={running}
          title={
            running
              ? t('Wait until the answer is done')
              : t('Has older messages summarised. They stay to be read and searched.')
          }
          onClick={() => void app.ask('send', { threadId, text: '/compact' })}
        >
          {t('Compact now')}
        </button>
        <button type="button" className="link" onClick={() => app.showContext()}>
          {t('What the model sees')}
        </button>
      </div>
    </section>
  );
}

function Facts({ context: { parts, total, window, spent } }: { context: ContextView }) {
  const text = fillText(total, window ?? undefined);
  return (
    <>
      {window !== null && <Meter label={t('Context')} value={total} max={window} text={text} />}
      <p className="quiet">{t('About {0}.', text)}</p>
      <dl className="context-parts">
        {parts.map(({ name, tokens }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two parts may have one name
          <div key={index}>
            <dt>{name}</dt>
            <dd>{inWords(tokens)}</dd>
          </div>
        ))}
      </dl>
      {spent && <p className="quiet">{spentSentence(spent)}</p>}
    </>
  );
}

function spentSentence(spent: ThreadSpent): string {
  const { answers, unpriced, cost } = spent;
  const count = plural(answers, '{0} answer', '{0} answers');
  const text = spentText(spent);
  if (cost === undefined || unpriced === 0) return t('Spent on {0}: {1}.', count, text);
  return t('Spent on {0} ({1} without a known price): {2}.', count, unpriced, text);
}
