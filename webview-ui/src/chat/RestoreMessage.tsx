// On a message of the person: it is asked again, as it was or changed, in a thread forked before it. "Restore…": files, conversation or both go back to before it. What exactly, VS Code asks.

import { t } from '../l10n.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { useApp } from '../use-app.ts';

export function RestoreMessage({ itemId }: { itemId: string }) {
  const app = useApp();
  const restore = () => {
    const { thread } = app.store.getState().feed;
    if (thread) void app.ask('restore', { threadId: thread.threadId, itemId });
  };
  const resend = (again: boolean) => {
    const { thread } = app.store.getState().feed;
    if (thread) void app.ask('resend', { threadId: thread.threadId, itemId, again });
  };
  return (
    <>
      <IconButton
        icon="edit"
        label={t('Edit and resend')}
        title={t('Edit and resend, in a new thread')}
        onClick={() => resend(false)}
      />
      <IconButton
        icon="refresh"
        label={t('Ask again')}
        title={t('Ask again, in a new thread')}
        onClick={() => resend(true)}
      />
      <IconButton icon="discard" label={t('Restore…')} onClick={restore} />
    </>
  );
}
