// Messages that wait until the answer is done: each can be sent at once, changed or removed.
import type { Queued } from '../../../src/protocol/attachments.ts';
import { t } from '../l10n.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { useApp, useAppState } from '../use-app.ts';
import { attach } from './attach.ts';

export function Queue() {
  const app = useApp();
  const threadId = useAppState((s) => s.feed.thread?.threadId ?? '');
  const queued = useAppState((s) => s.feed.thread?.queued) ?? [];
  const running = useAppState((s) => s.feed.thread?.running ?? false);
  if (queued.length === 0) return null;

  // The row goes away with what is done to it; the keyboard must not go with it.
  const toComposer = () => app.showPanel('chat', 'composer');
  const take = async (message: Queued, edit: boolean) => {
    const taken = await app.ask('queue.take', { threadId, id: message.id });
    if (taken && edit) {
      app.addToDraft(taken.text);
      attach(app, taken.attached ?? []);
    }
    toComposer();
  };
  const now = async (message: Queued) => {
    toComposer();
    await app.ask('queue.now', { threadId, id: message.id });
  };
  return (
    <section className="queue" aria-label={t('Waiting messages')}>
      <p className="quiet">{running ? t('Sent when the answer is done:') : t('These messages still wait:')}</p>
      <ol>
        {queued.map((message) => (
          <li key={message.id}>
            <span className="queued-text" title={message.text}>
              {message.text}
            </span>
            <IconButton
              icon="send"
              label={t('Send now')}
              title={running ? t('Send now: stops the answer') : t('Send now')}
              onClick={() => void now(message)}
            />
            <IconButton icon="edit" label={t('Edit')} onClick={() => void take(message, true)} />
            <IconButton icon="close" label={t('Remove')} onClick={() => void take(message, false)} />
          </li>
        ))}
      </ol>
    </section>
  );
}
