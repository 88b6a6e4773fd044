// One thread in the list: its title, how it stands, and what can be done with it.
import { type ReactNode, useState } from 'react';
import type { ThreadView } from '../../../src/protocol/thread-views.ts';
import { t } from '../l10n.tsx';
import { Icon } from '../ui/Icon.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { ago } from '../ui/time.ts';
import { useApp, useAppState } from '../use-app.ts';
import { Rename } from './Rename.tsx';

/** @param heading of the group that begins with this thread */
export function ThreadRow({ thread, heading }: { thread: ThreadView; heading: ReactNode }) {
  const app = useApp();
  const current = useAppState((s) => s.feed.thread?.threadId === thread.id);
  const [renaming, setRenaming] = useState(false);
  const title = thread.title || t('Untitled');
  const row = ['row', current && 'current', thread.unread && 'unread'].filter(Boolean).join(' ');
  return (
    <li aria-current={current || undefined}>
      {heading}
      {renaming ? (
        <div className="row">
          <Rename thread={thread} onDone={() => setRenaming(false)} />
        </div>
      ) : (
        <div className={row}>
          <button type="button" className="row-main" title={title} onClick={() => void app.openThread(thread.id)}>
            <span className="row-title" dir="auto">
              {title}
            </span>
          </button>
          <Note thread={thread} />
          <Actions thread={thread} onRename={() => setRenaming(true)} />
        </div>
      )}
    </li>
  );
}

function Note({ thread }: { thread: ThreadView }) {
  return (
    <span className="row-note">
      {thread.pinned && (
        <span title={t('Memory is pinned')}>
          <Icon name="pinned" />
          <span className="visually-hidden">{t('Memory is pinned.')} </span>
        </span>
      )}
      {thread.waiting ? (
        <>
          <Icon name="question" className="caution-icon" /> {t('Waits for you')}
        </>
      ) : thread.running ? (
        <>
          <Icon name="loading" /> {t('Running')}
        </>
      ) : (
        <>
          {thread.unread && (
            <span className="unread-mark" title={t('Not read yet')}>
              <span className="visually-hidden">{t('Not read yet.')} </span>
            </span>
          )}
          {ago(thread.updatedAt)}
        </>
      )}
    </span>
  );
}

function Actions({ thread, onRename }: { thread: ThreadView; onRename: () => void }) {
  const app = useApp();
  const { id: threadId, running, archived = false, isDefault = false } = thread;
  const archive = () => app.ask('threads.archive', { threadId, archived: !archived });
  return (
    <span className="row-actions">
      {running && <IconButton icon="debug-stop" label={t('Stop')} onClick={() => void app.ask('stop', { threadId })} />}
      <IconButton icon="edit" label={t('Rename')} onClick={onRename} />
      <IconButton icon="repo-forked" label={t('Fork')} onClick={() => void app.forkThread(threadId)} />
      {!running && (
        <IconButton
          icon={archived ? 'discard' : 'archive'}
          label={archived ? t('Unarchive') : t('Archive thread')}
          onClick={() => void archive()}
        />
      )}
      {!isDefault && (
        <IconButton icon="trash" label={t('Delete')} onClick={() => void app.ask('threads.delete', { threadId })} />
      )}
    </span>
  );
}
